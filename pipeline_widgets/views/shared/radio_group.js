// Buttons of which one is chosen, for a trait: one tab stop, and the arrow keys choose.

import { h } from "./dom.js";
import { roving } from "./roving.js";

/**
 * A button for each value that the trait `name` may have; `word(value)` stands on it. `mark()`
 * shows which one is chosen now.
 */
export function radioGroup(name, values, { word, label, kind, get, set }) {
  const buttons = values.map((value) =>
    h("button", {
      type: "button",
      role: "radio",
      "data-key": `${name}-${value}`,
      text: word(value),
      onclick: () => set({ [name]: value }),
    }),
  );
  const node = h("div", { role: "radiogroup", class: kind, "aria-label": label }, buttons);
  roving(node, "[role=radio]", (index) => set({ [name]: values[index] }));
  return {
    node,
    mark() {
      buttons.forEach((button, k) => {
        const chosen = get(name) === values[k];
        button.setAttribute("aria-checked", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
      });
    },
  };
}
