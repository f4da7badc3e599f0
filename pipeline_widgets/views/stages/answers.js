// The last mile: label bars, the softmax with its real numbers, the answer after each layer.

import { fill, h, short } from "../shared/dom.js";
import { fixed, probabilities } from "../shared/rounding.js";
import { winner } from "./panels.js";
import { answer } from "./purpose.js";

/** A bar of a probability, with a mark at the half. */
export function track(part, best = true) {
  return h(
    "span",
    { class: "pw-track" },
    h("span", {
      class: best ? "pw-fill pw-best" : "pw-fill",
      style: `width:${(100 * part).toFixed(1)}%`,
    }),
  );
}

/** A bar for each label; the winner is marked with a sign and bold, not by colour alone. */
export function bars(panel) {
  const best = winner(panel),
    shown = probabilities(panel.probabilities);
  return h(
    "div",
    { class: "pw-bars" },
    panel.labels.flatMap((label, i) => [
      h("span", {
        class: i === best ? "pw-label pw-best" : "pw-label",
        text: (i === best ? "▸ " : "") + label,
      }),
      track(panel.probabilities[i], i === best),
      h("span", { class: "pw-mono pw-value", text: shown[i] }),
    ]),
  );
}

/** softmax(logits) written out with the numbers of this text. */
export function formula(panel, strings) {
  const shown = panel.labels.slice(0, 6),
    numbers = probabilities(panel.probabilities);
  const sum = panel.logits
    .slice(0, 6)
    .map((logit) => `e^${short(logit)}`)
    .join(" + ");
  const more = panel.labels.length > shown.length ? " + …" : "";
  const columns = [strings.label, "logit", "softmax", strings.probability];
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
      shown.map((label, i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", text: label }),
          h("td", { class: "pw-mono", text: fixed(panel.logits[i]) }),
          h("td", { class: "pw-mono", text: `e^${short(panel.logits[i])} / (${sum}${more})` }),
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
    track(panel.probabilities[winner(panel)]),
  );
}

/** What would be said of the final winner after `layer` layers (0 = before the first), or null. */
export function afterLayer(panel, layer) {
  const row = panel.after[layer];
  if (!row) return null;
  const best = winner(panel);
  return { part: row[best], shown: probabilities(row)[best] };
}

/** A table of the probabilities after each layer, each with its bar. */
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
        const { part, shown } = afterLayer(panel, layer);
        return h(
          "tr",
          {},
          h("th", { scope: "row", text: name(layer) }),
          h("td", {}, track(part)),
          h("td", { class: "pw-mono", text: shown }),
        );
      }),
    ),
  );
}
