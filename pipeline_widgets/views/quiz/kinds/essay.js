// A text of one's own.

import { h } from "../../shared/dom.js";
import { field } from "./field.js";

function control(face, strings) {
  const box = h("textarea", { rows: face.lines, cols: 60, dir: "auto", class: "pw-essay" });
  box.value = face.template;
  const way = field(box, strings.answer_essay);
  return {
    ...way,
    set(response) {
      box.value = response ?? face.template;
    },
  };
}

export const essay = { control, said: (_face, response) => response ?? "" };
