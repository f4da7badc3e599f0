// The heads of a layer as small maps to choose from.

import { slice } from "../shared/array.js";
import { prepare } from "../shared/canvas.js";
import { weightColor } from "../shared/color.js";
import { h, renew } from "../shared/dom.js";
import { cellImage } from "../shared/pixels.js";

const SIDE = 30; // pixels on the page, and at most as many cells

/** Draw (T, T) weights as a small square at [x, y]; cells that share a pixel keep the largest. */
export function thumb(context, attention, scale, [x, y]) {
  const count = attention.shape[0],
    cells = Math.min(count, SIDE);
  const largest = new Float32Array(cells * cells);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const at = Math.floor((i * cells) / count) * cells + Math.floor((j * cells) / count);
      largest[at] = Math.max(largest[at], attention.values[i * count + j]);
    }
  const most = Math.max(...largest) || 1; // the pattern, not the size: each has its own scale
  context.drawImage(
    cellImage(cells, cells, (k) => weightColor(scale, largest[k] / most)),
    x,
    y,
    SIDE,
    SIDE,
  );
}

/** A row of heads, one of them chosen: a radio group moved by the arrow keys. One canvas lies over all. */
export function headPicker(grid, state, index, { canvas }) {
  const panel = state.panels[index],
    label = state.strings.head;
  const button = (_, head) =>
    h(
      "button",
      {
        ...{ type: "button", role: "radio", class: "pw-thumb" },
        "data-key": `head-${panel.model}-${head}`,
        "aria-label": `${label} ${head}`,
        title: `${label} ${head}`,
        onclick: () => state.actions.choose("head", head),
      },
      h("i", { class: "pw-thumb-place" }),
      h("span", { class: "pw-thumb-number", text: head }),
    );
  const onkeydown = (event) => state.actions.headKey(event, index);
  const group = grid.keep(`picker ${index}`, [panel.model, panel.heads], () =>
    h(
      "div",
      { role: "radiogroup", class: "pw-thumbs", dir: "ltr", "aria-label": label, onkeydown },
      Array.from({ length: panel.heads }, button),
      canvas,
    ),
  );
  const buttons = [...group.children].slice(0, panel.heads);
  buttons.forEach((one, head) => {
    const chosen = head === panel.head;
    renew(one, { "aria-checked": chosen, tabindex: chosen ? 0 : -1 });
  });
  let size, corners;
  grid.readers.push(() => {
    size = [group.offsetWidth, group.offsetHeight];
    corners = buttons.map(({ firstChild: place }) => [place.offsetLeft, place.offsetTop]);
  });
  grid.painters.push(() => {
    const scale = state.scale(index);
    if (!panel.thumbs || !grid.afresh(canvas, [panel.thumbs, scale, ...size, corners.join()]))
      return;
    const context = prepare(canvas, ...size);
    context.imageSmoothingEnabled = false;
    corners.forEach((corner, head) => thumb(context, slice(panel.thumbs, head), scale, corner));
  });
  return group;
}
