// Recall cards: front, turn, back, "not yet" or "I knew it".

import { announcer } from "../shared/announce.js";
import { fill, h } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { followTheme } from "../shared/theme.js";
import { keeping } from "./keeping.js";
import { rich } from "./render_markup.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const ask = (message) => model.send(message);
  const known = (value) => ask({ act: "answer", known: value });
  const left = h("span", { class: "pw-place pw-quiet" });
  const front = h("div", { class: "pw-side pw-front", dir: "auto" });
  const back = h("div", { class: "pw-side pw-back", dir: "auto" });
  const { node: live, say, end } = announcer();
  const flip = h("button", {
    type: "button",
    class: "pw-primary",
    text: strings.flip,
    onclick: () => ask({ act: "flip" }),
  });
  const no = h(
    "button",
    { type: "button", onclick: () => known(false) },
    h("span", { "aria-hidden": "true", text: "✗ " }),
    strings.unknown,
  );
  const yes = h(
    "button",
    { type: "button", class: "pw-primary", onclick: () => known(true) },
    h("span", { "aria-hidden": "true", text: "✓ " }),
    strings.known,
  );
  const again = h("button", {
    type: "button",
    class: "pw-primary",
    text: strings.all_again,
    onclick: () => ask({ act: "all" }),
  });
  const actions = h("div", { class: "pw-actions" }, flip, no, yes, again);
  const boxes = h("ol", { class: "pw-leitner", "aria-label": strings.boxes });
  const note = h("p", { class: "pw-quiet pw-small" });
  const face = h("article", { class: "pw-card", "aria-label": strings.card }, front, back);
  const notice = model.get("_notice");
  const root = h(
    "div",
    {
      class: "pw pw-quiz pw-flashcards",
      role: "group",
      "aria-label": model.get("title"),
      onkeydown: key,
    },
    h("div", { class: "pw-quiz-head" }, h("h3", { text: model.get("title") }), left),
    notice ? h("p", { class: "pw-notice", text: notice }) : null,
    face,
    actions,
    boxes,
    note,
    live,
  );
  ownKeys(root);
  el.append(root);

  function key(event) {
    const turned = "back" in model.get("_card");
    if (event.key === "1" && turned) known(false);
    else if (event.key === "2" && turned) known(true);
    else if (event.key === " " && !turned && event.target.tagName !== "BUTTON")
      ask({ act: "flip" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function draw() {
    const card = model.get("_card"),
      days = model.get("_days");
    const done = !("front" in card),
      turned = "back" in card;
    const inside = actions.contains(root.getRootNode().activeElement);
    left.textContent = done
      ? ""
      : card.left === 1
        ? strings.card_left
        : fill(strings.cards_left, { count: card.left });
    front.replaceChildren(
      ...(done
        ? [
            h("p", { text: strings.cards_done }),
            h("p", { class: "pw-quiet", text: nextDue(days, strings) }),
          ]
        : rich(card.front)),
    );
    back.replaceChildren(...(turned ? rich(card.back) : []));
    flip.hidden = done || turned;
    no.hidden = yes.hidden = !turned;
    again.hidden = !done;
    if (inside) (done ? again : turned ? yes : flip).focus();
    boxes.replaceChildren(
      ...model.get("boxes").map((count, index) =>
        h(
          "li",
          { class: !done && card.box === index + 1 ? "pw-here" : "" },
          h("span", {
            class: "pw-quiet",
            text: fill(strings.box, { box: index + 1, boxes: model.get("boxes").length }),
          }),
          h("strong", { text: count }),
        ),
      ),
    );
    note.textContent = keeping(model, strings) || strings.keys;
  }

  /** The side that has come up: a question, its answer, or that all are done. */
  function tell() {
    const side = "back" in model.get("_card") ? back : front;
    say(`${left.textContent} ${side.textContent}`.trim());
  }

  for (const name of ["_card", "boxes", "_days", "_trouble", "_elsewhere"])
    model.on(`change:${name}`, draw);
  model.on("change:_card", tell);
  signal?.addEventListener("abort", end);
  followTheme(root, () => {}, signal);
  draw();
}

function nextDue(days, strings) {
  const when =
    days === 0 ? strings.today : days === 1 ? strings.in_one_day : fill(strings.in_days, { days });
  return fill(strings.cards_next, { when });
}

export default { render };
