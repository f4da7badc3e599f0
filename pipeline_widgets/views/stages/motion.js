// After a keystroke, the cells that changed are marked for a moment: the more, the stronger.

import { prepare } from "../shared/canvas.js";
import { h } from "../shared/dom.js";

/** Whether things may move. */
export const moves = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** For each token of `now` the token of `before` it was, or -1: what is alike at both ends. */
export function partners(before, now) {
  const most = Math.min(before.length, now.length);
  let first = 0,
    last = 0;
  while (first < most && before[first] === now[first]) first += 1;
  while (last < most - first && before.at(-1 - last) === now.at(-1 - last)) last += 1;
  return now.map((_, i) => {
    if (i < first) return i;
    return i >= now.length - last ? i + before.length - now.length : -1;
  });
}

/** How far token `i` of row `row` of (R, T, cells) has moved, 0 to 1; 1 for a new token. */
export function change(before, now, row, partner, i, most) {
  if (partner < 0) return 1;
  const [, count, cells] = now.shape,
    [, was] = before.shape;
  let sum = 0;
  for (let k = 0; k < cells; k++) {
    const here = now.values[(row * count + i) * cells + k];
    sum += Math.abs(here - before.values[(row * was + partner) * cells + k]);
  }
  return Math.min(1, sum / cells / (0.6 * most));
}

/** Rings around `places` ({x, y, width, height, strength}) over `holder`, gone after a moment. */
export function flash(holder, places, color) {
  if (!places.length || !holder.isConnected) return;
  const sheet = h("canvas", { class: "pw-flash", "aria-hidden": true });
  const context = prepare(sheet, holder.offsetWidth, holder.offsetHeight);
  context.strokeStyle = color;
  context.lineWidth = 2;
  for (const { x, y, width, height, strength } of places) {
    context.globalAlpha = strength;
    context.strokeRect(x + 1, y + 1, width - 2, height - 2);
  }
  sheet.addEventListener("animationend", () => sheet.remove());
  holder.append(sheet);
}
