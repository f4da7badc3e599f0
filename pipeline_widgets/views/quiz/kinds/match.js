// Sides to match.

import { h } from "../../shared/dom.js";
import { own } from "../../shared/own.js";
import { plainWords, shortText } from "../render_markup.js";
import { sign } from "../verdict.js";
import { rowVerdict } from "./marks.js";

/** For each left side a menu of right sides. */
function control(face, strings) {
  const rows = face.lefts.map((left) => {
    const menu = h(
      "select",
      { "aria-label": plainWords(face, left) },
      h("option", { value: "", text: strings.choose }),
      face.rights.map((right, index) =>
        h("option", { value: String(index), text: plainWords(face, right) }),
      ),
    );
    menu.addEventListener("keydown", (event) => event.stopPropagation());
    const note = h("span", { class: "pw-note" });
    return {
      left,
      menu,
      note,
      node: h(
        "div",
        { class: "pw-match-row" },
        h("span", { class: "pw-match-left" }, shortText(face, left)),
        h("span", { class: "pw-quiet", "aria-hidden": "true", text: "→" }),
        menu,
        note,
      ),
    };
  });
  const chosen = (row) => face.rights[row.menu.value === "" ? -1 : Number(row.menu.value)];
  return {
    node: h(
      "div",
      { class: "pw-match" },
      rows.map((row) => row.node),
    ),
    read() {
      const answer = Object.fromEntries(
        rows.filter((row) => row.menu.value !== "").map((row) => [row.left, chosen(row)]),
      );
      return Object.keys(answer).length ? answer : null;
    },
    set(response) {
      for (const row of rows) {
        const index = face.rights.indexOf(own(response, row.left));
        row.menu.value = index < 0 ? "" : String(index);
      }
    },
    lock(locked) {
      for (const row of rows) row.menu.disabled = locked;
    },
    mark(progress) {
      for (const row of rows) {
        const right = progress.due ? own(progress.right, row.left) : undefined;
        const verdict =
          right === undefined
            ? rowVerdict(progress, row.left)
            : chosen(row) === right
              ? "right"
              : "wrong";
        row.node.dataset.verdict = verdict;
        row.note.replaceChildren(
          ...(verdict
            ? [
                sign(verdict),
                h("span", {
                  class: right === undefined || verdict === "right" ? "pw-sr" : "",
                  text:
                    right === undefined || verdict === "right"
                      ? strings[verdict]
                      : plainWords(face, right),
                }),
              ]
            : []),
        );
      }
    },
  };
}

export const match = {
  control,
  said: (face, response) =>
    Object.entries(response ?? {})
      .map(([left, right]) => `${plainWords(face, left)} → ${plainWords(face, right)}`)
      .join("; "),
};
