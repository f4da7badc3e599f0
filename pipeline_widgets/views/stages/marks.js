// Where each token's column is, the mark that runs down the chosen one's, and what has just changed.

import { h, renew } from "../shared/dom.js";
import { change, flash, partners } from "./motion.js";

/** Invisible cells in the grid, one for each token of `panel`: they say where its column is. */
export function measures(grid, panel, index, columns) {
  if (grid.marksEnd === 1) return []; // no row has cells for tokens
  return panel.pieces.map((_, i) => {
    const [first, last] = columns.of(panel, i);
    const style = `grid-row:1/${grid.marksEnd};grid-column:${first + 2}/${last + 2}`;
    return grid.keep(`measure ${index} ${i}`, style, () => h("i", { class: "pw-measure", style }));
  });
}

/** Where each token stands, from the left edge of the canvases; `before` if nothing has moved. */
export function places(measure, canvas, before) {
  const origin = canvas?.offsetLeft ?? 0,
    width = canvas?.offsetWidth ?? 0;
  const found = measure.map((node) => ({ x: node.offsetLeft - origin, width: node.offsetWidth }));
  found.width = width;
  const stays = ({ x, width }, i) => before[i].x === x && before[i].width === width;
  const same = before?.length === found.length && before.width === width && found.every(stays);
  return same ? before : found;
}

/** Mark the tokens `marked` of panel `index` in its column and its chip. */
export function markColumns(grid, measure, index, marked) {
  measure.forEach((node, i) => node.classList.toggle("pw-marked", marked.includes(i)));
  grid.node.querySelectorAll(`.pw-chip.pw-panel-${index}`).forEach((chip, i) => {
    renew(chip, { "aria-pressed": marked.includes(i), tabindex: marked[0] === i ? 0 : -1 });
  });
}

/** For a moment, rings around the cells that are others than in the panels `before`. */
export function markChanges(grid, before, panels, boxes, root) {
  const byHolder = new Map();
  for (const { holder, index, row, top, height } of grid.strips) {
    const [was, now] = [before[index], panels[index]];
    if (was?.model !== now.model || !now.hidden || !was.hidden) continue;
    const same = partners(was.pieces, now.pieces);
    const rings = boxes(index).map(({ x, width }, i) => ({
      ...{ x: x + 1, width: width - 2, y: top(), height },
      strength: change(was.hidden, now.hidden, row, same[i], i, now.most),
    }));
    byHolder.set(holder(), [...(byHolder.get(holder()) ?? []), ...rings]);
  }
  const color = getComputedStyle(root).color;
  for (const [holder, rings] of byHolder) {
    flash(
      holder,
      rings.filter(({ strength }) => strength > 0.15),
      color,
    );
  }
}
