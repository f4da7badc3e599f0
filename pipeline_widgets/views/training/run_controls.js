// Start, Pause, Step, Stop, Rewind; how far the run is and how long it will take.

import { fill, h } from "../shared/dom.js";

const ICONS = { start: "▶", pause: "❚❚", step: "⇥", stop: "■", rewind: "↺" };
const POSSIBLE = {
  ready: ["start", "step"],
  running: ["pause", "step", "stop", "rewind"],
  paused: ["start", "step", "stop", "rewind"],
  stopped: ["rewind"],
  finished: ["rewind"],
  failed: ["rewind"],
};

const clock = (seconds) => {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

const PACES = [0.25, 0.5, 1, 2, 4];

/** The row of buttons and the bar under it; `act(name)` is told what was pressed, `paced` how fast. */
export function runControls(strings, act, paced) {
  const buttons = Object.fromEntries(
    Object.keys(ICONS).map((name) => [
      name,
      h(
        "button",
        {
          type: "button",
          class: `pw-run-${name}`,
          "data-key": name,
          onclick: () => act(name),
        },
        h("span", { class: "pw-run-icon", "aria-hidden": true, text: ICONS[name] }),
        h("span", { class: "pw-run-word", text: strings[name] }),
      ),
    ]),
  );
  const pace = h(
    "select",
    { "data-key": "pace", onchange: () => paced(Number(pace.value)) },
    PACES.map((value) => h("option", { value, text: fill(strings.pace_times, { pace: value }) })),
  );
  const speed = h("label", { class: "pw-run-pace" }, `${strings.pace} `, pace);
  const row = h(
    "div",
    { class: "pw-run-buttons", role: "group", "aria-label": strings.controls },
    Object.values(buttons),
    speed,
  );
  const state = h("span", { class: "pw-run-state" });
  const where = h("span", { class: "pw-run-where" });
  const left = h("span", { class: "pw-run-left" });
  const bar = h("div", {
    class: "pw-run-bar",
    role: "progressbar",
    "aria-valuemin": 0,
    "aria-valuemax": 100,
    "aria-label": strings.epoch_axis,
  });
  const full = h("span", { class: "pw-run-full" });
  bar.append(full);
  const line = h("div", { class: "pw-run-line" }, state, where, left);
  const node = h("div", { class: "pw-run-controls" }, row, line, bar);
  let marks = -1;

  function show(run, wanted) {
    speed.hidden = !run.plays;
    if (document.activeElement !== pace) pace.value = String(wanted);
    const status = run.status,
      possible = POSSIBLE[status.state] ?? [];
    const recorded = status.state === "recorded";
    row.hidden = recorded;
    bar.hidden = recorded || !status.epochs;
    for (const [name, button] of Object.entries(buttons))
      button.disabled = !possible.includes(name);
    buttons.start.lastChild.textContent = status.state === "paused" ? strings.go_on : strings.start;
    state.textContent = strings[`state_${status.state}`] ?? status.state;
    state.dataset.state = status.state;
    const batches = status.epochs ? Math.round(status.total / status.epochs) : 0;
    const inside = status.state === "running" || status.state === "paused";
    const batch = batches ? status.step - Math.floor(status.step / batches) * batches : 0;
    const epoch = Math.min(status.epochs ?? status.epoch, status.epoch + (inside ? 1 : 0));
    const shown = {
      epoch,
      epochs: status.epochs ?? status.epoch,
      batch: batch || (status.step > status.epoch * batches ? batches : 0),
      batches,
    };
    where.textContent = recorded
      ? ""
      : fill(inside && batches ? strings.progress : strings.progress_done, shown);
    left.textContent =
      inside && status.left !== null
        ? fill(strings.left, { time: clock(status.left) })
        : spent(run);
    const part = status.total
      ? (100 * status.step) / status.total
      : 100 * (status.epoch / (status.epochs || 1));
    full.style.width = `${part}%`;
    bar.setAttribute("aria-valuenow", Math.round(part));
    bar.setAttribute("aria-valuetext", `${where.textContent}, ${left.textContent}`);
    if (marks !== status.epochs && status.epochs <= 60) {
      marks = status.epochs;
      bar.replaceChildren(
        full,
        ...Array.from({ length: marks - 1 }, (_, k) =>
          h("span", { class: "pw-run-tick", style: `left:${(100 * (k + 1)) / marks}%` }),
        ),
      );
    }
  }

  function spent(run) {
    const seconds = run.epochs.at(-1)?.seconds ?? run.columns.seconds?.[run.count - 1];
    return Number.isFinite(seconds) && seconds > 0
      ? fill(strings.spent, { time: clock(seconds) })
      : "";
  }

  return { node, show };
}
