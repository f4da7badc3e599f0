// RoBERTa's tokenizer: pairs of neighbours merge, the most frequent first (byte_level_bpe.py).

import { cut } from "./characters.js";

// GPT-2's words, over kinds of characters: any letter is "a", any number "1", any sign "!".
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\t-\r A-Za-z0-9]+|[\t-\r ]+(?![^\t-\r ])|[\t-\r ]+/g;
const LONGEST_EXPLAINED = 128; // bytes

const utf8 = new TextEncoder();

/** The printable character for each byte; a space is Ġ. */
function byteAlphabet() {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const itself = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(itself ? byte : next++);
  });
}

export function byteLevelBpe(description, is) {
  const { rules } = description,
    ids = new Map(Object.entries(description.vocabulary)),
    ranks = new Map(description.merges.map((pair, rank) => [pair, rank]));
  const alphabet = byteAlphabet();
  const kindOf = (character) => {
    if (character.codePointAt(0) < 0x80) return character;
    if (is.LETTERS(character)) return "a";
    if (is.NUMBERS(character)) return "1";
    return is.WHITESPACE(character) ? "\t" : "!";
  };
  const space = (character) => character === "Ġ" || is.WHITESPACE(character);

  return {
    normalise: (text) => text,

    *words(text) {
      if (rules.add_prefix_space && text.chars[0] !== " ")
        text = { chars: [" ", ...text.chars], sources: [text.sources[0], ...text.sources] };
      for (const { 0: found, index } of text.chars.map(kindOf).join("").matchAll(WORDS))
        yield cut(text, index, index + found.length);
    },

    cutWord(chars) {
      const symbols = [],
        owners = []; // the character each byte belongs to
      chars.forEach((character, index) => {
        for (const byte of utf8.encode(character)) {
          symbols.push(alphabet[byte]);
          owners.push(index);
        }
      });
      const { pieces, steps } = merge(symbols, ranks);
      let stop = 0;
      const places = pieces.map((piece) => {
        const start = stop;
        stop += piece.length;
        return [owners[start], owners[stop - 1] + 1];
      });
      return { pieces, ids: pieces.map((piece) => ids.get(piece)), places, steps };
    },

    /** @param {string[]} piece @param {number[]} span @param {boolean} first */
    trim(piece, span, first) {
      let start = span[0];
      const end = span[1];
      if (!rules.trim_offsets) return [start, end];
      const count = piece.length;
      let leading = 0,
        trailing = 0;
      while (leading < count && space(piece[leading])) leading++;
      while (trailing < count && space(piece[count - 1 - trailing])) trailing++;
      if (leading === 1 && rules.trim_but_prefix && (first || start === 0)) leading = 0;
      start = Math.min(start + leading, end);
      return [start, Math.max(end - trailing, start)];
    },
  };
}

/** Merge the neighbours of lowest rank, the leftmost first, until no pair has a rank. */
function merge(symbols, ranks) {
  const pieces = [...symbols, ""], // "" where swallowed, and at the end
    leftOf = symbols.map((_, index) => index - 1),
    rightOf = symbols.map((_, index) => index + 1),
    steps = [],
    heap = queue();
  const offer = (at) => {
    const rank = ranks.get(`${pieces[at]} ${pieces[rightOf[at]]}`);
    if (rank !== undefined) heap.put(rank, at);
  };
  symbols.forEach((_, index) => offer(index));
  for (let next = heap.take(); next; next = heap.take()) {
    const [rank, at] = next,
      right = rightOf[at];
    if (!pieces[at] || ranks.get(`${pieces[at]} ${pieces[right]}`) !== rank) continue; // stale
    if (symbols.length <= LONGEST_EXPLAINED) steps.push([pieces[at], pieces[right], rank, true]);
    pieces[at] += pieces[right];
    pieces[right] = "";
    rightOf[at] = rightOf[right];
    if (rightOf[at] < symbols.length) leftOf[rightOf[at]] = at;
    if (leftOf[at] >= 0) offer(leftOf[at]);
    offer(at);
  }
  return { pieces: pieces.filter(Boolean), steps };
}

/** A binary heap of (rank, place), the lowest rank first, then the leftmost. */
function queue() {
  const rows = [];
  const before = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
  const swap = (i, j) => ([rows[i], rows[j]] = [rows[j], rows[i]]);
  return {
    put(rank, at) {
      let i = rows.push([rank, at]) - 1;
      for (let up = (i - 1) >> 1; i && before(rows[i], rows[up]); i = up, up = (i - 1) >> 1)
        swap(i, up);
    },
    take() {
      if (rows.length < 2) return rows.pop();
      swap(0, rows.length - 1);
      const first = rows.pop();
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2])
          if (child < rows.length && before(rows[child], rows[least])) least = child;
        if (least === i) return first;
        swap(i, least);
        i = least;
      }
    },
  };
}
