// The learner's sentence: what the model of each epoch says of it, and where it looks.

import { decode } from "../shared/array.js";
import { scales } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { cellAt, heatmap } from "../shared/heatmap.js";
import { extent, held, place as onScale, range } from "../shared/heads.js";
import { fixed, probabilities, scores } from "../shared/rounding.js";

export function runSentence(strings, { typed, scrub, choose }) {
  const box = h("input", {
    type: "text",
    class: "pw-run-box",
    dir: "auto",
    "aria-label": strings.sentence,
    placeholder: strings.placeholder,
    spellcheck: "false",
    autocomplete: "off",
    oninput: () => typed(box.value),
  });
  box.addEventListener("keydown", (event) => event.stopPropagation());
  const menu = h("select", {
    class: "pw-run-box",
    "aria-label": strings.pick_sentence,
    "data-key": "sentence",
    onchange: () => typed(menu.value),
  });
  const label = h("span", { text: strings.sentence });
  const bars = h("div", { class: "pw-run-columns", "aria-hidden": true });
  const slider = h("input", {
    type: "range",
    class: "pw-run-slider",
    min: 0,
    step: 1,
    "aria-label": strings.scrub,
    oninput: () => scrub(Number(slider.value)),
  });
  const when = h("strong", { class: "pw-run-when" });
  const answer = h("div", { class: "pw-bars pw-run-answer" });
  const layer = picker("layer"),
    head = picker("head");
  const canvas = h("canvas", { role: "img", class: "pw-run-heat" });
  const note = h("p", { class: "pw-quiet pw-run-cell" });
  const scrubbed = h("div", { class: "pw-run-scrub" }, bars, slider);
  const left = h(
    "div",
    { class: "pw-run-left-side" },
    h("label", { class: "pw-run-label" }, label, box, menu),
    h("p", { class: "pw-quiet pw-run-hint", text: strings.sentence_hint }),
    scrubbed,
    h("div", { class: "pw-run-said", role: "status" }, when, answer),
  );
  const right = h(
    "div",
    { class: "pw-run-attention" },
    h(
      "div",
      { class: "pw-run-pickers" },
      h("span", { class: "pw-run-label", text: strings.attention }),
      layer.node,
      head.node,
    ),
    canvas,
    note,
  );
  const node = h(
    "section",
    { class: "pw-run-sentence", "aria-label": strings.sentence },
    left,
    right,
  );
  let place = null,
    shown = null;

  canvas.addEventListener("pointermove", (event) => {
    const cell = place && cellAt(place, event.offsetX, event.offsetY);
    note.textContent = cell
      ? fill(strings.cell, {
          query: shown.pieces[cell[0]],
          key: shown.pieces[cell[1]],
          weight: fixed(shown.weights.values[cell[0] * shown.pieces.length + cell[1]]),
        })
      : "";
  });

  function picker(name) {
    const select = h("select", {
      "aria-label": strings[name],
      onchange: () => choose(name, Number(select.value)),
    });
    return {
      node: h("label", { class: "pw-run-pick-label" }, `${strings[name]} `, select),
      select,
    };
  }

  function offer({ select }, count, value) {
    if (select.options.length !== count) {
      select.replaceChildren(
        ...Array.from({ length: count }, (_, k) => h("option", { value: k, text: k })),
      );
    }
    select.value = String(value);
  }

  /** `said` is Python's message, `epoch` the one on screen, which may be ahead of it. */
  function show(said, run, text, epoch, dark, look) {
    node.hidden = !run.reads;
    if (node.hidden) return;
    offerSentences(said.choices ?? [], said.text);
    if (document.activeElement !== box && box.value !== text) box.value = text;
    const known = said.epochs ?? [];
    slider.max = String(Math.max(0, run.epochs.length - 1));
    slider.value = String(
      Math.max(
        0,
        run.epochs.findIndex((row) => row.epoch === epoch),
      ),
    );
    slider.disabled = run.epochs.length < 2;
    const name = epoch === 0 ? strings.before_training : fill(strings.after_epoch, { epoch });
    slider.setAttribute("aria-valuetext", name);
    slider.style.setProperty("--pw-count", run.epochs.length || 1);
    scrubbed.hidden = !run.epochs.length;
    columns(said, run, epoch, known);
    const at = known.indexOf(epoch);
    when.textContent = said.error || (at < 0 ? strings.nothing_yet : name);
    answer.replaceChildren(...(at < 0 ? [] : labels(said, at)));
    right.hidden = !said.attention;
    if (said.attention) attention(said, dark, look);
  }

  /** A recording has read a few sentences, and can't read another: a menu in place of the box. */
  function offerSentences(texts, chosen) {
    menu.hidden = !texts.length;
    box.hidden = !menu.hidden;
    label.textContent = menu.hidden ? strings.sentence : strings.pick_sentence;
    if (menu.dataset.texts !== texts.join("\n")) {
      menu.dataset.texts = texts.join("\n");
      menu.replaceChildren(...texts.map((text) => h("option", { value: text, text })));
    }
    if (texts.length) menu.value = chosen;
  }

  function columns(said, run, epoch, known) {
    const scale = range(said, said.probabilities?.flat() ?? []),
      raw = said.function === "none",
      middle = 100 * onScale(scale, raw ? 0 : 0.5);
    bars.style.setProperty("--pw-middle", 1 - middle / 100);
    bars.replaceChildren(
      ...run.epochs.map((row) => {
        const at = known.indexOf(row.epoch),
          p = at < 0 ? null : said.probabilities[at].at(-1);
        const reach = p === null ? 0 : 100 * onScale(scale, p) - middle,
          up = reach >= 0,
          size = Math.abs(reach);
        return h(
          "div",
          {
            class: `pw-run-column${row.epoch === epoch ? " pw-run-chosen" : ""}`,
            onclick: () => scrub(run.epochs.indexOf(row)),
          },
          h(
            "span",
            { class: "pw-run-stem" },
            h("span", {
              class: `pw-run-fill ${up ? "pw-run-up" : "pw-run-down"}`,
              style: `${up ? "bottom" : "top"}:${up ? middle : 100 - middle}%;height:${size}%`,
            }),
          ),
          h("span", { class: "pw-mono pw-run-p", text: p === null ? "…" : fixed(p) }),
          h("span", { class: "pw-run-number", text: row.epoch }),
        );
      }),
      h("span", {
        class: "pw-run-pole pw-run-top",
        text: raw ? fixed(scale.high, 0) : (said.labels?.at(-1) ?? ""),
      }),
      h("span", { class: "pw-run-pole pw-run-bottom", text: bottom(said, scale) }),
    );
  }

  /** What the lower end of the columns' scale is: the other label, or a number. */
  function bottom({ function: made, labels }, scale) {
    if (made === "none") return fixed(scale.low, 0);
    return made === "softmax" && labels?.length === 2 ? labels[0] : "";
  }

  function labels(said, at) {
    const found = said.probabilities[at],
      scale = range(said, said.probabilities.flat()),
      chosen = held(said, found);
    const written =
      said.function === "softmax" ? probabilities(found, 3) : scores(found, said.function);
    return said.labels.flatMap((label, k) => {
      const bold = chosen.includes(k);
      return [
        h("span", { class: bold ? "pw-best" : "", text: (bold ? "▸ " : "") + label }),
        h(
          "span",
          { class: "pw-track" },
          h("span", {
            class: `pw-fill${bold ? " pw-best" : ""}`,
            style: extent(said, scale, found[k]).bar,
          }),
        ),
        h("span", { class: "pw-mono", text: written[k] }),
      ];
    });
  }

  function attention(said, dark, look) {
    offer(layer, said.layers, said.layer);
    offer(head, said.heads, said.head);
    const weights = decode(said.attention);
    shown = { pieces: said.pieces, weights };
    place = heatmap(canvas, weights, said.pieces, Math.min(460, right.clientWidth || 400), {
      scale: scales(dark),
      text: look.text,
      accent: look.colors[0],
      row: -1,
      cell: null,
    });
    const best = weights.values.indexOf(Math.max(...weights.values)),
      count = said.pieces.length;
    canvas.setAttribute(
      "aria-label",
      `${strings.attention}, ${strings.layer} ${said.layer}, ${strings.head} ${said.head}: ${fill(
        strings.cell,
        {
          query: said.pieces[Math.floor(best / count)],
          key: said.pieces[best % count],
          weight: fixed(weights.values[best]),
        },
      )}`,
    );
  }

  return { node, show };
}
