// Confusion matrix with its sentences, a threshold that moves the rates, curves of both models.

import { announcer } from "../shared/announce.js";
import { decode, slice } from "../shared/array.js";
import { hueOfName } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { radioGroup } from "../shared/radio_group.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { curvesChart } from "./curves.js";
import { atThreshold } from "./rates.js";
import {
  averagesTable,
  byClass,
  chosenOf,
  classTable,
  column,
  largeMatrix,
  matrixOf,
  measures,
} from "./classes.js";
import { confusion, listTitle, rateTable, sentenceTable } from "./tables.js";
import { fixed } from "../shared/rounding.js";

const CURVES = ["roc", "precision_recall", "calibration"];

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-metrics", role: "group" });
  ownKeys(root);
  let data, truth, every, labels, scores, found, chosen, models;
  const classes = () => data.mode === "classes",
    several = () => data.mode === "several";

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
    list = h("section", { class: "pw-metrics-list" }),
    all = h("div", { class: "pw-metrics-all" });
  const save = savePicture(model, strings, signal);
  const chart = curvesChart(strings);
  const tabs = choice("curve", CURVES, (name) => strings[`curve_${name}`], strings.curves);

  function load() {
    data = model.get("_data");
    truth = decode(data.truth);
    const answers = decode(data.scores),
      each = data.names.map((_, k) => k);
    every = each.map((k) => slice(answers, k).values);
    root.dataset.first = hueOfName(data.names[0]);
    models = choice("panel", each, (k) => data.names[k], strings.model);
    const title = { names: data.names.join(", "), count: data.texts.length };
    const parts = [
      h(
        "div",
        { class: "pw-metrics-title pw-head-line" },
        h("h3", { text: fill(strings.metrics_title, title) }),
        save,
      ),
      classes()
        ? null
        : h(
            "div",
            { class: "pw-metrics-top" },
            h(
              "label",
              { class: "pw-metrics-threshold" },
              h("strong", { title: strings.threshold_meaning, text: strings.threshold }),
              slider,
              shown,
            ),
            hint,
            data.mode === "binary" ? rates : null,
          ),
      data.mode === "binary" ? null : all,
      h(
        "div",
        { class: "pw-metrics-body" },
        part("left", "matrix", [
          data.names.length > 1 ? models.node : null,
          matrix,
          h("p", { class: "pw-quiet pw-metrics-hint", text: strings.matrix_hint }),
        ]),
        part("right", "curves", [tabs.node, ...chart.nodes]),
      ),
      list,
      live,
    ];
    root.replaceChildren(...parts.filter((one) => one !== null));
    draw();
  }
  function part(side, name, [head, ...rest]) {
    return h(
      "section",
      { class: `pw-metrics-${side}`, "aria-label": strings[name] },
      h("header", {}, h("h4", { title: strings[`${name}_meaning`], text: strings[name] }), head),
      rest,
    );
  }

  function choice(name, values, word, label) {
    const get = (trait) => model.get(trait);
    return radioGroup(name, values, { word, label, kind: "pw-metrics-choice", get, set });
  }

  const size = () => truth.shape[1];
  /** Whether a model is wrong about a sentence, in any of its labels. */
  const wrong = (k, i) => {
    for (let at = i * size(); at < (i + 1) * size(); at++) {
      if (chosen[k][at] !== truth.values[at]) return true;
    }
    return false;
  };

  /** The sentences of the chosen cell, the surest answer first. */
  function listed() {
    const [own, said] = model.get("cell"),
      k = model.get("panel"),
      places = [...labels.keys()];
    if (own < 0) {
      const parts = (i) => every[k].subarray(i * size(), (i + 1) * size());
      const far = (i) =>
        classes() ? Math.max(...parts(i)) : Math.max(...parts(i).map((p) => Math.abs(p - 0.5)));
      const rows = places.filter((i) => every.every((_, other) => wrong(other, i)));
      return rows.sort((a, b) => far(b) - far(a) || a - b);
    }
    const at = classes() ? said : model.get("label"),
      has = (values, i, column_) => values[i * size() + column_],
      score = (i) => has(every[k], i, at);
    const rows = places.filter((i) =>
      classes()
        ? has(truth.values, i, own) && has(chosen[k], i, said)
        : has(truth.values, i, at) === own && has(chosen[k], i, at) === said,
    );
    const sign = classes() || said ? -1 : 1;
    return rows.sort((a, b) => sign * (score(a) - score(b)) || a - b);
  }
  /** What a model answers to a sentence, where it is one class of many: its name and its score. */
  function answered(k, i) {
    const row = every[k].subarray(i * size(), (i + 1) * size()),
      best = row.indexOf(Math.max(...row));
    return { label: data.classes[best], value: row[best] };
  }
  const state = () => ({
    ...{ data, scores, found, count: labels.length, rows: listed() },
    curves: model.get("_curves"),
    several: several(),
    answered: classes() ? answered : null,
    pair: several()
      ? [
          fill(strings.not, { label: data.classes[model.get("label")] }),
          data.classes[model.get("label")],
        ]
      : data.classes,
    model: model.get("panel"),
    cell: model.get("cell"),
    curve: model.get("curve"),
    label: model.get("label"),
  });
  /** The averages of all models, and each label's rates in the chosen one. */
  function drawAll(now) {
    const { model: index } = now;
    const averages = every.map((one, k) =>
      measures(truth.values, chosen[k], one, size(), several()),
    );
    const by = byClass(truth.values, chosen[index], size());
    const part_ = (title, nodes) =>
      h("section", { "aria-label": title }, h("h4", { text: title }), nodes);
    const choose = (label) => set({ label });
    all.replaceChildren(
      part_(strings.averages, averagesTable({ ...now, averages }, strings)),
      part_(
        data.names.length > 1 ? `${strings.by_class}, ${data.names[index]}` : strings.by_class,
        classTable({ ...now, found: by }, strings, choose),
      ),
    );
  }

  function draw() {
    const threshold = model.get("threshold"),
      label = model.get("label");
    labels = column(truth.values, size(), label);
    scores = every.map((one) => column(one, size(), label));
    chosen = every.map((one) => chosenOf(one, size(), classes() ? null : threshold));
    found = scores.map((one) => atThreshold(labels, one, threshold));
    slider.value = String(threshold);
    slider.setAttribute("aria-valuetext", fixed(threshold));
    shown.textContent = fixed(threshold);
    root.setAttribute("aria-label", said("threshold"));
    hint.textContent = several()
      ? strings.threshold_several
      : fill(strings.threshold_hint, { label: data.classes[1] });
    tabs.mark();
    models.mark();
    const active = root.getRootNode().activeElement,
      had = root.contains(active) ? active.dataset.key : null,
      now = state();
    rates.replaceChildren(...(data.mode === "binary" ? [rateTable(now, strings)] : []));
    if (data.mode !== "binary") drawAll(now);
    const { model: index } = now;
    const choose = (cell) => set({ cell });
    const drawn = classes()
      ? largeMatrix(
          { ...now, counts: matrixOf(truth.values, chosen[index], size()) },
          strings,
          choose,
        )
      : confusion(now, strings, choose);
    matrix.replaceChildren(drawn, sharedButton(choose));
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
    if (name === "label")
      return `${fill(strings.of_label, { label: data.classes[model.get("label")] })}`;
    if (name !== "threshold") return `${listTitle(state(), strings)}.`;
    const binary = data.mode === "binary";
    const all_ = binary
      ? found
      : every.map((one, k) => measures(truth.values, chosen[k], one, size(), several()));
    const rate = ({ accuracy, f1, macro_f1 = f1 }, k) =>
      fill(binary ? strings.summary : strings.summary_many, {
        name: data.names[k],
        accuracy: fixed(accuracy, 3),
        f1: fixed(macro_f1, 3),
      });
    return all_.map(rate).join(" ");
  }

  model.on("change:_data", load);
  model.on("change:_curves", draw);
  for (const name of ["threshold", "panel", "cell", "curve", "label"]) {
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
