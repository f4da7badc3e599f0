// Every head as a wall, the chosen one whole, and beside it what happens without it.

import { arcsView } from "./arcs.js";
import { decode } from "../shared/array.js";
import { answerBox } from "./changes.js";
import { scales } from "../shared/color.js";
import { direction } from "../shared/columns.js";
import { derivation } from "./derivation.js";
import { fill, h, once } from "../shared/dom.js";
import { effectWall, largest, meter, signed, signedBar } from "./effect_wall.js";
import { massive, square } from "./merging.js";
import { rowTable, scaleBar } from "./row_table.js";
import { sentence } from "./sentence.js";
import { squareView } from "./square.js";
import { followTheme } from "../shared/theme.js";
import { toolbar } from "./toolbar.js";
import { kindOf, ordered, wall } from "./wall.js";

const TITLES = { roberta: "RoBERTa", distilbert: "DistilBERT" };
const WATCHED = ["words", "specials", "mass", "drawing", "token", "key", "vectors"];

function render({ model, el, signal }) {
  const strings = model.get("strings"),
    get = (name) => model.get(name);
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  let panel = null,
    data = null,
    weights = null,
    drawn = null,
    effects = null,
    vectors = null,
    said,
    painted = 0;

  // The parts, from top to bottom.
  const words = sentence(strings, toggleWord);
  const answer = answerBox(strings, {
    undo: (entry) => send({ off: get("off").filter((one) => String(one) !== String(entry)) }),
    reset: () => send({ off: [] }),
  });
  const heads = wall(strings, { choose, enter: () => view().node.focus() });
  const changes = effectWall(strings, choose);
  const measuring = meter(strings, (start) => send({ measuring: start }));
  const order = h(
    "select",
    { "data-key": "order", onchange: () => send({ order: order.value }) },
    ["layer", "previous", "next", "first", "last", "punctuation", "broad", "effect"].map((name) =>
      h("option", { value: name, text: strings[`order_${name}`] }),
    ),
  );
  const effectsNote = h("p", { class: "pw-hint" }),
    effectsScale = h("span");
  const title = h("h3", { class: "pw-title" }),
    kind = h("p", { class: "pw-kind" });
  const switches = ["head", "layer"].map((what) =>
    h("button", { type: "button", "data-key": `switch-${what}`, onclick: () => toggle(what) }),
  );
  const tools = toolbar(strings, get, send);
  const notes = h("p", { class: "pw-hint pw-notes" });
  const canvases = {
    heatmap: squareView(strings, { changed: drawRow, lock, leave: heads.focus }),
    arcs: arcsView(strings, { changed: drawRow, lock, leave: heads.focus }),
  };
  const stage = h("div", { class: "pw-stage" }),
    side = h("div", { class: "pw-beside" });
  const status = h("p", { class: "pw-note pw-error", role: "status" });
  const live = h("p", { class: "pw-sr", "aria-live": "polite" });
  const wallBlock = h(
    "section",
    { class: "pw-block" },
    h(
      "div",
      { class: "pw-head" },
      h("strong", { text: strings.wall }),
      h("label", {}, `${strings.order} `, order),
    ),
    heads.node,
    h("p", { class: "pw-hint", text: strings.wall_hint }),
  );
  const offline = get("offline"); // in a page of its own: what needs Python is not offered
  const root = h(
    "div",
    {
      class: `pw pw-attention ${offline ? "pw-offline" : ""}`,
      role: "group",
      "data-lm-suppress-shortcuts": "true",
    },
    h("div", { class: "pw-top" }, answer.node, words.node),
    status,
    h(
      "div",
      { class: "pw-walls" },
      wallBlock,
      h(
        "section",
        { class: "pw-block" },
        h("div", { class: "pw-head" }, h("strong", { text: strings.effects }), measuring.node),
        changes.node,
        h("div", { class: "pw-foot" }, effectsNote, effectsScale),
      ),
    ),
    h(
      "div",
      { class: "pw-one" },
      h(
        "div",
        { class: "pw-titlerow" },
        h("div", {}, title, kind),
        h("div", { class: "pw-switches" }, switches),
      ),
      tools.node,
      notes,
      h("div", { class: "pw-headview" }, stage, side),
    ),
    live,
  );
  el.append(root);

  const view = () => canvases[get("drawing")];
  const scale = () => scales(root.dataset.dark === "true");
  const isOff = (layer, head) =>
    get("off").some(
      ([what, a, b]) =>
        (what === "layer" && a === layer) || (what === "head" && a === layer && b === head),
    );
  const layer = () => Math.min(get("layer"), panel.layers - 1),
    head = () => Math.min(get("head"), panel.heads - 1);
  const rowOf = (token) =>
    token < 0 ? -1 : drawn.groups.findIndex((group) => group.includes(token));
  const describe = (l, k) => kindOf(data, panel, strings, l, k);

  function effectOf(l, k) {
    const value = effects?.values[l * panel.heads + k];
    return Number.isFinite(value)
      ? fill(strings.effect_said, {
          label: effects.label,
          before: effects.before.toFixed(3),
          after: (effects.before + value).toFixed(3),
        })
      : "";
  }

  function choose(l, k) {
    if (get("source") === "head" || get("source") === "heads") send({ layer: l, head: k });
    else send({ layer: l, head: k, source: "head" });
  }
  function toggle(what) {
    const entry = what === "head" ? ["head", layer(), head()] : ["layer", layer()];
    const off = get("off"),
      rest = off.filter((one) => String(one) !== String(entry));
    send({ off: rest.length < off.length ? rest : [...off, entry] });
  }
  function toggleWord(what, word) {
    const rest = get("off").filter(
      ([name, place]) => !(["word", "mask"].includes(name) && place === word),
    );
    const had = get("off").some(([name, place]) => name === what && place === word);
    send({ off: had ? rest : [...rest, [what, word]] });
  }
  function lock(row, column) {
    send({
      token: row < 0 ? -1 : drawn.groups[row][0],
      key: column < 0 ? -1 : drawn.groups[column][0],
    });
  }

  /** A new run: everything that depends on its tokens. */
  function read() {
    panel = get("panels");
    const sent = get("wall");
    data = {
      ...sent,
      codes: decode(sent.codes),
      values: decode(sent.values),
      favourite: decode(sent.favourite),
      thumbs: sent.thumbs && decode(sent.thumbs),
    };
    root.classList.toggle("pw-panel-1", panel.architecture === "distilbert");
    root.classList.toggle("pw-panel-0", panel.architecture !== "distilbert");
    wallBlock.hidden = !data.thumbs;
    drawAnswer();
    drawWalls();
    drawHead();
  }
  function readShown() {
    weights = decode(get("shown").weights);
    drawSquare();
  }
  function readEffects() {
    const sent = get("effects");
    effects = sent.heads ? { ...sent, values: decode(sent.heads).values } : null;
    drawWalls();
    drawAnswer();
    drawHead();
  }

  function drawAnswer() {
    answer.update({
      answer: get("answer"),
      off: get("off"),
      title: TITLES[panel.model] ?? panel.model.split("/").pop(),
      panel,
    });
    words.update({
      answer: get("answer"),
      words: effects?.words,
      scale: scale(),
      fixed: Boolean(offline),
      gone: (word) =>
        get("off").find(([what, place]) => ["word", "mask"].includes(what) && place === word)?.[0],
    });
  }
  function drawWalls() {
    const name = get("order");
    order.value = name;
    const most = effects ? largest(effects.values) : 0;
    const top = effects ? ordered("effect", data, panel, effects)[0] : -1;
    const state = {
      panel,
      data,
      order: name,
      sequence: ordered(name, data, panel, effects),
      scale: scale(),
      effects,
      isOff,
      effectOf,
      layer: layer(),
      head: head(),
      effectSummary: effects
        ? `${strings.effects}. ${Math.floor(top / panel.heads)}·${top % panel.heads}: ${signed(effects.values[top] || 0, 3)}`
        : `${strings.effects}. ${strings.effects_none}`,
    };
    if (data.thumbs) heads.update(state);
    changes.update(state);
    measuring.update(get("measuring"), effects);
    effectsNote.textContent = effects
      ? fill(strings.effects_hint, { label: effects.label, before: effects.before.toFixed(2) })
      : strings.effects_none;
    effectsScale.replaceChildren(...(effects ? [signedBar(scale(), most)] : []));
    root.dataset.effects = effects ? effects.done : 0;
  }
  function drawHead() {
    const source = get("source"),
      names = { layer: layer(), head: head(), heads: panel.heads, layers: panel.layers };
    title.textContent =
      source === "head"
        ? `${strings.layer} ${names.layer} · ${strings.head} ${names.head}`
        : strings[`source_${source}`];
    kind.textContent =
      source === "head"
        ? `${describe(names.layer, names.head)} ${effectOf(names.layer, names.head)}`
        : fill(strings[`note_${source}`], names);
    switches.forEach((button, k) => {
      const on =
        k === 0
          ? !get("off").some((one) => String(one) === `head,${names.layer},${names.head}`)
          : !get("off").some((one) => String(one) === `layer,${names.layer}`);
      button.textContent = fill(strings[`switch_${["head", "layer"][k]}${on ? "" : "_on"}`], names);
      button.setAttribute("aria-pressed", String(!on));
    });
    heads.mark(names.layer, names.head);
    changes.mark(names.layer, names.head);
    tell();
  }

  function drawSquare() {
    if (!weights || weights.shape[0] !== panel.shown.length) return; // the new run's square is on its way
    drawn = square(weights, panel, { words: get("words"), specials: get("specials") });
    tools.update();
    notes.textContent = [
      get("words") ? strings.words_note : "",
      { hidden: strings.hidden_note, renormalised: strings.renormalised_note }[get("specials")] ??
        "",
      get("mass") < 1
        ? fill(strings.mass_note, { percent: `${Math.round(100 * get("mass"))} %` })
        : "",
    ]
      .filter(Boolean)
      .join(" ");
    root.classList.toggle("pw-arcs-on", get("drawing") === "arcs");
    if (stage.firstChild !== view().node) {
      stage.replaceChildren(view().node);
      Object.values(canvases).forEach((one) => one.clear());
    }
    paint();
  }
  function paint() {
    if (!drawn) return;
    const style = getComputedStyle(root),
      color = (name) => style.getPropertyValue(name);
    view().paint({
      square: massive(drawn, get("mass")),
      locked: rowOf(get("token")),
      lockedColumn: rowOf(get("key")),
      width: stage.clientWidth,
      scale: scale(),
      rtl: direction(panel.text) === "rtl",
      text: color("--pw-text"),
      quiet: color("--pw-quiet"),
      accent: color(get("drawing") === "arcs" ? "--pw-panel" : "--pw-second"),
    });
    view().node.setAttribute("aria-label", root.getAttribute("aria-label") ?? "");
    drawRow();
    root.dataset.painted = ++painted;
    root.dataset.shown = `${get("source")} ${get("shown").layer} ${get("shown").head}`;
  }

  /** The row pointed at or locked, as a table, and where one of its weights comes from. */
  function drawRow() {
    const locked = rowOf(get("token")),
      cell = view().cell,
      row = locked >= 0 ? locked : (cell?.[0] ?? -1);
    const parts = [rowTable({ square: drawn, row, cell, locked: locked >= 0, strings })];
    if (locked >= 0) parts.push(derived(locked, cell));
    side.replaceChildren(...parts, scaleBar(scale()));
  }
  function derived(locked, cell) {
    const key = cell && cell[0] === locked ? drawn.groups[cell[1]][0] : get("key");
    if (get("source") !== "head" || get("words"))
      return h("p", { class: "pw-hint", text: strings.derive_words });
    if (key < 0) return h("p", { class: "pw-hint", text: strings.derive_pair });
    const shown = get("shown");
    if (!vectors || vectors.layer !== shown.layer || vectors.head !== shown.head)
      return h("p", { class: "pw-hint", text: "…" });
    return derivation({
      vectors,
      token: get("token"),
      key,
      panel,
      scale: scale(),
      strings,
      renormalised: get("specials") === "renormalised",
    });
  }

  function tell() {
    const { probabilities, labels } = get("answer"),
      now = probabilities.at(-1),
      best = now.indexOf(Math.max(...now));
    const summary = fill(strings.summary_attention, {
      model: TITLES[panel.architecture] ?? panel.model,
      count: panel.shown.length,
      layer: layer(),
      head: head(),
      kind: describe(layer(), head()),
      label: labels[best],
      confidence: now[best].toFixed(2),
    });
    root.setAttribute("aria-label", summary);
    clearTimeout(said);
    said = setTimeout(() => {
      live.textContent = summary;
    }, 500);
  }

  const readVectors = () => {
    const sent = get("vectors");
    vectors = sent.query ? { ...sent, query: decode(sent.query), key: decode(sent.key) } : null;
  };
  model.on("change:panels", read);
  model.on("change:answer", drawAnswer);
  model.on("change:shown", readShown);
  model.on("change:effects", readEffects);
  model.on("change:vectors", readVectors);
  model.on("change:measuring", () => measuring.update(get("measuring"), effects));
  model.on("change:order", drawWalls);
  model.on("change:off", () => {
    drawWalls();
    drawAnswer();
    drawHead();
  });
  model.on("change:status", () => {
    status.textContent = get("status");
  });
  for (const name of ["layer", "head", "source"])
    model.on(`change:${name}`, () => {
      drawHead();
      tools.update();
    });
  for (const name of WATCHED) model.on(`change:${name}`, once(drawSquare));
  const resized = new ResizeObserver(once(() => paint()));
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    clearTimeout(said);
  });
  followTheme(
    root,
    () => {
      if (panel) {
        drawWalls();
        drawAnswer();
        paint();
      }
    },
    signal,
  );
  readVectors();
  read();
  readShown();
  readEffects();
  status.textContent = get("status");
}

export default { render };
