// Traces, stage by stage: builds once for each result, paints when everything has its place.

import { columns, direction } from "../shared/columns.js";
import { reused } from "../shared/canvas.js";
import { badge } from "./answers.js";
import { followLinks } from "../shared/acting_links.js";
import { fetched } from "../shared/fetched.js";
import { frame } from "./frame.js";
import { purpose, remarks } from "./purpose.js";
import { hues, scales } from "../shared/color.js";
import { arrange, fill, once, renew } from "../shared/dom.js";
import { Grid } from "./grid.js";
import { matching, readPanels } from "./panels.js";
import { changes, markColumns, measures, places } from "./marks.js";
import { moved } from "../shared/roving.js";
import { headSummary, summary } from "./said.js";
import { STAGES } from "./stages.js";
import { rawSwitch, unfolded } from "./unfolded.js";
import { followTheme } from "../shared/theme.js";
import { continues } from "./typing.js";

function render({ model, el, signal }, known, beside, parts) {
  const strings = model.get("strings");
  const get = (name) => model.get(name);
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };

  const hides = (name) => get("_hidden").includes(name);
  const acts = {
    send,
    guide: beginGuide,
    typed(text) {
      send({ text, _sequence: get("_sequence") + 1 });
      marked.quiet();
    },
    choose(shown) {
      const panel = shown.indexOf(get("shown")[get("panel")]); // the chosen token stays
      send({ shown, panel: Math.max(0, panel) });
    },
  };
  const shown = frame({ model, signal }, acts, beside);
  const { root, scroll, note, top, pinned } = shown;
  const marked = changes(root);
  el.append(root);

  let panels = [],
    grid = null,
    measured = [], // the invisible cells of each panel's tokens
    found = [], // and where they stand
    width = 0;
  const local = { tabs: {}, raw: false, labels: false, hover: null };

  /** The token of panel `index` that is marked: the hovered one, else the chosen one. */
  const tokens = (index) => {
    const [panel, token] = local.hover ?? [Math.min(get("panel"), panels.length - 1), get("token")];
    const source = panels[panel];
    return matching(panels[index], source, Math.min(Math.max(0, token), source.pieces.length - 1));
  };

  const state = {
    strings,
    get opened() {
      return get("opened");
    },
    get drawing() {
      return get("drawing");
    },
    get panels() {
      return panels;
    },
    columns: null,
    get step() {
      return get("step");
    },
    rebuild: () => build(),
    token: (index) => tokens(index)[0] ?? 0,
    scale: (index) => scales(root.dataset.dark === "true", hues(panels)[index]),
    width: () => width,
    hides,
    offline: get("offline"),
    lit: () => way?.stage() ?? "",
    part,
    boxes: (index) => found[index],
    canvas: reused(),
    get allLabels() {
      return local.labels;
    },
    headSummary: (index) => headSummary(panels[index], state.token(index), strings),
    actions: {
      choose: (name, value) => send({ [name]: value }),
      labels() {
        local.labels = !local.labels;
        build();
      },
      toggle(stage) {
        const opened = get("opened");
        send({
          opened: opened.includes(stage)
            ? opened.filter((name) => name !== stage)
            : [...opened, stage],
        });
      },
      chip: {
        get raw() {
          return local.raw && get("opened").includes("tokens"); // where its switch is
        },
        choose: (panel, token) => {
          local.hover = null;
          send({ panel, token });
        },
        hover(panel, token) {
          local.hover = panel < 0 ? null : [panel, token];
          follow();
        },
      },
      layerKey(event, index) {
        step(event, "layer", panels[index].layers, { back: ["ArrowUp"], on: ["ArrowDown"] });
      },
      headKey: (event, index) => step(event, "head", panels[index].heads),
    },
  };

  const here = { ...parts };
  let way = null; // the guide, once somebody has asked for it
  async function beginGuide() {
    const { guide, style } = await fetched(model, "guide");
    way ??= guide(state, style, (key) => {
      local.focus = key;
      build();
      root.querySelector(`[data-key="${key}"]`)?.scrollIntoView({ block: "nearest" });
    });
    way.begin();
  }

  /** The module of a part that few need; null until it has come, and then all is drawn anew. */
  function part(name) {
    if (!(name in here)) {
      here[name] = null;
      fetched(model, name).then((module) => {
        here[name] = module;
        build();
      });
    }
    return here[name];
  }

  /** From the control in use, not from the last answer: keys may be faster than the kernel. */
  function step(event, name, count, keys) {
    const here = event.target.closest("[data-key]").dataset.key;
    const next = moved(event, Number(here.match(/\d+$/)[0]), count, keys);
    if (next < 0) return;
    event.preventDefault();
    event.stopPropagation();
    focusOn(here.replace(/\d+$/, String(next)));
    send({ [name]: next });
  }

  const focusOn = (key) =>
    root.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });

  /** Everything anew; the place scrolled to and the control in use stay. */
  function build() {
    const result = get("_result");
    if (!result.panels || result.sequence < get("_sequence")) return; // a newer answer is on its way
    const before = panels,
      typed = local.text !== undefined && local.text !== result.text;
    panels = readPanels(result, before);
    renew(root, { "data-first": hues(panels)[0] });
    const said = panels.flatMap((panel) => remarks(panel, result.text, strings));
    if (!result.text.trim()) said.unshift(strings.empty);
    renew(note, { text: result.error || said.join(" ") });
    note.classList.toggle("pw-error", Boolean(result.error));
    if (result.error) return;
    const active = root.getRootNode().activeElement;
    const key = root.contains(active) ? (local.focus ?? active.dataset?.key) : local.focus;
    local.focus = undefined;
    const scrolled = grid ? scroll.scrollLeft : 0,
      left = grid && continues(local.text, result.text) ? scrolled : 0;
    local.text = result.text;
    state.columns = columns(result.text, panels);
    renew(scroll, { dir: direction(result.text) });
    grid = new Grid(state.columns.count, grid);
    const spine = Object.keys(known);
    get("_stages").forEach((stage) => {
      known[stage](grid, state, spine.indexOf(stage) + 1);
      if (state.lit() === stage) grid.wide(way.node());
      if (get("opened").includes(stage) && get("_codes")[stage]) grid.wide(unfold(stage, result));
    });
    measured = panels.map((panel, index) => measures(grid, panel, index, state.columns));
    grid.children.push(...measured.flat());
    grid.settle();
    if (!grid.node.isConnected) scroll.append(grid.node);
    if (left || scrolled) scroll.scrollLeft = left; // else no layout is asked for here
    if (key) focusOn(key);
    arrange(shown.badges, hides("probabilities") ? [] : panels.map(badgeOf));
    renew(shown.why, {
      text: [...new Set(panels.map((panel) => purpose(panel, strings)))].join(" "),
    });
    top?.mark(get("shown"));
    pinned?.show(result);
    paint();
    root.dataset.sequence = result.sequence ?? 0;
    tell();
    if (before.length && typed) marked.later(grid, before, panels, state.boxes);
  }

  function badgeOf(panel, index) {
    const { title, labels, logits, probabilities, after } = panel;
    const facts = { title, labels, logits, probabilities, after };
    return grid.keep(`badge ${index}`, facts, () => badge(panel, index, strings));
  }

  /** What changes the layout, then all that is read, then all that is drawn: one layout in all. */
  function paint() {
    if (!grid) return;
    mark();
    if (width !== scroll.clientWidth) {
      width = scroll.clientWidth;
      top?.fit(); // the box's lines break elsewhere
      root.style.setProperty("--pw-view", `${width}px`);
    }
    cue();
    const canvas = grid.node.querySelector(".pw-canvas");
    found = measured.map((nodes, index) => places(nodes, canvas, found[index]));
    for (const look of grid.readers) look();
    pinned?.look();
    for (const draw of [...grid.painters, ...grid.followers]) draw();
    pinned?.paint();
  }

  /** Fade the edge behind which there is more. */
  function cue() {
    const whole = scroll.scrollWidth,
      left = whole - width - Math.abs(scroll.scrollLeft);
    scroll.classList.toggle("pw-scrolls", whole > width);
    scroll.classList.toggle("pw-more", left > 4);
  }

  /** Mark the chosen or hovered token in every stage. */
  function mark() {
    measured.forEach((nodes, index) => markColumns(grid, nodes, index, tokens(index)));
    for (const say of grid.sayers) say();
  }

  function follow() {
    mark();
    for (const draw of grid.followers) draw();
  }

  function unfold(stage, { text }) {
    const turn = (name, tab) => {
      local.tabs[name] = tab;
      local.focus = `tab-${name}-${tab}`;
      build();
    };
    const toggle = () => {
      local.raw = !local.raw;
      build();
    };
    const raw = () => rawSwitch(strings, local.raw, toggle);
    return unfolded(stage, state, grid, {
      tabs: local.tabs,
      codes: get("_codes"),
      text,
      turn,
      raw,
    });
  }

  function tell() {
    const key = get("_summary_key"),
      whole = summary(panels, strings[key]);
    renew(root, { "aria-label": whole });
    const own = key.replace("summary", "heading"),
      models = panels.map((panel) => panel.title).join(" + ");
    renew(shown.title, { text: fill(strings[own] ?? strings.heading, { models }) });
    const heads = panels.map((panel, index) => (panel.attention ? state.headSummary(index) : ""));
    const changed = whole === local.told ? heads.join(" ") : whole;
    local.told = whole;
    if (changed.trim()) shown.say(changed);
  }

  root.addEventListener("focusin", () => {
    local.focus = undefined; // who has gone on is not called back
  });
  scroll.addEventListener("scroll", cue, { passive: true });
  scroll.addEventListener("keydown", (event) => {
    const chip = event.target.closest?.(".pw-chip");
    if (!chip) return;
    const [, panel, token] = chip.dataset.key.split("-").map(Number);
    const rtl = scroll.dir === "rtl";
    const keys = rtl ? { back: ["ArrowRight"], on: ["ArrowLeft"] } : undefined;
    const next = moved(event, token, panels[panel].pieces.length, keys);
    if (next < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const key = `chip-${panel}-${next}`;
    local.hover = null;
    root.querySelector(`[data-key="${key}"]`)?.focus();
    send({ panel, token: next });
  });

  /** What was typed in another tab of this notebook stands in this one's box, too. */
  function catchUp() {
    const { text: read, typed: text = read, sequence } = get("_result");
    if (!top || sequence === undefined || sequence < get("_sequence")) return;
    if (text === get("text") && sequence === get("_sequence")) return; // typed here
    model.set("_sequence", sequence);
    model.set("text", text);
    top.show(text);
  }

  const rebuild = once(build);
  model.on("change:_result", catchUp);
  model.on("change:_result", build); // at once: a keystroke waits for nothing
  for (const name of ["drawing", "opened", "token", "panel"]) model.on(`change:${name}`, rebuild);
  model.on("change:step", () => state.onStep?.());
  model.on("change:text", () => top?.show(get("text")));
  model.on("change:shown", () => top?.mark(get("shown")));
  model.on("change:_status", () => {
    note.textContent = get("_status");
    note.classList.remove("pw-error");
  });
  const resized = new ResizeObserver(
    once(() => {
      if (width !== scroll.clientWidth) paint(); // a picture that only grew longer is drawn
    }),
  );
  resized.observe(el);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    shown.end();
    marked.stop();
    clearInterval(state.map?.timer);
    for (const { timer } of state.mixes ?? []) clearInterval(timer);
  });
  followTheme(root, () => paint(), signal);
  followLinks(model, root, send, signal);
  top?.show(get("text"));
  build();
}

/**
 * A view of these stages and of `more`: {name: function (grid, state, order)}. Above them stands
 * what `beside(model, strings, send, tools)` makes, if anything: {node, show(result), look(), paint()}.
 * `parts` are the modules that needn't be fetched: {heat}.
 */
export const scene = (more = {}, beside = undefined, parts = {}) => ({
  render: (context) => render(context, { ...STAGES, ...more }, beside, parts),
});
