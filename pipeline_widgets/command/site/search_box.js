// Search in all pages of the site: every word must begin a word of the section.

import { h } from "../../views/shared/dom.js";

const MOST = 12;
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

/** The sections that have all words, best first: words of a heading count more. */
export function find(rows, asked) {
  const wanted = wordsOf(asked);
  if (!wanted.length) return [];
  const scored = rows.map((row, at) => {
    const [, title, heading, text] = row;
    const said = wordsOf(text),
      named = wordsOf(`${heading} ${title}`);
    let score = 0;
    for (const word of wanted) {
      const begins = (one) => one.startsWith(word);
      const count = said.filter(begins).length,
        top = named.filter(begins).length;
      if (!count && !top) return { row, at, score: 0 };
      score += Math.log1p(count) / Math.log1p(said.length + 20) + 2 * Math.min(top, 1);
    }
    return { row, at, score };
  });
  return scored
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, MOST)
    .map((one) => one.row);
}

/** Some words around the first one that was asked for. */
function snippet(text, asked) {
  const [word] = wordsOf(asked);
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  return `${at ? "… " : ""}${text.slice(at, at + 140)}${text.length > at + 140 ? " …" : ""}`;
}

/** Make the search box at `box` work; the index comes when it is first used. */
export function offerSearch(box) {
  const field = box.querySelector("input"),
    found = box.querySelector(".found");
  let rows = null;
  box.hidden = false;

  function bring() {
    if (rows) return;
    rows = [];
    const script = document.createElement("script");
    script.src = "parts/search.js";
    script.onload = () => {
      rows = globalThis.pipelineSearch;
      show();
    };
    document.head.append(script);
  }

  function show() {
    const asked = field.value.trim();
    if (!asked || !rows) return found.replaceChildren();
    const hits = find(rows, asked);
    found.replaceChildren(
      hits.length
        ? h(
            "ul",
            {},
            hits.map(([address, title, heading, text]) =>
              h(
                "li",
                {},
                h("a", { href: address }, heading || title),
                heading && heading !== title ? h("small", { text: ` ${title}` }) : null,
                h("p", { text: snippet(text, asked) }),
              ),
            ),
          )
        : h("p", { text: `Nothing here has “${asked}”.` }),
    );
  }

  const close = () => found.replaceChildren();
  field.addEventListener("focus", bring);
  field.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      close();
      field.focus();
    }
  });
  document.addEventListener("click", (event) => {
    const at = event.target instanceof Element ? event.target : null;
    if (!box.contains(at) || at?.closest("a")) close();
  });
}
