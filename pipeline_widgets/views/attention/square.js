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
  const count = () => state.square.shape[0];

  function paint(next = state) {
    state = next;
    if (cell && Math.max(...cell) >= count()) cell = null;
    const { square, locked, width, scale, text, accent, color } = state;
    place = heatmap(node, square, square.labels, width, {
      scale,
      text,
      accent,
      row: locked,
      cell,
      color,
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
    const step = STEPS[event.key],
      last = count() - 1;
    if (step) {
      const [row, column] = cell ?? [
        Math.max(0, state.locked) - step[0],
        Math.max(0, state.lockedColumn) - step[1],
      ];
      point([row + step[0], column + step[1]].map((at) => Math.max(0, Math.min(last, at))));
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
