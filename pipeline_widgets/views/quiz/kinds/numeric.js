// A number.

import { h } from "../../shared/dom.js";
import { field, quiet, typed } from "./field.js";

function control(face, strings) {
  return field(
    h("input", { type: "text", inputmode: "decimal", size: 12, class: "pw-mono", ...quiet }),
    strings.answer_number,
    face.unit,
  );
}

export const numeric = { control, said: typed };
