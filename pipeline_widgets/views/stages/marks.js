// Where each token's column is, the mark that runs down the chosen one's, and what has just changed.

import { h, renew } from "../shared/dom.js";
import { change, flash, moves, partners } from "./motion.js";

const PAUSE = 250; // ms after a keystroke in which no other one came
const STEP = 256; // pixels: a canvas that is only cut off elsewhere needs no memory anew

/** Invisible cells in the grid, one for each token of `panel`: they say where its column is. */
export function measures(grid, panel, index, columns) {
  if (grid.marksEnd === 1) return []; // no row has cells for tokens
  return panel.pieces.map((_, i) => {
    const [first, last] = columns.of(panel, i);
    const style = `grid-row:1/${grid.marksEnd};grid-column:${first + 2}/${last + 2}`;
    return grid.keep(`measure ${index} ${i}`, style, () => h("i", { class: "pw-measure", style }));
  });
}

/**
 * Where each token stands, from the left edge of the canvases; `before` if nothing has moved.
 * `width` is a canvas's that reaches over all of them.
 */
export function places(measure, canvas, before) {
  const origin = canvas?.offsetLeft ?? 0,
    width = STEP * Math.ceil((canvas?.offsetWidth ?? 0) / STEP);
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

/**
 * Rings around what a keystroke changed, once nobody types on: `later` when something new is drawn,
 * `quiet` at the next keystroke, which then competes with nothing that moves.
 */
export function changes(root) {
  let waiting = 0,
    settled = null; // the panels as they were when somebody last looked
  const stop = () => clearTimeout(waiting);
  return {
    stop,
    quiet() {
      stop();
      for (const ring of root.querySelectorAll(".pw-flash")) ring.remove();
    },
    later(grid, before, panels, boxes) {
      stop();
      if (!moves()) return;
      settled ??= before;
      waiting = setTimeout(() => {
        markChanges(grid, settled, panels, boxes, root);
        settled = null;
      }, PAUSE);
    },
  };
}

/** For a moment, rings around the cells that are others than in the panels `before`. */
function markChanges(grid, before, panels, boxes, root) {
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
