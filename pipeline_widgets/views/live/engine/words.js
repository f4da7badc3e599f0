// The words of a tokenized text, and the text without some of them (interventions.py, data.py).

const MASKS = ["<mask>", "[MASK]"];

/** A text's tokens with what the views of attention say of them. */
export function wordsOf(tokens, is) {
  const chars = Array.from(tokens.text),
    T = tokens.pieces.length;
  const spans = Array.from({ length: T }, (_, i) => tokens.spans.slice(2 * i, 2 * i + 2)),
    special = tokens.words.map((word) => word < 0);
  const text = (start, stop) => chars.slice(start, stop).join("");
  const shown = tokens.pieces.map((piece, i) =>
    special[i] || spans[i][0] === spans[i][1] ? piece : text(...spans[i]),
  );
  const labels = shown.map((name, i) =>
    MASKS.includes(tokens.pieces[i]) ? tokens.pieces[i] : name.replaceAll(/[Ġ▁]/g, "␣"),
  );
  const places = placesOf(tokens.words, spans);
  return {
    ...{ chars, spans, special, shown, labels, places },
    groups: groupsOf(tokens.words),
    names: places.map(([start, stop]) => strip(text(start, stop), is)),
    marks: shown.map((name, i) => !special[i] && isPunctuation(name, is)),
  };
}

/** Where each word stands in the text, as [start, stop]. */
function placesOf(words, spans) {
  const places = new Map();
  words.forEach((word, i) => {
    if (word < 0) return;
    const [first, last] = places.get(word) ?? spans[i];
    places.set(word, [Math.min(first, spans[i][0]), Math.max(last, spans[i][1])]);
  });
  return [...places.keys()].sort((a, b) => a - b).map((word) => places.get(word));
}

/** The tokens of each word, in order; a special token is a group of its own. */
function groupsOf(words) {
  const groups = [];
  words.forEach((word, i) => {
    if (i && word >= 0 && word === words[i - 1]) groups.at(-1).push(i);
    else groups.push([i]);
  });
  return groups;
}

/** What each group is called: the text of the word. */
export function groupNames(tokens, { groups, labels, names }) {
  return groups.map((group) => {
    const word = tokens.words[group[0]],
      masked = group.some((i) => MASKS.includes(tokens.pieces[i]));
    return word < 0 || masked ? group.map((i) => labels[i]).join("") : names[word];
  });
}

/** What Python takes for white space: four separators of files and records, too. */
export const blank = (is) => (character) =>
  is.WHITESPACE(character) || ("\u001c" <= character && character <= "\u001f");

function strip(text, is) {
  const chars = Array.from(text),
    space = blank(is);
  let start = 0,
    stop = chars.length;
  while (start < stop && space(chars[start])) start++;
  while (stop > start && space(chars[stop - 1])) stop--;
  return chars.slice(start, stop).join("");
}

function isPunctuation(text, is) {
  const chars = Array.from(strip(text, is));
  return chars.length > 0 && !chars.some((one) => is.LETTERS(one) || is.NUMBERS(one));
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
