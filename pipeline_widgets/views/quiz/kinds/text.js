// A few words.

import { h } from "../../shared/dom.js";
import { field, quiet, typed } from "./field.js";

function control(face, strings) {
  return field(
    h("input", { type: "text", size: Math.min(60, face.width || 24), dir: "auto", ...quiet }),
    strings.answer_text,
  );
}

export const text = { control, said: typed };
