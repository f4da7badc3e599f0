// A text between questions: there is nothing to answer.

import { h } from "../../shared/dom.js";

function control(_face, strings) {
  return {
    node: h("div", {}),
    action: strings.go_on_reading,
    passive: true,
    read: () => true,
    set() {},
    lock() {},
    mark() {},
  };
}

export const note = { control, said: () => "" };
