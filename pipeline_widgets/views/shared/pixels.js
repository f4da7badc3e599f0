// Many small coloured cells: one pixel each in an image that is enlarged, not one rectangle each.

/** Give `node` one pixel for each cell; `color(k)` is the [r, g, b] of cell k, counted row by row. */
export function putCells(node, columns, rows, color) {
  if (node.width !== columns || node.height !== rows) [node.width, node.height] = [columns, rows];
  const context = node.getContext("2d"),
    image = context.createImageData(columns, rows),
    { data } = image;
  for (let k = 0; k < columns * rows; k++) {
    const [red, green, blue] = color(k);
    data[4 * k] = red;
    data[4 * k + 1] = green;
    data[4 * k + 2] = blue;
    data[4 * k + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

let sheet; // a canvas off the page, for cells on their way to another

/** The cells as an image, to be drawn enlarged at once: the next call draws over it. */
export function cellImage(columns, rows, color) {
  sheet ??= document.createElement("canvas");
  putCells(sheet, columns, rows, color);
  return sheet;
}
