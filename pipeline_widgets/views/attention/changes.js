// The answer, and what was left out of the run: before and after, each with its number.

import { fill, h } from "../shared/dom.js";
import { probabilities as written, signed } from "../shared/rounding.js";
import { entrySaid } from "./captions.js";

/** A bar for each label; a mark where it was before something was left out. */
export function answerBars({ labels, probabilities }) {
  const now = probabilities.at(-1),
    before = probabilities.length > 1 ? probabilities[0] : null,
    best = now.indexOf(Math.max(...now));
  const shown = written(now, 3),
    was = before && written(before, 3);
  return h(
    "div",
    { class: "pw-bars" },
    labels.flatMap((label, i) => [
      h("span", { class: i === best ? "pw-label pw-best" : "pw-label", dir: "auto", text: label }),
      h(
        "span",
        { class: "pw-track", "aria-hidden": true },
        h("span", {
          class: i === best ? "pw-fill pw-best" : "pw-fill",
          style: `width:${100 * now[i]}%`,
        }),
        before
          ? h("span", {
              class: "pw-before",
              style: `inset-inline-start:${100 * before[i]}%`,
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
  const title = h("h3", { class: "pw-panel-name" }),
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

  function update({ answer, off, title: name, panel }) {
    const now = answer.probabilities.at(-1),
      best = now.indexOf(Math.max(...now)),
      before = answer.probabilities.length > 1 ? answer.probabilities[0] : null;
    title.textContent = fill(strings.attention_title, { model: name });
    count.textContent = fill(strings.token_count, { count: panel.shown.length });
    said.replaceChildren(
      h("span", { class: "pw-quiet", text: `${strings.answer} ` }),
      h("strong", { dir: "auto", text: answer.labels[best] }),
      h("span", { class: "pw-mono pw-answer-now", text: ` ${written(now)[best]}` }),
      ...(before
        ? [
            h("span", {
              class: "pw-quiet",
              text: ` ${fill(strings.was, { value: written(before)[best] })}`,
            }),
          ]
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
