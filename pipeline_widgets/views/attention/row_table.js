// One row of a square as a table: what a token looks at, the largest weight first.

import { prepare } from "../shared/canvas.js";
import { css } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";

const MOST = 40; // rows of the table

/** `sums` says what rows and columns add up to. */
export function rowTable({ square, row, cell, locked, strings, sums }) {
  const columns = square.shape[1],
    weights = square.values.subarray(row * columns, (row + 1) * columns);
  const order = Array.from(weights.keys()).sort((a, b) => weights[b] - weights[a] || a - b);
  const rest = order.slice(MOST),
    most = weights[order[0]] || 1;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const pointed = cell && cell[0] === row ? cell[1] : -1;
  const line = (name, weight, kind) =>
    h(
      "tr",
      { class: kind },
      h("th", { scope: "row", dir: "auto", text: name }),
      h(
        "td",
        {},
        h(
          "span",
          { class: "pw-track" },
          h("span", { class: "pw-fill pw-best", style: `width:${(100 * weight) / most}%` }),
        ),
      ),
      h("td", { class: "pw-mono", text: fixed(weight, 3) }),
    );
  return h(
    "div",
    { class: "pw-row" },
    h(
      "p",
      { class: "pw-rowname" },
      h("strong", { dir: "auto", text: fill(strings.row_title, { query: square.labels[row] }) }),
      h("span", {
        class: locked ? "pw-locked" : "pw-hint",
        text: locked ? strings.locked : strings.pick_row,
      }),
    ),
    h(
      "div",
      {
        class: "pw-tablebox pw-scrolls",
        tabindex: 0,
        role: "region",
        "aria-label": fill(strings.row_title, { query: square.labels[row] }),
      },
      h(
        "table",
        { "aria-label": fill(strings.row_title, { query: square.labels[row] }) },
        h(
          "thead",
          { class: "pw-sr" },
          h(
            "tr",
            {},
            h("th", { scope: "col", text: strings.key }),
            h("td"),
            h("th", { scope: "col", text: strings.weight }),
          ),
        ),
        h(
          "tbody",
          {},
          order
            .slice(0, MOST)
            .map((j) => line(square.keys[j], weights[j], j === pointed ? "pw-pointed" : "")),
          rest.length
            ? line(
                fill(strings.derive_sum, { count: rest.length }),
                rest.reduce((total, j) => total + weights[j], 0),
                "",
              )
            : [],
        ),
      ),
    ),
    h("p", { class: "pw-hint", text: `Σ = ${fixed(sum, 3)}. ${sums}` }),
    h("p", {
      class: "pw-cellnote",
      text:
        pointed < 0
          ? ""
          : fill(strings.cell, {
              query: square.labels[row],
              key: square.keys[pointed],
              weight: fixed(weights[pointed], 3),
            }),
    }),
  );
}

/** The colours of 0 to 1. */
export function scaleBar(scale) {
  const bar = h("canvas", { "aria-hidden": true });
  const context = prepare(bar, 128, 10);
  scale.weight.forEach((color, k) => {
    context.fillStyle = css(color);
    context.fillRect(k / 2, 0, 1, 10);
  });
  return h("div", { class: "pw-scale" }, "0", bar, "1");
}
