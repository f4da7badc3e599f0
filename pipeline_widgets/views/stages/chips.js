// Sub-words as chips that stand exactly over the characters they cover.

import { h } from "../shared/dom.js";

/** The chips of a lane, one grid cell each; `rows` is the grid row they stand in. */
export function chips(lane, index, place, row, { raw, chosen, choose, hover }) {
  return lane.pieces.map((piece, i) => {
    const [first, last] = place(lane, i);
    const selected = chosen(lane, i);
    const label = raw ? piece : lane.shown[i];
    const spoken = `${lane.title} ${i}: ${lane.shown[i]}, ${lane.ids[i]}`;
    return h(
      "button",
      {
        type: "button",
        dir: "auto",
        "data-key": `chip-${index}-${i}`,
        "aria-label": spoken,
        title: piece,
        class: `pw-chip pw-lane-${index}${lane.special[i] ? " pw-special" : ""}`,
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
        lane.parts[i] && !raw ? h("sup", { text: lane.parts[i] }) : null,
      ),
      h("span", { class: "pw-id pw-mono", text: lane.ids[i] }),
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
