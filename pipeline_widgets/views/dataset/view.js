// A data set's way through the models: six cards in a row for each, with arrows between.

import { announcer } from "../shared/announce.js";
import { hue, scales } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { card, duration, timed } from "./card.js";
import { fixed } from "../shared/rounding.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-flow", role: "group" });
  const title = h("h3", { class: "pw-flow-title" }),
    body = h("div", { class: "pw-flow-panels" }),
    status = h("p", { class: "pw-flow-status" }),
    trouble = h("p", { class: "pw-error", role: "alert" });
  const { node: live, say, end } = announcer();
  const head = h("div", { class: "pw-head-line" }, title, savePicture(model, strings, signal));
  root.append(head, body, status, trouble, live);
  ownKeys(root);
  el.append(root);
  const painters = { scale: () => scales(root.dataset.dark === "true"), draw: [] };
  const paint = () => {
    for (const draw of painters.draw) draw();
  };

  function build() {
    painters.draw = [];
    const panels = model.get("_panels");
    root.dataset.first = hue(panels[0]?.architecture);
    body.replaceChildren(...panels.map(panelView));
    title.textContent = fill(strings.flow_title, { count: panels[0]?.count ?? 0 });
    const chain = ({ stages }) =>
      stages
        .map((stage) => stage.shape)
        .filter(Boolean)
        .join(" → ");
    const said = panels.map((panel) => `${panel.title}: ${chain(panel)}`);
    root.setAttribute("aria-label", said.join(". "));
    advance();
    paint();
  }

  function panelView(panel, index) {
    const note = (text) => h("span", { class: "pw-quiet", text });
    const cut = { count: panel.cut, limit: panel.max_length };
    return h(
      "section",
      { class: `pw-flow-panel pw-panel-${index}`, "aria-label": panel.title },
      h(
        "header",
        { class: "pw-flow-head" },
        h("h4", { class: "pw-panel-name", text: panel.title }),
        panel.ms ? note(fill(strings.done, { seconds: fixed(panel.ms / 1000, 1) })) : null,
        panel.cut ? note(fill(strings.flow_cut, cut)) : null,
      ),
      h(
        "ol",
        { class: "pw-flow-cards" },
        panel.stages.map((stage, order) => card(panel, stage, order, strings, painters)),
      ),
    );
  }

  /** Bars and words: of what is running how far it is, of what is done its time. */
  function advance() {
    const now = model.get("_progress"),
      panels = model.get("_panels"),
      times = panels.flatMap(({ stages }) => stages.map((stage) => stage.ms ?? 0)),
      longest = Math.max(0, ...times);
    panels.forEach((panel, index) => {
      const cards = [...body.children[index].querySelectorAll(".pw-flow-card")];
      const running =
        now.panel === index ? panel.stages.findIndex((stage) => stage.name === now.stage) : -1;
      cards.forEach((node, k) => {
        const done = k < running ? 1 : k === running ? now.done / now.total : 0;
        node.classList.toggle("pw-running", k === running && done < 1);
        timed(node, panel.stages[k], { done, longest, total: panel.ms }, strings);
      });
    });
    trouble.textContent = model.get("_error");
    const stage = now.stage && `${panels[now.panel].title}, ${strings[now.stage]}`;
    status.textContent = stage
      ? fill(strings.progress, { stage, done: now.done, total: now.total })
      : "";
  }

  /** Which model is done, in how long; the steps on the way are seen, not said. */
  function finished() {
    const done = model.get("_panels").filter((panel) => panel.ms);
    const said = done.map((panel) =>
      fill(strings.model_done, { model: panel.title, time: duration(panel.ms, strings) }),
    );
    if (said.length) say(said.join(" "));
  }

  model.on("change:_panels", () => {
    build();
    finished();
  });
  model.on("change:_progress", advance);
  model.on("change:_error", advance);
  const resized = new ResizeObserver(once(paint));
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    end();
  });
  followTheme(root, paint, signal);
  build();
}

export default { render };
