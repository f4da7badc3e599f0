// How one head mixes a token's new vector: weight × value, added up token by token.

import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { limit, stripes } from "../shared/strips.js";
import { block } from "./halves.js";
import { moves } from "./motion.js";

const MOST = 6, // tokens that are added one by one; the rest comes last
  PAUSE = 700; // ms for one

/** What is added, the largest weight first: [{name, weight, add (d,)}]. */
function addends(panel, token, strings) {
  const { values, shape } = panel.mixing,
    [count, size] = shape;
  const row = panel.attention.values.subarray(token * count, (token + 1) * count);
  const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a] || a - b);
  const sum = (tokens) =>
    Float32Array.from({ length: size }, (_, k) =>
      tokens.reduce((total, j) => total + row[j] * values[j * size + k], 0),
    );
  const one = (j) => ({ name: panel.shown[j], weight: row[j], add: sum([j]) });
  const rest = order.slice(MOST);
  const last = {
    name: fill(strings.mixing_rest, { count: rest.length }),
    weight: rest.reduce((total, j) => total + row[j], 0),
    add: sum(rest),
  };
  return [...order.slice(0, MOST).map(one), ...(rest.length ? [last] : [])];
}

/** The head's mixture for the chosen token, all of it or step by step; null until it has arrived. */
export function mixing(grid, state, index) {
  const panel = state.panels[index],
    { strings } = state,
    token = state.token(index);
  if (!panel.mixing || !panel.attention) return null;
  const parts = addends(panel, token, strings),
    about = `${panel.layer} ${panel.head} ${token} ${panel.pieces.join(" ")}`;
  state.mixes ??= [];
  const before = state.mixes[index];
  clearInterval(before?.timer);
  const kept = { about, at: parts.length, timer: 0 };
  state.mixes[index] = kept;

  const total = (count) =>
    parts[0].add.map((_, k) => parts.slice(0, count).reduce((sum, { add }) => sum + add[k], 0));
  const whole = total(parts.length),
    most = limit(whole);
  const name = fill(strings.mixing_sum, { token: panel.shown[token] });
  const result = h("div", { role: "img", class: "pw-cells pw-long", "aria-label": name });
  const so = h("span", { class: "pw-mono" });
  const rows = parts.map(({ name, weight, add }) => {
    const label = `${name} × ${fixed(weight)}`;
    return h(
      "div",
      { class: "pw-mixrow" },
      h("span", { class: "pw-mono", text: fixed(weight) }),
      h("span", { dir: "auto", text: `× ${name}` }),
      block(grid, state, index, add, () => most, label),
    );
  });
  const button = (key, act) =>
    h("button", { type: "button", "data-key": `mix-${key}-${index}`, onclick: act });
  const play = button("play", () => (kept.timer ? stop() : start()));
  const step = button("step", () => go(kept.at < parts.length ? kept.at + 1 : 1));
  step.textContent = strings.mixing_step;

  function draw() {
    rows.forEach((row, k) => row.classList.toggle("pw-waiting", k >= kept.at));
    rows.forEach((row, k) =>
      row.classList.toggle("pw-adding", k === kept.at - 1 && kept.timer > 0),
    );
    const done = parts.slice(0, kept.at).reduce((sum, { weight }) => sum + weight, 0);
    so.textContent = fixed(done);
    result.style.background = stripes(state.scale(index), total(kept.at), most);
    play.textContent = kept.timer ? strings.mixing_pause : strings.mixing_play;
  }
  function go(next) {
    kept.at = next;
    if (next >= parts.length) stop();
    else draw();
  }
  function stop() {
    clearInterval(kept.timer);
    kept.timer = 0;
    draw();
  }
  function start() {
    if (!moves()) return go(parts.length);
    kept.at = kept.at >= parts.length ? 0 : kept.at;
    kept.timer = setInterval(() => (play.isConnected ? go(kept.at + 1) : stop()), PAUSE);
    draw();
  }
  grid.painters.push(draw);
  if (before && before.about !== about && moves()) start(); // another row was chosen
  return h(
    "div",
    { class: "pw-mixing" },
    h("p", { class: "pw-explain", text: fill(strings.mixing_note, { size: whole.length }) }),
    h("div", { class: "pw-mixtools" }, play, step),
    rows,
    h("div", { class: "pw-mixrow pw-mixsum" }, so, h("span", { text: name }), result),
  );
}
