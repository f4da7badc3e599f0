// How a tokenizer cut one word: each merge with its rank, or each longest-match try.

import { fill, h } from "../shared/dom.js";

/** The steps of the word that token `token` belongs to, as an ordered list; null if it has none. */
export function steps(panel, token, strings) {
  const word = panel.words[token];
  const made = panel.steps?.[word];
  if (word < 0 || !made) return null;
  const whole = panel.shown
    .filter((_, i) => panel.words[i] === word && !/^[23456789]\//.test(panel.parts[i]))
    .join("");
  const line = ([left, right, rank, found]) =>
    rank >= 0 // a merge, and its line in the table; WordPiece looks pieces up
      ? [
          h("code", { text: left }),
          " + ",
          h("code", { text: right }),
          h("span", { class: "pw-quiet", text: ` #${rank}` }),
        ]
      : [h("code", { class: found ? "pw-found" : "", text: left }), found ? " ✓" : " ✗"];
  const list = made.length
    ? h(
        "ol",
        { class: "pw-steplist" },
        made.map((step) => h("li", {}, line(step))),
      )
    : h("p", {
        class: "pw-quiet",
        text: panel.explained ? strings.no_steps : fill(strings.explain_tokens_library, panel),
      });
  return h(
    "div",
    { class: "pw-steps" },
    h("strong", { text: fill(strings.steps, { word: whole }) }),
    list,
  );
}
