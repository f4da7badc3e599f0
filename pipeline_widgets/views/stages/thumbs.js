// The heads of a layer as small maps to choose from.

import { prepare } from "../shared/canvas.js";
import { weightColor } from "../shared/color.js";
import { h, renew } from "../shared/dom.js";
import { cellImage } from "../shared/pixels.js";

const SIDE = 30; // pixels on the page, and at most as many cells

/** Maps (H, c, c) under one another, each on its own scale: the pattern counts, not the size. */
function patterns({ values, shape: [heads, cells] }, scale) {
  const size = cells * cells;
  const most = Array.from({ length: heads }, (_, head) =>
    Math.max(...values.subarray(head * size, (head + 1) * size)),
  );
  const color = (k) => weightColor(scale, values[k] / (most[Math.floor(k / size)] || 1));
  return cellImage(cells, heads * cells, color);
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
    const image = patterns(panel.thumbs, scale),
      [, cells] = panel.thumbs.shape;
    corners.forEach(([x, y], head) =>
      context.drawImage(image, 0, head * cells, cells, cells, x, y, SIDE, SIDE),
    );
  });
  return group;
}
