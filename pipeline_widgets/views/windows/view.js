// A long text in windows: where each lies, what it answers, and the answer of all.

import { fill, h, once } from "../shared/dom.js";
import { extent, range, saidOf } from "../shared/heads.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { roving } from "../shared/roving.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";

function render({ model, el, signal }) {
  const strings = model.get("strings"),
    data = model.get("_data"),
    count = data.spans.length;
  const letters = Array.from(data.text); // spans count code points
  const choose = (window) => {
    model.set("window", window);
    model.save_changes();
    draw();
  };
  const scale = range(data, [...data.scores.flat(), ...data.combined]);
  const said = (values) => h("span", {}, saidOf(data, values, strings));

  /** The bar of the answer's highest score. */
  function bar(values) {
    const { bar: style } = extent(data, scale, Math.max(...values));
    return h("span", { class: "pw-track" }, h("span", { class: "pw-fill", style }));
  }

  const part = (place) => `${(100 * place) / Math.max(1, letters.length)}%`;

  const rows = data.spans.map(([start, end], k) =>
    h(
      "button",
      {
        ...{ type: "button", role: "radio", class: "pw-window", "data-key": `window-${k}` },
        onclick: () => choose(k),
      },
      h("strong", { text: fill(strings.window, { number: k + 1 }) }),
      h(
        "span",
        { class: "pw-window-rail", "aria-hidden": "true" },
        h("span", {
          class: "pw-window-part",
          style: `inset-inline-start:${part(start)};width:${part(end - start)}`,
        }),
      ),
      bar(data.scores[k]),
      said(data.scores[k]),
    ),
  );
  const list = h(
    "div",
    { class: "pw-windows-list", role: "radiogroup", "aria-label": strings.windows },
    rows,
  );
  roving(list, "[role=radio]", choose, {
    back: ["ArrowUp", "ArrowLeft"],
    on: ["ArrowDown", "ArrowRight"],
  });
  const place = h("p", { class: "pw-hint" }),
    shown = h("p", { class: "pw-window-text", dir: "auto" });
  const words = { model: data.title, ...data, count };
  const root = h(
    "div",
    { class: "pw pw-windows", role: "group" },
    h(
      "div",
      { class: "pw-windows-head" },
      h("h3", { text: strings.windows_title }),
      savePicture(model, strings, signal),
    ),
    h("p", { class: "pw-hint", text: fill(count > 1 ? strings.read : strings.read_whole, words) }),
    h(
      "p",
      { class: "pw-windows-all" },
      h("strong", { text: strings.all }),
      bar(data.combined),
      said(data.combined),
      count > 1 ? h("span", { class: "pw-hint", text: strings[data.how] }) : null,
    ),
    count > 1
      ? h("p", { class: "pw-hint" }, `${strings.cut_first} `, said(data.scores[0]), ".")
      : null,
    list,
    h("div", { class: "pw-window-open" }, place, shown),
  );
  root.dataset.first = data.architecture;
  const whole = { ...words, characters: letters.length, how: strings[data.how] };
  whole.said = said(data.combined).textContent;
  root.setAttribute("aria-label", fill(count > 1 ? strings.summary : strings.summary_whole, whole));
  ownKeys(root);
  el.append(root);

  /** The chosen window's text; what its neighbours read too is marked. */
  function pieces(k) {
    const [start, end] = data.spans[k];
    const head = k ? Math.max(start, data.spans[k - 1][1]) : start,
      tail = k < count - 1 ? Math.min(end, data.spans[k + 1][0]) : end;
    const text = (from, to) => letters.slice(from, to).join("");
    const mark = (from, to) => (from < to ? h("mark", { text: text(from, to) }) : "");
    if (head > tail) return [mark(start, end)];
    return [mark(start, head), text(head, tail), mark(tail, end)];
  }

  const draw = once(() => {
    const chosen = model.get("window"),
      [start, end] = data.spans[chosen];
    rows.forEach((row, k) => {
      row.setAttribute("aria-checked", String(k === chosen));
      row.tabIndex = k === chosen ? 0 : -1;
    });
    place.textContent = [
      fill(strings.place, { start, end }),
      count > 1 && data.overlap ? strings.shared : "",
    ]
      .filter(Boolean)
      .join(". ");
    shown.replaceChildren(...pieces(chosen));
    root.dataset.shown = chosen;
  });
  model.on("change:window", draw);
  followTheme(root, () => {}, signal);
  draw();
}

export default { render };
