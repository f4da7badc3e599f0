// Each kind of question by its name, as in `quizzes/kinds`: `control(face, strings, say)` makes what
// an answer is given with, `{ node, read, set, lock, mark }`; `said(face, response, strings)` is the
// answer in words. `set(null)` begins anew; `action` is what the button says instead of Submit.

import { cell } from "./cell.js";
import { code } from "./code.js";
import { essay } from "./essay.js";
import { gaps } from "./gaps.js";
import { match } from "./match.js";
import { multiple, single } from "./options.js";
import { note } from "./note.js";
import { numeric } from "./numeric.js";
import { order } from "./order.js";
import { output } from "./output.js";
import { shape } from "./shape.js";
import { text } from "./text.js";
import { token } from "./token.js";

export const KINDS = {
  cell,
  code,
  essay,
  gaps,
  match,
  multiple,
  note,
  numeric,
  order,
  output,
  shape,
  single,
  text,
  token,
};
