// A square of weights to point at, to walk through and to lock a row of.

import { cellAt, heatmap } from "../shared/heatmap.js";
import { h } from "../shared/dom.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * `changed()` is called when another cell is pointed at, `lock(row, column)` on Enter and on a click
 * (row −1 unlocks), `leave()` on Escape when nothing is locked.
 * The state of `paint(state)`: {square, locked, width, scale, text, accent}.
 */
export function squareView(strings, { changed, lock, leave }) {
  const node = h("canvas", {
    tabindex: 0,
    role: "application",
    class: "pw-heatmap",
    "data-key": "square",
    "aria-roledescription": strings.heatmap,
    "aria-keyshortcuts": "ArrowUp ArrowDown ArrowLeft ArrowRight Enter Escape",
  });
  let place = null,
    cell = null,
    state = null;
  const inside = (row, column) =>
    [row, column].map((at, axis) => Math.max(0, Math.min(state.square.shape[axis] - 1, at)));

  function paint(next = state) {
    state = next;
    if (cell && String(inside(...cell)) !== String(cell)) cell = null;
    const { square, locked, width, scale, text, accent, color } = state;
    place = heatmap(node, square, square.labels, width, {
      scale,
      text,
      accent,
      row: locked,
      cell,
      color,
      keys: square.keys,
      cuts: square.cuts,
    });
    node.dataset.place = JSON.stringify(place);
  }
  function point(next) {
    if (String(next) === String(cell)) return;
    cell = next;
    paint();
    changed();
  }
  node.addEventListener(
    "pointermove",
    (event) => place && point(cellAt(place, event.offsetX, event.offsetY)),
  );
  node.addEventListener("pointerleave", () => point(null));
  node.addEventListener("click", () => {
    if (!cell) return;
    const again = cell[0] === state.locked && cell[1] === state.lockedColumn;
    lock(again ? -1 : cell[0], again ? -1 : cell[1]);
  });
  node.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) {
      const [row, column] = cell ?? [
        Math.max(0, state.locked) - step[0],
        Math.max(0, state.lockedColumn) - step[1],
      ];
      point(inside(row + step[0], column + step[1]));
    } else if (event.key === "Enter") {
      const [row, column] = cell ?? [0, 0];
      point([row, column]);
      lock(row, column);
    } else if (event.key === "Escape") {
      if (state.locked >= 0) lock(-1, -1);
      else {
        point(null);
        leave();
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  /** Show a cell that another square was pointed at. */
  const show = (next) => {
    if (String(next) !== String(cell)) {
      cell = next;
      paint();
    }
  };
  return {
    node,
    paint,
    show,
    get cell() {
      return cell;
    },
    clear() {
      cell = null;
    },
  };
}
