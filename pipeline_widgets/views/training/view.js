// A training run: controls, curves, the epoch table, the learner's sentence, what-if knobs.

import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { radioGroup } from "../shared/radio_group.js";
import { roving } from "../shared/roving.js";
import { runChart } from "./run_chart.js";
import { runControls } from "./run_controls.js";
import { addNews, readRuns, stems } from "./run_data.js";
import { runKnobs } from "./run_knobs.js";
import { runSentence } from "./run_sentence.js";
import { runTable } from "./run_table.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";

const MOST_RUNS = 4;

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-training", role: "group" });
  ownKeys(root);
  let runs = readRuns(model.get("_whole")),
    newest = model.get("_whole").serial,
    summary = model.get("_whole").summary ?? "",
    epochs = "",
    asked = false;

  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    draw();
  };
  const current = () => runs[Math.min(model.get("run"), runs.length - 1)];
  const epoch = () => {
    const wanted = model.get("epoch"),
      last = current().epochs.at(-1)?.epoch ?? 0;
    return wanted < 0 ? last : Math.min(wanted, last);
  };
  const choose = (wanted) => {
    const last = current().epochs.at(-1)?.epoch;
    set({ epoch: wanted === last ? -1 : wanted }); // the last one keeps up with the run
  };
  /** A place among the rows, or a step from the one that is chosen. */
  const move = (wanted, by) => {
    const rows = current().epochs;
    if (!rows.length) return;
    if (wanted !== null) return choose(wanted);
    const at = rows.findIndex((row) => row.epoch === epoch());
    choose(rows[Math.max(0, Math.min(rows.length - 1, at + by))].epoch);
  };

  const head = h("div", { class: "pw-run-head" });
  const controls = runControls(
    strings,
    (what) => model.send({ do: what }),
    (pace) => set({ pace }),
  );
  const said = h("p", { class: "pw-run-reading pw-quiet", "aria-hidden": true });
  const say = (text) => {
    said.textContent = text;
  };
  const charts = ["loss", "accuracy"].map((stem) => runChart(stem, strings, { choose: move, say }));
  const options = toolbar();
  const table = runTable(strings, choose);
  const sentence = runSentence(strings, {
    typed: (text) => set({ text }),
    scrub: (at) => choose(current().epochs[at].epoch),
    choose: (name, value) => set({ [name]: value }),
  });
  const knobs = runKnobs(strings, (changes) => model.send({ do: "beside", changes }));
  const error = h("p", { class: "pw-error pw-run-error", role: "alert" });
  const live = h("p", { class: "pw-sr", role: "status" });
  root.append(
    h("h3", { class: "pw-sr", text: strings.training_title }),
    h("div", { class: "pw-head-line pw-run-line" }, head, savePicture(model, strings, signal)),
    controls.node,
    error,
    options.node,
    h(
      "div",
      { class: "pw-run-charts" },
      charts.map((chart) => chart.node),
    ),
    said,
    table.node,
    sentence.node,
    knobs.node,
    live,
  );
  el.append(root);

  function toolbar() {
    const best = key("pw-run-mark", "", "", "star");
    const legend = h(
      "div",
      { class: "pw-run-legend" },
      key("pw-run-raw", strings.steps_line, "M0 9L6 3L11 11L17 4L23 10L30 5"),
      key("pw-run-solid", strings.training, "M0 7H30", "circle"),
      key("pw-run-dash", strings.validation, "M0 7H30", "diamond"),
      best,
    );
    const axis = choice("axis", ["epochs", "seconds"]),
      scale = choice("scale", ["linear", "log"]);
    const smoothing = h("input", {
      type: "range",
      min: 0,
      max: 0.99,
      step: 0.01,
      "aria-label": strings.smoothing,
      oninput: () => set({ smoothing: Number(smoothing.value) }),
    });
    const node = h(
      "div",
      { class: "pw-run-tools" },
      legend,
      h(
        "div",
        { class: "pw-run-options" },
        axis.node,
        scale.node,
        h("label", { class: "pw-run-smooth" }, `${strings.smoothing} `, smoothing),
      ),
    );
    return {
      node,
      mark() {
        best.lastChild.data = fill(strings.best_mark, current());
        axis.mark();
        scale.mark();
        smoothing.value = String(model.get("smoothing"));
      },
    };
  }

  function key(name, text, path, shape) {
    const shapes = {
      circle: () => h("circle", { cx: 15, cy: 7, r: 4, class: "pw-run-ink" }),
      diamond: () => h("path", { d: "M15 1.5L20.5 7L15 12.5L9.5 7Z", class: "pw-run-hollow" }),
      star: () =>
        h("path", {
          d: "M15 0L17 5L22 5L18 8.5L19.5 14L15 11L10.5 14L12 8.5L8 5L13 5Z",
          class: "pw-run-ink",
        }),
    };
    return h(
      "span",
      { class: "pw-run-key" },
      h(
        "svg",
        { viewBox: "0 0 30 14", width: 30, height: 14, class: name, "aria-hidden": true },
        path ? h("path", { d: path, class: "pw-run-stroke" }) : null,
        shape ? shapes[shape]() : null,
      ),
      text,
    );
  }

  function choice(name, values) {
    const word = (value) => strings[`${name}_${value}`],
      get = (trait) => model.get(trait);
    return radioGroup(name, values, {
      word,
      label: strings[name],
      kind: "pw-run-choice",
      get,
      set,
    });
  }

  function heads() {
    const buttons = runs.map((run, index) =>
      h(
        "button",
        {
          type: "button",
          role: "radio",
          class: "pw-run-name",
          "aria-checked": String(run === current()),
          tabindex: run === current() ? 0 : -1,
          "data-key": `run-${index}`,
          style: `--pw-run:var(--pw-run-${index})`,
          onclick: () => set({ run: index }),
        },
        runs.length > 1 ? h("span", { class: "pw-run-letter", text: run.letter }) : null,
        run.name,
      ),
    );
    const group = h(
      "div",
      { role: "radiogroup", class: "pw-run-names", "aria-label": strings.runs },
      buttons,
    );
    roving(group, "[role=radio]", (index) => set({ run: index }));
    const focused = head.contains(document.activeElement);
    head.replaceChildren(group);
    if (focused) group.querySelector("[aria-checked=true]")?.focus();
  }

  function look() {
    const style = getComputedStyle(root),
      get = (name) => style.getPropertyValue(name).trim();
    return {
      colors: [0, 1, 2, 3].map((k) => get(`--pw-run-${k}`)),
      text: get("--pw-text"),
      quiet: get("--pw-quiet"),
      line: get("--pw-line"),
      paper: get("--pw-paper"),
      soft: get("--pw-accent-soft"),
      font: "12px system-ui, sans-serif",
    };
  }

  function paint() {
    if (!root.isConnected || !runs.length || !root.clientWidth) return;
    const run = current(),
      colours = look();
    const view = {
      run: runs.indexOf(run),
      epoch: run.reads || run.epochs.length ? epoch() : -1,
      axis: model.get("axis"),
      scale: model.get("scale"),
      smoothing: model.get("smoothing"),
    };
    const offered = stems(runs);
    charts.forEach((chart, k) => {
      chart.node.hidden = k > 0 && offered.length < 2;
      chart.offer(offered, k);
      if (!chart.node.hidden) chart.draw(runs, view, colours);
    });
    sentence.show(
      model.get("_said"),
      run,
      model.get("text"),
      epoch(),
      root.dataset.dark === "true",
      colours,
    );
    root.dataset.points = runs.map((one) => one.count).join();
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1);
  }
  const soon = once(paint);

  function draw() {
    const run = current();
    if (!run) return;
    controls.show(run, model.get("pace"));
    options.mark();
    heads();
    knobs.show(runs, runs.length >= MOST_RUNS);
    const now = JSON.stringify([
      runs.indexOf(run),
      run.best,
      epoch(),
      run.epochs.length,
      run.epochs.at(-1)?.text,
    ]);
    if (now !== epochs) {
      epochs = now;
      table.show(run, epoch());
      const last = run.epochs.at(-1);
      if (last)
        live.textContent = `${fill(strings.after_epoch, { epoch: last.epoch })}: ${last.text}`;
    }
    error.textContent = run.status.error;
    root.setAttribute("aria-label", summary);
    root.dataset.state = run.status.state;
    soon();
  }

  /** Whether a message is newer than all before; a state that was read long ago may come late. */
  const isNew = ({ serial }) => {
    if (serial <= newest) return false;
    newest = serial;
    return true;
  };
  model.on("change:_whole", () => {
    const whole = model.get("_whole");
    if (!isNew(whole)) return;
    runs = readRuns(whole);
    ({ summary } = whole);
    asked = false;
    epochs = "";
    draw();
  });
  model.on("change:_news", () => {
    const news = model.get("_news");
    if (!isNew(news)) return;
    ({ summary } = news);
    if (addNews(runs, news)) return draw();
    if (!asked) model.send({ do: "whole" });
    asked = true;
  });
  for (const name of ["_said", "text"]) model.on(`change:${name}`, soon);
  for (const name of ["run", "epoch", "axis", "scale", "smoothing", "pace"])
    model.on(`change:${name}`, draw);
  const resized = new ResizeObserver(soon);
  resized.observe(el);
  signal?.addEventListener("abort", () => resized.disconnect());
  followTheme(root, soon, signal);
  draw();
  // What came between the moment the state was sent and now would be missing.
  model.send({
    do: "whole",
    have: runs.map((run) => [run.count, run.epochs.length, run.status.state]),
  });
}

export default { render };
