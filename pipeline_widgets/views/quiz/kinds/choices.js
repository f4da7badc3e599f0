// Answers that are chosen: options, tokens and cells. Real radio buttons and check boxes.
// Each maker returns { node, read, set, lock, mark }.

import { fill, h } from "../../shared/dom.js";
import { rich, shortText } from "../render_markup.js";
import { mark } from "../verdict.js";

/** Radio buttons or check boxes, one option in a row. */
export function options(face, strings) {
  const type = face.kind === "multiple" ? "checkbox" : "radio";
  const rows = face.options.map((option) => {
    const box = h("input", { type, name: "option" });
    const note = h("span", { class: "pw-note" });
    const words = h(
      "span",
      { class: "pw-option-text", dir: "auto" },
      shortText(face, option.text),
      option.code ? h("pre", {}, h("code", { text: option.code })) : null,
    );
    const aside = h("div", { class: "pw-remark" });
    const row = h("label", { class: "pw-option" }, box, words, note);
    return {
      option,
      box,
      note,
      aside,
      row,
      item: h("div", { class: "pw-option-item" }, row, aside),
    };
  });
  const columns = Math.min(face.columns ?? 1, 4);
  const node = h(
    "div",
    { class: "pw-options", style: `--columns:${columns}` },
    rows.map((row) => row.item),
  );
  const chosen = () => rows.filter((row) => row.box.checked).map((row) => row.option.label);
  return {
    node,
    read: () => (type === "checkbox" ? chosen() : (chosen()[0] ?? null)),
    set(response) {
      const labels = [response].flat();
      for (const row of rows) row.box.checked = labels.includes(row.option.label);
    },
    lock(locked) {
      for (const row of rows) {
        row.box.disabled = locked;
        row.row.classList.toggle("pw-locked", locked);
      }
    },
    mark(progress) {
      const right = progress.due ? [progress.right].flat() : null;
      for (const { option, box, note, aside, row } of rows) {
        const verdict = verdictOf(option.label, box.checked, right, progress, type);
        row.dataset.verdict = verdict;
        note.replaceChildren(
          ...(verdict ? [mark(verdict, word(verdict, box.checked, right, strings))] : []),
        );
        const remark = progress.remarks.find(([part]) => part === option.label);
        aside.replaceChildren(...(remark && box.checked ? rich(remark[1]) : []));
      }
    },
  };
}

function verdictOf(label, checked, right, progress, type) {
  if (right && right[0] !== null) {
    if (right.includes(label)) return "right";
    return checked ? "wrong" : "";
  }
  const told = checked && type === "radio" && ["right", "wrong"].includes(progress.status);
  return told ? progress.status : "";
}

function word(verdict, checked, right, strings) {
  return verdict === "right" && right && !checked ? strings.right_mark : strings[verdict];
}

/** Tokens in a row, as chips. */
export function tokens(face, strings) {
  const type = face.several ? "checkbox" : "radio";
  const chips = face.tokens.map((token, position) => {
    const name = fill(strings.token, { token, position });
    const box = h("input", { type, name: "token", "aria-label": name, class: "pw-chip-box" });
    const note = h("span", { class: "pw-note" });
    const chip = h(
      "label",
      { class: "pw-choice-chip", title: name },
      box,
      h("span", { class: "pw-mono", dir: "auto", text: token.replace(/^\s/, "␣") || "␣" }),
      note,
    );
    return { box, note, chip };
  });
  const chosen = () => chips.flatMap(({ box }, index) => (box.checked ? [index] : []));
  return {
    node: h(
      "div",
      { class: "pw-choice-chips" },
      chips.map(({ chip }) => chip),
    ),
    read: () => (chosen().length ? chosen() : null),
    set(response) {
      chips.forEach(({ box }, index) => {
        box.checked = (response ?? []).includes(index);
      });
    },
    lock(locked) {
      for (const { box, chip } of chips) {
        box.disabled = locked;
        chip.classList.toggle("pw-locked", locked);
      }
    },
    mark(progress) {
      const right = progress.due ? [progress.right].flat() : null;
      chips.forEach(({ box, note, chip }, index) => {
        const verdict = verdictOf(index, box.checked, right, progress, type);
        chip.dataset.verdict = verdict;
        note.replaceChildren(
          ...(verdict ? [mark(verdict, word(verdict, box.checked, right, strings))] : []),
        );
      });
    },
  };
}

/** A table in which one cell is chosen; one tab stop, arrow keys move, Enter or Space chooses. */
export function cells(face, strings) {
  let chosen = null;
  let locked = false;
  const buttons = face.rows.map((row, i) =>
    face.columns.map((column, j) =>
      h("button", {
        type: "button",
        class: "pw-cell",
        tabindex: i + j === 0 ? 0 : -1,
        "aria-pressed": "false",
        "aria-label": `${fill(strings.cell, { row, column })}${face.values.length ? `: ${face.values[i][j]}` : ""}`,
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
