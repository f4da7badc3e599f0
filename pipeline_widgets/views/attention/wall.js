// All heads of all layers as small maps: the map of the model, a radio group moved by the arrows.

import { weightColor } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { putCells } from "../shared/pixels.js";
import { fixed } from "../shared/rounding.js";
import { share } from "../shared/writing.js";

/** What each head does, in words: `data` is the wall as `_attention_data.py` sends it. */
export function kindOf(data, panel, strings, layer, head) {
  const at = layer * panel.heads + head,
    cells = panel.layers * panel.heads;
  const name = data.names[data.codes.values[at]];
  const places = data.names.length - 2; // the last two are "broad" and "content"
  const value = (k) => data.values.values[k * cells + at];
  const said =
    name === "broad"
      ? share(value(places))
      : fixed(Math.max(...Array.from({ length: places }, (_, k) => value(k))));
  const keys = panel.keys.shown ?? panel.shown;
  return fill(strings[`kind_${name}`], {
    value: said,
    first: keys[0],
    last: keys.at(-1),
    favourite: keys[data.favourite.values[at]],
  });
}

/** The heads, as indices, in the order asked for: the strongest first. */
export function ordered(order, data, panel, effects) {
  const cells = panel.layers * panel.heads;
  const all = Array.from({ length: cells }, (_, k) => k);
  if (order === "layer") return all;
  const place = data.names.indexOf(order);
  const score =
    order === "effect"
      ? (k) => Math.abs(effects?.values[k] || 0)
      : (k) => data.values.values[place * cells + k];
  return all.sort((a, b) => score(b) - score(a) || a - b);
}

/** The map of head `index`, counted through all layers, on `node`: `thumbs` is (L, H, rows, columns). */
export function paintTile(node, { values, shape }, index, scale) {
  const [rows, columns] = shape.slice(-2),
    first = index * rows * columns;
  putCells(node, columns, rows, (k) => weightColor(scale, values[first + k]));
}

/**
 * The wall; `choose(layer, head)`, `enter()` goes on to the chosen head.
 * Returns the node and `update(state)`, which repaints without building anything again.
 */
function wall(strings, { choose, enter }) {
  const node = h("div", { role: "radiogroup", class: "pw-wall", "aria-label": strings.wall });
  let tiles = [],
    built = "",
    state = null,
    marked;

  function build() {
    const { panel, order } = state;
    const header =
      order === "layer"
        ? [
            h("i"),
            ...Array.from({ length: panel.heads }, (_, head) =>
              h("span", { class: "pw-axis", "aria-hidden": true, text: head }),
            ),
          ]
        : [];
    tiles = state.sequence.map((index, at) => {
      const layer = Math.floor(index / panel.heads),
        head = index % panel.heads;
      const tile = h(
        "button",
        {
          type: "button",
          role: "radio",
          class: "pw-tile",
          "data-key": `head-${layer}-${head}`,
          "data-at": at,
          "aria-checked": "false",
          tabindex: -1,
          onclick: () => choose(layer, head),
        },
        h("canvas", { "aria-hidden": true }),
        order === "layer" ? null : h("span", { class: "pw-tile-name", text: `${layer}·${head}` }),
      );
      return { tile, index, layer, head };
    });
    const rows = tiles.flatMap(({ tile, layer }, at) =>
      order === "layer" && at % panel.heads === 0
        ? [h("span", { class: "pw-axis pw-axis-layer", "aria-hidden": true, text: layer }), tile]
        : [tile],
    );
    marked = undefined;
    node.style.setProperty("--pw-heads", panel.heads);
    node.classList.toggle("pw-by-layer", order === "layer");
    node.replaceChildren(...header, ...rows);
  }

  function update(next) {
    state = next;
    const { panel, data } = state;
    const key = `${panel.layers} ${panel.heads} ${state.order} ${state.sequence.join()}`;
    if (key !== built) {
      built = key;
      build();
    }
    for (const { tile, index, layer, head } of tiles) {
      if (data.thumbs) paintTile(tile.firstChild, data.thumbs, index, state.scale);
      tile.classList.toggle("pw-off", state.isOff(layer, head));
      const said = `${fill(strings.tile, { layer, head, kind: kindOf(data, panel, strings, layer, head) })} ${state.effectOf(layer, head)}`;
      tile.setAttribute("aria-label", said);
      tile.title = said;
    }
    mark(state.layer, state.head);
  }

  function mark(layer, head) {
    const next = tiles.find((one) => one.layer === layer && one.head === head)?.tile;
    if (next === marked) return;
    for (const [tile, chosen] of [
      [marked, false],
      [next, true],
    ]) {
      tile?.setAttribute("aria-checked", String(chosen));
      if (tile) tile.tabIndex = chosen ? 0 : -1;
    }
    marked = next;
  }

  node.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".pw-tile");
    if (!tile) return;
    const at = Number(tile.dataset.at),
      row = state.panel.heads,
      last = tiles.length - 1;
    const moves = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - row,
      ArrowDown: at + row,
      Home: 0,
      End: last,
    };
    if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      return enter();
    }
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = moves[event.key];
    if (next < 0 || next > last) return;
    const { tile: to, layer, head } = tiles[next];
    mark(layer, head);
    to.focus({ preventScroll: false });
    choose(layer, head);
  });

  return { node, update };
}

const ORDERS = ["layer", "previous", "next", "first", "last", "punctuation", "broad", "effect"];

/** The wall under the choice of its order; `update(state)` as the view's other parts have it. */
export function wallOf(strings, { get, send, choose, enter }) {
  const heads = wall(strings, { choose, enter });
  const order = h(
    "select",
    { "data-key": "order", onchange: () => send({ order: order.value }) },
    ORDERS.map((name) => h("option", { value: name, text: strings[`order_${name}`] })),
  );
  const node = h(
    "div",
    { class: "pw-block" },
    h("label", { class: "pw-order-of" }, `${strings.order} `, order),
    heads.node,
    h("p", { class: "pw-hint", text: strings.wall_hint }),
  );
  return {
    node,
    update(state) {
      const known = ["layer", ...state.data.names, ...(state.answered ? ["effect"] : [])];
      for (const option of order.options) option.hidden = !known.includes(option.value);
      const name = known.includes(get("order")) ? get("order") : "layer",
        sequence = ordered(name, state.data, state.panel, state.effects);
      order.value = name;
      heads.update({ ...state, order: name, sequence });
    },
  };
}
