// A word that was hidden comes back as it was, whatever else is typed before and after it.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countBlanks,
  hide,
  kept,
  parts,
  putBack,
} from "../../pipeline_widgets/views/fill/words.js";

const TEXTS = [
  "The film was good.",
  "It wasn't <mask>, it's well-made; [MASK]!",
  "Ça n’est pas “drôle” 😀 中文字",
  "  two  spaces <mask><mask> and\na line ",
];
let seed = 7;
const chance = (count) => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31;
  return seed % count;
};

test("parts lie in the text, in order, and leave only blanks out", () => {
  for (const text of TEXTS) {
    let last = 0;
    for (const { word, start, end } of parts(text)) {
      assert.equal(text.slice(start, end), word);
      assert.equal(text.slice(last, start).trim(), "");
      last = end;
    }
    assert.equal(text.slice(last).trim(), "");
  }
});

test("after any words were hidden and put back, in any order, the text is the same", () => {
  for (let round = 0; round < 200; round++) {
    const text = TEXTS[round % TEXTS.length];
    let state = { text, hidden: Array(countBlanks(text)).fill("") };
    for (let step = 0; step < 8; step++) {
      const all = parts(state.text).filter(({ blank }) => blank < 0 || state.hidden[blank]);
      const part = all[chance(all.length)];
      state = (part.blank < 0 ? hide : putBack)(state.text, part, state.hidden);
      assert.equal(state.hidden.length, countBlanks(state.text));
    }
    for (;;) {
      const part = parts(state.text).find(({ blank }) => state.hidden[blank]);
      if (!part) break;
      state = putBack(state.text, part, state.hidden);
    }
    assert.equal(state.text, text);
  }
});

test("what is typed around a blank leaves its word known", () => {
  const hidden = ["film", "good"],
    text = "The <mask> was <mask>.";
  assert.deepEqual(kept(text, hidden, "The <mask> was very <mask>."), hidden);
  assert.deepEqual(kept(text, hidden, "Oh, the <mask> was <mask>."), hidden);
  assert.deepEqual(kept(text, hidden, "The <mask> was <mask>. It is <mask>."), [...hidden, ""]);
  assert.deepEqual(kept(text, hidden, "A <mask>, the <mask> was <mask>."), ["", ...hidden]);
  assert.deepEqual(kept(text, hidden, "The <mask> was ."), ["film"]);
  assert.deepEqual(kept(text, hidden, " was <mask>."), ["good"]);
  assert.deepEqual(kept(text, hidden, "The <mas> was <mask>."), ["good"]);
  assert.deepEqual(kept(text, hidden, ""), []);
});
