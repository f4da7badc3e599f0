// The value of a cell: pointed at, or stepped to with the arrow keys.

import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Let `canvas`, strips of a panel's tokens, be read. `rows` are its rows of strips from the top,
 * {where, top(), height, matrix (T, cells)}.
 */
export function readable(canvas, grid, state, index, rows) {
  const panel = state.panels[index],
    { strings } = state,
    boxes = () => state.boxes(index);
  const cells = rows[0].matrix.shape[1],
    count = panel.pieces.length,
    step = Math.max(1, Math.floor(panel.width / cells));
  let tip = null,
    at = null;

  const said = ([row, token, cell]) =>
    fill(strings.reading, {
      where: rows[row].where,
      token: panel.shown[token],
      index: cell * step,
      count: panel.width,
      value: fixed(rows[row].matrix.values[token * cells + cell]),
    });

  function show(next) {
    hide();
    at = next;
    if (!at) return;
    const [row, token, cell] = at,
      box = boxes()[token],
      wide = (box.width - 4) / cells;
    const holder = canvas.parentElement,
      left = holder.offsetLeft + box.x + 2 + cell * wide,
      top = holder.offsetTop + rows[row].top();
    const style = `left:${left}px;top:${top}px;width:${wide}px;height:${rows[row].height}px`;
    tip = h(
      "div",
      { class: "pw-reading", "aria-hidden": true, style },
      h("span", { class: left > state.width() / 2 ? "pw-before" : "", dir: "ltr", text: said(at) }),
    );
    grid.node.append(tip);
  }
  function hide() {
    tip?.remove();
    tip = at = null;
  }

  /** The cell under the pointer. */
  function under({ offsetX: x, offsetY: y }) {
    const row = rows.findIndex(({ top, height }) => y >= top() && y < top() + height);
    const token = boxes().findIndex((box) => x >= box.x + 2 && x < box.x + box.width - 2);
    if (row < 0 || token < 0) return null;
    const box = boxes()[token];
    return [row, token, Math.floor(((x - box.x - 2) / (box.width - 4)) * cells)];
  }
  const name = ([row, token, cell]) => {
    canvas.setAttribute("aria-valuenow", String((row * count + token) * cells + cell));
    canvas.setAttribute("aria-valuetext", said([row, token, cell]));
  };
  const rest = () => name([0, state.token(index), 0]);

  canvas.setAttribute("aria-valuemin", "0");
  canvas.setAttribute("aria-valuemax", String(rows.length * count * cells - 1));
  canvas.onpointermove = (event) => show(under(event));
  canvas.onpointerleave = hide;
  canvas.onblur = () => {
    hide();
    rest();
  };
  canvas.onkeydown = (event) => {
    const [down, right] = KEYS[event.key] ?? [0, 0];
    if (event.key === "Escape" && at) hide();
    else if (!down && !right) return;
    else {
      const [row, token, cell] = at ?? [0, state.token(index), -right];
      const place = Math.max(0, Math.min(count * cells - 1, token * cells + cell + right));
      const next = Math.max(0, Math.min(rows.length - 1, row + down));
      show([next, Math.floor(place / cells), place % cells]);
      name(at);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  grid.sayers.push(() => (at && document.activeElement === canvas ? name(at) : rest()));
}

/** The largest number of some strips (T, cells) and the token that has it, in a sentence. */
export function stripSaid(where, matrix, panel, strings) {
  const cells = matrix.shape[1];
  let most = 0;
  matrix.values.forEach((value, k) => {
    if (Math.abs(value) > Math.abs(matrix.values[most])) most = k;
  });
  return fill(strings.strip_said, {
    where,
    count: panel.pieces.length,
    value: fixed(matrix.values[most]),
    token: panel.shown[Math.floor(most / cells)],
  });
}
