// The pin: a sentence stays, another is typed, and above the stages stands what differs.

import { h, once } from "../shared/dom.js";
import { differencePanel } from "./panel.js";

/** The words of the comparison, which stand among a view's words under `pin_` names. */
const own = (strings) =>
  Object.fromEntries(
    Object.entries(strings)
      .filter(([key]) => key.startsWith("pin_"))
      .map(([key, words]) => [key.slice(4), words]),
  );

/** What differs between the pinned sentence and each panel; `send(values)` tells Python. */
export function pin(model, strings, send) {
  const get = (name) => model.get(name);
  const node = h("div", { class: "pw-pin", hidden: true });
  const words = own(strings);
  const story = h("p", { class: "pw-hint pw-pair-shows" });
  let panels = [],
    run = -1;

  const panel = (_, index) => {
    const cells = () => get("cells")[index] ?? [];
    const known = (from) => cells()[from] >= 0 && cells()[from + 1] >= 0;
    const change = (from, values) => {
      const next = Array.from({ length: Math.max(get("cells").length, index + 1) }, (_, k) => [
        ...(get("cells")[k] ?? []),
      ]);
      const mine = Array.from({ length: 4 }, (_, k) => next[index][k] ?? -1);
      mine.splice(from, 2, ...values);
      next[index] = mine;
      send({ cells: next });
    };
    let difference = null;
    const drawn = differencePanel(words, {
      name: String(index),
      cell: () => (known(0) ? cells().slice(0, 2) : difference.place),
      choose: (...at) => change(0, at),
      part: () => (known(2) ? cells().slice(2, 4) : [-1, -1]),
      choosePart: (...at) => change(2, at),
      opened: () => get("compared"),
      toggle(name) {
        const open = get("compared"),
          others = open.filter((one) => one !== name);
        send({
          compared: others.length < open.length ? others : [...open, name],
        });
      },
    });
    return {
      ...drawn,
      show(next) {
        difference = next;
        drawn.show(next);
      },
    };
  };

  /** A new result of the view; the same comparison is not built again. */
  function show({ differences = [], run: now }) {
    node.hidden = !differences.length;
    if (now === run) return;
    run = now;
    if (panels.length !== differences.length) {
      panels = differences.map(panel);
      node.replaceChildren(...(panels.length ? [story] : []), ...panels.map((one) => one.node));
    }
    for (const [index, one] of panels.entries()) one.show(differences[index]);
    const known = get("_pairs").find(
      (pair) => pair.pinned === get("pinned") && pair.text === get("text"),
    );
    story.textContent = known?.shows ?? "";
    readActs();
  }

  function readActs() {
    const acts = get("_acts");
    if (acts.run !== run) return;
    panels.forEach((one, index) => {
      one.showActs(acts.panels[index]);
      one.showParts(acts.panels[index]?.parts);
    });
  }

  const look = () => {
    if (!node.hidden) for (const one of panels) one.look();
  };
  const paint = () => {
    if (!node.hidden) for (const one of panels) one.paint();
  };
  const anew = () => {
    look();
    paint();
  };
  const repaint = once(anew);
  model.on("change:_acts", () => {
    readActs();
    repaint();
  });
  for (const name of ["cells", "compared"]) model.on(`change:${name}`, anew);
  return { node, show, look, paint };
}
