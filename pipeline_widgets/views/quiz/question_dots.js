// The way through the questions: a dot for each when they are few, a bar when they are many.

import { fill, h } from "../shared/dom.js";
import { own } from "../shared/own.js";
import { sign } from "./verdict.js";

const FEW = 16;

export function rail(model, strings, goTo) {
  const node = h("div", { class: "pw-rail" });
  const draw = (current) => {
    const faces = model.get("_faces"),
      progress = model.get("_progress");
    const status = (face) => own(progress, face.id)?.status ?? "open";
    if (faces.length > FEW)
      return bar(
        node,
        faces.filter((face) => !["open", "empty", "unreadable"].includes(status(face))).length,
        faces.length,
      );
    if (node.childElementCount !== faces.length) {
      node.replaceChildren(
        ...faces.map((_, index) =>
          h("button", { type: "button", class: "pw-dot", onclick: () => goTo(index) }),
        ),
      );
    }
    faces.forEach((face, index) => {
      const dot = node.children[index],
        verdict = status(face);
      const plain = ["open", "empty", "unreadable"].includes(verdict);
      dot.replaceChildren(h("span", { text: index + 1 }), plain ? "" : sign(verdict));
      dot.className = plain ? "pw-dot" : `pw-dot pw-is-${verdict}`;
      dot.setAttribute(
        "aria-label",
        `${fill(strings.question, { number: index + 1, count: faces.length })}: ${plain ? strings.open : strings[verdict]}`,
      );
      if (index === current) dot.setAttribute("aria-current", "step");
      else dot.removeAttribute("aria-current");
    });
  };
  return { node, draw };
}

function bar(node, done, count) {
  node.className = "pw-rail pw-rail-bar";
  node.setAttribute("aria-hidden", "true"); // the head says it in words
  if (!node.firstChild) node.append(h("span", { class: "pw-rail-done" }));
  node.firstChild.style.width = `${(100 * done) / count}%`;
}
