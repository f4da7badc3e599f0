// Sets of characters and a text that knows where its characters came from, as in the Python
// engine; the tables come from there as data.

/** Whether a character is in a set written as "41-5A 61-7A". */
export function characterSet(ranges) {
  const pairs = ranges
    .split(/\s+/)
    .map((part) => part.split("-").map((code) => parseInt(code, 16)));
  return (character) => {
    const code = character.codePointAt(0);
    let low = 0,
      high = pairs.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1,
        [start, end = start] = pairs[middle];
      if (code < start) high = middle - 1;
      else if (code > end) low = middle + 1;
      else return true;
    }
    return false;
  };
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
