// The answer, and what was left out of the run: before and after, each with its number.

import { fill, h } from "../shared/dom.js";
import { signed } from "./effect_wall.js";

const ENTRY = {
  head: "without_head",
  layer: "without_layer",
  word: "without_word",
  mask: "without_mask",
};

/** `undo(entry)` takes one thing back, `reset()` all; returns the node and `update(state)`. */
export function answerBox(strings, { undo, reset }) {
  const node = h("div", { class: "pw-answer" });

  function bar(labels, now, before) {
    const best = now.indexOf(Math.max(...now));
    return h(
      "div",
      { class: "pw-bars" },
      labels.flatMap((label, i) => [
        h("span", {
          class: i === best ? "pw-label pw-best" : "pw-label",
          text: (i === best ? "✓ " : "") + label,
        }),
        h(
          "span",
          { class: "pw-track" },
          h("span", {
            class: i === best ? "pw-fill pw-best" : "pw-fill",
            style: `width:${(100 * now[i]).toFixed(1)}%`,
          }),
          before
            ? h("span", {
                class: "pw-before",
                style: `inset-inline-start:${(100 * before[i]).toFixed(1)}%`,
              })
            : null,
        ),
        h("span", { class: "pw-mono pw-probability", text: now[i].toFixed(3) }),
        h("span", {
          class: "pw-mono pw-quiet pw-moved",
          text: before ? `${before[i].toFixed(3)} ${signed(now[i] - before[i], 3)}` : "",
        }),
      ]),
    );
  }

  function update({ answer, off, title, panel }) {
    const before = answer.probabilities.length > 1 ? answer.probabilities[0] : null;
    const names = (entry) =>
      fill(strings[ENTRY[entry[0]]], {
        layer: entry[1],
        head: entry[2],
        word: answer.words[entry[1]],
      });
    const active = node.getRootNode().activeElement;
    const had = node.contains(active) ? active.dataset.key : null;
    const tags = off.map((entry) =>
      h("button", {
        type: "button",
        class: "pw-tag",
        "data-key": `undo-${entry.join("-")}`,
        text: `${names(entry)} ×`,
        onclick: () => undo(entry),
      }),
    );
    node.replaceChildren(
      h(
        "div",
        { class: "pw-model" },
        h("strong", { class: "pw-panel-name", text: title }),
        h("span", {
          class: "pw-quiet pw-mono",
          text: ` ${panel.shown.length} ${strings.token.toLowerCase()}s`,
        }),
      ),
      bar(answer.labels, answer.probabilities.at(-1), before),
      h(
        "div",
        { class: "pw-tags" },
        off.length
          ? [
              h("span", { class: "pw-quiet", text: `${strings.changed}:` }),
              ...tags,
              h("button", {
                type: "button",
                "data-key": "reset",
                text: strings.reset,
                onclick: reset,
              }),
            ]
          : h("span", { class: "pw-quiet", text: strings.unchanged }),
      ),
    );
    if (had) (node.querySelector(`[data-key="${had}"]`) ?? node.querySelector("button"))?.focus();
  }
  return { node, update };
}
