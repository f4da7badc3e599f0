// What a stage shows, as a real table: for reading exact values and for screen readers.

import { slice } from "../shared/array.js";
import { h } from "../shared/dom.js";

function table(header, rows) {
  return h(
    "div",
    { class: "pw-tablebox", tabindex: 0, role: "region", "aria-label": header.join(", ") },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          header.map((name) => h("th", { scope: "col", text: name })),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map(([name, ...cells]) =>
          h(
            "tr",
            {},
            h("th", { scope: "row", text: name }),
            cells.map((cell) =>
              h("td", { class: typeof cell === "number" ? "pw-mono" : "", text: cell }),
            ),
          ),
        ),
      ),
    ),
  );
}

const utf8 = new TextEncoder();
const hex = (number, width) => number.toString(16).toUpperCase().padStart(width, "0");

function text(lane, _token, strings, typed) {
  const rows = Array.from(typed)
    .slice(0, 200)
    .map((character) => [
      character,
      `U+${hex(character.codePointAt(0), 4)}`,
      [...utf8.encode(character)].map((byte) => hex(byte, 2)).join(" "),
    ]);
  return table([strings.text, "Unicode", "UTF-8"], rows);
}

function tokens(lane, _token, strings) {
  const rows = lane.pieces.map((piece, i) => [
    String(i),
    lane.shown[i] + (lane.parts[i] ? ` (${lane.parts[i]})` : ""),
    piece,
    lane.ids[i],
    lane.special[i] ? strings.special : `${lane.spans[2 * i]}–${lane.spans[2 * i + 1]}`,
  ]);
  return table([strings.token, strings.shown, strings.raw, strings.id, strings.span], rows);
}

const SIGN = { minimumFractionDigits: 3, maximumFractionDigits: 3 };
const number = (value) => Number(value).toLocaleString("en", SIGN).replace("-", "−");

function vectors(arrays, token, columns) {
  return Array.from({ length: columns }, (_, k) =>
    arrays.map(({ values, shape }) =>
      number(values[(shape.length > 1 ? token * shape[1] : 0) + k]),
    ),
  );
}

function embedding(lane, token, strings) {
  const step = Math.max(1, Math.floor(lane.width / lane.embedding[0].shape[1]));
  const rows = vectors(lane.embedding, token, 8).map((cells, k) => [String(k * step), ...cells]);
  return table(
    [
      lane.shown[token],
      strings.token_part,
      `${strings.position} ${lane.position_ids[token]}`,
      strings.normalised,
    ],
    rows,
  );
}

function layers(lane, token, strings) {
  const count = lane.pieces.length;
  const rows = lane.shown.map((shown, key) => [
    shown,
    number(lane.attention.values[token * count + key]),
    number(lane.attention.values[key * count + token]),
  ]);
  const chosen = lane.shown[token];
  return table(
    [strings.token, `${strings.weight} ${chosen} → …`, `${strings.weight} … → ${chosen}`],
    rows,
  );
}

function pooled(lane, _token, strings) {
  const step = Math.max(1, Math.floor(lane.width / lane.pooled.shape[1]));
  const rows = vectors(
    [0, 1, 2].map((k) => slice(lane.pooled, k)),
    0,
    12,
  ).map((cells, k) => [String(k * step), ...cells]);
  return table(["#", lane.shown[0], strings.dense, lane.activation], rows);
}

function prediction(lane, _token, strings) {
  const rows = lane.labels.map((label, i) => [
    label,
    number(lane.logits[i]),
    number(lane.probabilities[i]),
  ]);
  return table([strings.label, "logit", "softmax"], rows);
}

const TABLES = { text, tokens, embedding, layers, pooled, prediction };

/** The table of `stage`, or null while its numbers have not arrived. */
export function numbers(stage, lane, token, strings, typed) {
  const missing = { embedding: !lane.embedding, layers: !lane.attention }[stage];
  return missing ? null : TABLES[stage](lane, token, strings, typed);
}
