// A lane is one model's reading of the text, as `_lane.py` sends it, with its arrays decoded.

import { decode } from "../shared/array.js";

const TITLES = { roberta: "RoBERTa", distilbert: "DistilBERT" };

/** The text each piece covers; a piece that shares its character with others says which part. */
function shownPieces(characters, lane) {
  return lane.pieces.map((piece, i) => {
    const [start, end] = [lane.spans[2 * i], lane.spans[2 * i + 1]];
    return start === end ? piece.replaceAll("Ġ", "␣") : characters.slice(start, end).join("");
  });
}

/** 1/3, 2/3, 3/3 for three pieces that share the bytes of one character; "" for the others. */
function parts(lane) {
  const key = (i) => `${lane.spans[2 * i]}-${lane.spans[2 * i + 1]}-${lane.words[i]}`;
  return lane.pieces.map((_, i) => {
    if (lane.words[i] < 0) return "";
    let first = i,
      last = i;
    while (first > 0 && key(first - 1) === key(i)) first--;
    while (last + 1 < lane.pieces.length && key(last + 1) === key(i)) last++;
    return first === last ? "" : `${i - first + 1}/${last - first + 1}`;
  });
}

/** The lanes of a result, ready to draw. */
export function readLanes(result) {
  const characters = Array.from(result.text);
  return result.lanes.map((lane) => ({
    ...lane,
    title: TITLES[lane.model] ?? lane.model.split("/").pop(),
    shown: shownPieces(characters, lane),
    parts: parts(lane),
    special: lane.words.map((word, i) => word < 0 && lane.spans[2 * i] === lane.spans[2 * i + 1]),
    hidden: lane.hidden && decode(lane.hidden),
    attention: lane.attention && decode(lane.attention),
    thumbs: lane.thumbs && decode(lane.thumbs),
    embedding: lane.embedding?.map(decode),
    pooled: lane.pooled && decode(lane.pooled),
  }));
}

/** The index of the most probable label. */
export function winner(lane) {
  return lane.probabilities.indexOf(Math.max(...lane.probabilities));
}

/** The tokens of `lane` that share a character with token `index` of `source`, or are it. */
export function matching(lane, source, index) {
  if (lane === source) return [index];
  if (source.special[index]) return index === 0 ? [0] : [lane.pieces.length - 1];
  const [start, end] = [source.spans[2 * index], source.spans[2 * index + 1]];
  return lane.pieces.flatMap((_, i) =>
    !lane.special[i] && lane.spans[2 * i] < end && lane.spans[2 * i + 1] > start ? [i] : [],
  );
}
