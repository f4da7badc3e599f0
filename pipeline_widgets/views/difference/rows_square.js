// A square of rows by tokens, with the numbers in its cells: to point at and to walk through.

import { prepare } from "../shared/canvas.js";
import { h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

const HIGH = 24,
  WIDEST = 60,
  FONT = "system-ui, sans-serif";
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** A name as long as `pixels` allow. */
function fitted(context, name, pixels) {
  if (context.measureText(name).width <= pixels) return name;
  const letters = Array.from(name);
  while (letters.length > 1 && context.measureText(`${letters.join("")}…`).width > pixels)
    letters.pop();
  return `${letters.join("")}…`;
}

/** Where everything stands: all sides in pixels. */
function layout(context, { rows, columns, width }) {
  context.font = `600 12px ${FONT}`;
  const measure = (name) => context.measureText(name).width;
  const left = Math.ceil(Math.min(132, Math.max(...rows.map(measure)))) + 12;
  const longest = Math.min(84, Math.max(16, ...columns.map(measure)));
  const finger = matchMedia("(pointer: coarse)").matches;
  const least = finger ? 24 : columns.length > 64 ? 7 : 18;
  const slantedSpare = 0.7 * longest;
  let side = Math.min(WIDEST, Math.floor((width - left - 2) / columns.length));
  const slanted = longest > side - 6;
  if (slanted) side = Math.min(WIDEST, Math.floor((width - left - slantedSpare) / columns.length));
  side = Math.max(least, side);
  const top = slanted ? Math.ceil(0.72 * longest) + 16 : 24;
  const spare = slanted ? slantedSpare : 2;
  return { left, top, side, slanted, longest, spare };
}

/**
 * `choose(row, column)` on a click and on the arrow keys, `point(row, column)` or `point(null)`
 * while the pointer is over a cell. The state of `paint(state)`: {values, rows, columns, missing,
 * color, chosen, width, ink, quiet, accent, rtl}; `missing(row, column)` is "none", "waiting" or "".
 */
export function rowsSquare(strings, key, { choose, point }) {
  const node = h("canvas", {
    tabindex: 0,
    role: "application",
    class: "pw-rows-square",
    "data-key": key,
    "aria-roledescription": strings.square,
    "aria-keyshortcuts": "ArrowUp ArrowDown ArrowLeft ArrowRight Home End",
  });
  const ruler = h("canvas").getContext("2d"); // not on the page: it measures without a layout
  let state = null,
    place = null;

  const columnAt = (k) => (state.rtl ? state.columns.length - 1 - k : k);
  const x = (column) => place.left + place.side * columnAt(column);
  const y = (row) => place.top + HIGH * row;

  function paint(next = state) {
    state = next;
    const { rows, columns } = state;
    place = layout(ruler, state);
    const width = place.left + place.side * columns.length + place.spare;
    const context = prepare(node, Math.ceil(width), place.top + HIGH * rows.length + 3);
    names(context);
    for (let row = 0; row < rows.length; row++)
      for (let column = 0; column < columns.length; column++) cell(context, row, column);
    const [row, column] = state.chosen;
    context.strokeStyle = state.accent;
    context.lineWidth = 2.5;
    if (row >= 0 && row < rows.length && column < columns.length)
      context.strokeRect(x(column) - 0.5, y(row) - 0.5, place.side, HIGH);
    node.dataset.place = JSON.stringify({
      ...place,
      high: HIGH,
      rtl: Boolean(state.rtl),
    });
  }

  function names(context) {
    const { rows, columns, chosen } = state;
    context.textBaseline = "middle";
    const every = Math.max(1, Math.ceil(11 / place.side));
    rows.forEach((name, row) => {
      context.font = `${row === chosen[0] ? "600 " : ""}12px ${FONT}`;
      context.fillStyle = row === chosen[0] ? state.ink : state.quiet;
      context.textAlign = "right";
      context.fillText(fitted(context, name, place.left - 12), place.left - 8, y(row) + HIGH / 2);
    });
    columns.forEach((name, column) => {
      if (columnAt(column) % every && column !== chosen[1]) return;
      context.font = `${column === chosen[1] ? "600 " : ""}12px ${FONT}`;
      context.fillStyle = column === chosen[1] ? state.ink : state.quiet;
      const middle = x(column) + place.side / 2;
      context.save();
      context.translate(middle, place.top - (place.slanted ? 7 : 11));
      context.textAlign = place.slanted ? "left" : "center";
      if (place.slanted) context.rotate(-Math.PI / 4);
      context.fillText(fitted(context, name, place.longest), 0, 0);
      context.restore();
    });
  }

  function cell(context, row, column) {
    const value = state.values[row * state.columns.length + column];
    const missing = state.missing?.(row, column) ?? "";
    const [left, top, wide, high] = [x(column), y(row), place.side - 1, HIGH - 1];
    const rgb = missing ? null : state.color(value);
    context.fillStyle = rgb ? `rgb(${rgb.join(" ")})` : state.paper;
    context.fillRect(left, top, wide, high);
    if (missing === "none") return hatch(context, left, top, wide, high);
    if (missing) {
      context.fillStyle = state.quiet;
      return context.fillRect(left + wide / 2 - 1, top + high / 2 - 1, 2, 2);
    }
    if (place.side < 32) return;
    context.font = `11px ${FONT}`;
    context.textAlign = "center";
    context.fillStyle = luminance(rgb) > 0.42 ? "#12141c" : "#ffffff";
    context.fillText(number(value), left + wide / 2, top + high / 2 + 0.5);
  }

  function hatch(context, left, top, wide, high) {
    context.save();
    context.beginPath();
    context.rect(left, top, wide, high);
    context.clip();
    context.strokeStyle = state.quiet;
    context.globalAlpha = 0.5;
    context.lineWidth = 1;
    context.beginPath();
    for (let at = -high; at < wide; at += 6) {
      context.moveTo(left + at, top + high);
      context.lineTo(left + at + high, top);
    }
    context.stroke();
    context.restore();
  }

  function under(event) {
    if (!place) return null;
    const row = Math.floor((event.offsetY - place.top) / HIGH);
    const k = Math.floor((event.offsetX - place.left) / place.side);
    if (row < 0 || k < 0 || row >= state.rows.length || k >= state.columns.length) return null;
    return [row, columnAt(k)];
  }
  node.addEventListener("pointermove", (event) => point(under(event)));
  node.addEventListener("pointerleave", () => point(null));
  node.addEventListener("click", (event) => {
    const cell = under(event);
    if (cell) choose(...cell);
  });
  node.addEventListener("keydown", (event) => {
    const last = [state.rows.length - 1, state.columns.length - 1];
    let [row, column] = state.chosen.map((at, k) => Math.max(0, Math.min(last[k], at)));
    const step = STEPS[event.key];
    if (step) {
      row += step[0];
      column += state.rtl ? -step[1] : step[1];
    } else if (event.key === "Home") column = 0;
    else if (event.key === "End") column = last[1];
    else return;
    event.preventDefault();
    event.stopPropagation();
    choose(Math.max(0, Math.min(last[0], row)), Math.max(0, Math.min(last[1], column)));
  });
  return { node, paint };
}

/** The same as short as a cell is narrow: 1.00, .62, −.05. */
const number = (value) => fixed(value).replace(/^(−?)0\./, "$1.");

const luminance = ([r, g, b]) =>
  [r, g, b].reduce((sum, c, k) => {
    const part = c / 255;
    const linear = part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    return sum + [0.2126, 0.7152, 0.0722][k] * linear;
  }, 0) ** 0.5;
