// Right, partly right, not right: always a sign, a word and a colour together.

import { h } from "../shared/dom.js";

const SIGNS = {
  right: "✓",
  partly: "◐",
  wrong: "✗",
  recorded: "●",
  empty: "!",
  unreadable: "!",
  open: "–",
};

/** The sign of a verdict in its colour; the word stands beside it or in an accessible name. */
export function sign(verdict) {
  return h("span", {
    class: `pw-sign pw-is-${verdict}`,
    "aria-hidden": "true",
    text: SIGNS[verdict] ?? "",
  });
}

/** Sign and word. */
export function verdictWord(verdict, strings) {
  return h(
    "span",
    { class: `pw-verdict pw-is-${verdict}` },
    sign(verdict),
    h("strong", { text: strings[verdict] ?? verdict }),
  );
}

/** A small mark beside an option: "✓ right", "✗ your answer". */
export function mark(verdict, word) {
  return h("span", { class: `pw-mark pw-is-${verdict}` }, sign(verdict), h("span", { text: word }));
}
