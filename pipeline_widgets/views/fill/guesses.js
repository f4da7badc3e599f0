// What one model puts into a blank: bars of its likeliest pieces, and a row for each layer.

import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

const DIGITS = 3;
const STEPS = [0.02, 0.05, 0.1, 0.2, 0.5, 1]; // what a full bar may be

/** The probability of a full bar: the same for all models, just above the highest. */
export function fullBar(panels, blank) {
  const highest = Math.max(
    0,
    ...panels.flatMap(({ blanks }) => (blanks[blank]?.candidates ?? []).map(([, p]) => p)),
  );
  return STEPS.find((step) => highest <= step) ?? 1;
}

/** A piece as it is written: … in front of one that goes on a word. */
export function shown(text, first, strings) {
  const goesOn = /^[\p{L}\p{N}]/u.test(text) && !first;
  return goesOn ? fill(strings.joined, { piece: text }) : text.trim() || text;
}

/** The three likeliest pieces of a blank in words. */
export const said = ({ candidates, first }, strings) =>
  candidates
    .slice(0, 3)
    .map(([text, p]) =>
      fill(strings.row, { piece: shown(text, first, strings), probability: fixed(p, DIGITS) }),
    )
    .join(", ");

/** What became of the word that was hidden. */
function hiddenWord({ hidden }, strings) {
  if (!hidden) return null;
  if (hidden.pieces) {
    const pieces = hidden.pieces.join(" ");
    return fill(strings.cut_word, { ...hidden, count: hidden.pieces.length, pieces });
  }
  return fill(strings.place, { ...hidden, probability: fixed(hidden.probability, DIGITS) });
}

function bars({ candidates, first }, panel, most, strings) {
  return h(
    "ol",
    { class: "pw-guesses", "aria-label": fill(strings.likeliest, { model: panel.title }) },
    candidates.map(([text, p], k) =>
      h(
        "li",
        { class: k ? "pw-guess-row" : "pw-guess-row pw-best" },
        h("bdi", { class: "pw-guess-piece", text: shown(text, first, strings) }),
        h(
          "span",
          { class: "pw-track" },
          h("span", {
            class: "pw-fill",
            style: `width:${100 * Math.min(1, p / most)}%`,
          }),
        ),
        h("span", { class: "pw-mono pw-value", text: fixed(p, DIGITS) }),
      ),
    ),
  );
}

/** Every layer's reading as a table; the piece that wins at the end is bold where it comes up. */
function layers({ after, candidates, first }, panel, strings) {
  const winner = candidates[0][0];
  const cell = ([text, p]) =>
    h(
      "span",
      { class: text === winner ? "pw-after-piece pw-best" : "pw-after-piece" },
      h("bdi", { text: shown(text, first, strings) }),
      h("span", { class: "pw-mono pw-quiet", text: ` ${fixed(p, DIGITS)}` }),
    );
  const row = (pieces, k) =>
    h(
      "tr",
      {},
      h("th", {
        scope: "row",
        text: k ? fill(strings.layer, { layer: k - 1 }) : strings.start,
      }),
      h("td", {}, pieces.map(cell)),
    );
  return h(
    "table",
    { class: "pw-after", "aria-label": `${panel.title}: ${strings.after}` },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col", text: strings.after }),
        h("th", { scope: "col", text: strings.reading }),
      ),
    ),
    h("tbody", {}, after.map(row)),
  );
}

/** One model's part of the picture. */
export function guesses(panel, index, { blank, most, strings }) {
  const one = panel.blanks[blank];
  const title = h("h4", { class: "pw-guess-model", text: panel.title });
  const inside = one
    ? [
        bars(one, panel, most, strings),
        h("p", { class: "pw-hint pw-hidden-word", text: hiddenWord(one, strings) ?? "" }),
        layers(one, panel, strings),
      ]
    : [h("p", { class: "pw-trouble", text: panel.trouble || strings.none })];
  return h(
    "section",
    { class: `pw-guess-panel pw-panel-${index}`, "aria-label": panel.title },
    title,
    inside,
  );
}
