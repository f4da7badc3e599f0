// A challenge: a quiz with a clock for each problem, which can be switched off, and a badge.

import { fill, h } from "../shared/dom.js";
import { walk } from "./quiz_pages.js";

const LATE = 10; // seconds left from which it is said

function render(view) {
  const { model, signal } = view;
  const strings = model.get("strings");
  const time = h("span", { class: "pw-time", role: "timer" });
  const toggle = h("button", {
    type: "button",
    class: "pw-clock-switch",
    onclick: () => model.send({ act: "clock", on: !model.get("clock") }),
  });
  let problem = null;
  let ends = null; // performance.now() at which the time of the problem is up

  const begin = h(
    "div",
    { class: "pw-begin" },
    h("p", {
      text: fill(strings.challenge_intro, {
        count: model.get("_faces").length,
        seconds: model.get("_settings").seconds,
      }),
    }),
    h("button", {
      type: "button",
      class: "pw-primary",
      text: strings.begin,
      onclick: () => model.send({ act: "begin", index: model.get("current") }),
    }),
  );
  const { root, say, focusQuestion } = walk(view, {
    className: "pw-challenge",
    head: [time, toggle],
    bar: [begin],
    top: badge,
    shown(face) {
      if (face?.id === problem) return;
      problem = face?.id ?? null;
      if (model.get("begun")) model.send({ act: "at", id: problem ?? "" });
    },
  });

  function badge() {
    if (!model.get("badge")) return [];
    const ribbon = h(
      "svg",
      { viewBox: "0 0 48 56", width: 48, height: 56, "aria-hidden": "true", class: "pw-ribbon" },
      h("path", { d: "M14 34 L10 55 L24 47 L38 55 L34 34 Z", class: "pw-ribbon-tail" }),
      h("circle", { cx: 24, cy: 21, r: 20 }),
      h("path", { d: "M15 21 l7 7 l12 -14", class: "pw-ribbon-tick" }),
    );
    const how = model.get("badge") === "clock" ? strings.badge_clock : strings.badge_no_clock;
    return [
      h(
        "div",
        { class: "pw-badge-won", role: "status" },
        ribbon,
        h(
          "p",
          {},
          h("strong", { text: fill(strings.badge, { count: model.get("_faces").length }) }),
          h("span", { class: "pw-quiet", text: how }),
        ),
      ),
    ];
  }

  let wasBegun = model.get("begun"),
    warned = null; // the problem of which was said that little time is left

  /** The button that began is gone: on to the first problem, and say how long there is. */
  function start() {
    focusQuestion();
    const seconds = model.get("_settings").seconds;
    say(model.get("clock") ? fill(strings.begun, { seconds }) : strings.begun_no_clock);
  }
  function sync() {
    const begun = model.get("begun"),
      clock = model.get("clock");
    const inside = begin.contains(root.getRootNode().activeElement);
    root.classList.toggle("pw-waiting", !begun);
    toggle.textContent = clock ? strings.clock_on : strings.clock_off;
    toggle.setAttribute("aria-pressed", String(clock));
    const left = model.get("time_left");
    ends = begun && clock && problem && left !== null ? performance.now() + 1000 * left : null;
    if (begun && !wasBegun && inside) start();
    wasBegun = begun;
    tick();
  }

  function tick() {
    if (ends === null) {
      time.textContent = "";
      time.classList.remove("pw-late");
      return;
    }
    const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    const words = fill(strings.seconds_left, { seconds });
    if (time.textContent !== words) time.textContent = words;
    time.classList.toggle("pw-late", seconds <= LATE);
    if (seconds <= LATE && seconds > 0 && warned !== problem) {
      warned = problem;
      if (model.get("_settings").seconds > LATE) say(words);
    }
    if (seconds === 0) {
      ends = null;
      model.send({ act: "time", id: problem });
    }
  }

  const timer = setInterval(tick, 250);
  signal?.addEventListener("abort", () => clearInterval(timer));
  for (const name of ["begun", "clock", "time_left", "_heard"]) model.on(`change:${name}`, sync);
  sync();
}

export default { render };
