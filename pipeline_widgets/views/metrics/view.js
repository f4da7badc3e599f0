// Confusion matrix with its sentences, a threshold that moves the rates, curves of both models.

import { decode, slice } from "../shared/array.js";
import { axes } from "../shared/axes.js";
import { prepare } from "../shared/canvas.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { mark, stroke } from "../shared/lines.js";
import { atThreshold } from "./rates.js";
import { roving } from "../shared/roving.js";
import { followTheme } from "../shared/theme.js";

const CURVES = ["roc", "precision_recall", "calibration"];
const MEASURES = ["accuracy", "precision", "recall", "f1"];
const DASHES = [[], [7, 4]],
  SHAPES = ["circle", "diamond"];

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-metrics", role: "group" });
  ownKeys(root);
  let data, labels, scores, found;

  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    draw();
  };
  const slider = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    class: "pw-metrics-slider",
    "aria-label": strings.threshold,
    oninput: () => set({ threshold: Number(slider.value) }),
  });
  const shown = h("output", { class: "pw-mono pw-metrics-value" });
  const hint = h("span", { class: "pw-quiet" });
  const rates = h("div", { class: "pw-metrics-rates" });
  const matrix = h("div", { class: "pw-metrics-matrix" });
  const canvas = h("canvas", { role: "img", class: "pw-metrics-canvas" });
  const areas = h("div", { class: "pw-metrics-areas" });
  const list = h("section", { class: "pw-metrics-list", "aria-live": "polite" });
  const tabs = choice(
    "curve",
    CURVES,
    (value) => value,
    (value) => strings[`curve_${value}`],
    strings.curves,
  );
  let models;

  function load() {
    data = model.get("data");
    labels = decode(data.labels).values;
    const all = decode(data.scores);
    scores = data.names.map((_, k) => slice(all, k).values);
    models = choice(
      "model",
      data.names.map((_, k) => k),
      (k) => k,
      (k) => data.names[k],
      strings.model,
    );
    root.replaceChildren(
      h(
        "div",
        { class: "pw-metrics-top" },
        h(
          "label",
          { class: "pw-metrics-threshold" },
          h("strong", { text: strings.threshold }),
          slider,
          shown,
        ),
        hint,
        rates,
      ),
      h(
        "div",
        { class: "pw-metrics-body" },
        h(
          "section",
          { class: "pw-metrics-left" },
          h(
            "header",
            {},
            h("strong", { text: strings.matrix }),
            data.names.length > 1 ? models.node : null,
          ),
          matrix,
          h("p", { class: "pw-quiet pw-metrics-hint", text: strings.matrix_hint }),
        ),
        h("section", { class: "pw-metrics-right" }, h("header", {}, tabs.node), canvas, areas),
      ),
      list,
    );
    draw();
  }

  function choice(name, values, key, word, title) {
    const buttons = values.map((value) =>
      h("button", {
        type: "button",
        role: "radio",
        "data-key": `${name}-${key(value)}`,
        text: word(value),
        onclick: () => set({ [name]: value }),
      }),
    );
    const node = h(
      "div",
      { role: "radiogroup", class: "pw-metrics-choice", "aria-label": title },
      buttons,
    );
    roving(node, "[role=radio]", (index) => set({ [name]: values[index] }));
    return {
      node,
      mark: () =>
        buttons.forEach((button, k) => {
          button.setAttribute("aria-checked", String(model.get(name) === values[k]));
          button.tabIndex = model.get(name) === values[k] ? 0 : -1;
        }),
    };
  }

  function draw() {
    const threshold = model.get("threshold");
    found = scores.map((one) => atThreshold(labels, one, threshold));
    slider.value = String(threshold);
    shown.textContent = threshold.toFixed(2);
    hint.textContent = fill(strings.threshold_hint, { label: data.classes[1] });
    rates.replaceChildren(rateTable());
    tabs.mark();
    models.mark();
    const focused = matrix.contains(document.activeElement)
      ? document.activeElement.dataset.key
      : null;
    matrix.replaceChildren(confusion(), sharedButton());
    if (focused) matrix.querySelector(`[data-key='${focused}']`)?.focus();
    sentences();
    soon();
  }

  function rateTable() {
    return h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, h("span", { class: "pw-sr", text: strings.model })),
          MEASURES.map((name) => h("th", { scope: "col", text: strings[name] })),
        ),
      ),
      h(
        "tbody",
        {},
        found.map((one, k) =>
          h(
            "tr",
            {},
            h(
              "th",
              { scope: "row", class: `pw-metrics-name pw-panel-${k}` },
              key(k),
              data.names[k],
            ),
            MEASURES.map((name) =>
              h("td", { class: "pw-mono", "data-measure": name, text: one[name].toFixed(3) }),
            ),
          ),
        ),
      ),
    );
  }

  function key(k) {
    return h(
      "svg",
      { viewBox: "0 0 30 14", width: 30, height: 14, "aria-hidden": true },
      h("path", { d: "M0 7H30", class: "pw-metrics-key", "stroke-dasharray": k ? "6 3" : null }),
      k
        ? h("path", { d: "M15 2L20 7L15 12L10 7Z", class: "pw-metrics-hollow" })
        : h("circle", { cx: 15, cy: 7, r: 4, class: "pw-metrics-dot" }),
    );
  }

  function confusion() {
    const chosen = model.get("cell"),
      counts = found[model.get("model")].counts,
      all = labels.length;
    return h(
      "table",
      { class: "pw-metrics-cells" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td", {}),
          data.classes.map((label) =>
            h("th", { scope: "col", text: fill(strings.said, { label }) }),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        data.classes.map((label, truth) =>
          h(
            "tr",
            {},
            h("th", { scope: "row", text: fill(strings.truly, { label }) }),
            data.classes.map((_, said) =>
              h(
                "td",
                {},
                h(
                  "button",
                  {
                    type: "button",
                    "aria-pressed": String(chosen[0] === truth && chosen[1] === said),
                    "data-key": `cell-${truth}-${said}`,
                    class: truth === said ? "pw-metrics-right-cell" : "pw-metrics-wrong-cell",
                    style: `--pw-part:${Math.sqrt(counts[truth][said] / all).toFixed(3)}`,
                    onclick: () => set({ cell: [truth, said] }),
                  },
                  h("span", { class: "pw-metrics-count", text: counts[truth][said] }),
                  h("span", {
                    class: "pw-metrics-kind",
                    text: truth === said ? `✓ ${strings.right}` : `✗ ${strings.wrong}`,
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  }

  const wrong = (k, i) => (scores[k][i] >= model.get("threshold") ? 1 : 0) !== labels[i];

  function sharedButton() {
    const errors = [0, 0, 0];
    for (let i = 0; i < labels.length; i++) {
      const [a, b] = [wrong(0, i), scores.length > 1 ? wrong(1, i) : wrong(0, i)];
      if (a && b) errors[0]++;
      else if (a) errors[1]++;
      else if (b) errors[2]++;
    }
    const text =
      scores.length > 1
        ? fill(strings.shared_row, {
            count: errors[0],
            first: errors[1],
            second: errors[2],
            a: data.names[0],
            b: data.names[1],
          })
        : String(errors[0]);
    return h(
      "button",
      {
        type: "button",
        class: "pw-metrics-shared",
        "data-key": "shared",
        "aria-pressed": String(model.get("cell")[0] < 0),
        onclick: () => set({ cell: [-1, -1] }),
      },
      h("strong", { text: scores.length > 1 ? strings.shared : strings.shared_one }),
      h("span", { text }),
    );
  }

  function sentences() {
    const [truth, said] = model.get("cell"),
      k = model.get("model"),
      threshold = model.get("threshold");
    const rows = [...labels.keys()].filter((i) =>
      truth < 0
        ? scores.every((_, one) => wrong(one, i))
        : labels[i] === truth && (scores[k][i] >= threshold ? 1 : 0) === said,
    );
    const sure = (i) =>
      truth < 0 ? -Math.abs(scores[k][i] - 0.5) : said ? -scores[k][i] : scores[k][i];
    rows.sort((a, b) => sure(a) - sure(b) || a - b);
    const title =
      truth < 0
        ? fill(scores.length > 1 ? strings.list_shared : strings.list_errors, {
            count: rows.length,
          })
        : fill(strings.list_cell, {
            count: rows.length,
            true: data.classes[truth],
            said: data.classes[said],
          });
    const score = (one, m, i) =>
      h(
        "td",
        { class: "pw-metrics-score" },
        h(
          "span",
          { class: `pw-metrics-track pw-panel-${m}` },
          h("span", { style: `width:${100 * one[i]}%` }),
        ),
        h("span", { class: "pw-mono", text: one[i].toFixed(2) }),
      );
    const head = h(
      "tr",
      {},
      h("th", { scope: "col", text: fill(strings.list_scores, { label: data.classes[1] }) }),
      data.names.map((name, m) =>
        h("th", { scope: "col", class: `pw-metrics-name pw-panel-${m}`, text: name }),
      ),
    );
    list.replaceChildren(
      h("h4", { text: truth < 0 || scores.length === 1 ? title : `${data.names[k]}: ${title}` }),
      rows.length
        ? h(
            "div",
            { class: "pw-metrics-scroll", tabindex: 0, role: "region", "aria-label": title },
            h(
              "table",
              {},
              h("thead", {}, head),
              h(
                "tbody",
                {},
                rows.map((i) =>
                  h(
                    "tr",
                    {},
                    h("td", { class: "pw-metrics-text", dir: "auto", text: data.texts[i] }),
                    scores.map((one, m) => score(one, m, i)),
                  ),
                ),
              ),
            ),
          )
        : h("p", { class: "pw-quiet", text: strings.no_sentences }),
    );
  }

  function paint() {
    if (!root.clientWidth || !data) return;
    const style = getComputedStyle(root),
      get = (name) => style.getPropertyValue(name).trim();
    const look = {
      line: get("--pw-line"),
      quiet: get("--pw-quiet"),
      font: "12px system-ui, sans-serif",
    };
    const colors = [get("--pw-accent"), get("--pw-second")],
      paper = get("--pw-paper"),
      curve = model.get("curve");
    const width = Math.max(240, canvas.parentElement.clientWidth),
      side = Math.min(width, 330);
    const context = prepare(canvas, width, side);
    const box = { left: 44, right: width - 16, top: 26, bottom: side - 38 };
    const frame = axes(
      context,
      box,
      { low: 0, high: 1, name: strings[`${curve}_x`] },
      { low: 0, high: 1 },
      look,
    );
    context.fillStyle = look.quiet;
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(strings[`${curve}_y`], box.left - 34, 4);
    if (curve !== "precision_recall") {
      stroke(
        context,
        2,
        (k) => frame.x(k),
        (k) => frame.y(k),
        { color: look.quiet, width: 1, dash: [2, 3] },
      );
      context.textAlign = "right";
      context.fillText(
        strings[curve === "roc" ? "chance" : "perfect"],
        frame.x(0.93),
        frame.y(0.85) + (curve === "roc" ? 26 : 22),
      );
    }
    data.curves.forEach((curves, k) => {
      const [xs, ys] = curves[curve];
      stroke(
        context,
        xs.length,
        (i) => frame.x(xs[i]),
        (i) => frame.y(ys[i]),
        { color: colors[k], dash: DASHES[k], width: 2.2 },
      );
      const one = found[k],
        [[kept, alarm]] = one.counts;
      const at = {
        roc: [alarm / (alarm + kept), one.recall],
        precision_recall: [one.recall, one.precision],
      }[curve];
      if (at) mark(context, frame.x(at[0]), frame.y(at[1]), SHAPES[k], colors[k], paper, 6);
      else
        xs.forEach((x, i) =>
          mark(
            context,
            frame.x(x),
            frame.y(ys[i]),
            SHAPES[k],
            colors[k],
            paper,
            2 + 5 * Math.sqrt(curves.counts[i] / labels.length),
          ),
        );
    });
    const said = data.names.map(
      (name, k) =>
        `${name}: ${fill(strings[`area_${curve}`], { area: data.curves[k].areas[curve].toFixed(3) })}`,
    );
    areas.replaceChildren(
      ...said.map((text, k) => h("span", { class: `pw-panel-${k}` }, key(k), text)),
    );
    canvas.setAttribute("aria-label", `${strings[`curve_${curve}`]}. ${said.join(". ")}`);
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1);
  }
  const soon = once(paint);

  model.on("change:data", load);
  for (const name of ["threshold", "model", "cell", "curve"]) model.on(`change:${name}`, draw);
  const resized = new ResizeObserver(soon);
  resized.observe(el);
  signal?.addEventListener("abort", () => resized.disconnect());
  followTheme(root, soon, signal);
  el.append(root);
  load();
}

export default { render };
