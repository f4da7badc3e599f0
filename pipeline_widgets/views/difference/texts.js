// The two sentences under one another, word by word, with the ids that differ.

import { direction } from "../shared/columns.js";
import { fill, h } from "../shared/dom.js";

/**
 * The words in columns: the block, and what shows another pair of sentences in it. A column that
 * says the same as before stays, so that a keystroke lays out one word and not all.
 */
export function texts(strings) {
  let columns = new Map();
  const column = (word, difference) =>
    h(
      "div",
      {
        class: `pw-word pw-${word.kind}`,
        role: "listitem",
        "aria-label": spoken(word, strings),
      },
      side(word, difference, 0),
      side(word, difference, 1),
    );
  const names = h(
    "div",
    { class: "pw-word-names", "aria-hidden": true },
    h("span", { class: "pw-of-pinned", text: strings.pinned }),
    h("span", { class: "pw-of-new", text: strings.new }),
  );
  const list = h("div", { class: "pw-words", role: "list", tabindex: 0 }); // it may be scrolled

  function show(difference) {
    const { pinned, words } = difference;
    const now = new Map();
    const nodes = words.map((word) => {
      const said = JSON.stringify([word.kind, word.texts, idsOf(word, difference)]);
      const [known, ...others] = columns.get(said) ?? [];
      columns.set(said, others);
      const node = known ?? column(word, difference);
      now.set(said, [...(now.get(said) ?? []), node]);
      return node;
    });
    columns = now;
    list.dir = direction(pinned.text || difference.new.text);
    nodes.forEach((node, k) => {
      if (list.children[k] !== node) list.insertBefore(node, list.children[k] ?? null);
    });
    while (list.children.length > nodes.length) list.lastChild.remove();
  }

  return { node: h("div", { class: "pw-aligned" }, names, list), show };
}

/** The ids of a word in both sentences. */
const idsOf = (word, difference) =>
  word.tokens.map((tokens, k) =>
    tokens.map((token) => difference[["pinned", "new"][k]].ids[token]),
  );

/** One word of one sentence: its text, and under it the ids if the other's are others. */
function side(word, difference, index) {
  const text = word.texts[index],
    own = ["pinned", "new"][index];
  const ids = idsOf(word, difference);
  const differ = String(ids[0]) !== String(ids[1]);
  return h(
    "span",
    { class: `pw-word-side pw-of-${own}`, "aria-hidden": true },
    h("bdi", { class: "pw-word-text", text: text || "\u00a0" }),
    h("span", {
      class: "pw-word-ids pw-mono",
      dir: "ltr",
      text: differ && text ? ids[index].join(" ") : "",
    }),
  );
}

function spoken({ kind, texts: [one, two] }, strings) {
  if (kind === "kept") return `${two}, ${strings.kept}`;
  if (kind === "replaced") return `${one} ${strings.replaced}: ${two}`;
  return `${one || two}, ${strings[kind]}`;
}

/** How many words were kept, replaced, put in, left out, and how many ids differ. */
export function textsNote(difference, strings) {
  const { words, pinned } = difference;
  const count = (kind) => words.filter((word) => word.kind === kind).length;
  const counted = ["kept", "replaced", "put_in", "left_out"]
    .filter(count)
    .map((kind) => `${count(kind)} ${strings[kind]}`);
  const total = Math.max(difference.new.ids.length, pinned.ids.length);
  if (words.length === count("kept") && !difference.changed_ids) return strings.texts_same;
  const ids = difference.changed_ids
    ? ""
    : ` ${fill(strings.ids_same, { model: difference.title, count: total })}`;
  const cut = [pinned, difference.new]
    .filter((one) => one.left_out)
    .map((one) => ` ${fill(strings.cut, { count: one.left_out })}`);
  return (
    fill(strings.texts_note, {
      words: counted.join(", "),
      ids: difference.changed_ids,
      count: total,
    }) +
    ids +
    cut.join("")
  );
}
