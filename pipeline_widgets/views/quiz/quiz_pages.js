// The way through a set of questions: one on the screen, Previous and Next, the review at the end.

import { fill, h, on } from "../shared/dom.js";
import { own } from "../shared/own.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { keeping } from "./keeping.js";
import { question } from "./question.js";
import { rail } from "./question_dots.js";
import { review } from "./review.js";
import { followTheme } from "../shared/theme.js";
import { trimmed } from "../shared/writing.js";

/** "2 / 3 points" */
export function pointsWords(points, maximum, strings) {
  const words = maximum === 1 ? strings.points_one : strings.points;
  return fill(words, { points: trimmed(points), maximum: trimmed(maximum) });
}

/**
 * `extras`: `className`, `head` (nodes beside the score), `bar` (nodes above the question), `top()`
 * (nodes above the review), `shown(face)`.
 * @param {any} view
 * @param {any} extras
 */
export function walk({ model, el, signal }, extras = {}) {
  const strings = model.get("strings");
  const root = h("div", {
    class: `pw pw-quiz ${extras.className ?? ""}`,
    role: "group",
    "aria-label": model.get("title"),
  });
  const spoken = h("div", { class: "pw-sr", "aria-live": "polite" });
  const stage = h("div", { class: "pw-stage" });
  const score = h("span", { class: "pw-score" });
  const place = h("span", { class: "pw-place pw-quiet" });
  const cards = new Map(); // by question id; made when first shown
  const lastReview = { about: "", node: null };
  let reviewing = model.get("finished");

  const faces = () => model.get("_faces");
  const { live, reveal, bare } = model.get("_settings");
  const alone = faces().length === 1 && !live && reveal === "each" && !extras.className;
  root.classList.toggle("pw-alone", alone);
  root.classList.toggle("pw-bare", Boolean(bare));
  const index = () => Math.min(Math.max(0, model.get("current")), faces().length - 1);
  const isLast = () => index() === faces().length - 1;
  const ask = (message) => model.send(message);
  const say = (text) => {
    spoken.textContent = text;
  };

  const way = rail(model, strings, (to) => goTo(to));
  const previous = h("button", {
    type: "button",
    onclick: () => goTo(reviewing ? index() : index() - 1),
  });
  const next = h("button", { type: "button", onclick: () => forward() });
  root.append(
    h(
      "div",
      { class: "pw-quiz-head" },
      h("h3", { text: model.get("title") }),
      place,
      score,
      extras.head ?? [],
    ),
    way.node,
    ...(extras.bar ?? []),
    stage,
    h("nav", { class: "pw-quiz-foot", "aria-label": strings.questions }, previous, next),
    spoken,
  );
  ownKeys(root);
  el.append(root);

  function goTo(to) {
    reviewing = false;
    model.set("current", Math.min(Math.max(0, to), faces().length - 1));
    model.save_changes();
    draw();
    card(faces()[index()]).focus();
  }

  function forward() {
    if (!isLast()) return goTo(index() + 1);
    reviewing = true;
    if (!model.get("finished")) ask({ act: "finish" });
    draw();
    stage.querySelector("h4")?.focus();
  }

  function card(face) {
    const known = cards.get(face.id);
    if (known && JSON.stringify(known.face) === JSON.stringify(face)) return known;
    const made = question(face, strings, model.get("_settings"), {
      ask,
      say,
      next: forward,
      last: () => faces().at(-1).id === face.id, // of its own place, wherever one is just now
      alone,
    });
    made.update(own(model.get("_progress"), face.id));
    cards.set(face.id, made);
    return made;
  }

  function draw() {
    const face = faces()[index()];
    const shown = reviewing ? reviewed() : card(face).node;
    const inside = stage.contains(root.getRootNode().activeElement);
    if (stage.firstChild !== shown || stage.childElementCount > 1) {
      stage.replaceChildren(shown);
      if (reviewing && inside) shown.querySelector("h4").focus();
    }
    way.draw(reviewing ? -1 : index());
    place.textContent = reviewing
      ? strings.review
      : fill(strings.question, { number: index() + 1, count: faces().length });
    score.textContent = pointsWords(model.get("score"), model.get("maximum"), strings);
    previous.disabled = !reviewing && index() === 0;
    previous.textContent = reviewing ? strings.back : strings.previous;
    next.hidden = reviewing || card(face).leads(); // then the question's own button says Next
    next.textContent = isLast() ? strings.finish : strings.next;
    extras.shown?.(reviewing ? null : face);
  }

  /** The review, made anew only if there is something new to say. */
  function reviewed() {
    const about = JSON.stringify(
      ["_progress", "responses", "score", "badge"].map((name) => model.get(name) ?? null),
    );
    if (about !== lastReview.about) {
      lastReview.about = about;
      lastReview.node = h(
        "div",
        {},
        extras.top?.() ?? [],
        review(model, strings, { goTo, retry, restart }),
      );
    }
    return lastReview.node;
  }

  function retry(ids) {
    for (const id of ids) card(faces().find((face) => face.id === id)).retry();
    goTo(faces().findIndex((face) => face.id === ids[0]));
  }

  function restart() {
    cards.clear();
    ask({ act: "restart" });
    goTo(0);
  }

  function heard() {
    const face = faces()[index()];
    for (const [id, made] of cards) {
      const here = id === face.id;
      made.update(own(model.get("_progress"), id), here, here ? keeping(model, strings) : "");
    }
    draw();
    const notice = model.get("_notice");
    if (!notice) return;
    const words = own(strings, notice) ?? notice;
    stage.append(h("p", { class: "pw-notice", text: words }));
    say(words);
  }

  let soon = false; // several traits change at once: draw once
  const changed = () => {
    if (soon) return;
    soon = true;
    queueMicrotask(() => {
      soon = false;
      heard();
    });
  };
  for (const name of ["_heard", "_progress", "_faces"]) model.on(`change:${name}`, changed);
  model.on("change:current", draw);
  const all = () => {
    if (!reviewing) stage.replaceChildren(...faces().map((face) => card(face).node));
  };
  on(window, "beforeprint", all, signal);
  on(window, "afterprint", draw, signal);
  followTheme(root, () => {}, signal);
  heard();
  const focusQuestion = () => card(faces()[index()]).focus();
  return { root, ask, say, strings, focusQuestion };
}
