// One stage of a data set's way: its shape, its share of the time, real values of one sentence.

import { decode, slice } from "../shared/array.js";
import { prepare } from "../shared/canvas.js";
import { fill, h } from "../shared/dom.js";
import { limit, strip } from "../shared/strips.js";
import { short, fixed } from "../shared/rounding.js";
import { share } from "../shared/writing.js";

const ROW = 7;

/** 12 ms, 1.24 s. */
export function duration(ms, strings) {
  if (ms < 1000) return fill(strings.milliseconds, { count: Math.round(ms) });
  return fill(strings.seconds, { count: fixed(ms / 1000) });
}

/** The values of the first sentence, under words that say what they are. */
function sample(panel, stage, strings, painters) {
  const { said, name, of, pieces } = stage;
  if (!said) return [];
  const label = (key, values = {}) =>
    h("div", { class: "pw-flow-label pw-quiet", text: fill(strings[key], values) });
  if (pieces) return [label("sample_tokens", { count: stage.count }), chips(pieces)];
  if (of) {
    const picture = vectors(panel, stage, strings, painters);
    return [label(of.rows > 1 ? "sample_rows" : "sample_row", of), picture, numbers(said)];
  }
  const answers = panel.function === "none" ? "sample_score" : "sample_prediction";
  const key = name === "prediction" ? answers : "sample_text";
  return [label(key), h("div", { class: "pw-flow-sample", dir: "auto", title: said, text: said })];
}
const numbers = (text) => h("div", { class: "pw-flow-sample pw-mono", text });
const chips = (pieces) =>
  h(
    "div",
    { class: "pw-flow-pieces" },
    pieces.map(([piece, id]) =>
      h(
        "span",
        { class: "pw-flow-piece" },
        h("span", { class: "pw-flow-text", dir: "auto", text: piece }),
        h("span", { class: "pw-mono pw-flow-id", text: id }),
      ),
    ),
  );

function vectors(panel, stage, strings, { scale, draw }) {
  const matrix = decode(stage.strips),
    rows = matrix.shape[0];
  const extremes = matrix.values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [0, 0],
  );
  const said = {
    ...stage.of,
    model: panel.title,
    stage: strings[stage.name],
    low: short(extremes[0]),
    high: short(extremes[1]),
  };
  const name = fill(strings[rows > 1 ? "strips_rows" : "strips_row"], said);
  const canvas = h("canvas", { role: "img", "aria-label": name, class: "pw-flow-strips" });
  draw.push(() => {
    const width = Math.max(40, canvas.parentElement.clientWidth - 24);
    const context = prepare(canvas, width, rows * ROW),
      most = limit(matrix.values);
    for (let k = 0; k < rows; k++) {
      const place = { x: 0, y: k * ROW, width, height: ROW - 1 };
      strip(context, scale(), slice(matrix, k).values, most, place);
    }
  });
  return canvas;
}

function counts(panel, strings) {
  const means = typeof panel.counts[0][1] === "string"; // of scores, in place of numbers
  return [
    h("div", {
      class: "pw-flow-label pw-quiet",
      text: means ? strings.mean_score : strings.all_answers,
    }),
    h(
      "div",
      { class: "pw-flow-counts" },
      panel.counts.map(([label, count]) =>
        h(
          "div",
          {},
          h("span", { text: label || strings.no_label }),
          h("strong", { class: "pw-mono", text: count }),
        ),
      ),
    ),
  ];
}

/** The card as a list item; `painters` is {scale(), draw: what to call to paint}. */
export function card(panel, stage, order, strings, painters) {
  return h(
    "li",
    { class: "pw-flow-card", "data-stage": stage.name },
    h(
      "div",
      { class: "pw-flow-name" },
      h("span", { class: "pw-order", "aria-hidden": true, text: order + 1 }),
      h("h5", { title: strings[`${stage.name}_meaning`], text: strings[stage.name] }),
    ),
    h(
      "div",
      { class: "pw-flow-shape pw-mono" },
      stage.shape || "…",
      order === 0 ? h("small", { text: ` ${strings.sentences}` }) : null,
    ),
    h(
      "div",
      { class: "pw-flow-time" },
      h("span", { class: "pw-track" }, h("span", { class: "pw-fill" })),
      h("span", { class: "pw-mono pw-flow-ms" }),
    ),
    sample(panel, stage, strings, painters),
    order === 5 && panel.counts.length ? counts(panel, strings) : null,
    stage.detail ? h("div", { class: "pw-flow-detail pw-quiet", text: stage.detail }) : null,
  );
}

/**
 * The bar of a card: while it runs, how far it is; then its time, of which the longest fills the
 * bar.
 */
export function timed(node, stage, { done, longest, total }, strings) {
  const track = node.querySelector(".pw-track"),
    words = node.querySelector(".pw-flow-ms"),
    name = strings[stage.name];
  const running = stage.ms === null;
  const part = running ? done : longest ? stage.ms / longest : 0;
  track.firstChild.style.width = `${100 * part}%`;
  track.setAttribute("role", running ? "progressbar" : "meter");
  track.setAttribute("aria-valuemin", "0");
  track.setAttribute("aria-valuemax", String(running ? 100 : Math.max(1, Math.round(longest))));
  track.setAttribute("aria-valuenow", String(Math.round(running ? 100 * done : stage.ms)));
  if (running) {
    words.textContent = done ? share(done) : strings.waiting;
    track.setAttribute("aria-label", name);
    track.setAttribute("aria-valuetext", words.textContent);
    return;
  }
  words.textContent = duration(stage.ms, strings);
  const said = { stage: name, time: words.textContent, share: share(stage.ms / (total || 1)) };
  track.setAttribute("aria-label", fill(strings.time_of, said));
  track.setAttribute("aria-valuetext", fill(strings.time_share, said));
  track.title = fill(strings.time_share, said);
}
