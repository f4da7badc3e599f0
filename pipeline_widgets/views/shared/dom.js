// Building elements without innerHTML, and listening without leaving anything behind.

const SVG = new Set(["svg", "path", "g", "line", "rect", "circle", "text", "title", "tspan"]);

/** An element with attributes, listeners (functions under "onname") and children. */
export function h(tag, properties = {}, ...children) {
  const node = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else if (name === "style") node.style.cssText = value;
    else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Give `node` these attributes; what it has already is left alone. */
export function renew(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const wanted = String(value);
    if (name === "text") {
      if (node.textContent !== wanted) node.textContent = wanted;
    } else if (name === "style") {
      if (styled.get(node) !== wanted) node.style.cssText = wanted;
      styled.set(node, wanted);
    } else if (node.getAttribute(name) !== wanted) node.setAttribute(name, wanted);
  }
}
const styled = new WeakMap(); // the style that each node was given last

/** Let `parent` have exactly these children; those that are there and in order stay untouched. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  let at = parent.firstChild;
  for (const node of children) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

/** Listen until `signal` says that the view is gone. */
export function on(target, type, listener, signal) {
  target.addEventListener(type, listener, { signal });
}

/** "{count} tokens" with count = 3 is "3 tokens". */
export function fill(template, values = {}) {
  return (template ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** Call `act` once in the next frame, however often it was asked for. */
export function once(act) {
  let asked = 0;
  return () => {
    if (!asked)
      asked = requestAnimationFrame(() => {
        asked = 0;
        act();
      });
  };
}
