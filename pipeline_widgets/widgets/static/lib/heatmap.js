// One head as a square: row = the token that looks, column = the token looked at.

import { css, weightColor } from "./color.js";
import { prepare } from "./canvas.js";

const LABELS = 84, LONGEST = 11;

const cut = (label) => {
  const letters = Array.from(label);
  return letters.length > LONGEST ? letters.slice(0, LONGEST - 1).join("") + "…" : label;
};

/** Draw on `node` inside `width` pixels; returns where the cells are. */
export function heatmap(node, attention, labels, width, { scale, text, accent, row, cell }) {
  const count = labels.length;
  const side = Math.max(3, Math.min(30, Math.floor((width - LABELS - 60) / count)));
  const size = side * count;
  const context = prepare(node, Math.min(width, LABELS + size + 60), LABELS + size + 2);
  context.fillStyle = text;
  context.font = `${Math.max(7, Math.min(12, side - 2))}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const every = Math.ceil(9 / side);
  for (let i = 0; i < count; i += every) {
    const at = LABELS + i * side + side / 2;
    context.textAlign = "right";
    context.fillText(cut(labels[i]), LABELS - 6, at);
    context.save();
    context.translate(at, LABELS - 6);
    context.rotate(-Math.PI / 3.4);
    context.textAlign = "left";
    context.fillText(cut(labels[i]), 0, 0);
    context.restore();
  }
  const gap = side > 8 ? 1 : 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) {
    context.fillStyle = css(weightColor(scale, attention.values[i * count + j]));
    context.fillRect(LABELS + j * side, LABELS + i * side, side - gap, side - gap);
  }
  context.strokeStyle = accent;
  context.lineWidth = 2;
  if (row >= 0 && row < count) context.strokeRect(LABELS - 1, LABELS + row * side - 1, size + 1, side + 1);
  if (cell) context.strokeRect(LABELS + cell[1] * side - 1, LABELS + cell[0] * side - 1, side + 1, side + 1);
  return { side, labels: LABELS, count };
}

/** The cell under the pointer, as [row, column], or null. */
export function cellAt({ side, labels, count }, x, y) {
  const column = Math.floor((x - labels) / side), row = Math.floor((y - labels) / side);
  return row >= 0 && column >= 0 && row < count && column < count ? [row, column] : null;
}
