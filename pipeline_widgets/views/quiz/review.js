// After the last question: the score, every question with what was answered and what is right.

import { fill, h } from "../shared/dom.js";
import { own } from "../shared/own.js";
import { KINDS } from "./kinds/index.js";
import { rich } from "./render_markup.js";
import { result } from "./question.js";
import { verdictWord } from "./verdict.js";
import { trimmed } from "../shared/writing.js";

/** `wishes` is `goTo(index)`, `retry(ids)` and `restart()`. */
export function review(model, strings, wishes) {
  const faces = model.get("_faces"),
    progress = model.get("_progress"),
    responses = model.get("responses");
  const status = (face) => own(progress, face.id)?.status ?? "open";
  const wrong = faces
    .filter((face) => status(face) !== "right" && status(face) !== "recorded")
    .map((face) => face.id);
  const never = model.get("_settings").reveal === "never";
  return h(
    "div",
    { class: "pw-review" },
    h("h4", {
      tabindex: -1,
      text: never
        ? strings.recorded
        : fill(strings.points, {
            points: trimmed(model.get("score")),
            maximum: trimmed(model.get("maximum")),
          }),
    }),
    h(
      "ol",
      { class: "pw-review-list" },
      faces.map((face, index) =>
        item(face, index, own(progress, face.id), responses, strings, wishes),
      ),
    ),
    h(
      "div",
      { class: "pw-actions" },
      wrong.length && !never
        ? h("button", {
            type: "button",
            class: "pw-primary",
            text: strings.retry,
            onclick: () => wishes.retry(wrong),
          })
        : null,
      model.get("_settings").restart === false
        ? null
        : h("button", { type: "button", text: strings.restart, onclick: wishes.restart }),
      copyButton(model, strings),
    ),
  );
}

function item(face, index, state, responses, strings, wishes) {
  const response = own(responses, face.id);
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "pw-link pw-review-go", onclick: () => wishes.goTo(index) },
      rich(firstLine(face)),
    ),
    state ? null : h("p", {}, verdictWord("open", strings)),
    response === undefined
      ? null
      : h(
          "p",
          { class: "pw-yours" },
          h("span", { class: "pw-quiet", text: `${strings.your_answer}: ` }),
          responseWords(face, response, strings),
        ),
    state ? result(face, state, strings) : null,
  );
}

function firstLine(face) {
  const [first] = face.prompt_tree;
  return first && first[0] === "p" ? first.slice(2) : [face.prompt];
}

/** What was answered, in words. */
function responseWords(face, response, strings) {
  return KINDS[face.kind].said(face, response, strings) || strings.no_answer;
}

function copyButton(model, strings) {
  const button = h("button", {
    type: "button",
    text: strings.copy,
    onclick: () => model.send({ act: "copy" }),
  });
  const taken = model.get("_settings").line;
  model.on("change:_settings", async () => {
    const line = model.get("_settings").line;
    if (!line || line === taken || !button.isConnected) return;
    try {
      await navigator.clipboard.writeText(line);
      button.textContent = strings.copied;
    } catch {
      button.after(
        h("input", {
          type: "text",
          readonly: true,
          class: "pw-mono",
          "aria-label": strings.copy,
          value: line,
        }),
      );
    }
  });
  return button;
}
