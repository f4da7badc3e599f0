// Sets of characters and a text that knows where its characters came from, as in the Python
// engine; the tables come from there as data.

/** Numbers in base 36 (tables.py): A, B, C … stand before two, three, four digits. */
function numbersIn(text) {
  const made = [];
  for (let i = 0, digits = 1; i < text.length; i += digits) {
    digits = "A" <= text[i] && text[i] < "a" ? text.charCodeAt(i++) - 63 : 1;
    made.push(parseInt(text.slice(i, i + digits), 36));
  }
  return made;
}

/** Ranges of code points as [start, end] and, of triples, what follows: the class. */
function rangesIn(text, each) {
  const numbers = numbersIn(text),
    made = [];
  for (let i = 0, before = 0; i < numbers.length; i += each) {
    const start = before + numbers[i],
      end = start + numbers[i + 1];
    made.push([start, end, numbers[i + 2]]);
    before = end;
  }
  return made;
}

/** The range in which a character's code point is, of sorted ones. */
function rangeOf(ranges, character) {
  const code = character.codePointAt(0);
  let low = 0,
    high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1,
      range = ranges[middle];
    if (code < range[0]) high = middle - 1;
    else if (code > range[1]) low = middle + 1;
    else return range;
  }
}

/** Whether a character is in a set, for each set by its name. */
export function setsOf(sets) {
  /** @type {Record<string, (character: string) => boolean>} */
  const is = {};
  for (const [name, text] of Object.entries(sets)) {
    const ranges = rangesIn(text, 2);
    is[name] = (character) => rangeOf(ranges, character) !== undefined;
  }
  const apart = is.WORD;
  is.WORD = (one) => (is.LETTERS(one) || is.NUMBERS(one) || is.MARKS(one)) !== apart(one);
  return is;
}

/** Each character's combining class; 0 for most. */
export function combiningOf(classes) {
  const ranges = rangesIn(classes, 3);
  return (character) => rangeOf(ranges, character)?.[2] ?? 0;
}

/** A typed text: `chars` are its code points, each its own source. */
export function typedText(text) {
  const chars = Array.from(text);
  return { chars, sources: chars.map((_, index) => index) };
}

export const cut = ({ chars, sources }, start, stop) => ({
  chars: chars.slice(start, stop),
  sources: sources.slice(start, stop),
});

/** Every character replaced by what `rule` makes of it: none, one or several. */
export function rewrite({ chars, sources }, rule) {
  const made = { chars: [], sources: [] };
  chars.forEach((character, index) => {
    for (const one of rule(character)) {
      made.chars.push(one);
      made.sources.push(sources[index]);
    }
  });
  return made;
}
