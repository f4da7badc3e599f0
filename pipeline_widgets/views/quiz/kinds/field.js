// A field to type in, with its name above it.

import { h } from "../../shared/dom.js";

/** What keeps a browser's help out of a field. */
export const quiet = { autocomplete: "off", autocapitalize: "off", spellcheck: "false" };

/** The control around a text box; `after` stands behind it. */
export function field(box, label, after) {
  box.addEventListener("keydown", (event) => event.stopPropagation()); // the notebook has keys of its own
  return {
    node: h(
      "label",
      { class: "pw-field" },
      h("span", { class: "pw-field-name", text: label }),
      h(
        "span",
        { class: "pw-field-row" },
        box,
        after ? h("span", { class: "pw-quiet", text: after }) : null,
      ),
    ),
    read: () => (box.value.trim() ? box.value : null),
    set(response) {
      box.value = response === null || response === undefined ? "" : [response].flat().join(" × ");
    },
    lock(locked) {
      box.readOnly = locked;
      box.classList.toggle("pw-locked", locked);
    },
    mark(progress) {
      const told = ["right", "wrong", "partly", "unreadable"].includes(progress.status);
      box.dataset.verdict = told ? progress.status : "";
      box.setAttribute("aria-invalid", String(["wrong", "unreadable"].includes(progress.status)));
    },
  };
}

/** What was typed, or the sizes of a shape that came as a list. */
export function typed(_face, response) {
  return [response].flat().join(" × ");
}
