// The words of a tokenized text (data.py).

export const MASKS = ["<mask>", "[MASK]"];

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
