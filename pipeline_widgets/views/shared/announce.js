// What has changed, said once and in one sentence to those who listen instead of look.

import { h } from "./dom.js";

const PAUSE = 250; // ms: of changes that come together only the last is said

/** A live region off the screen; `say(sentence)` puts a sentence there, `end()` takes it back. */
export function announcer() {
  const node = h("p", { class: "pw-sr pw-said", role: "status", "aria-live": "polite" });
  let waiting = 0;
  return {
    node,
    say(sentence) {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (node.textContent !== sentence) node.textContent = sentence;
      }, PAUSE);
    },
    end: () => clearTimeout(waiting),
  };
}
