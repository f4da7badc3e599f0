// The text, and under each word the pieces that either tokenizer makes of it.

import { h } from "../shared/dom.js";
import { direction } from "../shared/columns.js";

/** `alike[k]` says whether both cut row `k` at the same characters; the sign ≠ marks the others. */
export function cutsTable(panels, names, alike, text, strings) {
  const cell = (panel, index, k) =>
    h(
      "span",
      { class: `pw-cut pw-panel-${index}` },
      panel.pieces[k].map((piece, i) =>
        h("span", {
          class: "pw-piece",
          title: panel.ids[k][i] < 0 ? piece : `${piece} ${panel.ids[k][i]}`,
          text: piece,
        }),
      ),
    );
  const column = (k) =>
    h(
      "div",
      { class: alike[k] ? "pw-wordcolumn" : "pw-wordcolumn pw-differs", role: "listitem" },
      h("span", { class: "pw-typed", dir: "auto", text: names[k] }),
      panels.map((panel, index) => cell(panel, index, k)),
      h("span", {
        class: "pw-differs-mark",
        "aria-label": alike[k] ? strings.cut_alike : strings.cut_differently,
        role: "img",
        text: alike[k] ? "" : "≠",
      }),
    );
  return h(
    "div",
    { class: "pw-cutsrow" },
    h(
      "div",
      { class: "pw-cutsnames" },
      h("span", {}),
      panels.map((panel, index) =>
        h("span", { class: `pw-panel-name pw-panel-${index}`, text: panel.title }),
      ),
    ),
    h(
      "div",
      {
        class: "pw-wordcolumns pw-scrolls",
        role: "list",
        tabindex: 0,
        "aria-label": strings.cuts,
        dir: direction(text),
      },
      names.map((_, k) => column(k)),
    ),
  );
}
