// Sub-words as chips that stand exactly over the characters they cover.

import { h } from "../shared/dom.js";

/** The chips of a panel, one grid cell each, in the grid's row `row`. */
export function chips(grid, panel, index, place, row, actions) {
  return panel.pieces.map((piece, i) => {
    const [first, last] = place(panel, i),
      style = `grid-row:${row};grid-column:${first + 2}/${last + 2}`;
    const label = actions.raw ? piece : panel.shown[i],
      part = actions.raw ? "" : panel.parts[i];
    const spoken = `${panel.title} ${i}: ${panel.shown[i]}, ${panel.ids[i]}`;
    const facts = [spoken, piece, label, part, style, panel.words[i] < 0];
    return grid.keep(`chip-${index}-${i}`, facts, () =>
      h(
        "button",
        {
          ...{ type: "button", dir: "auto", "data-key": `chip-${index}-${i}` },
          ...{ "aria-label": spoken, title: piece, style },
          class: `pw-chip pw-panel-${index}${panel.words[i] < 0 ? " pw-special" : ""}`,
          onclick: () => actions.choose(index, i),
          onpointerenter: () => actions.hover(index, i),
          onpointerleave: () => actions.hover(-1, -1),
        },
        h("span", { class: "pw-piece" }, label, part ? h("sup", { text: part }) : null),
        h("span", { class: "pw-id pw-mono", text: panel.ids[i] }),
      ),
    );
  });
}

/** The typed text itself, one cell for each stretch between two cuts. */
export function typed(grid, stretches, row) {
  return stretches.map(({ text, first, last }, k) => {
    const style = `grid-row:${row};grid-column:${first + 2}/${last + 2}`,
      name = /^\s+$/.test(text) ? "pw-typed pw-space" : "pw-typed";
    return grid.keep(`typed ${k}`, [text, style], () =>
      h("span", { class: name, style, text: text.replace(/\s/g, "\u00a0") }),
    );
  });
}
