// The text box, the examples and the model switch.

import { h } from "../shared/dom.js";
import { roving } from "../shared/roving.js";

export function typing(model, strings, { typed, choose }) {
  const box = h("textarea", {
    rows: 1,
    class: "pw-box",
    dir: "auto",
    "aria-label": strings.sentence,
    placeholder: strings.placeholder,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    oninput: () => {
      typed(box.value);
      grow(box);
    }, // sent first: the models read while the page is laid out
  });
  // Lab's own keys (Shift+Enter, arrows in command mode) must not act on the notebook while typing.
  box.addEventListener("keydown", (event) => event.stopPropagation());
  const hides = (name) => model.get("_hidden").includes(name);
  const groups = hides("examples") ? {} : model.get("_presets");
  const presets = presetMenu(groups, strings, (text) => {
    box.value = text;
    typed(text);
    grow(box);
    box.focus();
  });
  const switcher = modelSwitch(model.get("_names"), strings, choose);
  const tools = h("span", { class: "pw-toprow" });
  const bar = h(
    "div",
    { class: "pw-bar" },
    h("p", { class: "pw-invite" }, h("strong", { text: strings.type_here }), ` ${strings.next}`),
    h("div", { class: "pw-boxrow" }, box),
    h(
      "div",
      { class: "pw-switchrow" },
      hides("models") ? null : switcher.group,
      h("span", { class: "pw-toolrow" }, presets, tools),
    ),
  );
  return {
    bar,
    tools,
    show(text) {
      if (box.value === text) return; // typed here: nothing is laid out before it is sent
      box.value = text;
      grow(box);
    },
    fit: () => grow(box),
    mark: switcher.mark,
  };
}

/** As tall as its text, up to a few lines; nothing to measure before it stands in the page. */
export function grow(box) {
  if (!box.isConnected) return requestAnimationFrame(() => box.isConnected && grow(box));
  box.style.height = "auto";
  box.style.height = `${Math.min(160, box.scrollHeight + 2)}px`;
}

/** Whether `now` is `before` with some letters more or less, and not another text. */
export function continues(before, now) {
  const most = Math.min(before.length, now.length);
  let alike = 0;
  while (alike < most && before[alike] === now[alike]) alike += 1;
  for (let k = 1; alike < most && before.at(-k) === now.at(-k); k++) alike += 1;
  return 2 * alike >= most;
}

function presetMenu(groups, strings, choose) {
  if (!Object.keys(groups).length) return null;
  const menu = h(
    "select",
    {
      class: "pw-presets",
      "aria-label": strings.presets,
      onchange: () => {
        if (menu.value) choose(menu.value);
        menu.selectedIndex = 0;
      },
    },
    h("option", { value: "", text: `${strings.presets} …` }),
    Object.entries(groups).map(([name, texts]) =>
      h(
        "optgroup",
        { label: name },
        texts.map((text) =>
          h("option", { value: text, text: text.length > 70 ? `${text.slice(0, 69)}…` : text }),
        ),
      ),
    ),
  );
  return menu;
}

/** One button for each model and one for both, as a radio group. */
function modelSwitch(names, strings, choose) {
  const choices = names.map((name, index) => [name, [index]]);
  if (names.length > 1) choices.push([strings.both, [0, 1]]);
  const buttons = choices.map(([name, shown]) =>
    h("button", {
      type: "button",
      role: "radio",
      text: name,
      "data-shown": shown.join(),
      onclick: () => choose(shown),
    }),
  );
  const group = h(
    "div",
    { role: "radiogroup", class: "pw-switch", "aria-label": strings.model },
    buttons,
  );
  roving(group, "[role=radio]", (index) => choose(choices[index][1]));
  return {
    group,
    mark(shown) {
      for (const button of buttons) {
        const chosen = button.dataset.shown === shown.join();
        button.setAttribute("aria-checked", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
      }
    },
  };
}
