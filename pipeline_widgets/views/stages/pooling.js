// Stage 5: one vector leaves the stack; dense and tanh or ReLU follow.

import { slice } from "../shared/array.js";
import { fill, h, renew } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { limit, stripes } from "../shared/strips.js";

/** first → dense → activated as three strips with what happens between them. */
export function pooling(grid, state, index) {
  const panel = state.panels[index],
    beside = state.panels.length > 1;
  const names = [
    fill(state.strings.first, { token: panel.shown[0] }),
    state.strings.dense,
    panel.activation,
  ];
  const figure = (name) =>
    h(
      "figure",
      { class: "pw-vector" },
      h("figcaption", { class: "pw-mono", text: name }),
      h("div", { role: "img", class: "pw-cells" }),
    );
  const then = (name) =>
    h(
      "div",
      { class: "pw-then" },
      h("span", { class: "pw-arrow", "aria-hidden": true, text: "→" }),
      figure(name),
    );
  const node = grid.keep(`pooling ${index}`, [names, beside], () =>
    h(
      "div",
      { class: `pw-pooling ${beside ? "pw-beside" : ""}` },
      names.map((name, k) => (k ? then : figure)(name)),
    ),
  );
  node.querySelectorAll(".pw-cells").forEach((cells, k) => {
    const { values } = slice(panel.pooled, k);
    const said = fill(state.strings.vector_said, {
      name: names[k],
      count: panel.width,
      least: fixed(Math.min(...values)),
      most: fixed(Math.max(...values)),
    });
    renew(cells, { "aria-label": said, title: said });
    grid.painters.push(() => {
      const scale = state.scale(index);
      if (!grid.afresh(cells, [panel.pooled, scale])) return;
      cells.style.background = stripes(scale, values, limit(values));
    });
  });
  return node;
}
