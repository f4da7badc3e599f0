// What both tokenizers share: special tokens, words, spans, the limit of a model (base.py).

import { addedTokens } from "./added_tokens.js";
import { byteLevelBpe } from "./byte_level_bpe.js";
import { setsOf, typedText } from "./characters.js";
import { rest } from "./rest.js";

const CACHED_WORDS = 4096,
  LONGEST_CACHED_WORD = 128;

/**
 * A tokenizer from what Python's `described()` says; `sets` are characters that all need, `files`
 * the parts of the engine that few do.
 */
export function tokenizerOf(description, sets, limit, files) {
  const is = setsOf({ ...sets, ...description.tables.sets }),
    isBpe = description.kind === "byte-level BPE",
    rules = isBpe
      ? byteLevelBpe(description, is)
      : rest("word_piece", files).wordPiece(description, is),
    split = addedTokens(description.added, is, rules.normalise);
  const framing = (rows) => rows.map(([piece, id]) => [piece, id, [0, 0], -1]), // in no word
    before = framing(description.before),
    after = framing(description.after);
  const separators = new Set(description.separators),
    cache = new Map();

  function cutWord(chars) {
    const word = chars.join("");
    let found = cache.get(word);
    if (!found) {
      found = rules.cutWord(chars);
      if (chars.length <= LONGEST_CACHED_WORD) {
        if (cache.size >= CACHED_WORDS) cache.clear();
        cache.set(word, found);
      }
    }
    return found;
  }

  /** Rows of [piece, id, span, word], and each word's steps. */
  function rowsOf(text) {
    const rows = [],
      steps = [];
    for (const part of split(typedText(text))) {
      if (part.token) {
        const span = rules.trim(part.covered, part.span, !rows.length);
        const apart = separators.has(part.token.id); // typed as it stands between two texts
        rows.push([part.token.content, part.token.id, span, apart ? -1 : steps.length]);
        if (!apart) steps.push([]);
        continue;
      }
      for (const { chars, sources } of rules.words(part)) {
        const word = cutWord(chars);
        word.pieces.forEach((piece, k) => {
          const [start, stop] = word.places[k],
            span = [sources[start], sources[stop - 1] + 1];
          rows.push([
            piece,
            word.ids[k],
            rules.trim(Array.from(piece), span, !rows.length),
            steps.length,
          ]);
        });
        steps.push(word.steps);
      }
    }
    return [rows, steps];
  }

  return {
    is, // the sets of characters

    /** The tokens of a text with special tokens around it, cut at the model's limit. */
    encode(typed) {
      const text = typed.toWellFormed?.() ?? typed,
        [rows, steps] = rowsOf(text);
      const kept = rows.slice(0, limit - before.length - after.length);
      const all = [...before, ...kept, ...after],
        words = new Set(kept.map((row) => row[3]).filter((word) => word >= 0));
      return {
        text,
        pieces: all.map((row) => row[0]),
        ids: all.map((row) => row[1]),
        spans: all.flatMap((row) => row[2]),
        words: all.map((row) => row[3]),
        steps: steps.slice(0, words.size),
        left_out: rows.length - kept.length,
      };
    },
  };
}
