// Where each token lies among the others: two principal components, animated from layer to layer.

import { decode } from "../shared/array.js";
import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { roving } from "../shared/roving.js";

const HEIGHT = 360,
  EDGE = 34,
  PAUSE = 1100,
  CROWD = 20; // pixels; milliseconds for a step; points that all get names

/** One point's group; it glides, since its place is a CSS transform. */
function point(name, kind, act) {
  return h(
    "g",
    {
      class: `pw-dot ${kind}`,
      onclick: act.choose,
      onpointerenter: act.enter,
      onpointerleave: act.leave,
    },
    h("title", { text: name }),
    h("circle", { r: 5 }),
    h(
      "text",
      { class: "pw-dot-name" },
      name.length > 18 ? `${name.slice(0, 17)}…` : name,
      h("tspan", { class: "pw-dot-value" }),
    ),
  );
}

const LETTER = 7.2,
  LINE = 14; // pixels of a label, about

// Where a label may stand beside its point: how far to the side and down, and what is anchored.
const SEATS = [
  { x: 0, y: -10, anchor: "middle" },
  { x: 10, y: 4, anchor: "start" },
  { x: -10, y: 4, anchor: "end" },
  { x: 0, y: 20, anchor: "middle" },
  { x: 8, y: -8, anchor: "start" },
  { x: -8, y: -8, anchor: "end" },
  { x: -6, y: 20, anchor: "start" }, // under and along an edge, then a line further away
  { x: 6, y: 20, anchor: "end" },
  { x: -6, y: 30, anchor: "start" },
  { x: 6, y: 30, anchor: "end" },
  { x: 6, y: -22, anchor: "end" },
];

/**
 * For each of `labels` {x, y, text} the seat in which it meets no label or point before it, or null.
 * The first labels choose first.
 */
export function seats(labels, width) {
  const taken = labels.map(({ x, y }) => [x - 6, y - 6, x + 6, y + 6]);
  const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  return labels.map(({ x, y, text }, own) => {
    const long = LETTER * text.length;
    let inside = null; // the first of all has a seat, be it over another point
    for (const seat of SEATS) {
      const left = x + seat.x - { start: 0, middle: long / 2, end: long }[seat.anchor];
      const box = [left, y + seat.y - LINE + 3, left + long, y + seat.y + 3];
      if (box[0] < 24 || box[2] > width || box[1] < 0 || box[3] > HEIGHT - 22) continue;
      inside ??= { seat, box };
      if (taken.some((other, k) => k !== own && meets(box, other))) continue;
      taken.push(box);
      return seat;
    }
    if (own > 0 || !inside) return null;
    taken.push(inside.box);
    return inside.seat;
  });
}

/** The map of one panel's tokens or of the sentences; returns the node and `draw(step, chosen, width)`. */
function chart(data, names, groups, strings, act, stepName) {
  const places = decode(data.places),
    cosines = decode(data.cosines),
    [, count] = places.shape;
  const dots = names.map((name, i) =>
    point(name, `pw-group-${groups[i] ?? 0}`, {
      choose: () => act.choose(i),
      enter: () => act.hover(i),
      leave: () => act.hover(-1),
    }),
  );
  const axes = [
    h("text", { class: "pw-map-axis", "text-anchor": "middle" }),
    h("text", { class: "pw-map-axis", "text-anchor": "middle" }),
  ];
  const svg = h(
    "svg",
    { role: "img", class: "pw-map", height: HEIGHT },
    h("path", { class: "pw-map-cross" }),
    axes,
    dots,
  );
  const table = h("div", { class: "pw-map-near" });

  function draw(step, chosen, width) {
    const at = (i, k) => places.values[(step * count + i) * 2 + k];
    const range = [0, 1].map((k) => {
      const all = Array.from({ length: count }, (_, i) => at(i, k));
      return [Math.min(...all), Math.max(...all)];
    });
    const x = (value) =>
      EDGE + ((value - range[0][0]) / (range[0][1] - range[0][0] || 1)) * (width - 2 * EDGE);
    const y = (value) =>
      HEIGHT -
      EDGE -
      ((value - range[1][0]) / (range[1][1] - range[1][0] || 1)) * (HEIGHT - 2.2 * EDGE);
    const cosine = (i) => cosines.values[(step * count + chosen) * count + i];
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.setAttribute("width", width);
    svg
      .querySelector(".pw-map-cross")
      .setAttribute("d", `M${EDGE} ${y(0)}H${width - EDGE}M${x(0)} 14V${HEIGHT - EDGE}`);
    const near = chosen < 0 ? names.map((_, i) => i) : nearest(chosen, cosine);
    const named = chosen < 0 ? near : [chosen, ...near.slice(0, count > CROWD ? 1 : count)];
    const said = (i) => (chosen < 0 ? "" : ` ${fixed(cosine(i))}`);
    const labels = named.map((i) => ({
      ...{ x: x(at(i, 0)), y: y(at(i, 1)) },
      text: names[i].slice(0, 18) + said(i),
    }));
    const found = new Map(seats(labels, width).map((seat, k) => [named[k], seat]));
    dots.forEach((dot, i) => {
      const name = dot.lastChild,
        seat = found.get(i);
      name.lastChild.textContent = said(i);
      name.style.display = seat ? "" : "none";
      name.setAttribute("text-anchor", seat?.anchor ?? "middle");
      name.setAttribute("x", seat?.x ?? 0);
      name.setAttribute("y", seat?.y ?? 0);
      dot.style.transform = `translate(${x(at(i, 0))}px, ${y(at(i, 1))}px)`;
      dot.classList.toggle("pw-dot-chosen", i === chosen);
    });
    const share = (k) =>
      fill(strings.map_axis, { number: k + 1, share: fixed(100 * data.shares[step][k], 0) });
    axes[0].textContent = share(0);
    axes[1].textContent = share(1);
    axes[0].setAttribute("transform", `translate(${width / 2} ${HEIGHT - 8})`);
    axes[1].setAttribute("transform", `translate(14 ${HEIGHT / 2}) rotate(-90)`);
    svg.setAttribute("aria-label", told(step, chosen, near, cosine, share));
    requestAnimationFrame(() => svg.classList.add("pw-map-glides")); // not from the corner at first
    if (chosen < 0) return table.replaceChildren();
    const order = nearest(chosen, cosine);
    table.replaceChildren(
      h(
        "table",
        {},
        h("caption", { text: fill(strings.map_near, { token: names[chosen] }) }),
        h(
          "tbody",
          {},
          order
            .slice(0, 9)
            .map((i) =>
              h(
                "tr",
                {},
                h("th", { scope: "row", dir: "auto", text: names[i] }),
                h("td", { class: "pw-mono", text: fixed(cosine(i)) }),
              ),
            ),
        ),
      ),
    );
  }
  /** At which step, and who lies nearest to the chosen one. */
  function told(step, chosen, near, cosine, share) {
    const axes = `${share(0)}, ${share(1)}`;
    if (chosen < 0 || !near.length) return `${strings.map}: ${axes}`;
    const words = { step: stepName(step), token: names[chosen], near: names[near[0]] };
    return fill(strings.map_said, { ...words, cosine: fixed(cosine(near[0])), axes });
  }
  const nearest = (chosen, cosine) =>
    names
      .map((_, i) => i)
      .filter((i) => i !== chosen)
      .sort((a, b) => cosine(b) - cosine(a));
  return { node: h("div", { class: "pw-map-row" }, svg, table), draw, svg };
}

/** What each step is called: the bare vectors, the embedding, then the layers. */
const stepNames = (panel, strings) => [
  strings.map_token,
  strings.map_embedding,
  ...Array.from({ length: panel.layers }, (_, k) => `${strings.layer} ${k}`),
];

/** The stage: `state.map` outlives a rebuild; `state.actions.choose("step", n)` tells Python. */
export function map(grid, state, _order) {
  const { strings } = state,
    panels = state.panels;
  grid.marksEnd ??= grid.row; // a place on the map is no longer a column of the text
  const kept = (state.map ??= { set: "tokens", chosen: 0, timer: 0 });
  const deepest = panels.reduce((a, b) => (a.layers > b.layers ? a : b));
  const names = stepNames(deepest, strings),
    hovered = {};
  const step = () => Math.min(state.step, names.length - 1);
  const charts =
    kept.set === "sentences" && panels[0].sentences
      ? [
          chart(
            panels[0].sentences,
            panels[0].sentences.names,
            panels[0].sentences.groups,
            strings,
            {
              choose: (i) => {
                kept.chosen = i;
                draw();
              },
              hover: (i) => {
                hovered[0] = i;
                draw();
              },
            },
            (k) => names[k],
          ),
        ]
      : panels.map((panel, index) =>
          chart(
            panel.map,
            panel.shown,
            [],
            strings,
            {
              choose: (i) => state.actions.chip.choose(index, i),
              hover: (i) => {
                hovered[index] = i;
                draw();
              },
            },
            (k) => names[k],
          ),
        );
  const buttons = names.map((name, k) =>
    h("button", {
      type: "button",
      role: "radio",
      "data-key": `step-${k}`,
      text: name,
      onclick: () => go(k),
    }),
  );
  const picker = h(
    "div",
    { role: "radiogroup", class: "pw-steps-picker", "aria-label": strings.map_step },
    buttons,
  );
  roving(picker, "[role=radio]", go);
  const play = h("button", {
    type: "button",
    "data-key": "play",
    class: "pw-play",
    onclick: () => (kept.timer ? stop() : start()),
  });
  const sets = panels[0].sentences
    ? h(
        "div",
        { class: "pw-drawing", role: "group", "aria-label": strings.map },
        ["tokens", "sentences"].map((name) =>
          h("button", {
            type: "button",
            "data-key": `set-${name}`,
            "aria-pressed": String(kept.set === name),
            text: strings[`map_${name}`],
            onclick: () => {
              kept.set = name;
              state.rebuild();
            },
          }),
        ),
      )
    : null;

  function go(k) {
    state.actions.choose("step", k);
    draw();
  }
  function start() {
    if (step() === names.length - 1) go(0);
    kept.timer = setInterval(
      () => (play.isConnected && step() < names.length - 1 ? go(step() + 1) : stop()),
      PAUSE,
    );
    draw();
  }
  function stop() {
    clearInterval(kept.timer);
    kept.timer = 0;
    draw();
  }
  function draw() {
    charts.forEach(({ draw: paint, svg }, index) => {
      const width = Math.max(260, Math.min(680, (state.width() - 48) / charts.length - 190));
      const own = kept.set === "sentences" ? kept.chosen : state.token(index);
      const at = Math.min(step(), 1 + panels[index].layers);
      paint(
        at,
        hovered[index] >= 0 ? hovered[index] : own,
        state.width() < 520 ? Math.max(200, state.width() - 40) : width,
      );
      svg.dataset.step = at;
    });
    buttons.forEach((button, k) => {
      button.setAttribute("aria-checked", String(k === step()));
      button.tabIndex = k === step() ? 0 : -1;
    });
    play.textContent = kept.timer ? strings.map_stop : strings.map_play;
  }
  state.onStep = draw;
  grid.followers.push(draw);
  grid.wide(
    h(
      "div",
      { class: "pw-mapstage", dir: "ltr" },
      h(
        "div",
        { class: "pw-heading pw-maphead" },
        h("h4", { class: "pw-stage-title pw-name", text: strings.map }),
        h("span", {
          class: "pw-quiet",
          text:
            kept.set === "sentences"
              ? `${strings.map_note_sentences} ● ${panels[0].labels[0]}  ○ ${panels[0].labels[1] ?? ""}`
              : strings.map_note,
        }),
      ),
      h("div", { class: "pw-maptools" }, play, picker, sets),
      h(
        "div",
        { class: "pw-row" },
        charts.map(({ node }, index) =>
          h(
            "div",
            { class: `pw-panelblock pw-mapblock pw-panel-${index}` },
            panels.length > 1 && charts.length > 1
              ? h("span", { class: "pw-panel-name", text: panels[index].title })
              : null,
            node,
          ),
        ),
      ),
    ),
  );
}
