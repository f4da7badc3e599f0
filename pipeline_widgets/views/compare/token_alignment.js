// The text, and under each word the pieces that either tokenizer makes of it.

import { h } from "../shared/dom.js";
import { direction } from "../shared/columns.js";

/** `alike[k]` says whether both cut row `k` at the same characters; the sign ≠ marks the others. */
export function cutsTable(lanes, names, alike, text, label) {
  const cell = (lane, index, k) =>
    h(
      "span",
      { class: `pw-cut pw-lane-${index}` },
      lane.pieces[k].map((piece, i) =>
        h("span", { class: "pw-piece", title: `${piece} ${lane.ids[k][i]}`, text: piece }),
      ),
    );
  const column = (k) =>
    h(
      "div",
      { class: alike[k] ? "pw-wordcolumn" : "pw-wordcolumn pw-differs", role: "listitem" },
      h("span", { class: "pw-typed", dir: "auto", text: names[k] }),
      lanes.map((lane, index) => cell(lane, index, k)),
      h("span", {
        class: "pw-differs-mark",
        "aria-label": alike[k] ? "=" : "≠",
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
      lanes.map((lane, index) =>
        h("span", { class: `pw-lane-name pw-lane-${index}`, text: lane.title }),
      ),
    ),
    h(
      "div",
      {
        class: "pw-wordcolumns",
        role: "list",
        tabindex: 0,
        "aria-label": label,
        dir: direction(text),
      },
      names.map((_, k) => column(k)),
    ),
  );
}
