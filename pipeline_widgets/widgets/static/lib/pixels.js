// Many small coloured cells: one pixel each in an image that is enlarged, not one rectangle each.

const lookups = new WeakMap();

/** The colours of a scale, [r, g, b] each, as the 32-bit pixels of an image. */
export function lookup(colors) {
  if (!lookups.has(colors)) {
    const bytes = new Uint8ClampedArray(4 * colors.length);
    colors.forEach(([r, g, b], k) => bytes.set([r, g, b, 255], 4 * k));
    lookups.set(colors, new Uint32Array(bytes.buffer));
  }
  return lookups.get(colors);
}

/** Give `node` one pixel for each cell; `color(k)` is the pixel of cell k, counted row by row. */
export function putCells(node, columns, rows, color) {
  if (node.width !== columns || node.height !== rows) [node.width, node.height] = [columns, rows];
  const context = node.getContext("2d"), image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let k = 0; k < pixels.length; k++) pixels[k] = color(k);
  context.putImageData(image, 0, 0);
}

let sheet; // a canvas off the page, for cells on their way to another

/** The cells as an image, to be drawn enlarged at once: the next call draws over it. */
export function cellImage(columns, rows, color) {
  sheet ??= document.createElement("canvas");
  putCells(sheet, columns, rows, color);
  return sheet;
}
