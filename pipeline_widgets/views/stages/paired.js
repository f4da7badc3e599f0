// The explorer with two boxes: which tokens are of which sentence, and attention between the two.

import { fill, h } from "../shared/dom.js";
import { cutsOf, shares, sharesTable } from "../shared/pairs.js";
import { STAGES } from "./stages.js";
import { scene } from "./view.js";

/** Under the tokens of each model a bar for each sentence, with its token type if there is one. */
function tokens(grid, state, order) {
  STAGES.tokens(grid, state, order);
  state.panels.forEach((panel, index) => {
    if (panel.sentences) grid.cells(null, (row) => bars(panel, index, state, row));
  });
}

function bars(panel, index, { columns, strings }, row) {
  return [0, 1].flatMap((side) => {
    const own = panel.sentences.flatMap((of, i) => (of === side ? [i] : []));
    if (!own.length) return [];
    const first = columns.of(panel, own[0])[0],
      last = columns.of(panel, own.at(-1))[1];
    const name = [strings.pair_first, strings.pair_second][side],
      type = panel.types ? fill(strings.pair_type, { type: panel.token_types[own[0]] }) : "";
    return h("span", {
      class: `pw-pair-bar pw-pair-${side} pw-panel-${index}`,
      style: `grid-row:${row};grid-column:${first + 2}/${last + 2}`,
      text: `${name}${type}`,
    });
  });
}

/** Below the layers, how much of either sentence's look goes to the other. */
function layers(grid, state, order) {
  for (const panel of state.panels) panel.cuts = panel.sentences && cutsOf(panel.sentences);
  STAGES.layers(grid, state, order);
  const paired = state.panels.filter((panel) => panel.sentences && panel.attention);
  if (!paired.length) return;
  const node = h("div", { class: "pw-pair-tables" });
  grid.painters.push(() =>
    node.replaceChildren(
      ...paired.map((panel) => {
        const index = state.panels.indexOf(panel),
          found = shares(panel.attention, panel.sentences);
        return h(
          "div",
          { class: `pw-panel-${index}` },
          state.panels.length > 1
            ? h("span", { class: `pw-panel-name pw-panel-${index}`, text: panel.title })
            : null,
          sharesTable(found, state.scale(index), state.strings, headed(panel, state)),
        );
      }),
    ),
  );
  grid.wide(node);
}

const headed = ({ layer, head }, { strings }) =>
  `${strings.head} ${layer}·${head}: ${strings.pair_between.toLowerCase()}`;

/** The second box, under the first; both are sent together. */
function secondBox(model, strings, send, tools) {
  const get = (name) => model.get(name);
  const box = h("textarea", {
    ...{ rows: 1, class: "pw-box", dir: "auto", "aria-label": strings.pair_sentence },
    ...{ placeholder: strings.pair_placeholder, spellcheck: "false", autocapitalize: "off" },
    "data-key": "pair",
    autocomplete: "off",
    oninput: () => {
      send({ pair: box.value, _sequence: get("_sequence") + 1 });
      grow();
    },
  });
  box.addEventListener("keydown", (event) => event.stopPropagation());
  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(160, box.scrollHeight + 2)}px`;
  }
  const row = h("div", { class: "pw-boxrow" }, box);
  tools?.closest(".pw-bar").querySelector(".pw-boxrow").after(row);
  return {
    node: h("div"),
    show(result) {
      const pair = result.pair ?? get("pair");
      if (result.sequence === get("_sequence") && box.value !== pair) box.value = pair;
    },
    look: () => row.isConnected && grow(),
    paint() {},
  };
}

export default scene({ tokens, layers }, secondBox);
