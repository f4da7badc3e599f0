// Confusion matrix with its sentences, a threshold that moves the rates, curves of both models.

import { announcer } from "../shared/announce.js";
import { decode, slice } from "../shared/array.js";
import { hueOfName } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { roving } from "../shared/roving.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { curvesChart } from "./curves.js";
import { atThreshold } from "./rates.js";
import { confusion, listTitle, rateTable, sentenceTable } from "./tables.js";
import { fixed } from "../shared/rounding.js";

const CURVES = ["roc", "precision_recall", "calibration"];

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-metrics", role: "group" });
  ownKeys(root);
  let data, labels, scores, found, models;

  const { node: live, say, end } = announcer();
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const slider = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    class: "pw-metrics-slider",
    "data-key": "threshold",
    "aria-label": strings.threshold,
    oninput: () => set({ threshold: Number(slider.value) }),
  });
  const shown = h("span", { class: "pw-mono pw-metrics-value", "aria-hidden": true });
  const hint = h("span", { class: "pw-quiet" }),
    rates = h("div", { class: "pw-metrics-rates" }),
    matrix = h("div", { class: "pw-metrics-matrix" }),
    list = h("section", { class: "pw-metrics-list" });
  const save = savePicture(model, strings, signal);
  const chart = curvesChart(strings);
  const tabs = choice("curve", CURVES, (name) => strings[`curve_${name}`], strings.curves);

  function load() {
    data = model.get("_data");
    labels = decode(data.labels).values;
    const all = decode(data.scores),
      each = data.names.map((_, k) => k);
    scores = each.map((k) => slice(all, k).values);
    root.dataset.first = hueOfName(data.names[0]);
    models = choice("panel", each, (k) => data.names[k], strings.model);
    const title = { names: data.names.join(", "), count: labels.length };
    root.replaceChildren(
      h(
        "div",
        { class: "pw-metrics-title pw-head-line" },
        h("h3", { text: fill(strings.metrics_title, title) }),
        save,
      ),
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
        part("left", strings.matrix, [
          data.names.length > 1 ? models.node : null,
          matrix,
          h("p", { class: "pw-quiet pw-metrics-hint", text: strings.matrix_hint }),
        ]),
        part("right", strings.curves, [tabs.node, ...chart.nodes]),
      ),
      list,
      live,
    );
    draw();
  }
  function part(side, title, [head, ...rest]) {
    return h(
      "section",
      { class: `pw-metrics-${side}`, "aria-label": title },
      h("header", {}, h("h4", { text: title }), head),
      rest,
    );
  }

  function choice(name, values, word, title) {
    const buttons = values.map((value) =>
      h("button", {
        type: "button",
        role: "radio",
        "data-key": `${name}-${value}`,
        text: word(value),
        onclick: () => set({ [name]: value }),
      }),
    );
    const group = { role: "radiogroup", class: "pw-metrics-choice", "aria-label": title };
    const node = h("div", group, buttons);
    roving(node, "[role=radio]", (index) => set({ [name]: values[index] }));
    return {
      node,
      mark: () =>
        buttons.forEach((button, k) => {
          const chosen = model.get(name) === values[k];
          button.setAttribute("aria-checked", String(chosen));
          button.tabIndex = chosen ? 0 : -1;
        }),
    };
  }

  const wrong = (k, i) => (scores[k][i] >= model.get("threshold") ? 1 : 0) !== labels[i];

  /** The sentences of the chosen cell, the surest answer first. */
  function listed() {
    const [truth, said] = model.get("cell"),
      one = scores[model.get("panel")];
    const rows = [...labels.keys()].filter((i) =>
      truth < 0
        ? scores.every((_, k) => wrong(k, i))
        : labels[i] === truth && (one[i] >= model.get("threshold") ? 1 : 0) === said,
    );
    const sure = (i) => (truth < 0 ? -Math.abs(one[i] - 0.5) : said ? -one[i] : one[i]);
    return rows.sort((a, b) => sure(a) - sure(b) || a - b);
  }
  const state = () => ({
    ...{ data, scores, found, count: labels.length, rows: listed() },
    model: model.get("panel"),
    cell: model.get("cell"),
    curve: model.get("curve"),
  });

  function draw() {
    const threshold = model.get("threshold");
    found = scores.map((one) => atThreshold(labels, one, threshold));
    slider.value = String(threshold);
    slider.setAttribute("aria-valuetext", fixed(threshold));
    shown.textContent = fixed(threshold);
    root.setAttribute("aria-label", said("threshold"));
    hint.textContent = fill(strings.threshold_hint, { label: data.classes[1] });
    tabs.mark();
    models.mark();
    const active = root.getRootNode().activeElement,
      had = root.contains(active) ? active.dataset.key : null,
      now = state();
    rates.replaceChildren(rateTable(now, strings));
    const chosen = (cell) => set({ cell });
    matrix.replaceChildren(confusion(now, strings, chosen), sharedButton(chosen));
    list.setAttribute("aria-label", strings.sentences);
    list.replaceChildren(h("h4", { text: listTitle(now, strings) }), sentenceTable(now, strings));
    if (had && !active.isConnected) root.querySelector(`[data-key='${had}']`)?.focus();
    soon();
  }

  function sharedButton(choose) {
    const errors = [0, 0, 0],
      several = scores.length > 1;
    for (let i = 0; i < labels.length; i++) {
      const [a, b] = [wrong(0, i), wrong(several ? 1 : 0, i)];
      if (a && b) errors[0]++;
      else if (a) errors[1]++;
      else if (b) errors[2]++;
    }
    const [count, first, second] = errors,
      [a, b] = data.names;
    const text = several ? fill(strings.shared_row, { count, first, second, a, b }) : String(count);
    return h(
      "button",
      {
        type: "button",
        class: "pw-metrics-shared",
        "data-key": "shared",
        "aria-pressed": String(model.get("cell")[0] < 0),
        onclick: () => choose([-1, -1]),
      },
      h("strong", { text: several ? strings.shared : strings.shared_one }),
      h("span", { text }),
    );
  }

  const soon = once(() => {
    if (!root.clientWidth || !data) return;
    chart.paint({ ...state(), style: getComputedStyle(root) });
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1);
  });

  /** What a change of `name` comes to, in one sentence. */
  function said(name) {
    if (name === "curve") return chart.nodes[0].getAttribute("aria-label");
    if (name !== "threshold") return `${listTitle(state(), strings)}.`;
    const rate = ({ accuracy, f1 }, k) =>
      fill(strings.summary, {
        name: data.names[k],
        accuracy: fixed(accuracy, 3),
        f1: fixed(f1, 3),
      });
    return found.map(rate).join(" ");
  }

  model.on("change:_data", load);
  for (const name of ["threshold", "panel", "cell", "curve"]) {
    model.on(`change:${name}`, () => {
      draw();
      requestAnimationFrame(() => say(said(name)));
    });
  }
  const resized = new ResizeObserver(soon);
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    end();
  });
  followTheme(root, soon, signal);
  el.append(root);
  load();
}

export default { render };
