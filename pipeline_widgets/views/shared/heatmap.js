// One head as a square: row = the token that looks, column = the token looked at.

import { weightColor } from "./color.js";
import { prepare } from "./canvas.js";
import { putCells } from "./pixels.js";

const LONGEST = 11,
  SPARE = 48; // letters of a label; pixels for the last slanted one

const cut = (label) => {
  const letters = Array.from(label);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : label;
};

/** Draw on `node` inside `width` pixels; returns where the cells are. */
export function heatmap(
  node,
  attention,
  labels,
  width,
  { scale, text, accent, row, cell, color = weightColor, keys = labels, cuts = [] },
) {
  const rows = labels.length,
    columns = keys.length,
    names = [labels, keys].map((side) => side.map(cut));
  const measure = node.getContext("2d");
  measure.font = "12px system-ui, sans-serif";
  const [longest, above] = names.map((side) =>
    Math.max(18, ...side.slice(0, 200).map((name) => measure.measureText(name).width)),
  );
  const left = Math.ceil(longest) + 12,
    top = Math.ceil(0.84 * above) + 14;
  const side = Math.max(3, Math.min(30, Math.floor((width - left - SPARE) / columns)));
  const across = side * columns,
    down = side * rows;
  const context = prepare(
    node,
    Math.max(left + across + 4, Math.min(width, left + across + SPARE)),
    top + down + 2,
  );
  context.fillStyle = text;
  context.font = `${Math.max(7, Math.min(12, side - 2))}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const every = Math.ceil(9 / side);
  context.textAlign = "right";
  for (let i = 0; i < rows; i += every)
    context.fillText(names[0][i], left - 6, top + i * side + side / 2);
  context.textAlign = "left";
  for (let i = 0; i < columns; i += every) {
    context.save();
    context.translate(left + i * side + side / 2, top - 6);
    context.rotate(-Math.PI / 3.4);
    context.fillText(names[1][i], 0, 0);
    context.restore();
  }
  const place = { side, left, top, count: rows, columns };
  context.imageSmoothingEnabled = false;
  context.drawImage(image(attention, place, scale, color), left, top, across, down);
  if (side > 8) grid(context, place, text);
  context.fillStyle = text;
  for (const at of cuts) {
    context.fillRect(left + at * side - 1, top, 2, down);
    context.fillRect(left, top + at * side - 1, across, 2);
  }
  context.strokeStyle = accent;
  context.lineWidth = 2;
  if (row >= 0 && row < rows)
    context.strokeRect(left - 1, top + row * side - 1, across + 1, side + 1);
  if (cell)
    context.strokeRect(left + cell[1] * side - 1, top + cell[0] * side - 1, side + 1, side + 1);
  return place;
}

const images = new WeakMap(); // the last image of each square: pointing at a cell draws no weight anew

/** One pixel for each weight; enlarged when drawn, so that 512 tokens cost no more than 12. */
function image(attention, { count, columns }, scale, color) {
  const known = images.get(attention);
  if (known?.scale === scale) return known.canvas;
  const canvas = document.createElement("canvas");
  putCells(canvas, columns, count, (k) => color(scale, attention.values[k]));
  images.set(attention, { scale, canvas });
  return canvas;
}

function grid(context, { count, columns, side, left, top }, color) {
  context.strokeStyle = color;
  context.globalAlpha = 0.12;
  context.lineWidth = 1;
  context.beginPath();
  const line = (x, y, toX, toY) => {
    context.moveTo(left + x, top + y);
    context.lineTo(left + toX, top + toY);
  };
  for (let k = 0; k <= columns; k++) line(k * side + 0.5, 0, k * side + 0.5, count * side);
  for (let k = 0; k <= count; k++) line(0, k * side + 0.5, columns * side, k * side + 0.5);
  context.stroke();
  context.globalAlpha = 1;
}

/** The cell under the pointer, as [row, column], or null. */
export function cellAt({ side, left, top, count, columns }, x, y) {
  const column = Math.floor((x - left) / side),
    row = Math.floor((y - top) / side);
  return row >= 0 && column >= 0 && row < count && column < columns ? [row, column] : null;
}
