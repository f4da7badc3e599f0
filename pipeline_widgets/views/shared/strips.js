// A vector as a strip of coloured cells: a fingerprint, one cell for each number shown.

import { css, signedColor } from "./color.js";
import { cellImage } from "./pixels.js";

/** The magnitude at which a strip is fully coloured: all but the largest few per cent. */
export function limit(values) {
  const sorted = Float32Array.from(values, Math.abs).sort();
  return sorted[Math.floor(0.97 * (sorted.length - 1))] || 1;
}

/** `numbers` as an image of `rows` strips, one under the other. */
function stripImage(scale, numbers, rows, most) {
  return cellImage(numbers.length / rows, rows, (k) => signedColor(scale, numbers[k], most));
}

/** Draw `numbers` left to right in the box. */
export function strip(context, scale, numbers, most, { x, y, width, height }) {
  context.imageSmoothingEnabled = false;
  context.drawImage(stripImage(scale, numbers, 1, most), x, y, width, height);
}

/** The same as a CSS background. */
export function stripes(scale, numbers, most) {
  const share = 100 / numbers.length;
  const stops = Array.from(
    numbers,
    (number, k) => `${css(signedColor(scale, number, most))} ${k * share}% ${(k + 1) * share}%`,
  );
  return `linear-gradient(90deg, ${stops.join()})`;
}

/**
 * One strip in each token's column, and such a row at each of `tops` pixels down: `matrix` is
 * (T, cells), or one of them for each row; `most` fills a cell.
 */
export function tokenStrips(context, scale, matrix, boxes, { tops = [0], height, most }) {
  const cells = matrix.shape.at(-1),
    rows = matrix.values.length / cells,
    count = rows / tops.length;
  const image = stripImage(scale, matrix.values, rows, most ?? limit(matrix.values));
  context.imageSmoothingEnabled = false;
  for (let k = 0; k < rows; k++) {
    const { x, width } = boxes[k % count],
      top = tops[Math.floor(k / count)];
    context.drawImage(image, 0, k, cells, 1, x + 2, top + 1, width - 4, height - 2);
  }
}
