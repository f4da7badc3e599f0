// The epoch table: the numbers and what they say. A row is chosen by its button.

import { fill, h } from "../shared/dom.js";
import { brief, fixed } from "../shared/rounding.js";

const COLUMNS = [
  ["loss", "train_loss"],
  ["validation_loss", "validation_loss_head"],
  ["accuracy", "train_accuracy"],
  ["validation_accuracy", "validation_accuracy_head"],
];
const MOST = 200; // rows; older ones are in the history

export function runTable(strings, choose) {
  const node = h("div", {
    class: "pw-run-tablebox pw-scrolls",
    tabindex: 0,
    role: "region",
    "aria-label": strings.table,
  });

  function show(run, chosen) {
    if (!run.epochs.length) {
      node.replaceChildren(h("p", { class: "pw-quiet pw-run-empty", text: strings.no_epochs }));
      return;
    }
    const known = COLUMNS.filter(([name]) =>
      run.epochs.some((row) => Number.isFinite(row.values[name])),
    );
    const timed = run.epochs.some((row) => Number.isFinite(row.seconds));
    const head = [
      run.by_steps ? strings.step_head : strings.epoch,
      ...known.map(([, word]) => strings[word]),
      timed ? strings.seconds : null,
      strings.observation,
    ];
    const meanings = new Map(
      ["epoch", ...known.map(([, word]) => word)].map((word) => [
        strings[word],
        strings[`${word}_meaning`],
      ]),
    );
    node.replaceChildren(
      h(
        "table",
        { class: "pw-run-table", "aria-label": strings.table },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.filter(Boolean).map((name) =>
              h("th", {
                scope: "col",
                class: name === strings.seconds ? "pw-run-seconds" : null,
                title: meanings.get(name),
                text: name,
              }),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          run.epochs.slice(-MOST).map((row) => line(run, row, known, timed, chosen)),
        ),
      ),
    );
  }

  function line(run, row, known, timed, chosen) {
    const best = run.epochs[run.best] === row && row.kind !== "overfitting";
    const number = (value, digits, name = "") =>
      h("td", {
        class: `pw-mono pw-run-number ${name}`,
        text: Number.isFinite(value) ? fixed(value, digits) : "",
      });
    return h(
      "tr",
      { class: row.epoch === chosen ? "pw-run-chosen" : "", "data-kind": row.kind },
      h(
        "th",
        { scope: "row" },
        h(
          "button",
          {
            type: "button",
            class: "pw-run-pick",
            "aria-pressed": String(row.epoch === chosen),
            "data-key": `epoch-${row.epoch}`,
            onclick: () => choose(row.epoch),
          },
          brief(row.epoch, 6),
          best
            ? h("span", {
                class: "pw-run-star",
                title: fill(strings.best_mark, run),
                text: " ★",
              })
            : null,
        ),
      ),
      known.map(([name]) => number(row.values[name], 3)),
      timed ? number(row.seconds, 1, "pw-run-seconds") : null,
      h("td", { class: "pw-run-text", text: row.text }),
    );
  }

  return { node, show };
}
