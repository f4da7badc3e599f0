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
  { scale, text, accent, row, cell, color = weightColor },
) {
  const count = labels.length,
    names = labels.map(cut);
  const measure = node.getContext("2d");
  measure.font = "12px system-ui, sans-serif";
  const longest = Math.max(
    18,
    ...names.slice(0, 200).map((name) => measure.measureText(name).width),
  );
  const left = Math.ceil(longest) + 12,
    top = Math.ceil(0.84 * longest) + 14;
  const side = Math.max(3, Math.min(30, Math.floor((width - left - SPARE) / count)));
  const size = side * count;
  const context = prepare(
    node,
    Math.max(left + size + 4, Math.min(width, left + size + SPARE)),
    top + size + 2,
  );
  context.fillStyle = text;
  context.font = `${Math.max(7, Math.min(12, side - 2))}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const every = Math.ceil(9 / side);
  for (let i = 0; i < count; i += every) {
    const middle = i * side + side / 2;
    context.textAlign = "right";
    context.fillText(names[i], left - 6, top + middle);
    context.save();
    context.translate(left + middle, top - 6);
    context.rotate(-Math.PI / 3.4);
    context.textAlign = "left";
    context.fillText(names[i], 0, 0);
    context.restore();
  }
  context.imageSmoothingEnabled = false;
  context.drawImage(image(attention, count, scale, color), left, top, size, size);
  if (side > 8) grid(context, { count, side, left, top }, text);
  context.strokeStyle = accent;
  context.lineWidth = 2;
  if (row >= 0 && row < count)
    context.strokeRect(left - 1, top + row * side - 1, size + 1, side + 1);
  if (cell)
    context.strokeRect(left + cell[1] * side - 1, top + cell[0] * side - 1, side + 1, side + 1);
  return { side, left, top, count };
}

const images = new WeakMap(); // the last image of each square: pointing at a cell draws no weight anew

/** One pixel for each weight; enlarged when drawn, so that 512 tokens cost no more than 12. */
function image(attention, count, scale, color) {
  const known = images.get(attention);
  if (known?.scale === scale) return known.canvas;
  const canvas = document.createElement("canvas");
  putCells(canvas, count, count, (k) => color(scale, attention.values[k]));
  images.set(attention, { scale, canvas });
  return canvas;
}

function grid(context, { count, side, left, top }, color) {
  context.strokeStyle = color;
  context.globalAlpha = 0.12;
  context.lineWidth = 1;
  context.beginPath();
  for (let k = 0; k <= count; k++) {
    const at = k * side + 0.5;
    context.moveTo(left + at, top);
    context.lineTo(left + at, top + count * side);
    context.moveTo(left, top + at);
    context.lineTo(left + count * side, top + at);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** The cell under the pointer, as [row, column], or null. */
export function cellAt({ side, left, top, count }, x, y) {
  const column = Math.floor((x - left) / side),
    row = Math.floor((y - top) / side);
  return row >= 0 && column >= 0 && row < count && column < count ? [row, column] : null;
}
