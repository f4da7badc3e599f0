// Trees of plain lists, made in Python from Markdown and LaTeX, as DOM and MathML. A tag or an
// attribute that is not named here is not made, whatever the tree says.

import { own } from "../shared/own.js";

const MATH = new Set(
  (
    "math mrow mi mo mn mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover " +
    "mtable mtr mtd"
  ).split(" "),
);
const PLAIN = new Set(
  "p ul ol li pre code b i em strong sub sup u br a img table thead tbody tr th td blockquote h4".split(
    " ",
  ),
);
const PICTURE = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/;
const SPANS = ["colspan", "rowspan"];
const NAMESPACE = "http://www.w3.org/1998/Math/MathML";

/** Nodes of a tree: each a string or [tag, attributes, ...children]. */
export function rich(nodes) {
  return (nodes ?? []).map(one).filter((node) => node !== null);
}

function one(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, ...children] = node;
  if (!MATH.has(tag) && !PLAIN.has(tag)) return null;
  const element = MATH.has(tag)
    ? document.createElementNS(NAMESPACE, tag)
    : document.createElement(tag);
  if (tag === "a" && /^https?:\/\//.test(attributes.href ?? "")) {
    element.setAttribute("href", attributes.href);
    element.setAttribute("target", "_blank");
    element.setAttribute("rel", "noopener noreferrer");
  }
  if (tag === "math" && attributes.display === "block") element.setAttribute("display", "block");
  if (tag === "mspace") element.setAttribute("width", attributes.width);
  if (tag === "mfrac" && attributes.linethickness) element.setAttribute("linethickness", "0");
  if (tag === "img") {
    if (!PICTURE.test(attributes.src ?? "")) return null;
    for (const name of ["src", "alt"]) element.setAttribute(name, attributes[name] ?? "");
  }
  for (const name of { img: ["width", "height"], td: SPANS, th: SPANS }[tag] ?? [])
    if (/^\d{1,4}$/.test(attributes[name] ?? "")) element.setAttribute(name, attributes[name]);
  if (attributes.class === "pw-bold") element.setAttribute("class", "pw-bold");
  element.append(...rich(children));
  return element;
}

/** A short text of a question: rendered if it has a tree, else as it is. */
export function shortText(face, text) {
  const tree = own(face.trees, text);
  return tree ? rich(tree) : [document.createTextNode(text)];
}

/** The same as plain words, for an accessible name or a menu. */
export function plainWords(face, text) {
  return own(face.words, text) ?? text;
}
