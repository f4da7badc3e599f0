// Special tokens that somebody types: "<mask>" or "[MASK]" in a text is one token.

import { cut } from "./characters.js";

/** Splits a text into added tokens, {token, covered, span}, and the normalised stretches between. */
export function addedTokens(entries, is, normalise) {
  const tokens = entries.filter((token) => token.content);
  const longestFirst = (list) => list.sort((a, b) => b.chars.length - a.chars.length);
  const typed = longestFirst(
    tokens
      .filter((one) => !one.normalized)
      .map((token) => spelled(token, Array.from(token.content))),
  );
  const normalised = longestFirst(
    tokens
      .filter((one) => one.normalized)
      .map((token) => spelled(token, normalise(plain(token.content)).chars)),
  );
  return function* split(text) {
    for (const part of find(text, typed, is)) {
      if (part.token) yield part;
      else yield* find(normalise(part), normalised, is);
    }
  };
}

const plain = (content) => {
  const chars = Array.from(content);
  return { chars, sources: chars.map((_, index) => index) };
};
const spelled = (token, chars) => ({ token, chars });

function* find(text, tokens, is) {
  const { chars, sources } = text;
  let done = 0;
  for (let i = 0; tokens.length && i < chars.length; i++) {
    const found = tokens.find((one) => one.chars.every((letter, k) => chars[i + k] === letter));
    if (!found) continue;
    let start = i,
      stop = i + found.chars.length;
    i = stop - 1;
    if (found.token.single_word && insideAWord(chars, start, stop, is)) continue;
    if (found.token.lstrip) while (start > done && is.WHITESPACE(chars[start - 1])) start--;
    if (found.token.rstrip) while (stop < chars.length && is.WHITESPACE(chars[stop])) stop++;
    if (done < start) yield cut(text, done, start);
    const span = [sources[start], sources[stop - 1] + 1];
    yield { token: found.token, covered: chars.slice(start, stop), span };
    done = stop;
  }
  if (done < chars.length) yield cut(text, done, chars.length);
}

const insideAWord = (chars, start, stop, is) =>
  [chars[start - 1], chars[stop]].some(
    (character) => character !== undefined && is.WORD(character),
  );
