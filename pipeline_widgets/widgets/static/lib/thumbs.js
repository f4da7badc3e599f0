// The heads of a layer as small maps to choose from.

import { slice } from "./array.js";
import { css, weightColor } from "./color.js";
import { h } from "./dom.js";
import { prepare } from "./canvas.js";

const SIDE = 30;

/** Draw (T, T) weights in a square of SIDE pixels; cells that share a pixel keep the largest. */
export function thumb(node, attention, scale) {
  const count = attention.shape[0];
  const context = prepare(node, SIDE, SIDE);
  const cells = Math.min(count, SIDE);
  const largest = new Float32Array(cells * cells);
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) {
    const at = Math.floor((i * cells) / count) * cells + Math.floor((j * cells) / count);
    largest[at] = Math.max(largest[at], attention.values[i * count + j]);
  }
  const side = SIDE / cells, most = Math.max(...largest); // the pattern, not the size: each has its own scale
  for (let i = 0; i < cells; i++) for (let j = 0; j < cells; j++) {
    context.fillStyle = css(weightColor(scale, largest[i * cells + j] / most));
    context.fillRect(j * side, i * side, side + 0.3, side + 0.3);
  }
}

/** A row of heads, one of them chosen: a radio group moved by the arrow keys. */
export function headPicker(lane, label, { choose, canvas }) {
  const buttons = Array.from({ length: lane.heads }, (_, head) => {
    const picture = canvas(head);
    return h("button", {
      type: "button", role: "radio", class: "pw-thumb", "data-key": `head-${lane.model}-${head}`,
      "aria-checked": String(head === lane.head), "aria-label": `${label} ${head}`,
      title: `${label} ${head}`, tabindex: head === lane.head ? 0 : -1, onclick: () => choose(head),
    }, picture, h("span", { class: "pw-thumb-number", text: head }));
  });
  const group = h("div", { role: "radiogroup", class: "pw-thumbs", dir: "ltr", "aria-label": label }, buttons);
  const paint = (scale) => {
    buttons.forEach(({ firstChild: node }, head) => {
      if (lane.thumbs) thumb(node, slice(lane.thumbs, head), scale);
      else prepare(node, SIDE, SIDE);
    });
  };
  return { group, paint };
}
