// What is on screen, in words that are computed from its numbers.

import { fill } from "../shared/dom.js";
import { finely, quantity } from "../shared/quantities.js";
import { fixed } from "../shared/rounding.js";
import { signed } from "../shared/writing.js";

const ENTRY = {
  head: "without_head",
  layer: "without_layer",
  word: "without_word",
  mask: "without_mask",
};

/** The place of the largest of `values`, of those that `of` admits; -1 if it admits none. */
export function largestAt(values, of = (_k) => true) {
  let best = -1;
  for (let k = 0; k < values.length; k++) {
    if (of(k) && (best < 0 || values[k] > values[best])) best = k;
  }
  return best;
}

/** "“not” looks most at “dull”, 0.42." of one row of the square. */
export function rowSaid(square, row, strings) {
  const columns = square.shape[1];
  const weights = square.values.subarray(row * columns, (row + 1) * columns);
  const at = largestAt(weights);
  const said = {
    query: square.labels[row],
    key: square.keys[at],
    weight: fixed(weights[at]),
  };
  return fill(strings.row_most, said);
}

/** The place of the strongest look at a word, not at a special token nor at itself; or -1. */
export function strongestAt(square) {
  const columns = square.shape[1];
  const other = (k) => square.crossed || k % columns !== Math.floor(k / columns);
  return largestAt(square.values, (k) => other(k) && !square.specials[k % columns]);
}

/** That look in words; "" where there is none. */
export function strongest(square, strings) {
  const at = strongestAt(square),
    columns = square.shape[1];
  if (at < 0) return "";
  const query = square.labels[Math.floor(at / columns)],
    key = square.keys[at % columns];
  return fill(strings.strongest, { query, key, weight: fixed(square.values[at]) });
}

/** What one thing left out is called: "head 5·10 off". */
export function entrySaid(entry, answer, strings) {
  const [what, place, head] = entry;
  return fill(strings[ENTRY[what]], { layer: place, head, word: answer.words[place] });
}

/** What the changes came to: "head 5·10 off: “negative” from 0.985 to 0.981." */
export function changeSaid(off, answer, strings) {
  const [before, after] = answer.probabilities;
  if (!off.length || !after) return strings.unchanged;
  const best = largestAt(before);
  return fill(strings.changed_said, {
    changes: off.map((entry) => entrySaid(entry, answer, strings)).join(", "),
    label: answer.labels[best],
    before: finely(answer, before)[best],
    after: finely(answer, after)[best],
  });
}

/** What was measured: the head and the word without which the answer moves most. */
export function effectsSaid(effects, panel, answer, strings) {
  const head = largestAt(effects.values.map(Math.abs));
  const names = {
    layer: Math.floor(head / panel.heads),
    head: head % panel.heads,
    what: fill(quantity(answer, strings), { label: effects.label }),
    value: signed(effects.values[head], 3),
  };
  const word = largestAt(effects.words.map(Math.abs));
  const said = fill(strings.effects_said, names);
  if (word < 0) return said;
  const more = { word: answer.words[word], value: signed(effects.words[word], 3) };
  return `${said} ${fill(strings.effects_word_said, more)}`;
}
