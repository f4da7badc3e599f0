// The last mile: label bars, the softmax with its real numbers, the answer after each layer.

import { fill, h, short } from "../shared/dom.js";
import { winner } from "./panels.js";

/** A bar for each label; the winner is marked with a tick and bold, not by colour alone. */
export function bars(panel) {
  const best = winner(panel);
  return h(
    "div",
    { class: "pw-bars" },
    panel.labels.flatMap((label, i) => [
      h("span", {
        class: i === best ? "pw-label pw-best" : "pw-label",
        text: (i === best ? "✓ " : "") + label,
      }),
      h(
        "span",
        { class: "pw-track" },
        h("span", {
          class: i === best ? "pw-fill pw-best" : "pw-fill",
          style: `width:${(100 * panel.probabilities[i]).toFixed(1)}%`,
        }),
      ),
      h("span", { class: "pw-mono pw-value", text: panel.probabilities[i].toFixed(3) }),
    ]),
  );
}

/** softmax(logits) written out with the numbers of this text. */
export function formula(panel, strings) {
  const shown = panel.labels.slice(0, 6);
  const sum = panel.logits
    .slice(0, 6)
    .map((logit) => `e^${short(logit)}`)
    .join(" + ");
  const more = panel.labels.length > shown.length ? " + …" : "";
  return h(
    "table",
    { class: "pw-formula" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        [strings.label, "logit", "softmax", strings.probability].map((name) =>
          h("th", { scope: "col", text: name }),
        ),
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
          h("td", { class: "pw-mono", text: short(panel.logits[i], 3) }),
          h("td", { class: "pw-mono", text: `e^${short(panel.logits[i])} / (${sum}${more})` }),
          h("td", { class: "pw-mono", text: `= ${panel.probabilities[i].toFixed(3)}` }),
        ),
      ),
    ),
  );
}

/** The short answer beside the text box: name, label, probability. */
export function badge(panel, index) {
  const best = winner(panel);
  return h(
    "div",
    { class: `pw-badge pw-panel-${index}` },
    h("span", { class: "pw-panel-name", text: panel.title }),
    h("strong", { class: "pw-badge-label", text: panel.labels[best] }),
    h(
      "span",
      { class: "pw-track", "aria-hidden": true },
      h("span", {
        class: "pw-fill pw-best",
        style: `width:${(100 * panel.probabilities[best]).toFixed(1)}%`,
      }),
    ),
    h("span", { class: "pw-mono", text: panel.probabilities[best].toFixed(2) }),
  );
}

/** Probability of the final winner after `layer` layers (0 = before the first), or null. */
export function afterLayer(panel, layer) {
  return panel.after[layer]?.[winner(panel)] ?? null;
}

/** A table of the probabilities after each layer, each with its bar. */
export function afterTable(panel, strings) {
  const best = winner(panel);
  return h(
    "table",
    { class: "pw-after" },
    h("caption", { text: `${strings.afterwards}: ${panel.labels[best]}` }),
    h(
      "tbody",
      {},
      panel.after.map((row, layer) =>
        h(
          "tr",
          {},
          h("th", {
            scope: "row",
            text:
              layer === 0
                ? strings.after_embedding
                : fill(strings.after_layer, { layer: layer - 1 }),
          }),
          h(
            "td",
            {},
            h(
              "span",
              { class: "pw-track" },
              h("span", {
                class: "pw-fill pw-best",
                style: `width:${(100 * row[best]).toFixed(1)}%`,
              }),
            ),
          ),
          h("td", { class: "pw-mono", text: row[best].toFixed(3) }),
        ),
      ),
    ),
  );
}
