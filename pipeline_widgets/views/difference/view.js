// Two sentences in one model: where they differ, how that travels, what carries it to the answer.

import { followLinks } from "../shared/acting_links.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { differencePanel } from "./panel.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const get = (name) => model.get(name);
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const status = h("p", { class: "pw-note pw-error", role: "status" });
  const panel = differencePanel(strings, {
    name: "0",
    cell: () => [get("layer") + 1, get("token")],
    choose: (row, token) => send({ layer: row - 1, token }),
    part: () => get("part"),
    choosePart: (row, column) => send({ part: [row, column] }),
    opened: () => get("opened"),
    toggle: (name) => {
      const opened = get("opened");
      const others = opened.filter((one) => one !== name);
      send({
        opened: others.length < opened.length ? others : [...opened, name],
      });
    },
  });
  panel.head.append(savePicture(model, strings, signal));
  const root = h(
    "div",
    {
      class: "pw pw-difference",
      role: "group",
    },
    status,
    panel.node,
  );
  ownKeys(root);
  el.append(root);

  const paint = () => {
    panel.look();
    panel.paint();
  };
  const repaint = once(paint);

  function read() {
    const difference = get("_difference");
    panel.show(difference);
    name(difference);
    readActs();
    readParts();
  }
  function readActs() {
    if (get("_acts").run === get("_difference").run) panel.showActs(get("_acts"));
    repaint();
  }
  function readParts() {
    panel.showParts(get("_parts").run === get("_difference").run ? get("_parts") : null);
    repaint();
  }

  /** The accessible name: both answers. */
  function name(difference) {
    const said = ["pinned", "new"].map((what) => {
      const { probabilities } = difference[what];
      const best = probabilities.indexOf(Math.max(...probabilities));
      return [difference.labels[best], difference[what].said];
    });
    root.setAttribute(
      "aria-label",
      fill(strings.summary, {
        model: difference.title,
        pinned: difference.pinned.text,
        pinned_label: said[0][0],
        pinned_confidence: said[0][1],
        text: difference.new.text,
        label: said[1][0],
        confidence: said[1][1],
        ids: difference.changed_ids,
        count: Math.max(difference.pinned.ids.length, difference.new.ids.length),
      }),
    );
  }

  model.on("change:_difference", read);
  model.on("change:_acts", readActs);
  model.on("change:_parts", readParts);
  for (const trait of ["layer", "token", "part", "opened"]) model.on(`change:${trait}`, paint);
  model.on("change:_status", () => {
    status.textContent = get("_status");
  });
  const resized = new ResizeObserver(repaint);
  resized.observe(el);
  signal?.addEventListener("abort", () => resized.disconnect());
  followLinks(model, root, send, signal);
  followTheme(root, paint, signal);
  status.textContent = get("_status");
  read();
}

export default { render };
