// The answer, and what was left out of the run: before and after, each with its number.

import { fill, h } from "../shared/dom.js";
import { best, extent, held, order, place, range, saidOf } from "../shared/heads.js";
import { finely } from "../shared/quantities.js";
import { scores } from "../shared/rounding.js";
import { signed } from "../shared/writing.js";
import { entrySaid } from "./captions.js";

/** A bar for each label, or of many the likeliest; a mark where it was before. */
export function answerBars(answer) {
  const { labels, probabilities } = answer,
    now = probabilities.at(-1),
    before = probabilities.length > 1 ? probabilities[0] : null,
    holds = held(answer, now),
    scale = range(answer, probabilities.flat()),
    shown = finely(answer, now),
    was = before && finely(answer, before),
    kind = (i, name) => (holds.includes(i) ? `${name} pw-best` : name);
  return h(
    "div",
    { class: "pw-bars" },
    order(now).flatMap((i) => [
      h("span", { class: kind(i, "pw-label"), dir: "auto", text: labels[i] }),
      h(
        "span",
        { class: "pw-track", "aria-hidden": true, style: extent(answer, scale, now[i]).mark },
        h("span", { class: kind(i, "pw-fill"), style: extent(answer, scale, now[i]).bar }),
        before
          ? h("span", {
              class: "pw-before",
              style: `inset-inline-start:${100 * place(scale, before[i])}%`,
            })
          : null,
      ),
      h("span", { class: "pw-mono pw-probability", text: shown[i] }),
      h("span", {
        class: "pw-mono pw-quiet pw-moved",
        text: before ? `${was[i]} ${signed(now[i] - before[i], 3)}` : "",
      }),
    ]),
  );
}

/**
 * The model, its answer and, if something is left out, what: each a button that takes it back.
 * `undo(entry)` takes one thing back, `reset()` all, `save` saves a picture, `left()` is where the focus goes when the last
 * button is gone. Returns the node and `update(state)`.
 */
export function answerLine(strings, { undo, reset, left, save }) {
  const title = h("h3", { class: "pw-panel-name", title: strings.attention_meaning }),
    count = h("span", { class: "pw-quiet" }),
    said = h("span", { class: "pw-answer-said" }),
    tags = h("div", { class: "pw-tags" });
  const node = h(
    "div",
    { class: "pw-top" },
    h("div", { class: "pw-model" }, title, count),
    h("div", { class: "pw-answer-line" }, said, save),
    tags,
  );

  function update({ answer, off, panel }) {
    title.textContent = fill(strings.attention_title, { model: panel.title });
    const keys = panel.keys.shown?.length,
      counts = { count: panel.shown.length, keys };
    count.textContent = fill(keys ? strings.key_count : strings.token_count, counts);
    said.hidden = !answer.labels;
    if (!answer.labels) return tags.replaceChildren();
    const now = answer.probabilities.at(-1),
      before = answer.probabilities.length > 1 ? answer.probabilities[0] : null,
      was = before && scores(before, answer.function)[best(before)];
    said.replaceChildren(
      h("span", { class: "pw-quiet", text: `${strings.answer} ` }),
      h("span", { class: "pw-answer-now" }, saidOf(answer, now, strings)),
      ...(before
        ? [h("span", { class: "pw-quiet", text: ` ${fill(strings.was, { value: was })}` })]
        : []),
    );
    const active = node.getRootNode().activeElement,
      had = tags.contains(active) ? active.dataset.key : null;
    tags.hidden = !off.length;
    tags.replaceChildren(...(off.length ? undoButtons(off, answer) : []));
    if (had) (tags.querySelector(`[data-key="${had}"]`) ?? tags.querySelector("button"))?.focus();
    if (had && !off.length) left();
  }
  function undoButtons(off, answer) {
    return [
      h("span", { class: "pw-quiet", text: `${strings.changed}:` }),
      ...off.map((entry) =>
        h(
          "button",
          {
            type: "button",
            class: "pw-tag",
            "data-key": `undo-${entry.join("-")}`,
            "aria-label": fill(strings.undo, { change: entrySaid(entry, answer, strings) }),
            onclick: () => undo(entry),
          },
          `${entrySaid(entry, answer, strings)} ×`,
        ),
      ),
      h("button", { type: "button", "data-key": "reset", text: strings.reset, onclick: reset }),
    ];
  }
  return { node, update };
}
