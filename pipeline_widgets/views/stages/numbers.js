// What a stage shows, as a real table: for reading exact values and for screen readers.

import { slice } from "../shared/array.js";
import { h } from "../shared/dom.js";
import { fixed, probabilities } from "../shared/rounding.js";

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

function text(_panel, _token, strings, typed) {
  const rows = Array.from(typed)
    .slice(0, 200)
    .map((character) => [
      character,
      `U+${hex(character.codePointAt(0), 4)}`,
      [...utf8.encode(character)].map((byte) => hex(byte, 2)).join(" "),
    ]);
  return table([strings.text, "Unicode", "UTF-8"], rows);
}

function tokens(panel, _token, strings) {
  const rows = panel.pieces.map((piece, i) => [
    String(i),
    panel.shown[i] + (panel.parts[i] ? ` (${panel.parts[i]})` : ""),
    piece,
    panel.ids[i],
    panel.special[i] ? strings.special : `${panel.spans[2 * i]}–${panel.spans[2 * i + 1]}`,
  ]);
  return table([strings.token, strings.shown, strings.raw, strings.id, strings.span], rows);
}

const number = (value) => fixed(value, 3);

function vectors(arrays, token, columns) {
  return Array.from({ length: columns }, (_, k) =>
    arrays.map(({ values, shape }) =>
      number(values[(shape.length > 1 ? token * shape[1] : 0) + k]),
    ),
  );
}

function embedding(panel, token, strings) {
  const step = Math.max(1, Math.floor(panel.width / panel.embedding[0].shape[1]));
  const rows = vectors(panel.embedding, token, 8).map((cells, k) => [String(k * step), ...cells]);
  return table(
    [
      panel.shown[token],
      strings.token_part,
      `${strings.position} ${panel.position_ids[token]}`,
      ...(panel.types ? [strings.type_part] : []),
      strings.normalised,
    ],
    rows,
  );
}

function layers(panel, token, strings) {
  const count = panel.pieces.length;
  const rows = panel.shown.map((shown, key) => [
    shown,
    number(panel.attention.values[token * count + key]),
    number(panel.attention.values[key * count + token]),
  ]);
  const chosen = panel.shown[token];
  return table(
    [strings.token, `${strings.weight} ${chosen} → …`, `${strings.weight} … → ${chosen}`],
    rows,
  );
}

function pooled(panel, _token, strings) {
  const step = Math.max(1, Math.floor(panel.width / panel.pooled.shape[1]));
  const rows = vectors(
    [0, 1, 2].map((k) => slice(panel.pooled, k)),
    0,
    12,
  ).map((cells, k) => [String(k * step), ...cells]);
  return table(["#", panel.shown[0], strings.dense, panel.activation], rows);
}

function prediction(panel, _token, strings) {
  const made = panel.function === "softmax" ? probabilities : (all) => Array.from(all, number),
    shown = made(panel.probabilities, 3);
  const rows = panel.labels.map((label, i) => [label, number(panel.logits[i]), shown[i]]);
  const last = panel.function === "none" ? strings.score : panel.function;
  return table([strings.label, "logit", last], rows);
}

const TABLES = { text, tokens, embedding, layers, pooled, prediction };

/** The table of `stage`, or null while its numbers have not arrived. */
export function numbers(stage, panel, token, strings, typed) {
  const missing = { embedding: !panel.embedding, layers: !panel.attention }[stage];
  return missing ? null : TABLES[stage](panel, token, strings, typed);
}
