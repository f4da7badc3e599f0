// The answers after each layer and the attention rows that changed most, as tables.

import { h } from "../shared/dom.js";
import { extent, range } from "../shared/heads.js";
import { fixed } from "../shared/rounding.js";

const heads = (names) =>
  h(
    "thead",
    {},
    h(
      "tr",
      {},
      names.map((name) => (name ? h("th", { scope: "col", text: name }) : h("td"))),
    ),
  );

/** The score of the label that changes most, after each layer, in both sentences. */
export function answersTable(difference, rowNames, row, strings) {
  const scale = range(difference, difference.after.flat());
  const bar = (value, shown, name) =>
    h(
      "td",
      { class: `pw-answer pw-of-${name}` },
      h(
        "span",
        { class: "pw-answer-bar" },
        h("span", { style: extent(difference, scale, value).bar }),
      ),
      h("span", { class: "pw-mono", text: shown }),
    );
  const line = (name, k) =>
    h(
      "tr",
      { class: k === row ? "pw-chosen-row" : "" },
      h("th", { scope: "row", text: name }),
      bar(difference.after[0][k], difference.said.after[0][k], "pinned"),
      bar(difference.after[1][k], difference.said.after[1][k], "new"),
    );
  return h(
    "table",
    { class: "pw-answers", "aria-label": strings.answers },
    heads(["", strings.pinned, strings.new]),
    h("tbody", {}, rowNames.map(line)),
  );
}

/** The rows of attention that changed most; `choose(layer, token)` when one is chosen. */
export function attentionTable(difference, strings, choose) {
  const { attention, pinned } = difference;
  if (!attention.length) return h("p", { class: "pw-hint", text: strings.attention_none });
  const from = ([token, before, after], names) =>
    h(
      "td",
      {},
      h("bdi", { text: names[token] }),
      h("br"),
      h("span", { class: "pw-mono pw-quiet", text: `${fixed(before)} → ${fixed(after)}` }),
    );
  const line = (one, k) =>
    h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h("button", {
          type: "button",
          class: "pw-row-button",
          "data-key": `attention-${k}`,
          text: `${strings.layer} ${one.layer} · ${strings.head} ${one.head}`,
          onclick: () => choose(one.layer, one.token),
        }),
      ),
      h("td", {}, h("bdi", { text: difference.new.shown[one.token] })),
      h("td", { class: "pw-mono", text: fixed(one.moved) }),
      from(one.lost, pinned.shown),
      from(one.gained, difference.new.shown),
    );
  return h(
    "div",
    {
      class: "pw-tablebox",
      tabindex: 0,
      role: "region",
      "aria-label": strings.attention,
    },
    h(
      "table",
      { "aria-label": strings.attention },
      heads(["", strings.row, strings.moved, strings.lost, strings.gained]),
      h("tbody", {}, attention.map(line)),
    ),
  );
}

/** Both squares as a table: a row for each layer, a pair of numbers for each token. */
export function squaresTable({ difference, rowNames, spread, share, strings }) {
  const count = difference.partners.length;
  const said = (value) => (Number.isFinite(value) ? fixed(value) : "–");
  const numbers = (row, token) => {
    const at = row * count + token;
    return share ? `${said(spread[at])} · ${said(share[at])}` : said(spread[at]);
  };
  const line = (name, row) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", text: name }),
      difference.partners.map((_, token) =>
        h("td", { class: "pw-mono", text: numbers(row, token) }),
      ),
    );
  return h(
    "div",
    { class: "pw-tablebox", tabindex: 0, role: "region", "aria-label": strings.table },
    h(
      "table",
      { "aria-label": strings.table },
      heads(["", ...difference.new.shown]),
      h("tbody", {}, rowNames.map(line)),
    ),
  );
}
