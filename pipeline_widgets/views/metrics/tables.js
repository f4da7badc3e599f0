// Rates, the confusion matrix and the sentences of one of its cells, as real tables.

import { fill, h } from "../shared/dom.js";
import { key } from "./curves.js";
import { fixed } from "../shared/rounding.js";

export const MEASURES = ["accuracy", "precision", "recall", "f1"];

const named = (name, k) =>
  h("th", { scope: "row", class: `pw-metrics-name pw-panel-${k}` }, key(k), name);

/** A line for each model: its rates at the threshold. */
export function rateTable({ data, found }, strings) {
  const heads = MEASURES.map((name) =>
    h("th", { scope: "col", title: strings[`${name}_meaning`], text: strings[name] }),
  );
  const line = (one, k) =>
    h(
      "tr",
      {},
      named(data.names[k], k),
      MEASURES.map((name) =>
        h("td", { class: "pw-mono", "data-measure": name, text: fixed(one[name], 3) }),
      ),
    );
  return h(
    "table",
    { "aria-label": strings.rates },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, h("span", { class: "pw-sr", text: strings.model })),
        heads,
      ),
    ),
    h("tbody", {}, found.map(line)),
  );
}

/** Rows are true labels, columns the answers; each cell chooses its sentences. */
export function confusion({ data, pair, found, model, cell, count }, strings, choose) {
  const { counts } = found[model];
  const button = (truth, said) => {
    const number = counts[truth][said],
      right = truth === said;
    const names = { count: number, true: pair[truth], said: pair[said] };
    return h(
      "button",
      {
        type: "button",
        "aria-pressed": String(cell[0] === truth && cell[1] === said),
        "aria-label": `${fill(strings.list_cell, names)}: ${right ? strings.right : strings.wrong}`,
        "data-key": `cell-${truth}-${said}`,
        class: right ? "pw-metrics-right-cell" : "pw-metrics-wrong-cell",
        style: `--pw-part:${Math.sqrt(number / count)}`,
        onclick: () => choose([truth, said]),
      },
      h("span", { class: "pw-metrics-count", text: number }),
      h("span", {
        class: "pw-metrics-kind",
        text: right ? `✓ ${strings.right}` : `✗ ${strings.wrong}`,
      }),
    );
  };
  const columns = pair.map((label) =>
    h("th", { scope: "col", text: fill(strings.said, { label }) }),
  );
  const line = (label, truth) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", text: fill(strings.truly, { label }) }),
      pair.map((_, said) => h("td", {}, button(truth, said))),
    );
  return h(
    "table",
    { class: "pw-metrics-cells", "aria-label": `${strings.matrix}, ${data.names[model]}` },
    h("thead", {}, h("tr", {}, h("td", {}), columns)),
    h("tbody", {}, pair.map(line)),
  );
}

/** What the list below is about: the cell's model, its counts, its labels. */
export function listTitle({ data, pair, model, cell, rows }, strings) {
  const [truth, said] = cell,
    several = data.names.length > 1,
    count = rows.length;
  if (truth < 0) return fill(several ? strings.list_shared : strings.list_errors, { count });
  const names = { count, true: pair[truth], said: pair[said] };
  const title = fill(strings.list_cell, names);
  return several ? `${data.names[model]}: ${title}` : title;
}

/** The sentences, the surest answer first, with each model's probability. */
export function sentenceTable(state, strings) {
  const { data, pair, scores, rows, answered } = state,
    title = listTitle(state, strings);
  if (!rows.length) return h("p", { class: "pw-quiet", text: strings.no_sentences });
  const score = (one, m, i) => {
    const { label, value } = answered?.(m, i) ?? { label: "", value: one[i] };
    return h(
      "td",
      { class: "pw-metrics-score" },
      label ? h("span", { class: "pw-metrics-said", text: label }) : null,
      h(
        "span",
        { class: `pw-metrics-track pw-panel-${m}`, "aria-hidden": true },
        h("span", { style: `width:${100 * value}%` }),
      ),
      h("span", { class: "pw-mono", text: fixed(value) }),
    );
  };
  const line = (i) =>
    h(
      "tr",
      {},
      h("td", { class: "pw-metrics-text", dir: "auto", text: data.texts[i] }),
      scores.map((one, m) => score(one, m, i)),
    );
  const heads = data.names.map((name, m) =>
    h("th", { scope: "col", class: `pw-metrics-name pw-panel-${m}`, text: name }),
  );
  const first = h("th", {
    scope: "col",
    text: answered ? strings.list_answers : fill(strings.list_scores, { label: pair[1] }),
  });
  return h(
    "div",
    {
      class: "pw-metrics-scroll pw-scrolls",
      tabindex: 0,
      role: "region",
      "aria-label": title,
      "data-key": "list",
    },
    h(
      "table",
      { "aria-label": title },
      h("thead", {}, h("tr", {}, first, heads)),
      h("tbody", {}, rows.map(line)),
    ),
  );
}
