// A text with several gaps, which its prompt numbers: each control stands in the text.

import { fill, h } from "../../shared/dom.js";
import { plainWords } from "../render_markup.js";
import { sign } from "../verdict.js";
import { quiet } from "./field.js";

const PLACE = /\((\d+)\)\u00a0…+/; // as Python writes it

/** A field or a menu for each gap. */
function control(face, strings) {
  const rows = face.gaps.map((gap, index) => {
    const label = fill(strings.gap, { number: index + 1 });
    const box = gap.options ? menu(face, gap, strings, label) : typing(gap, label);
    box.addEventListener("keydown", (event) => event.stopPropagation());
    const note = h("span", { class: "pw-note" });
    const name = h("strong", { "aria-hidden": "true", text: `(${index + 1})` });
    return { box, note, node: h("span", { class: "pw-gap" }, name, box, note) };
  });
  return {
    node: h(
      "div",
      { class: "pw-gaps" },
      rows.map((row) => row.node),
    ),
    task: strings.gaps_fill,
    place(prompt) {
      for (const text of textsOf(prompt)) place(text, rows, prompt);
    },
    read() {
      const answer = rows.map((row) => row.box.value);
      return answer.some((text) => text.trim()) ? answer : null;
    },
    set(response) {
      rows.forEach((row, index) => {
        row.box.value = response?.[index] ?? "";
      });
    },
    lock(locked) {
      for (const row of rows) row.box.disabled = locked;
    },
    mark(progress) {
      rows.forEach((row, index) => {
        const right = progress.due ? progress.right?.[index] : undefined;
        const same = right?.toLowerCase() === row.box.value.trim().toLowerCase();
        const verdict =
          right === undefined ? "" : same || progress.status === "right" ? "right" : "";
        row.node.dataset.verdict = verdict;
        row.note.replaceChildren(...(right === undefined ? [] : told(verdict, right, strings)));
      });
    },
  };
}

function textsOf(prompt) {
  const texts = [],
    walker = document.createTreeWalker(prompt, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode);
  return texts.filter((text) => !text.parentElement.closest("math"));
}

/** Puts the controls where a text has their numbers; what has no place stays below. */
function place(text, rows, prompt) {
  const found = PLACE.exec(text.data);
  if (!found) return;
  const blank = text.splitText(found.index);
  const rest = blank.splitText(found[0].length);
  const row = rows[Number(found[1]) - 1];
  if (row && !prompt.contains(row.node)) blank.replaceWith(row.node);
  place(rest, rows, prompt);
}

function menu(face, gap, strings, label) {
  return h(
    "select",
    { "aria-label": label },
    h("option", { value: "", text: strings.gap_choose }),
    gap.options.map((text) => h("option", { value: text, text: plainWords(face, text) })),
  );
}

function typing(gap, label) {
  const kind = gap.kind === "number" ? { inputmode: "decimal" } : {};
  return h("input", {
    type: "text",
    size: Math.min(40, gap.width),
    "aria-label": label,
    ...kind,
    ...quiet,
  });
}

function told(verdict, right, strings) {
  if (verdict) return [sign(verdict), h("span", { class: "pw-sr", text: strings.right })];
  return [
    h("span", { class: "pw-sr", text: `${strings.right_answer}: ` }),
    h("span", { "aria-hidden": "true", text: "→ " }),
    h("b", { text: right }),
  ];
}

export const gaps = {
  control,
  said: (_face, response) =>
    (response ?? []).map((text, index) => `(${index + 1}) ${text}`).join("; "),
};
