// What if …: the knobs of a new run beside this one.

import { h } from "../shared/dom.js";
import { own } from "../shared/own.js";
import { brief } from "../shared/rounding.js";

export function runKnobs(strings, launch) {
  const fields = h("div", { class: "pw-run-knobs" });
  const go = h("button", {
    type: "button",
    class: "pw-run-beside",
    text: strings.run_beside,
    onclick: () => launch(changes()),
  });
  const node = h(
    "details",
    { class: "pw-run-what-if" },
    h("summary", { text: strings.what_if }),
    h("p", { class: "pw-quiet", text: strings.what_if_hint }),
    fields,
    go,
  );
  let knobs = [];
  let shown = ""; // the run whose settings they are

  const changes = () =>
    Object.fromEntries(
      knobs
        .map((knob) => [knob.name, Number(knob.select.value), knob.value])
        .filter(([, value, before]) => value !== before)
        .map(([name, value]) => [name, value]),
    );

  /** The knobs stand as in the first run: a new one starts from there, whichever is chosen. */
  function show(runs, many) {
    const run = runs.find((one) => one.knobs.length);
    node.hidden = !run;
    go.disabled = many;
    if (!run || shown === run.name) return;
    knobs = run.knobs.map((knob) => {
      const select = h(
        "select",
        { "data-key": `knob-${knob.name}`, onchange: () => mark(select, knob) },
        knob.choices.map((value) =>
          h("option", { value, text: brief(value), selected: value === knob.value }),
        ),
      );
      return { ...knob, select };
    });
    shown = run.name;
    fields.replaceChildren(
      ...knobs.map((knob) =>
        h(
          "label",
          { title: strings[`${knob.name}_meaning`] },
          h("span", { text: own(strings, knob.name) ?? knob.name }),
          knob.select,
        ),
      ),
    );
  }

  const mark = (select, knob) =>
    select.classList.toggle("pw-run-turned", Number(select.value) !== knob.value);
  return { node, show };
}
