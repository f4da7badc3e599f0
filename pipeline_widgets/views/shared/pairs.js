// Two sentences in one square: where the second begins, and how much of each one's look goes where.

import { css, weightColor } from "./color.js";
import { fill, h } from "./dom.js";
import { fixed } from "./rounding.js";

/** The rows or columns at which another sentence begins; `sides` are 0 or 1, -1 for special ones. */
export function cutsOf(sides) {
  const second = sides.indexOf(1);
  return second > 0 ? [second] : [];
}

/** The share of each sentence's look at the first, the second and at special tokens: (2, 3). */
export function shares({ values, shape }, rows, columns = rows) {
  const sums = [0, 1].map(() => [0, 0, 0]);
  rows.forEach((from, i) => {
    if (from >= 0) {
      columns.forEach((to, j) => {
        sums[from][to < 0 ? 2 : to] += values[i * shape[1] + j];
      });
    }
  });
  return sums.map((sum, side) => {
    const count = rows.filter((from) => from === side).length || 1;
    return sum.map((value) => value / count);
  });
}

/** These shares as a table whose cells are as dark as the square's. */
export function sharesTable(found, scale, strings, about = strings.pair_between) {
  const heads = [strings.pair_first, strings.pair_second, strings.pair_special];
  const ink = (value) => (value > 0.55 ? "pw-mono pw-pair-dark" : "pw-mono");
  const cell = (value) =>
    h("td", {
      class: ink(value),
      style: `background:${css(weightColor(scale, value))}`,
      text: fixed(value),
    });
  const line = (row, side) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", text: fill(strings.pair_looks, { sentence: heads[side] }) }),
      row.map(cell),
    );
  return h(
    "table",
    { class: "pw-pair-shares", "aria-label": about },
    h("caption", { text: about }),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", {}),
        heads.map((text) => h("th", { scope: "col", text })),
      ),
    ),
    h("tbody", {}, found.map(line)),
  );
}
