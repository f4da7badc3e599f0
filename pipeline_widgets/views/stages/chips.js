// Sub-words as chips that stand exactly over the characters they cover.

import { h } from "../shared/dom.js";

/** The chips of a panel, one grid cell each; `rows` is the grid row they stand in. */
export function chips(panel, index, place, row, { raw, chosen, choose, hover }) {
  return panel.pieces.map((piece, i) => {
    const [first, last] = place(panel, i);
    const selected = chosen(panel, i);
    const label = raw ? piece : panel.shown[i];
    const spoken = `${panel.title} ${i}: ${panel.shown[i]}, ${panel.ids[i]}`;
    return h(
      "button",
      {
        type: "button",
        dir: "auto",
        "data-key": `chip-${index}-${i}`,
        "aria-label": spoken,
        title: piece,
        class: `pw-chip pw-panel-${index}${panel.special[i] ? " pw-special" : ""}`,
        "aria-pressed": String(selected),
        tabindex: selected ? 0 : -1,
        style: `grid-row:${row};grid-column:${first + 2}/${last + 2}`,
        onclick: () => choose(index, i),
        onpointerenter: () => hover(index, i),
        onpointerleave: () => hover(-1, -1),
      },
      h(
        "span",
        { class: "pw-piece" },
        label,
        panel.parts[i] && !raw ? h("sup", { text: panel.parts[i] }) : null,
      ),
      h("span", { class: "pw-id pw-mono", text: panel.ids[i] }),
    );
  });
}

/** The typed text itself, one cell for each stretch between two cuts. */
export function typed(stretches, row) {
  return stretches.map(({ text, first, last }) =>
    h("span", {
      class: /^\s+$/.test(text) ? "pw-typed pw-space" : "pw-typed",
      style: `grid-row:${row};grid-column:${first + 2}/${last + 2}`,
      text: text.replace(/\s/g, "\u00a0"),
    }),
  );
}
