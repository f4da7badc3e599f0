// Fill in the blank: a text box, its words as buttons, and what each model would put there.

import { announcer } from "../shared/announce.js";
import { hues } from "../shared/color.js";
import { fill, h, once } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";
import { grow } from "../stages/typing.js";
import { fullBar, guesses, said } from "./guesses.js";
import { countBlanks, hide, kept, putBack, wordButtons } from "./words.js";

function render({ model, el, signal }) {
  const strings = model.get("strings"),
    get = (name) => model.get(name),
    fixed = !get("_typing");
  const send = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    drawWords();
  };
  const asked = (values) => send({ ...values, _sequence: get("_sequence") + 1 });
  const { node: live, say, end } = announcer();
  const box = h("textarea", {
    ...{ rows: 1, class: "pw-box", dir: "auto", "data-key": "text", spellcheck: "false" },
    ...{ "aria-label": strings.sentence, placeholder: strings.placeholder },
    ...{ autocapitalize: "off", autocomplete: "off" },
    oninput() {
      const text = box.value,
        hidden = kept(get("text"), get("hidden"), text);
      asked({ text, hidden, blank: Math.min(get("blank"), Math.max(0, hidden.length - 1)) });
      grow(box);
    },
  });
  box.addEventListener("keydown", (event) => event.stopPropagation()); // no commands of the notebook's
  box.readOnly = fixed;
  const words = wordButtons(strings, (part) => {
    const hidden = [...get("hidden")];
    if (part.blank < 0) asked(hide(get("text"), part, hidden));
    else if (hidden[part.blank] && !fixed) asked(putBack(get("text"), part, hidden));
    else send({ blank: part.blank });
  });
  const switcher = h("div", { class: "pw-segments", role: "group", "aria-label": strings.blanks });
  const note = h("p", { class: "pw-hint pw-note" });
  const panels = h("div", { class: "pw-guess-panels" });
  const foot = h("p", { class: "pw-hint pw-foot", text: strings.after_note });
  const root = h(
    "div",
    { class: "pw pw-filling", role: "group" },
    h(
      "div",
      { class: "pw-part pw-head-line" },
      h("h3", { text: strings.fill_title }),
      savePicture(model, strings, signal),
    ),
    h(
      "div",
      { class: "pw-part pw-bar" },
      h("p", { class: "pw-invite" }, h("strong", { text: strings.invite }), ` ${strings.how}`),
      box,
      words.node,
      switcher,
    ),
    note,
    panels,
    foot,
    live,
  );
  ownKeys(root);
  el.append(root);

  function drawWords() {
    const text = get("text");
    if (box.value !== text) box.value = text;
    grow(box);
    words.update(text, get("hidden"), get("blank"), fixed);
  }

  /** A button for each blank, where there are several. */
  function drawSwitch(count) {
    switcher.hidden = count < 2;
    const wanted = count < 2 ? 0 : count;
    while (switcher.children.length > wanted) switcher.lastChild.remove();
    while (switcher.children.length < wanted) {
      const blank = switcher.children.length;
      switcher.append(
        h("button", {
          ...{ type: "button", "data-key": `blank-${blank}` },
          text: fill(strings.blank_of, { number: blank + 1 }),
          onclick: () => send({ blank }),
        }),
      );
    }
    [...switcher.children].forEach((button, k) => {
      button.setAttribute("aria-pressed", String(k === get("blank")));
    });
  }

  function remarks(found, most) {
    if (!found.length) return strings.none;
    const cut = found.find((panel) => panel.left_out);
    return [
      cut && fill(strings.cut, { count: cut.left_out, limit: cut.limit }),
      found.some((panel) => panel.earlier) && strings.earlier,
      found.some((panel) => panel.blanks.length) && fill(strings.scale, { most }),
    ]
      .filter(Boolean)
      .join(" ");
  }

  const draw = once(() => {
    const result = get("_result");
    if (result.sequence < get("_sequence")) return; // a newer answer is on its way
    const blank = get("blank"),
      most = fullBar(result.panels, blank);
    if (result.panels.length) root.dataset.first = hues(result.panels)[0];
    else delete root.dataset.first;
    panels.replaceChildren(
      ...result.panels.map((panel, index) => guesses(panel, index, { blank, most, strings })),
    );
    note.textContent = remarks(result.panels, most);
    foot.hidden = !result.panels.some((panel) => panel.blanks.length);
    drawSwitch(countBlanks(result.text));
    root.setAttribute("aria-label", summary(result, blank));
    root.dataset.sequence = result.sequence;
    if (root.contains(root.getRootNode().activeElement)) say(spoken(result, blank));
  });

  /** What a change made of the blank, without the text that was just typed. */
  function spoken({ panels: found }, blank) {
    const one = (panel) =>
      panel.blanks[blank]
        ? fill(strings.said, { model: panel.title, pieces: said(panel.blanks[blank], strings) })
        : panel.trouble;
    return found.map(one).filter(Boolean).join(" ") || strings.none;
  }

  function summary({ text, panels: found }, blank) {
    if (!found.length) return fill(strings.summary_none, { text });
    const filled = found.filter((panel) => panel.blanks[blank]);
    const pieces = (panel) => said(panel.blanks[blank], strings);
    return [
      ...found.map((panel) => panel.trouble).filter(Boolean),
      ...filled.map((panel) =>
        fill(strings.summary_fill, { model: panel.title, text, pieces: pieces(panel) }),
      ),
    ].join(" ");
  }

  const resized = new ResizeObserver(() => grow(box));
  resized.observe(el);
  model.on("change:_result", draw);
  model.on("change:blank", draw);
  for (const name of ["text", "hidden", "blank"]) model.on(`change:${name}`, drawWords);
  signal?.addEventListener("abort", () => {
    resized.disconnect();
    end();
  });
  followTheme(root, () => {}, signal);
  drawWords();
  draw();
}

export default { render };
