// Options to tick: one of them, or any number. Real radio buttons and check boxes.

import { h } from "../../shared/dom.js";
import { plainWords, rich, shortText } from "../render_markup.js";
import { marks, verdictOf } from "./marks.js";

/** Radio buttons or check boxes, one option in a row. */
function control(face, strings) {
  const type = face.kind === "multiple" ? "checkbox" : "radio";
  const rows = face.options.map((option) => {
    const box = h("input", { type, name: "option" });
    const note = h("span", { class: "pw-note" });
    const words = h(
      "span",
      { class: "pw-option-text", dir: "auto" },
      shortText(face, option.text),
      option.code ? h("pre", {}, h("code", { text: option.code })) : null,
    );
    const aside = h("div", { class: "pw-remark" });
    const row = h("label", { class: "pw-option" }, box, words, note);
    return {
      option,
      box,
      note,
      aside,
      row,
      item: h("div", { class: "pw-option-item" }, row, aside),
    };
  });
  const columns = Math.min(face.columns ?? 1, 4);
  const node = h(
    "div",
    { class: "pw-options", style: `--columns:${columns}` },
    rows.map((row) => row.item),
  );
  const chosen = () => rows.filter((row) => row.box.checked).map((row) => row.option.label);
  return {
    node,
    read: () => (type === "checkbox" ? chosen() : (chosen()[0] ?? null)),
    set(response) {
      const labels = [response].flat();
      for (const row of rows) row.box.checked = labels.includes(row.option.label);
    },
    lock(locked) {
      for (const row of rows) {
        row.box.disabled = locked;
        row.row.classList.toggle("pw-locked", locked);
      }
    },
    mark(progress) {
      const right = progress.due ? [progress.right].flat() : null;
      for (const { option, box, note, aside, row } of rows) {
        const verdict = verdictOf(option.label, box.checked, right, progress, type);
        row.dataset.verdict = verdict;
        note.replaceChildren(...marks(verdict, box.checked, right, strings));
        const remark = progress.remarks.find(([part]) => part === option.label);
        aside.replaceChildren(...(remark && box.checked ? rich(remark[1]) : []));
      }
    },
  };
}

export const single = { control, said: (face, response) => plainWords(face, String(response)) };

export const multiple = {
  control,
  said: (face, response) =>
    [response]
      .flat()
      .map((label) => plainWords(face, label))
      .join("; "),
};
