// One layer after the other, and its heads in a row: where a learner begins.

import { h, fill } from "../shared/dom.js";
import { kindOf, paintTile } from "./wall.js";

const KEYS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** `choose(layer, head)`, `enter()` goes on to the drawing; returns the node and `update(state)`. */
export function headRow(strings, { choose, enter }) {
  let state = null;
  const step = (by, key) =>
    h("button", {
      type: "button",
      class: "pw-step",
      "data-key": `layer-${key}`,
      "aria-label": strings[`${key}_layer`],
      text: by < 0 ? "‹" : "›",
      onclick: () => move(by, 0),
    });
  const back = step(-1, "previous"),
    on = step(1, "next");
  const place = h("span", { class: "pw-layer-place" });
  const row = h("div", { role: "radiogroup", class: "pw-heads", onkeydown: press });
  const node = h(
    "div",
    { class: "pw-pick" },
    h("div", { class: "pw-stepper", role: "group", "aria-label": strings.layer }, back, place, on),
    row,
  );

  function move(layers, heads) {
    const { panel } = state;
    const layer = Math.max(0, Math.min(panel.layers - 1, state.layer + layers));
    const head = Math.max(0, Math.min(panel.heads - 1, state.head + heads));
    if (layer === state.layer && head === state.head) return head;
    state = { ...state, layer, head }; // the next key may come before the next frame
    choose(layer, head);
    return head;
  }
  function press(event) {
    if (event.key === "Enter") enter();
    else if (event.key in KEYS) row.children[move(...KEYS[event.key])].focus();
    else if (event.key === "Home" || event.key === "End") {
      row.children[move(0, event.key === "Home" ? -state.panel.heads : state.panel.heads)].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function build(count) {
    row.replaceChildren(
      ...Array.from({ length: count }, (_, head) =>
        h(
          "button",
          {
            type: "button",
            role: "radio",
            class: "pw-tile",
            "data-key": `row-${head}`,
            onclick: () => choose(state.layer, head),
          },
          h("canvas", { "aria-hidden": true }),
          h("span", { class: "pw-tile-name", "aria-hidden": true, text: head }),
        ),
      ),
    );
  }
  function update(next) {
    state = next;
    const { panel, data, layer, head } = state;
    if (row.childElementCount !== panel.heads) build(panel.heads);
    node.hidden = panel.layers * panel.heads < 2;
    place.replaceChildren(
      `${strings.layer} ${layer} `,
      h("small", { text: fill(strings.layer_of, { last: panel.layers - 1 }) }),
    );
    back.setAttribute("aria-disabled", String(layer === 0));
    on.setAttribute("aria-disabled", String(layer === panel.layers - 1));
    row.setAttribute("aria-label", fill(strings.heads_of, { layer }));
    [...row.children].forEach((tile, k) => {
      const chosen = state.source === "head" && k === head;
      const said = fill(strings.tile, {
        layer,
        head: k,
        kind: kindOf(data, panel, strings, layer, k),
      });
      tile.firstChild.hidden = !data.thumbs;
      if (data.thumbs) {
        paintTile(tile.firstChild, data.thumbs, layer * panel.heads + k, state.scale);
      }
      tile.classList.toggle("pw-off", state.isOff(layer, k));
      tile.setAttribute("aria-checked", String(chosen));
      tile.setAttribute("aria-label", said);
      tile.title = said;
      tile.tabIndex = k === head ? 0 : -1;
    });
  }
  return { node, update, focus: () => row.children[state.head]?.focus() };
}
