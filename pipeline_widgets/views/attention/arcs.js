// Attention as arcs over the sentence: one row at a time stands out, the others are faint.

import { prepare } from "../shared/canvas.js";
import { h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

const GAP = 14,
  FOOT = 30;

/** The same contract as `squareView`: point at a token, Enter or a click locks its row. */
export function arcsView(strings, { changed, lock, leave }) {
  const node = h("canvas", {
    tabindex: 0,
    role: "application",
    class: "pw-arcs",
    "data-key": "square",
    "aria-roledescription": strings.curves,
    "aria-keyshortcuts": "ArrowLeft ArrowRight Enter Escape",
  });
  let boxes = [],
    cell = null,
    state = null;

  function paint(next = state) {
    state = next;
    const { square, width, rtl } = state,
      count = square.shape[0];
    if (cell && cell[0] >= count) cell = null;
    const context = node.getContext("2d");
    context.font = "600 13px system-ui, sans-serif";
    const widths = square.labels.map((label) => Math.max(16, context.measureText(label).width));
    const wanted = widths.reduce((sum, one) => sum + one + GAP, GAP);
    const gap = Math.max(GAP, Math.min(44, GAP + (width - wanted) / (count + 1)));
    const total = Math.max(
      width,
      widths.reduce((sum, one) => sum + one + gap, gap),
    );
    let x = gap;
    boxes = widths.map((one) => {
      const box = { x, width: one };
      x += one + gap;
      return box;
    });
    if (rtl)
      boxes.forEach((box) => {
        box.x = total - box.x - box.width;
      });
    const height = Math.max(120, Math.min(300, 60 + 0.28 * total));
    draw(prepare(node, total, height), height);
  }

  function draw(context, height) {
    const { square, locked, text, accent, quiet } = state,
      count = square.shape[0];
    const base = height - FOOT,
      row = locked >= 0 ? locked : cell ? cell[0] : -1;
    const middle = (i) => boxes[i].x + boxes[i].width / 2;
    const span = Math.abs(middle(count - 1) - middle(0)) || 1;
    const arc = (i, j, weight, color, alpha) => {
      context.strokeStyle = color;
      context.globalAlpha = alpha;
      context.lineWidth = 0.6 + 5 * weight;
      context.beginPath();
      const a = middle(i),
        b = middle(j),
        rise = (base - 14) * (0.25 + 0.75 * Math.sqrt(Math.abs(a - b) / span));
      if (i === j) context.ellipse(a, base - 12, 9, 12, 0, 0, 2 * Math.PI);
      else {
        context.moveTo(a, base);
        context.bezierCurveTo(a, base - 1.25 * rise, b, base - 1.25 * rise, b, base);
      }
      context.stroke();
    };
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        const weight = square.values[i * count + j];
        if (i !== row && weight >= 0.04)
          arc(
            i,
            j,
            weight,
            row < 0 ? accent : quiet,
            (row < 0 ? 0.12 : 0.05) + (row < 0 ? 0.6 : 0.16) * weight,
          );
      }
    if (row >= 0)
      for (let j = 0; j < count; j++) {
        const weight = square.values[row * count + j];
        if (weight >= 0.01) arc(row, j, weight, accent, 0.3 + 0.7 * weight);
      }
    context.globalAlpha = 1;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (let i = 0; i < count; i++)
      label(context, i, base, row, middle(i), { text, accent, quiet });
  }

  function label(context, i, base, row, x, { text, accent, quiet }) {
    const { square } = state,
      count = square.shape[0];
    context.font = `${i === row ? 700 : 500} 13px system-ui, sans-serif`;
    context.fillStyle = i === row ? accent : text;
    context.fillText(square.labels[i], x, base + 14);
    if (row < 0) return;
    const weight = square.values[row * count + i];
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = quiet;
    if (weight >= 0.005) context.fillText(fixed(weight), x, base + 27);
  }

  const tokenAt = (x) => {
    const distances = boxes.map((box) => Math.max(0, box.x - x, x - box.x - box.width));
    const nearest = Math.min(...distances);
    return nearest < 12 ? distances.indexOf(nearest) : -1;
  };
  function point(next) {
    if (String(next) === String(cell)) return;
    cell = next;
    paint();
    changed();
  }
  node.addEventListener("pointermove", (event) => {
    const i = tokenAt(event.offsetX);
    point(i < 0 ? null : [state.locked >= 0 ? state.locked : i, i]);
  });
  node.addEventListener("pointerleave", () => point(null));
  node.addEventListener("click", (event) => {
    const i = tokenAt(event.offsetX);
    if (i >= 0) lock(i === state.locked ? -1 : i, -1);
  });
  node.addEventListener("keydown", (event) => {
    const last = state.square.shape[0] - 1,
      step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      const row = (cell ?? [Math.max(0, state.locked)])[0] + (state.rtl ? -step : step);
      const at = Math.max(0, Math.min(last, row));
      point([at, at]);
      if (state.locked >= 0) lock(at, -1);
    } else if (event.key === "Enter") lock((cell ?? [0])[0], -1);
    else if (event.key === "Escape") {
      if (state.locked >= 0) lock(-1, -1);
      else {
        point(null);
        leave();
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    node,
    paint,
    get cell() {
      return cell;
    },
    clear() {
      cell = null;
    },
  };
}
