// A vector as a strip of coloured cells: a fingerprint, one cell for each number shown.

import { signedColor, css } from "./color.js";

/** The magnitude at which a strip is fully coloured: all but the largest few per cent. */
export function limit(values) {
  const sorted = Float32Array.from(values, Math.abs).sort();
  return sorted[Math.floor(0.97 * (sorted.length - 1))] || 1;
}

/** Draw `numbers` left to right in the box. */
export function strip(context, scale, numbers, most, { x, y, width, height }) {
  const cell = width / numbers.length;
  for (let k = 0; k < numbers.length; k++) {
    context.fillStyle = css(signedColor(scale, numbers[k], most));
    const left = x + k * cell;
    context.fillRect(left, y, Math.max(1, x + (k + 1) * cell - left + 0.3), height);
  }
}

/** One strip in each token's column: `matrix` is (T, cells). */
export function tokenStrips(context, scale, matrix, boxes, height, faded) {
  const [count, cells] = matrix.shape;
  const most = limit(matrix.values);
  for (let i = 0; i < count; i++) {
    const numbers = matrix.values.subarray(i * cells, (i + 1) * cells);
    context.globalAlpha = faded?.(i) ? 0.35 : 1;
    const inner = { x: boxes[i].x + 2, y: 1, width: boxes[i].width - 4, height: height - 2 };
    strip(context, scale, numbers, most, inner);
  }
  context.globalAlpha = 1;
}
