// Stage 5: one vector leaves the stack; dense and tanh or ReLU follow.

import { slice } from "../shared/array.js";
import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { limit, stripes } from "../shared/strips.js";

/** first → dense → activated as three strips with what happens between them. */
export function pooling(grid, state, index) {
  const panel = state.panels[index];
  const names = [
    fill(state.strings.first, { token: panel.shown[0] }),
    state.strings.dense,
    panel.activation,
  ];
  const strips = names.map((_, k) => {
    const { values } = slice(panel.pooled, k);
    const said = fill(state.strings.vector_said, {
      name: names[k],
      count: panel.width,
      least: fixed(Math.min(...values)),
      most: fixed(Math.max(...values)),
    });
    const cells = h("div", { role: "img", class: "pw-cells", "aria-label": said, title: said });
    grid.painters.push(() => {
      cells.style.background = stripes(state.scale(index), values, limit(values));
    });
    return h(
      "figure",
      { class: "pw-vector" },
      h("figcaption", { class: "pw-mono", text: names[k] }),
      cells,
    );
  });
  const arrow = () => h("span", { class: "pw-arrow", "aria-hidden": true, text: "→" });
  return h(
    "div",
    { class: `pw-pooling ${state.panels.length > 1 ? "pw-beside" : ""}` },
    strips[0],
    arrow(),
    strips[1],
    arrow(),
    strips[2],
  );
}
