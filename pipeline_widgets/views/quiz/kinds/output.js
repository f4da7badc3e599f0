// What code prints.

import { h } from "../../shared/dom.js";
import { field, quiet, typed } from "./field.js";

function control(_face, strings) {
  const box = h("textarea", { rows: 4, class: "pw-mono", dir: "ltr", ...quiet });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.form.requestSubmit();
    }
  });
  return field(box, strings.answer_output);
}

export const output = { control, said: typed };
