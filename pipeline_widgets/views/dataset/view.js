// A data set's way through the models: six cards in a row for each, with arrows between.

import { decode, slice } from "../shared/array.js";
import { prepare } from "../shared/canvas.js";
import { scales } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { limit, strip } from "../shared/strips.js";
import { followTheme } from "../shared/theme.js";

const ROW = 7;

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-flow", role: "group" });
  const body = h("div", { class: "pw-flow-panels" });
  const status = h("p", { class: "pw-flow-status", role: "status" });
  root.append(body, status);
  el.append(root);
  let painters = [];

  const scale = () => scales(root.dataset.dark === "true");
  const paint = () => {
    for (const draw of painters) draw();
  };

  function build() {
    painters = [];
    const panels = model.get("panels");
    body.replaceChildren(...panels.map((panel, index) => panelView(panel, index)));
    root.setAttribute(
      "aria-label",
      panels
        .map(
          (panel) =>
            `${panel.title}: ${panel.stages
              .map((stage) => stage.shape)
              .filter(Boolean)
              .join(" → ")}`,
        )
        .join(". "),
    );
    advance();
    paint();
  }

  function panelView(panel, index) {
    return h(
      "section",
      { class: `pw-flow-panel pw-panel-${index}`, "aria-label": panel.title },
      h(
        "header",
        { class: "pw-flow-head" },
        h("strong", { class: "pw-panel-name", text: panel.title }),
        panel.ms
          ? h("span", {
              class: "pw-quiet",
              text: fill(strings.done, { seconds: (panel.ms / 1000).toFixed(1) }),
            })
          : null,
        panel.cut
          ? h("span", {
              class: "pw-quiet",
              text: fill(strings.flow_cut, { count: panel.cut, limit: panel.max_length }),
            })
          : null,
      ),
      h(
        "ol",
        { class: "pw-flow-cards" },
        panel.stages.map((stage, order) => card(panel, stage, order)),
      ),
    );
  }

  function card(panel, stage, order) {
    const share = h("span", { class: "pw-fill" });
    return h(
      "li",
      { class: "pw-flow-card", "data-stage": stage.name },
      h(
        "div",
        { class: "pw-flow-name" },
        h("span", { class: "pw-order", "aria-hidden": true, text: order + 1 }),
        strings[stage.name],
      ),
      h(
        "div",
        { class: "pw-flow-shape pw-mono" },
        stage.shape || "…",
        order === 0 ? h("small", { text: ` ${strings.sentences}` }) : null,
      ),
      stage.strips ? vectors(decode(stage.strips)) : null,
      stage.said
        ? h("div", {
            class: `pw-flow-sample ${order > 1 ? "pw-mono" : ""}`,
            title: stage.said,
            text: stage.said,
          })
        : null,
      order === 5 && panel.counts.length ? counts(panel) : null,
      stage.detail ? h("div", { class: "pw-flow-detail pw-quiet", text: stage.detail }) : null,
      h(
        "div",
        { class: "pw-flow-foot" },
        h(
          "span",
          {
            class: "pw-track",
            role: "progressbar",
            "aria-label": strings[stage.name],
            "aria-valuemin": 0,
            "aria-valuemax": 100,
          },
          share,
        ),
        h("span", {
          class: "pw-mono pw-flow-ms",
          text:
            stage.ms === null
              ? strings.waiting
              : fill(strings.milliseconds, { count: Math.round(stage.ms) }),
        }),
      ),
    );
  }

  function vectors(matrix) {
    const canvas = h("canvas", {
      role: "img",
      "aria-label": strings.samples,
      class: "pw-flow-strips",
    });
    painters.push(() => {
      const width = canvas.parentElement.clientWidth - 20,
        rows = matrix.shape[0];
      const context = prepare(canvas, Math.max(40, width), rows * ROW);
      const most = limit(matrix.values);
      for (let k = 0; k < rows; k++)
        strip(context, scale(), slice(matrix, k).values, most, {
          x: 0,
          y: k * ROW,
          width: Math.max(40, width),
          height: ROW - 1,
        });
    });
    return canvas;
  }

  function counts(panel) {
    return h(
      "div",
      { class: "pw-flow-counts" },
      panel.counts.map(([label, count]) =>
        h("div", {}, h("span", { text: label }), h("strong", { class: "pw-mono", text: count })),
      ),
    );
  }

  /** Bars and words of what is running; finished stages are full. */
  function advance() {
    const now = model.get("progress"),
      panels = model.get("panels");
    panels.forEach((panel, index) => {
      const cards = [...body.children[index].querySelectorAll(".pw-flow-card")];
      const running =
        now.panel === index ? panel.stages.findIndex((stage) => stage.name === now.stage) : -1;
      cards.forEach((node, k) => {
        const done =
          panel.stages[k].ms !== null || k < running ? 1 : k === running ? now.done / now.total : 0;
        node.classList.toggle("pw-running", k === running && done < 1);
        const track = node.querySelector(".pw-track");
        track.setAttribute("aria-valuenow", Math.round(100 * done));
        track.firstChild.style.width = `${100 * done}%`;
        if (panel.stages[k].ms === null)
          node.querySelector(".pw-flow-ms").textContent = done
            ? `${Math.round(100 * done)} %`
            : strings.waiting;
      });
    });
    const error = model.get("error");
    status.classList.toggle("pw-error", Boolean(error));
    status.textContent =
      error ||
      (now.stage
        ? fill(strings.progress, {
            stage: `${panels[now.panel].title}, ${strings[now.stage]}`,
            done: now.done,
            total: now.total,
          })
        : "");
  }

  model.on("change:panels", build);
  model.on("change:progress", advance);
  model.on("change:error", advance);
  const resized = new ResizeObserver(once(paint));
  resized.observe(el);
  signal?.addEventListener("abort", () => resized.disconnect());
  followTheme(root, paint, signal);
  build();
}

export default { render };
