// A panel is one model's reading of the text, as `_panel.py` sends it, with its arrays decoded.

import { decodedAgain } from "../shared/array.js";
import { limit } from "../shared/strips.js";

/** The text each piece covers; a piece that shares its character with others says which part. */
function shownPieces(characters, panel) {
  return panel.pieces.map((piece, i) => {
    const [start, end] = [panel.spans[2 * i], panel.spans[2 * i + 1]];
    return start === end || panel.words[i] < 0
      ? piece.replaceAll("Ġ", "␣")
      : visible(characters.slice(start, end));
  });
}

const SPACES = { " ": "␣", "\t": "⇥", "\n": "⏎" };

/** What leaves no mark on the page gets one: spaces, joiners by their number, accents on a ring. */
function visible(characters) {
  const text = characters.join("");
  if (/^\s+$/u.test(text)) return characters.map((one) => SPACES[one] ?? "␣").join("");
  if (/^\p{M}+$/u.test(text)) return `◌${text}`;
  if (!/^\p{C}+$/u.test(text)) return text;
  const number = (one) => one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return characters.map((one) => `U+${number(one)}`).join(" ");
}

/** 1/3, 2/3, 3/3 for three pieces that share the bytes of one character; "" for the others. */
function parts(panel) {
  const key = (i) => `${panel.spans[2 * i]}-${panel.spans[2 * i + 1]}-${panel.words[i]}`;
  return panel.pieces.map((_, i) => {
    if (panel.words[i] < 0) return "";
    let first = i,
      last = i;
    while (first > 0 && key(first - 1) === key(i)) first--;
    while (last + 1 < panel.pieces.length && key(last + 1) === key(i)) last++;
    return first === last ? "" : `${i - first + 1}/${last - first + 1}`;
  });
}

/** The panels of a result, ready to draw; arrays that are those of the panels `before` stay those. */
export function readPanels(result, before = []) {
  const characters = Array.from(result.text);
  return result.panels.map((panel, index) => read(panel, characters, before[index]));
}

const ARRAYS = ["hidden", "attention", "thumbs", "pooled", "halves", "mixing"];

function read(panel, characters, before) {
  const again = (name) => decodedAgain(panel[name], before?.[name]),
    arrays = Object.fromEntries(ARRAYS.map((name) => [name, again(name)]));
  return {
    ...panel,
    ...arrays,
    shown: shownPieces(characters, panel),
    parts: parts(panel),
    special: panel.words.map(
      (word, i) => word < 0 && panel.spans[2 * i] === panel.spans[2 * i + 1],
    ),
    most: arrays.hidden && limit(arrays.hidden.values), // one scale for all layers, as the legend says
    embedding: panel.embedding?.map((part, k) => decodedAgain(part, before?.embedding?.[k])),
  };
}

/** What the head's words are called by: its function, or `score` where a sigmoid makes but one. */
export const headOf = ({ function: made, labels }) =>
  made === "sigmoid" && labels.length === 1 ? "score" : made;

/** The index of the most probable label. */
export function winner(panel) {
  return panel.probabilities.indexOf(Math.max(...panel.probabilities));
}

/** The tokens of `panel` that share a character with token `index` of `source`, or are it. */
export function matching(panel, source, index) {
  if (panel === source) return [index];
  if (source.special[index]) return index === 0 ? [0] : [panel.pieces.length - 1];
  const [start, end] = [source.spans[2 * index], source.spans[2 * index + 1]];
  return panel.pieces.flatMap((_, i) =>
    !panel.special[i] && panel.spans[2 * i] < end && panel.spans[2 * i + 1] > start ? [i] : [],
  );
}
