// Two texts side by side, word by word, and each token's partner (text_alignment.py).

import { matchingBlocks, stretchesOf } from "./sequence_matcher.js";

const SIMILAR = 0.5; // from this ratio on, two words are spellings of each other
const IDEOGRAPH = /[\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u,
  TONE = /[\u{1f3fb}-\u{1f3ff}]/u,
  FLAG = /[\u{1f1e6}-\u{1f1ff}]/u,
  JOINER = "\u200d";

/**
 * How run `ours` differs from run `theirs`: `stretches` of {kind, spans: [theirs, ours], tokens:
 * [theirs, ours]}, and for each token of ours its `partners` token, or -1. `space` knows white space.
 */
export function align(theirs, ours, space) {
  const runs = [theirs, ours],
    stretches = wordStretches(runs, space),
    partners = new Int32Array(ours.tokens.ids.length).fill(-1);
  for (const [one, two] of specialPairs(runs)) partners[two] = one;
  const tokens = runs.map((run, side) => byWord(run, stretches, side, space));
  stretches.forEach((stretch, index) => {
    stretch.tokens = tokens.map((words) => words[index]);
    if (!stretch.spans[0] || !stretch.spans[1]) return;
    for (const [one, two] of tokenPairs(stretch, runs)) partners[two] = one;
  });
  return { stretches, partners };
}

/** Where the words of the part of the text that was read stand. */
function spansOfWords({ tokens, words }, space) {
  const end = tokens.left_out ? Math.max(0, ...words.spans.map((span) => span[1])) : undefined,
    chars = words.chars.slice(0, end),
    found = [];
  chars.forEach((character, place) => {
    if (space(character)) return;
    const last = found.at(-1);
    if (last && last[1] === place && goesOn(chars, last[0], place)) last[1] = place + 1;
    else found.push([place, place + 1]);
  });
  return found;
}

/** Whether the character at `place` belongs to the word that began at `start`. */
function goesOn(chars, start, place) {
  const first = chars[start],
    before = chars[place - 1],
    now = chars[place];
  if (now === JOINER || TONE.test(now) || /\p{M}/u.test(now)) return true;
  if (ofAWord(first))
    return ofAWord(now) || (["'", "’"].includes(now) && ofAWord(chars[place + 1] ?? ""));
  return before === JOINER || (FLAG.test(first) && FLAG.test(now) && place === start + 1);
}

/** Whether it is a letter, a digit or an underscore of a script that parts its words. */
const ofAWord = (character) => /[\p{L}\p{N}_]/u.test(character) && !IDEOGRAPH.test(character);

function wordStretches(runs, space) {
  const spans = runs.map((run) => spansOfWords(run, space)),
    [one, two] = runs.map(({ words }, side) =>
      spans[side].map((span) => words.chars.slice(...span).join("")),
    );
  const shorter = Math.min(one.length, two.length);
  let first = 0,
    last = 0;
  while (first < shorter && one[first] === two[first]) first++;
  while (last < shorter - first && one.at(-1 - last) === two.at(-1 - last)) last++;
  const made = [],
    add = (kind, left, right) => made.push({ kind, spans: [left ?? null, right ?? null] });
  const kept = (count, a, b) => {
    for (let k = 0; k < count; k++) add("kept", spans[0][a + k], spans[1][b + k]);
  };
  kept(first, 0, 0);
  const middle = [one.slice(first, one.length - last), two.slice(first, two.length - last)];
  for (const [same, a, b, c, d] of stretchesOf(middle[0], middle[1])) {
    const left = spans[0].slice(first + a, first + b),
      right = spans[1].slice(first + c, first + d),
      both = Math.min(left.length, right.length);
    for (let k = 0; k < both; k++) add(same ? "kept" : "replaced", left[k], right[k]);
    for (const span of left.slice(both)) add("left_out", span, null);
    for (const span of right.slice(both)) add("put_in", null, span);
  }
  kept(last, one.length - last, two.length - last);
  return made;
}

function specialPairs(runs) {
  const [theirs, ours] = runs.map(({ words }) =>
    words.special.flatMap((special, index) => (special ? [index] : [])),
  );
  if (theirs.length === ours.length) return theirs.map((one, k) => [one, ours[k]]);
  if (!theirs.length || !ours.length) return [];
  return [
    [theirs[0], ours[0]],
    [theirs.at(-1), ours.at(-1)],
  ];
}

/** The tokens of each stretch; one that covers two words belongs to the first of them. */
function byWord({ words }, stretches, side, space) {
  const found = stretches.map(() => []),
    places = stretches.flatMap(({ spans }, index) => (spans[side] ? [index] : []));
  const end = (at) => stretches[places[at]].spans[side][1];
  let at = 0;
  words.spans.forEach(([start, stop], index) => {
    if (words.special[index] || !places.length) return;
    let visible = start;
    while (visible < stop && space(words.chars[visible])) visible++;
    while (at < places.length - 1 && end(at) <= visible) at++;
    found[places[at]].push(index);
  });
  return found;
}

/** The tokens of one word in both texts, paired one to one. */
function tokenPairs(stretch, runs) {
  const [theirs, ours] = stretch.tokens,
    letters = theirs.length === ours.length ? null : lettersOf(stretch, runs);
  const inOrder = () => theirs.slice(0, ours.length).map((one, k) => [one, ours[k]]);
  if (!letters) return inOrder();
  const covers = ([start, stop], place) => start <= place && place < stop,
    spans = runs.map(({ words }) => words.spans),
    rated = [];
  for (const one of theirs)
    for (const two of ours) {
      const left = spans[0][one],
        right = spans[1][two];
      const shared = letters.filter(([a, b]) => covers(left, a) && covers(right, b)).length,
        lengths = left[1] - left[0] + right[1] - right[0];
      if (shared) rated.push([-shared / (lengths - shared), one, two]);
    }
  rated.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  const pairs = [];
  for (const [, one, two] of rated)
    if (pairs.every(([left, right]) => left !== one && right !== two)) pairs.push([one, two]);
  return pairs;
}

/** The characters that two spellings of a word share, as places in both texts. */
function lettersOf({ spans }, runs) {
  const [one, two] = runs.map(({ words }, side) =>
    Array.from(
      words.chars
        .slice(...spans[side])
        .join("")
        .toLowerCase(),
    ),
  );
  const blocks = matchingBlocks(one, two),
    same = blocks.reduce((sum, [, , size]) => sum + size, 0);
  if ((2 * same) / (one.length + two.length) < SIMILAR) return null;
  if (one.length !== spans[0][1] - spans[0][0]) return null;
  return blocks.flatMap(([a, b, size]) =>
    Array.from({ length: size }, (_, k) => [spans[0][0] + a + k, spans[1][0] + b + k]),
  );
}
