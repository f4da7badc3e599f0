// One question as a form: prompt, a way to answer, Submit, hints, feedback in a live region.

import { fill, h } from "../shared/dom.js";
import { KINDS } from "./kinds/index.js";
import { rich } from "./render_markup.js";
import { verdictWord } from "./verdict.js";
import { fixed } from "../shared/rounding.js";
import { trimmed } from "../shared/writing.js";

const SILENT = 5000; // ms without an answer from Python
const NOTHING = {
  status: "open",
  response: null,
  attempts: 0,
  left: null,
  hints: [],
  remarks: [],
  due: false,
  practice: false,
};

/**
 * `face` is what Python tells of the question; `wishes` is `ask(message)`, `next()`, `say(text)`,
 * `last()` and `alone`.
 */
export function question(face, strings, settings, wishes) {
  let progress = NOTHING;
  let retrying = false;
  let waiting = 0;
  let asked = ""; // what was asked last
  const way = KINDS[face.kind].control(face, strings, wishes.say);
  let put = JSON.stringify(way.read()); // what stands there while nobody has touched it
  const hints = h("div", { class: "pw-hints", "aria-live": "polite" });
  const feedback = h("div", { class: "pw-feedback", role: "status" });
  const primary = h("button", { type: "submit", class: "pw-primary" });
  const hint = h("button", {
    type: "button",
    class: "pw-link",
    onclick: () => ask({ act: "hint" }),
  });
  const show = h("button", {
    type: "button",
    class: "pw-link",
    text: strings.show,
    onclick: () => ask({ act: "show" }),
  });
  const node = h(
    "form",
    { class: "pw-question", onsubmit: submit },
    way.passive ? null : facts(face, strings),
    fieldset(face, way),
    hints,
    h("div", { class: "pw-actions" }, primary, hint, show),
    feedback,
  );

  function submit(event) {
    event.preventDefault();
    if (progress.due && !retrying) return wishes.alone ? retry() : wishes.next();
    if (way.passive) {
      ask({ act: "submit", response: way.read() });
      return wishes.alone ? undefined : wishes.next();
    }
    ask({ act: "submit", response: way.read() });
  }

  function ask(message) {
    clearTimeout(waiting);
    asked = message.act;
    waiting = setTimeout(() => tell(h("p", { class: "pw-silent", text: strings.silent })), SILENT);
    wishes.ask({ ...message, id: face.id });
  }

  function retry() {
    retrying = true;
    asked = "";
    place(null);
    update(progress);
  }

  function place(response) {
    way.set(response);
    put = JSON.stringify(way.read());
  }
  /** An answer from elsewhere, which stands where nothing is typed. */
  function take(response) {
    if (JSON.stringify(way.read()) === put) place(response);
  }

  function tell(...nodes) {
    feedback.replaceChildren(...nodes);
  }

  function update(state, answered = false, trouble = "") {
    const before = JSON.stringify(progress.response);
    progress = state ?? NOTHING;
    if (answered) clearTimeout(waiting);
    if (answered && asked === "submit" && !["empty", "unreadable"].includes(progress.status))
      retrying = false;
    const locked = progress.due && !retrying;
    const inside = node.querySelector("fieldset").contains(document.activeElement);
    if (progress.response !== null && JSON.stringify(progress.response) !== before)
      take(progress.response);
    way.lock(locked);
    way.mark(retrying ? NOTHING : progress);
    primary.hidden = locked && wishes.alone && progress.status === "right";
    primary.textContent = locked
      ? wishes.alone
        ? strings.again_alone
        : wishes.last()
          ? strings.finish
          : strings.next
      : (way.action ?? strings.submit);
    hint.hidden = locked || progress.hints.length >= face.hint_count;
    hint.textContent = hintWords(face.hint_count - progress.hints.length, settings, strings);
    show.hidden = locked || settings.reveal !== "each" || progress.attempts === 0 || retrying;
    hints.replaceChildren(
      ...progress.hints.map((tree, index) =>
        h(
          "div",
          { class: "pw-hint" },
          h("strong", { text: fill(strings.hint_number, { number: index + 1 }) }),
          ...rich(tree),
        ),
      ),
    );
    tell(
      ...(way.passive || (retrying && asked !== "submit")
        ? []
        : result(face, progress, strings, trouble)),
    );
    if (answered && locked && inside) primary.focus();
  }

  update(null);
  return {
    node,
    update,
    face,
    leads: () => progress.due && !retrying,
    focus: () =>
      (node.querySelector("input, textarea, select, button.pw-cell, button") ?? primary).focus(),
    retry,
  };
}

function hintWords(left, settings, strings) {
  const words = fill(strings.hints_left, { count: left });
  return settings.hint_cost
    ? `${words}, ${fill(strings.hint_costs, { percent: fixed(100 * settings.hint_cost, 0) })}`
    : words;
}

function facts(face, strings) {
  const worth =
    face.points === 1 ? strings.worth_one : fill(strings.worth, { points: face.points });
  return h("p", { class: "pw-facts pw-quiet", text: `${worth} · ${strings[face.difficulty]}` });
}

/** The first paragraph names the group of controls; what follows stands below it. */
function fieldset(face, way) {
  if (way.place) return textWithControls(face, way);
  const [first, ...rest] = face.prompt_tree;
  const isParagraph = first !== undefined && first[0] === "p";
  const legend = h(
    "legend",
    { class: "pw-prompt", dir: "auto" },
    rich(isParagraph ? first.slice(2) : first ? [first] : []),
  );
  return h(
    "fieldset",
    {},
    legend,
    rest.length ? h("div", { class: "pw-prompt-rest" }, rich(rest)) : null,
    face.code ? h("pre", { tabindex: 0 }, h("code", { text: face.code })) : null,
    way.node,
  );
}

/** The controls stand in the prompt, so that it can't be their name. */
function textWithControls(face, way) {
  const text = h("div", { class: "pw-gap-text", dir: "auto" }, rich(face.prompt_tree));
  way.place(text);
  return h(
    "fieldset",
    {},
    h("legend", { class: "pw-sr", text: way.task }),
    text,
    face.code ? h("pre", { tabindex: 0 }, h("code", { text: face.code })) : null,
    way.node,
  );
}

/** Verdict, points, remarks, the right answer and why: what there is to say by now. */
export function result(face, progress, strings, trouble = "") {
  if (progress.status === "open" && !progress.due) return [];
  const asked = progress.status === "empty" || progress.status === "unreadable";
  const parts = [
    h(
      "p",
      { class: "pw-verdict-line" },
      asked
        ? h(
            "span",
            {},
            verdictWord(progress.status, { ...strings, unreadable: "", empty: "" }),
            strings[progress.status],
          )
        : verdictWord(progress.status, strings),
      progress.due
        ? h("span", {
            class: "pw-quiet",
            text: fill(face.points === 1 ? strings.points_one : strings.points, {
              points: trimmed(progress.points),
              maximum: face.points,
            }),
          })
        : null,
      !progress.due && progress.left !== null && !asked
        ? h("span", {
            class: "pw-quiet",
            text:
              progress.left === 1
                ? strings.attempt_left
                : fill(strings.attempts_left, { count: progress.left }),
          })
        : null,
    ),
  ];
  for (const [part, tree] of progress.remarks)
    if (part === "") parts.push(h("div", {}, rich(tree)));
  if (progress.due && progress.status !== "right" && progress.words.length) {
    parts.push(
      h(
        "div",
        { class: "pw-answer" },
        h("strong", { text: `${strings.right_answer}: ` }),
        ...inlined(progress.words),
      ),
    );
  }
  if (progress.due && progress.explanation.length)
    parts.push(h("div", { class: "pw-why" }, rich(progress.explanation)));
  if (progress.practice) parts.push(h("p", { class: "pw-quiet", text: strings.practice }));
  if (trouble) parts.push(h("p", { class: "pw-quiet", text: trouble }));
  return parts.length ? [h("div", { class: `pw-result pw-is-${progress.status}` }, parts)] : [];
}

function inlined(tree) {
  return tree.length === 1 && tree[0][0] === "p" ? rich(tree[0].slice(2)) : rich(tree);
}
