// The last mile: label bars, the head's function with its real numbers, the answer after each layer.

import { fill, h } from "../shared/dom.js";
import { held, extent as onScale, order, range } from "../shared/heads.js";
import { fixed, scores, short } from "../shared/rounding.js";
import { winner } from "./panels.js";
import { answer } from "./purpose.js";

/** A head's answers as they are written: probabilities, or raw scores. */
const written = (panel, values = panel.probabilities) => scores(values, panel.function);

const scale = (panel) => range(panel, [...panel.probabilities, ...panel.after.flat()]);

/** How far a bar reaches, and where its mark stands, on the scale of all that the panel answers. */
const extent = (panel, value) => onScale(panel, scale(panel), value);

/** A bar of a value. */
export function track(panel, value, best = true) {
  const { bar, mark } = extent(panel, value);
  const kind = best ? "pw-fill pw-best" : "pw-fill";
  return h("span", { class: "pw-track", style: mark }, h("span", { class: kind, style: bar }));
}

const holds = (panel, i) => held(panel, panel.probabilities).includes(i);

/** A bar for each label; what holds is marked with a sign and bold, not by colour alone. */
export function bars(panel, strings, all, toggle) {
  const shown = written(panel);
  const seen = order(panel.probabilities, all || undefined),
    count = panel.labels.length,
    few = order(panel.probabilities).length;
  const grid = h(
    "div",
    { class: "pw-bars" },
    seen.flatMap((i) => [
      h("span", {
        class: holds(panel, i) ? "pw-label pw-best" : "pw-label",
        text: (holds(panel, i) ? "▸ " : "") + panel.labels[i],
      }),
      track(panel, panel.probabilities[i], holds(panel, i)),
      h("span", { class: "pw-mono pw-value", text: shown[i] }),
    ]),
  );
  const words = fill(all ? strings.labels_few : strings.labels_all, { count, few });
  return h(
    "div",
    {},
    grid,
    note(panel, strings),
    few < count
      ? h("button", {
          type: "button",
          class: "pw-more",
          "data-key": "labels",
          text: words,
          onclick: toggle,
        })
      : null,
  );
}

/** What the bars are, where they are no shares of a whole. */
function note(panel, strings) {
  if (panel.function === "none") {
    const { low, high } = scale(panel);
    const ends = { low: fixed(low, 0), high: fixed(high, 0) };
    return h("p", { class: "pw-hint", text: fill(strings.score_note, ends) });
  }
  if (panel.function !== "sigmoid") return null;
  const one = panel.labels.length === 1;
  return h("p", {
    class: "pw-hint",
    text: fill(one ? strings.sigmoid_note : strings.several_note, { threshold: panel.threshold }),
  });
}

/** How the head made its answers of the logits, written out with the numbers of this text. */
export function formula(panel, strings) {
  const order = panel.labels.map((_, i) => i);
  if (order.length > 6) order.sort((a, b) => panel.logits[b] - panel.logits[a]);
  const shown = order.slice(0, 6),
    numbers = written(panel);
  const sum = shown.map((i) => `e^${short(panel.logits[i])}`).join(" + ");
  const more = panel.labels.length > shown.length ? " + …" : "";
  const made = {
    softmax: (i) => `e^${short(panel.logits[i])} / (${sum}${more})`,
    sigmoid: (i) => `1 / (1 + e^${short(-panel.logits[i])})`,
    none: () => strings.as_it_is,
  }[panel.function];
  const last =
    panel.function === "none" || panel.labels.length === 1 ? strings.score : strings.probability;
  const columns = [strings.label, "logit", panel.function === "none" ? "" : panel.function, last];
  return h(
    "table",
    { class: "pw-formula", "aria-label": strings.prediction },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        columns.map((name) => h("th", { scope: "col", text: name })),
      ),
    ),
    h(
      "tbody",
      {},
      shown.map((i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", text: panel.labels[i] }),
          h("td", { class: "pw-mono", text: fixed(panel.logits[i]) }),
          h("td", { class: "pw-mono", text: made(i) }),
          h("td", { class: "pw-mono", text: `= ${numbers[i]}` }),
        ),
      ),
    ),
  );
}

/** The short answer beside the text box: who, what, how sure. */
export function badge(panel, index, strings) {
  return h(
    "div",
    { class: `pw-badge pw-panel-${index}` },
    h("span", { class: "pw-panel-name", text: panel.title }),
    h("span", { class: "pw-badge-said" }, answer(panel, strings)),
    track(panel, panel.probabilities[winner(panel)]),
  );
}

/** What would be said of the final winner after `layer` layers (0 = before the first), or null. */
export function afterLayer(panel, layer) {
  const row = panel.after[layer];
  if (!row) return null;
  const best = winner(panel);
  return { value: row[best], ...extent(panel, row[best]), shown: written(panel, row)[best] };
}

/** A table of the answers after each layer, each with its bar. */
export function afterTable(panel, strings) {
  const name = (layer) =>
    layer === 0 ? strings.after_embedding : fill(strings.after_layer, { layer: layer - 1 });
  return h(
    "table",
    { class: "pw-after" },
    h("caption", { text: `${strings.afterwards}: ${panel.labels[winner(panel)]}` }),
    h(
      "tbody",
      {},
      panel.after.map((_, layer) => {
        const { value, shown } = afterLayer(panel, layer);
        return h(
          "tr",
          {},
          h("th", { scope: "row", text: name(layer) }),
          h("td", {}, track(panel, value)),
          h("td", { class: "pw-mono", text: shown }),
        );
      }),
    ),
  );
}
