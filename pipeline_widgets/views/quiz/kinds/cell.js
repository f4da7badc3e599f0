// A table's cell to click.

import { fill, h } from "../../shared/dom.js";

/** A table in which one cell is chosen; one tab stop, arrow keys move, Enter or Space chooses. */
function control(face, strings) {
  let chosen = null;
  let locked = false;
  const buttons = face.rows.map((row, i) =>
    face.columns.map((column, j) =>
      h("button", {
        type: "button",
        class: "pw-cell",
        tabindex: i + j === 0 ? 0 : -1,
        "aria-pressed": "false",
        "aria-label": [
          fill(strings.cell, { row, column }),
          ...(face.values[i]?.slice(j, j + 1) ?? []),
        ].join(": "),
        text: face.values.length ? face.values[i][j] : "",
        onclick: () => {
          if (!locked) pick(i, j);
        },
      }),
    ),
  );
  const paint = () =>
    buttons.forEach((row, i) =>
      row.forEach((button, j) =>
        button.setAttribute(
          "aria-pressed",
          String(chosen !== null && chosen[0] === i && chosen[1] === j),
        ),
      ),
    );
  const pick = (i, j) => {
    chosen = [i, j];
    paint();
    focus(i, j);
  };
  const focus = (i, j) => {
    buttons.flat().forEach((button) => {
      button.tabIndex = -1;
    });
    buttons[i][j].tabIndex = 0;
    buttons[i][j].focus();
  };
  const head = h(
    "tr",
    {},
    h("td"),
    face.columns.map((name) =>
      h("th", { scope: "col" }, h("span", { class: "pw-mono", text: name })),
    ),
  );
  const table = h(
    "table",
    { class: "pw-cells" },
    h("thead", {}, head),
    h(
      "tbody",
      {},
      face.rows.map((name, i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, h("span", { class: "pw-mono", text: name })),
          buttons[i].map((button) => h("td", {}, button)),
        ),
      ),
    ),
  );
  table.addEventListener("keydown", (event) => move(event, buttons, focus));
  return {
    node: h(
      "div",
      { class: "pw-scroll" },
      h("p", { class: "pw-quiet pw-small", text: strings.answer_cell }),
      table,
    ),
    read: () => chosen,
    set(response) {
      chosen = Array.isArray(response) && response.length === 2 ? response : null;
      paint();
    },
    lock(value) {
      locked = value;
      for (const button of buttons.flat()) button.setAttribute("aria-disabled", String(value));
    },
    mark(progress) {
      buttons.forEach((row, i) =>
        row.forEach((button, j) => {
          const mine = chosen !== null && chosen[0] === i && chosen[1] === j;
          const right = progress.due && progress.right?.[0] === i && progress.right?.[1] === j;
          const told = mine && (progress.status === "right" || progress.status === "wrong");
          button.dataset.verdict = right ? "right" : told ? progress.status : "";
        }),
      );
    },
  };
}

function move(event, buttons, focus) {
  const i = buttons.findIndex((row) => row.includes(event.target));
  if (i < 0) return;
  const j = buttons[i].indexOf(event.target);
  const rtl = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
  const steps = {
    ArrowLeft: [0, -rtl],
    ArrowRight: [0, rtl],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Home: [0, -j],
    End: [0, buttons[0].length],
  };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const bound = (value, count) => Math.max(0, Math.min(count - 1, value));
  focus(bound(i + step[0], buttons.length), bound(j + step[1], buttons[0].length));
}

export const cell = {
  control,
  said: (face, response, strings) =>
    fill(strings.cell, { row: face.rows[response[0]], column: face.columns[response[1]] }),
};
