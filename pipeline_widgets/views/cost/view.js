// What two models cost, measured here, beside the papers' figures and what they refer to.

import { announcer } from "../shared/announce.js";
import { hueOfName } from "../shared/color.js";
import { fill, h } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { savePicture } from "../shared/save_picture.js";
import { followTheme } from "../shared/theme.js";

function render({ model, el, signal }) {
  const strings = model.get("strings");
  const root = h("div", { class: "pw pw-cost", role: "group" });
  ownKeys(root);
  root.dataset.first = hueOfName(model.get("names")[0]);
  const names = model.get("names"),
    words = { a: names[0], b: names[1] };
  const claims = h("dl", { class: "pw-cost-claims" });
  const body = h("tbody", {});
  const error = h("p", { class: "pw-error", role: "alert" });
  const { node: live, say, end } = announcer();
  root.append(
    h(
      "div",
      { class: "pw-cost-head" },
      h(
        "div",
        { class: "pw-head-line" },
        h("h3", { text: fill(strings.cost_title, words) }),
        savePicture(model, strings, signal),
      ),
      h("h4", { text: strings.claims }),
      claims,
    ),
    h(
      "div",
      {
        class: "pw-cost-scroll pw-scrolls",
        tabindex: 0,
        role: "region",
        "aria-label": strings.quantity,
      },
      h(
        "table",
        { "aria-label": strings.quantity },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col", text: strings.quantity }),
            names.map((name, k) => h("th", { scope: "col", class: `pw-panel-${k}`, text: name })),
            h("th", { scope: "col", text: fill(strings.ratio, words) }),
            h("th", { scope: "col", text: strings.paper }),
          ),
        ),
        body,
      ),
    ),
    error,
    h("p", { class: "pw-quiet pw-cost-caveat", text: fill(strings.caveat, words) }),
    live,
  );
  el.append(root);
  const known = {}; // figures only come: an old state that JupyterLab read may come after a new one
  const measured = { rows: (one) => one.said.length === 2, _claims: ([, found]) => found !== "" };

  function newest(name) {
    const now = model.get(name),
      count = (list) => list.filter(measured[name]).length;
    if (!known[name] || count(now) >= count(known[name])) known[name] = now;
    return known[name];
  }

  function draw() {
    const rows = newest("rows");
    body.replaceChildren(...rows.map(row));
    claims.replaceChildren(
      ...newest("_claims").map(([claim, found]) =>
        h(
          "div",
          {},
          h("dt", { text: claim }),
          h("dd", { class: found ? "" : "pw-quiet", text: found || strings.measuring }),
        ),
      ),
    );
    error.textContent = model.get("_error");
    const said = summary(newest("_claims"));
    if (said !== root.getAttribute("aria-label")) root.setAttribute("aria-label", said);
    root.dataset.measured = String(rows.filter(measured.rows).length);
  }

  /** The ratios in a sentence, or that they are being measured. */
  function summary(found) {
    const values = found.map(([, value]) => value),
      [smaller, faster, quality] = values;
    const known = quality === undefined ? strings.summary_size : strings.summary;
    return fill(values.every(Boolean) ? known : strings.summary_waiting, {
      ...words,
      ...{ smaller, faster, quality },
    });
  }
  /** Said once, when the last figure has come. */
  function finished() {
    const rows = newest("rows");
    if (rows.every(measured.rows)) say(summary(newest("_claims")));
  }

  function row(one) {
    const most = Math.max(...one.values, 1e-9);
    return h(
      "tr",
      {},
      h("th", { scope: "row", text: one.name }),
      [0, 1].map((k) =>
        h(
          "td",
          { class: `pw-panel-${k}` },
          one.said.length === 2
            ? [
                h("span", { class: "pw-mono pw-cost-said", text: one.said[k] }),
                h(
                  "span",
                  { class: "pw-track" },
                  h("span", { style: `width:${(100 * one.values[k]) / most}%` }),
                ),
              ]
            : h("span", { class: "pw-quiet", text: strings.measuring }),
        ),
      ),
      h("td", { class: "pw-mono pw-cost-ratio", text: one.ratio }),
      h(
        "td",
        { class: "pw-cost-paper", "data-head": strings.paper },
        one.paper,
        one.source ? h("small", { class: "pw-quiet", text: ` ${one.source}` }) : null,
      ),
    );
  }

  for (const name of ["rows", "_claims", "_error"]) model.on(`change:${name}`, draw);
  model.on("change:rows change:_claims", finished);
  signal?.addEventListener("abort", end);
  followTheme(root, () => {}, signal);
  draw();
}

export default { render };
