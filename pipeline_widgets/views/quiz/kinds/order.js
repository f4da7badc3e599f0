// Things to put in order.

import { fill, h } from "../../shared/dom.js";
import { plainWords, shortText } from "../render_markup.js";
import { sign } from "../verdict.js";
import { rowVerdict } from "./marks.js";

/** A list whose rows move by their buttons, by Alt+arrow keys or by dragging. */
function control(face, strings, say) {
  let locked = false;
  let dragged = null;
  const list = h("ol", { class: "pw-order" });
  const rows = new Map(face.items.map((item) => [item, makeRow(item)]));
  list.append(...rows.values());

  function makeRow(item) {
    const name = plainWords(face, item);
    const step = (by, key, glyph) =>
      h("button", {
        type: "button",
        class: "pw-step",
        "aria-label": fill(strings[key], { item: name }),
        text: glyph,
        onclick: (event) => shift(row, by, event.currentTarget),
      });
    const row = h(
      "li",
      { class: "pw-order-row", draggable: "true" },
      h("span", { class: "pw-grip", "aria-hidden": "true", text: "⠿" }),
      h("span", { class: "pw-order-text" }, shortText(face, item)),
      h("span", { class: "pw-note" }),
      step(-1, "move_up", "↑"),
      step(1, "move_down", "↓"),
    );
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      shift(row, event.key === "ArrowUp" ? -1 : 1, event.target);
    });
    row.addEventListener("dragstart", (event) => {
      dragged = locked ? null : row;
      event.dataTransfer.setData("text/plain", "");
      event.stopPropagation();
    });
    row.addEventListener("dragend", () => {
      dragged = null;
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      event.stopPropagation();
      const below = event.offsetY > row.offsetHeight / 2;
      if (row !== dragged) row[below ? "after" : "before"](dragged);
    });
    row.addEventListener("drop", (event) => event.preventDefault());
    return row;
  }

  function shift(row, by, focus) {
    const all = [...list.children];
    const place = all.indexOf(row) + by;
    if (locked || place < 0 || place >= all.length) return;
    all[place][by < 0 ? "before" : "after"](row);
    focus.focus();
    const [item] = [...rows].find(([, other]) => other === row);
    say(fill(strings.moved, { item: plainWords(face, item), place: place + 1, count: all.length }));
  }

  const read = () =>
    [...list.children].map((row) => [...rows].find(([, other]) => other === row)[0]);
  return {
    node: h(
      "div",
      { class: "pw-stack" },
      h("p", { class: "pw-quiet pw-small", text: strings.answer_order }),
      list,
    ),
    read,
    set(response) {
      const items = Array.isArray(response) ? response : face.items;
      list.append(...items.map((item) => rows.get(item)).filter(Boolean));
    },
    lock(value) {
      locked = value;
      for (const row of rows.values()) row.draggable = !value;
      for (const button of list.querySelectorAll("button")) button.disabled = value;
    },
    mark(progress) {
      read().forEach((item, place) => {
        const known = progress.due ? progress.right : null;
        const verdict = known
          ? known[place] === item
            ? "right"
            : "wrong"
          : rowVerdict(progress, item);
        rows.get(item).dataset.verdict = verdict;
        rows
          .get(item)
          .querySelector(".pw-note")
          .replaceChildren(
            ...(verdict
              ? [sign(verdict), h("span", { class: "pw-sr", text: strings[verdict] })]
              : []),
          );
      });
    },
  };
}

export const order = {
  control,
  said: (face, response) =>
    [response]
      .flat()
      .map((item) => plainWords(face, item))
      .join(" → "),
};
