// Tokens to click.

import { fill, h } from "../../shared/dom.js";
import { marks, verdictOf } from "./marks.js";

/** Tokens in a row, as chips. */
function control(face, strings) {
  const type = face.several ? "checkbox" : "radio";
  const chips = face.tokens.map((token, position) => {
    const name = fill(strings.token, { token, position });
    const box = h("input", { type, name: "token", "aria-label": name, class: "pw-chip-box" });
    const note = h("span", { class: "pw-note" });
    const chip = h(
      "label",
      { class: "pw-choice-chip", title: name },
      box,
      h("span", { class: "pw-mono", dir: "auto", text: token.replace(/^\s/, "␣") || "␣" }),
      note,
    );
    return { box, note, chip };
  });
  const chosen = () => chips.flatMap(({ box }, index) => (box.checked ? [index] : []));
  return {
    node: h(
      "div",
      { class: "pw-choice-chips" },
      chips.map(({ chip }) => chip),
    ),
    read: () => (chosen().length ? chosen() : null),
    set(response) {
      chips.forEach(({ box }, index) => {
        box.checked = (response ?? []).includes(index);
      });
    },
    lock(locked) {
      for (const { box, chip } of chips) {
        box.disabled = locked;
        chip.classList.toggle("pw-locked", locked);
      }
    },
    mark(progress) {
      const right = progress.due ? [progress.right].flat() : null;
      chips.forEach(({ box, note, chip }, index) => {
        const verdict = verdictOf(index, box.checked, right, progress, type);
        chip.dataset.verdict = verdict;
        note.replaceChildren(...marks(verdict, box.checked, right, strings));
      });
    },
  };
}

export const token = {
  control,
  said: (face, response) =>
    [response]
      .flat()
      .map((position) => face.tokens[position])
      .join(", "),
};
