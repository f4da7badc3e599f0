// More than two classes, or several labels at once: averages, a row for each label, a large matrix.

import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { key } from "./curves.js";

const RATES = ["precision", "recall", "f1"],
  TOP = [2, 3, 5];

/** Column `k` of values (rows, count). */
export const column = (values, count, k) =>
  Float32Array.from({ length: values.length / count }, (_, i) => values[i * count + k]);

/** Which labels a model gives each sentence, (N, C): the likeliest, or those from the threshold on. */
export function chosenOf(scores, count, threshold) {
  const chosen = new Uint8Array(scores.length);
  if (threshold !== null) return chosen.map((_, i) => Number(scores[i] >= threshold));
  for (let i = 0; i < scores.length; i += count) {
    const row = scores.subarray(i, i + count);
    chosen[i + row.indexOf(Math.max(...row))] = 1;
  }
  return chosen;
}

const share = (part, whole) => (whole ? part / whole : 0);
const rates = ({ right, support, predicted }) => ({
  support,
  predicted,
  right,
  precision: share(right, predicted),
  recall: share(right, support),
  f1: share(2 * right, support + predicted),
});

/** Precision, recall and F1 of each class: [{support, predicted, right, precision, recall, f1}]. */
export function byClass(truth, chosen, count) {
  const sums = Array.from({ length: count }, () => ({ right: 0, support: 0, predicted: 0 }));
  for (let i = 0; i < truth.length; i++) {
    const one = sums[i % count];
    one.support += truth[i];
    one.predicted += chosen[i];
    one.right += truth[i] & chosen[i];
  }
  return sums.map(rates);
}

/** Accuracy, averages and, of one label for each sentence, the top k: {name: value}. */
export function measures(truth, chosen, scores, count, several) {
  const found = byClass(truth, chosen, count),
    rows = truth.length / count;
  let right = 0;
  for (let i = 0; i < rows; i++) {
    let same = true;
    for (let k = i * count; k < (i + 1) * count; k++) same = same && truth[k] === chosen[k];
    right += Number(same);
  }
  const total = (name) => found.reduce((sum, one) => sum + one[name], 0);
  const micro = rates({
    right: total("right"),
    support: total("support"),
    predicted: total("predicted"),
  });
  const weigh = {
    macro: (one) => Number(one.support > 0 || one.predicted > 0),
    weighted: (one) => one.support,
  };
  const all = { accuracy: share(right, rows) };
  for (const [how, weight] of Object.entries(weigh)) {
    const whole = found.reduce((sum, one) => sum + weight(one), 0);
    for (const rate of RATES) {
      const sum = found.reduce((part, one) => part + weight(one) * one[rate], 0);
      all[`${how}_${rate}`] = share(sum, whole);
    }
  }
  if (several) for (const rate of RATES) all[`micro_${rate}`] = micro[rate];
  else
    for (const k of TOP)
      if (k < count) all[`top_${k}`] = share(within(truth, scores, count, k), rows);
  return all;
}

/** How many sentences have their class among the k likeliest; of equals the later one is first. */
function within(truth, scores, count, k) {
  let found = 0;
  for (let i = 0; i < truth.length; i += count) {
    const own = truth.subarray(i, i + count).indexOf(1);
    let before = 0;
    for (let j = 0; j < count; j++) {
      const [other, mine] = [scores[i + j], scores[i + own]];
      before += Number(other > mine || (other === mine && j > own));
    }
    found += Number(before < k);
  }
  return found;
}

function said(name, strings) {
  const [how, what] = name.split("_");
  if (how === "top") return fill(strings.top_k, { k: what });
  if (!what) return strings[name];
  return `${strings[how]} ${what === "f1" ? strings.f1 : strings[what].toLowerCase()}`;
}

/** A line for each measure, a column for each model. */
export function averagesTable({ data, averages, several }, strings) {
  const heads = data.names.map((name, k) =>
    h("th", { scope: "col", class: `pw-metrics-name pw-panel-${k}` }, key(k), name),
  );
  const groups = [
    ["accuracy"],
    ...["macro", "weighted", "micro"].map((how) => RATES.map((rate) => `${how}_${rate}`)),
    TOP.map((k) => `top_${k}`),
  ];
  const line = (name, first) =>
    h(
      "tr",
      { class: first ? "pw-metrics-group" : "" },
      h("th", { scope: "row", text: said(name, strings) }),
      averages.map((one) =>
        h("td", { class: "pw-mono", "data-measure": name, text: fixed(one[name], 3) }),
      ),
    );
  return [
    h(
      "table",
      { class: "pw-metrics-averages", "aria-label": strings.averages },
      h("thead", {}, h("tr", {}, h("td", {}), heads)),
      h(
        "tbody",
        {},
        groups.flatMap((names) =>
          names.filter((name) => name in averages[0]).map((name, k) => line(name, k === 0)),
        ),
      ),
    ),
    h("p", {
      class: "pw-quiet pw-metrics-hint",
      text: several ? strings.averages_several : strings.averages_note,
    }),
  ];
}

/** Each label's rates in the chosen model; a label is chosen for what is drawn of it. */
export function classTable({ data, found, label, several }, strings, choose) {
  const line = (one, k) =>
    h(
      "tr",
      { class: k === label ? "pw-metrics-of" : "" },
      h(
        "th",
        { scope: "row" },
        h("button", {
          type: "button",
          "data-key": `label-${k}`,
          "aria-pressed": String(k === label),
          dir: "auto",
          text: data.classes[k],
          onclick: () => choose(k),
        }),
      ),
      h("td", { class: "pw-mono", text: one.support }),
      RATES.map((rate) => h("td", { class: "pw-mono", text: fixed(one[rate], 3) })),
    );
  const heads = [strings.label, strings.support, ...RATES.map((rate) => strings[rate])];
  return [
    h(
      "div",
      {
        class: "pw-metrics-scroll pw-scrolls",
        tabindex: 0,
        role: "region",
        "aria-label": strings.by_class,
        "data-key": "labels",
      },
      h(
        "table",
        { class: "pw-metrics-by", "aria-label": strings.by_class },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            heads.map((text) => h("th", { scope: "col", text })),
          ),
        ),
        h("tbody", {}, found.map(line)),
      ),
    ),
    h("p", {
      class: "pw-quiet pw-metrics-hint",
      text: several ? strings.by_class_several : strings.by_class_hint,
    }),
  ];
}

/** The matrix of all classes, each row's cells as dark as their share of it; arrows move in it. */
export function largeMatrix({ data, counts, cell, model }, strings, choose) {
  const size = data.classes.length,
    [row, at] = cell[0] < 0 ? [0, 0] : cell;
  const button = (truth, answer) => {
    const number = counts[truth][answer],
      names = { count: number, true: data.classes[truth], said: data.classes[answer] },
      right = truth === answer;
    return h("button", {
      type: "button",
      "data-key": `cell-${truth}-${answer}`,
      "aria-pressed": String(cell[0] === truth && cell[1] === answer),
      "aria-label": `${fill(strings.list_cell, names)}: ${right ? strings.right : strings.wrong}`,
      tabindex: truth === row && answer === at ? 0 : -1,
      class: `pw-metrics-${right ? "right" : "wrong"}-cell${number ? "" : " pw-metrics-empty"}`,
      style: `--pw-part:${Math.sqrt(
        number /
          Math.max(
            1,
            counts[truth].reduce((a, b) => a + b, 0),
          ),
      )}`,
      text: number || "·",
      onclick: () => choose([truth, answer]),
    });
  };
  const heads = data.classes.map((label) =>
    h("th", { scope: "col", title: fill(strings.said, { label }) }, h("span", { text: label })),
  );
  const line = (label, truth) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", text: label, title: fill(strings.truly, { label }) }),
      data.classes.map((_, answer) => h("td", {}, button(truth, answer))),
    );
  function press(event) {
    const place = event.target
      .closest("[data-key^=cell]")
      ?.dataset.key.split("-")
      .slice(1)
      .map(Number);
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    if (!place || !step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = place.map((one, k) => Math.max(0, Math.min(size - 1, one + step[k])));
    node.querySelector(`[data-key="cell-${next.join("-")}"]`).focus();
    choose(next);
  }
  const node = h(
    "div",
    { class: "pw-metrics-large pw-scrolls", onkeydown: press },
    h("p", { class: "pw-quiet pw-metrics-hint", text: strings.matrix_rows }),
    h(
      "table",
      { "aria-label": `${strings.matrix}, ${data.names[model]}` },
      h("thead", {}, h("tr", {}, h("td", {}), heads)),
      h("tbody", {}, data.classes.map(line)),
    ),
  );
  return node;
}

/** Counts (C, C): rows truly, columns said. */
export function matrixOf(truth, chosen, count) {
  const counts = Array.from({ length: count }, () => new Array(count).fill(0));
  for (let i = 0; i < truth.length; i += count) {
    const own = truth.subarray(i, i + count).indexOf(1),
      answer = chosen.subarray(i, i + count).indexOf(1);
    counts[own][answer]++;
  }
  return counts;
}
