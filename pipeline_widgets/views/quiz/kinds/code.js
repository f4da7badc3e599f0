// A function to write.

import { h } from "../../shared/dom.js";

/** Nothing to fill in: the answer is a function in another cell. */
function control(face, strings) {
  const [before, after] = strings.answer_code.split("{function}");
  const starter = face.starter ? h("pre", {}, h("code", { text: face.starter })) : null;
  return {
    node: h(
      "div",
      { class: "pw-stack pw-code-task" },
      h("p", {}, before, h("code", { text: face.function }), after),
      starter,
    ),
    read: () => face.function,
    set() {},
    lock() {},
    mark() {},
    action: strings.check_function,
  };
}

export const code = { control, said: (_face, response) => String(response) };
