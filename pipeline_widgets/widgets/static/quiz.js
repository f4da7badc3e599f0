// A quiz: one question on the screen, the way through all of them, the review at the end.

import { fill, h, on } from "./lib/dom.js";
import { question, round } from "./lib/question.js";
import { review } from "./lib/review.js";
import { followTheme } from "./lib/theme.js";
import { rail } from "./lib/rail.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const settings = () => model.get("settings");
  const root = h("div", { class: "pw pw-quiz", role: "group", "aria-label": model.get("title") });
  const spoken = h("div", { class: "pw-sr", "aria-live": "polite" });
  const stage = h("div", { class: "pw-stage" });
  const score = h("span", { class: "pw-score" });
  const place = h("span", { class: "pw-place pw-quiet" });
  const cards = new Map(); // by question id; made when first shown
  let reviewing = model.get("finished");

  const way = rail(model, strings, (index) => goTo(index));
  const previous = h("button", { type: "button", text: strings.previous, onclick: () => goTo(index() - 1) });
  const next = h("button", { type: "button", onclick: () => forward() });
  const sentence = sentenceBar();
  root.append(
    h("header", { class: "pw-quiz-head" }, h("h3", { text: model.get("title") }), place, score),
    way.node, ...(sentence ? [sentence.node] : []), stage, h("nav", { class: "pw-quiz-foot", "aria-label": strings.questions }, previous, next), spoken);
  el.append(root);

  const faces = () => model.get("faces");
  const index = () => Math.min(Math.max(0, model.get("current")), faces().length - 1);
  const isLast = () => index() === faces().length - 1;
  const ask = (message) => model.send(message);

  function goTo(to, focus = true) {
    reviewing = false;
    model.set("current", Math.min(Math.max(0, to), faces().length - 1));
    model.save_changes();
    draw();
    if (focus) card(faces()[index()]).focus();
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
    const made = question(face, strings, settings(), { ask, next: forward, last: isLast, say: (text) => { spoken.textContent = text; } });
    made.update(model.get("progress")[face.id]);
    cards.set(face.id, made);
    return made;
  }

  function draw() {
    const face = faces()[index()];
    const shown = reviewing ? review(model, strings, { goTo, retry, restart }) : card(face).node;
    if (stage.firstChild !== shown || reviewing) stage.replaceChildren(shown);
    way.draw(reviewing ? -1 : index());
    place.textContent = reviewing ? strings.review : fill(strings.question, { number: index() + 1, count: faces().length });
    score.textContent = fill(strings.points, { points: round(model.get("score")), maximum: round(model.get("maximum")) });
    previous.disabled = !reviewing && index() === 0;
    previous.textContent = reviewing ? strings.back : strings.previous;
    previous.onclick = () => goTo(reviewing ? index() : index() - 1);
    next.hidden = reviewing;
    next.textContent = isLast() ? strings.finish : strings.next;
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

  function sentenceBar() {
    if (!settings().live) return null;
    const box = h("input", { type: "text", class: "pw-box", dir: "auto", value: model.get("text"), "aria-label": strings.sentence, autocomplete: "off", spellcheck: "false" });
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") box.blur();
    });
    box.addEventListener("change", () => ask({ act: "text", text: box.value }));
    const fresh = h("button", { type: "button", text: strings.fresh, onclick: () => ask({ act: "fresh" }) });
    return { box, node: h("div", { class: "pw-sentence" }, settings().typed ? box : h("span"), fresh) };
  }

  function heard() {
    const face = faces()[index()];
    for (const [id, made] of cards) made.update(model.get("progress")[id], id === face.id, id === face.id ? model.get("trouble") : "");
    const notice = model.get("notice");
    if (notice) spoken.textContent = strings[notice] ?? notice;
    draw();
    if (notice) stage.append(h("p", { class: "pw-notice", text: strings[notice] ?? notice }));
  }

  let soon = false; // several traits change at once: draw once
  const changed = () => {
    if (soon) return;
    soon = true;
    queueMicrotask(() => { soon = false; heard(); });
  };
  for (const name of ["heard", "progress", "faces"]) model.on(`change:${name}`, changed);
  model.on("change:current", draw);
  model.on("change:text", () => { if (sentence && sentence.box.value !== model.get("text")) sentence.box.value = model.get("text"); });
  on(window, "beforeprint", () => stage.replaceChildren(...(reviewing ? [stage.firstChild] : faces().map((face) => card(face).node))), signal);
  on(window, "afterprint", draw, signal);
  followTheme(root, () => {}, signal);
  draw();
}

export default { render };
