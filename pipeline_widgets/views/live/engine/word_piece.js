// BERT's tokenizer: the longest piece that fits, from the left (word_piece.py).

import { combiningOf, cut, rewrite } from "./characters.js";

export function wordPiece(description, is) {
  const { rules, unknown, continuation, longest_word: longest } = description,
    ids = new Map(Object.entries(description.vocabulary));
  const clean = (character) => {
    if (is.CONTROLS(character)) return "";
    return is.WHITESPACE(character) ? " " : character;
  };
  const lower = new Map(Object.entries(description.tables.LATER_LOWER)),
    combining = combiningOf(description.tables.COMBINING);

  return {
    normalise(text) {
      if (rules.clean_text) text = rewrite(text, clean);
      if (rules.handle_chinese_chars)
        text = rewrite(text, (one) => (is.IDEOGRAPHS(one) ? ` ${one} ` : one));
      if (rules.strip_accents ?? rules.lowercase)
        text = rewrite(decompose(text, is, combining), (one) => (is.MARKS(one) ? "" : one));
      if (rules.lowercase) text = rewrite(text, (one) => lower.get(one) ?? one.toLowerCase());
      return text;
    },

    *words(text) {
      let from = 0;
      for (let i = 0; i <= text.chars.length; i++) {
        const character = text.chars[i],
          mark = i < text.chars.length && is.PUNCTUATION(character);
        if (i < text.chars.length && !mark && !is.WHITESPACE(character)) continue;
        if (from < i) yield cut(text, from, i);
        if (mark) yield cut(text, i, i + 1);
        from = i + 1;
      }
    },

    cutWord(chars) {
      const steps = [];
      let pieces = [],
        places = [],
        start = 0;
      while (start < chars.length && chars.length <= longest) {
        let stop = chars.length;
        for (; stop > start; stop--) {
          const piece = (start ? continuation : "") + chars.slice(start, stop).join("");
          steps.push([piece, "", -1, ids.has(piece)]);
          if (!ids.has(piece)) continue;
          pieces.push(piece);
          places.push([start, stop]);
          break;
        }
        if (stop === start) break; // nothing fits
        start = stop;
      }
      if (start < chars.length) [pieces, places] = [[unknown], [[0, chars.length]]];
      return { pieces, ids: pieces.map((piece) => ids.get(piece)), places, steps };
    },

    trim: (_, span) => span,
  };
}

/** Letters and their accents apart (NFD), marks in canonical order, sources as they were typed. */
function decompose(text, is, combining) {
  const parts = []; // [combining class, character, the first of its source?]
  for (const character of text.chars) {
    const whole = is.LATER_COMPOSED(character) ? character : character.normalize("NFD");
    Array.from(whole).forEach((part, index) => {
      parts.push([combining(part), part, index === 0]);
    });
  }
  for (let start = 0, i = 0; i <= parts.length; i++) {
    if (i < parts.length && parts[i][0]) continue;
    if (i - start > 1)
      parts.splice(start, i - start, ...parts.slice(start, i).sort((a, b) => a[0] - b[0]));
    start = i + 1;
  }
  let taken = 0;
  return {
    chars: parts.map((part) => part[1]),
    sources: parts.map((part) => text.sources[(taken += part[2] ? 1 : 0) - 1]),
  };
}
