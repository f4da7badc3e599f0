// What a layer does to the chosen token: attention is added, then the feed-forward network.

import { slice } from "../shared/array.js";
import { fill, h } from "../shared/dom.js";
import { limit, stripes } from "../shared/strips.js";

const PARTS = ["came", "attention", "between", "feed_forward", "left"];

/** A strip as a block of its own, painted with the rest. */
export function block(grid, state, index, values, most, label) {
  const cells = h("div", { role: "img", class: "pw-cells pw-long", "aria-label": label });
  grid.painters.push(() => {
    cells.style.background = stripes(state.scale(index), values, most());
  });
  return cells;
}

/** Five strips, from what came into the layer to what leaves it; null until they have arrived. */
export function halves(grid, state, index) {
  const panel = state.panels[index],
    { strings } = state;
  if (!panel.halves) return null;
  const most = limit(panel.halves.values),
    words = { token: panel.shown[state.token(index)], layer: panel.layer };
  const rows = PARTS.map((part, k) => {
    const label = fill(strings[`half_${part}`], words);
    const { values } = slice(panel.halves, k);
    return [
      h("span", { class: k % 2 ? "pw-added" : "pw-sum", text: label }),
      block(grid, state, index, values, () => most, label),
    ];
  });
  return h(
    "div",
    { class: "pw-halves" },
    h("p", { class: "pw-explain", text: strings.halves_note }),
    h("div", { class: "pw-halfrows" }, rows.flat()),
  );
}
