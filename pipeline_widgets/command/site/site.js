// What each page of a site does: its theme, its search, its views.

import { chooseTheme } from "./theme_button.js";
import { offerSearch } from "./search_box.js";
import { guessing } from "./guessing.js";
import { marking } from "./marking.js";
import { playing } from "./playing.js";

chooseTheme(document.querySelector("header .theme"));
offerSearch(document.querySelector("header search"));
// What is wider than the page can be scrolled to by its keys, too.
const reach = () => {
  /** @type {NodeListOf<HTMLElement>} */
  const all = document.querySelectorAll("main :is(pre, table, figure):not(.pw *)");
  for (const wide of all)
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
};
// Paper can't unfold; answers stay folded, and what a reader has opened stays open.
const FOLDED = "main details:is(:not(.answer), :has(> .view)):not([open], .pw *)";
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(FOLDED)) {
    fold.setAttribute("open", "");
    fold.setAttribute("data-print", "");
  }
});
addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("[data-print]")) {
    fold.removeAttribute("open");
    fold.removeAttribute("data-print");
  }
});
addEventListener("load", reach);
addEventListener("resize", reach);

// What Python does in a notebook.
for (const [name, act] of Object.entries({ guessing, marking, playing }))
  globalThis.pipelineWidgets?.act(name, act);
