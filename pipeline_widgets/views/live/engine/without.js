// A text without some of its words, or with some of them masked (interventions.py).

import { blank, MASKS } from "./words.js";

/** What each group is called: the text of the word. */
export function groupNames(tokens, { groups, labels, names }) {
  return groups.map((group) => {
    const word = tokens.words[group[0]],
      masked = group.some((i) => MASKS.includes(tokens.pieces[i]));
    return word < 0 || masked ? group.map((i) => labels[i]).join("") : names[word];
  });
}

/** The text without these stretches; each takes the space before it along, or the one after. */
export function withoutSpans(chars, spans, is) {
  const space = blank(is),
    left = [...chars];
  const ordered = [...new Map(spans.map((span) => [String(span), span])).values()].sort(
    (a, b) => a[0] - b[0] || a[1] - b[1],
  );
  for (let [start, stop] of ordered.reverse()) {
    if (start && space(chars[start - 1])) start--;
    else if (!start && stop < chars.length && space(chars[stop])) stop++;
    left.splice(start, stop - start);
  }
  return left.join("");
}

/** The tokens with those at `places`, [start, stop, nth of its span], replaced by the mask. */
export function masked(tokens, places, mask) {
  const pieces = [...tokens.pieces],
    ids = [...tokens.ids];
  const at = (i) => tokens.spans.slice(2 * i, 2 * i + 2);
  for (const [start, stop, nth] of places) {
    const found = pieces.flatMap((_, i) =>
      at(i)[0] < stop && at(i)[1] > start && tokens.words[i] >= 0 ? [i] : [],
    );
    const exact = found.filter((i) => at(i)[0] === start && at(i)[1] === stop);
    for (const i of nth < exact.length ? [exact[nth]] : found) [pieces[i], ids[i]] = mask;
  }
  return { ...tokens, pieces, ids };
}
