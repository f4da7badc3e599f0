// What stands around the stages: the text box and its tools, the answers, what is said.

import { announcer } from "../shared/announce.js";
import { h } from "../shared/dom.js";
import { ownKeys } from "../shared/jupyter_keys.js";
import { savePicture } from "../shared/save_picture.js";
import { typing } from "./typing.js";

/**
 * The elements of a view, `root` around all of them, with the parts that act: `top`, the text box,
 * if there is one, and `pinned`, what `beside` makes. `acts` are {typed, choose, guide, send}.
 */
export function frame({ model, signal }, acts, beside) {
  const strings = model.get("strings"),
    typed = model.get("_typing"),
    hides = (name) => model.get("_hidden").includes(name);
  const badges = h("div", { class: "pw-badges" }),
    why = h("p", { class: "pw-purpose" }),
    note = h("p", { class: "pw-note", role: "status" }),
    scroll = h("div", { class: "pw-scroll" }),
    title = h("h3", { class: "pw-sr" }),
    { node: live, ...said } = announcer();
  const kinds = ["pw pw-stages", typed && "pw-explorer", hides("ids") && "pw-hides-ids"];
  const root = h("div", { class: kinds.filter(Boolean).join(" "), role: "group" });
  ownKeys(root);
  const top = typed ? typing(model, strings, acts) : null;
  const save = hides("save") ? null : savePicture(model, strings, signal);
  if (top && !hides("guide")) {
    const lead = { type: "button", "data-key": "guide", text: strings.guide };
    top.tools.append(h("button", { ...lead, onclick: acts.guide }));
  }
  if (top && save) top.tools.append(save);
  const pinned = beside?.(model, strings, acts.send, top?.tools);
  const answer = top && h("div", { class: "pw-answer-row" }, badges, why),
    foot = !top && save && h("div", { class: "pw-foot-tools" }, save);
  const parts = [title, top?.bar, answer, pinned?.node, note, scroll, foot, live];
  root.append(...parts.filter(Boolean));
  return { root, title, scroll, note, badges, why, top, pinned, ...said };
}
