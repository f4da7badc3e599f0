// Links in a lesson's prose that act on a view: `[show head 5·9](#show?layer=5&head=9)`.
// `acting_links.py` writes what this reads. Where no script runs, the link is a sentence.

const START = "#show?";

/** The values that `href` gives to traits of `names`, or null; `get(name)` is the value now. */
export function readLink(href, names, get) {
  const at = href.indexOf(START);
  if (at < 0) return null;
  const values = {};
  for (const [name, text] of new URLSearchParams(href.slice(at + START.length))) {
    if (!names.includes(name)) return null;
    values[name] = read(text, get(name));
  }
  return values;
}

function read(text, now) {
  if (typeof now === "string") return text;
  if (Array.isArray(now) && !text.startsWith("[")) return text.split(",").filter(Boolean);
  try {
    return JSON.parse(text);
  } catch {
    return now;
  }
}

/** Of the views that know all that the link sets, the last one before it, else the first after. */
function nearest(link, names) {
  const knows = (root) => names.every((name) => root.dataset.shows.split(" ").includes(name));
  const views = [...document.querySelectorAll("[data-shows]")].filter(knows);
  const before = (root) => root.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING;
  return views.filter(before).at(-1) ?? views[0];
}

/** Let links act on the view at `root`, until `signal`; `act(values)` sets the traits. */
export function followLinks(model, root, act, signal) {
  const names = model.get("_linkable") ?? [];
  root.dataset.shows = names.join(" ");
  const follow = (event) => {
    const link = event.target.closest?.(`a[href*="${START}"]`);
    const values = link && readLink(link.getAttribute("href"), names, (name) => model.get(name));
    if (!values || nearest(link, Object.keys(values)) !== root) return;
    event.preventDefault();
    event.stopPropagation();
    act(values);
    root.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", follow, { capture: true, signal });
}
