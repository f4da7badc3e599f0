// A tensor's shape.

import { h } from "../../shared/dom.js";
import { field, quiet, typed } from "./field.js";

function control(_face, strings) {
  return field(
    h("input", { type: "text", size: 20, class: "pw-mono", dir: "ltr", ...quiet }),
    strings.answer_shape,
  );
}

export const shape = { control, said: typed };
