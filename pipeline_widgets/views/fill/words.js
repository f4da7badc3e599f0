// The words of a text as buttons: pressed, a word becomes a blank; a blank becomes its word again.

import { fill, h } from "../shared/dom.js";
import { roving } from "../shared/roving.js";

const PART = /<mask>|\[MASK\]|[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|\S/gu;
const BLANK = /^(?:<mask>|\[MASK\])$/;
const MOST = 150; // buttons; of a long text the first words

/** The words, signs and blanks of a text: where each stands, and which blank it is, or -1. */
export function parts(text) {
  let blanks = 0;
  return [...text.matchAll(PART)].map(({ 0: word, index }) => ({
    word,
    start: index,
    end: index + word.length,
    blank: BLANK.test(word) ? blanks++ : -1,
  }));
}

export const countBlanks = (text) => parts(text).filter(({ blank }) => blank >= 0).length;

/** The text with the part hidden, and the hidden words of all its blanks then. */
export function hide(text, part, hidden) {
  const before = countBlanks(text.slice(0, part.start));
  return {
    text: `${text.slice(0, part.start)}<mask>${text.slice(part.end)}`,
    hidden: [...hidden.slice(0, before), part.word, ...hidden.slice(before)],
    blank: before,
  };
}

/** The text with a blank's word in its place again. */
export function putBack(text, part, hidden) {
  return {
    text: text.slice(0, part.start) + hidden[part.blank] + text.slice(part.end),
    hidden: hidden.filter((_, k) => k !== part.blank),
    blank: Math.max(0, part.blank - 1),
  };
}

/** What is known of the blanks of `next`, which was `text`: those before and after the change. */
export function kept(text, hidden, next) {
  const shorter = Math.min(text.length, next.length);
  let first = 0,
    last = 0;
  while (first < shorter && text[first] === next[first]) first++;
  while (last < shorter - first && text.at(-1 - last) === next.at(-1 - last)) last++;
  const count = countBlanks(next),
    ahead = countBlanks(next.slice(0, first)),
    behind = Math.min(count - ahead, countBlanks(next.slice(next.length - last)));
  return Array.from({ length: count }, (_, k) => {
    if (k < ahead) return hidden[k] ?? "";
    return k >= count - behind ? (hidden[hidden.length - count + k] ?? "") : "";
  });
}

/** `act(part)` is called with the part that was pressed; `update(text, hidden, blank)` draws. */
export function wordButtons(strings, act) {
  let all = [];
  const row = h("div", { class: "pw-fill-words", role: "group", "aria-label": strings.words });
  row.dir = "auto";
  const more = h("p", { class: "pw-hint", hidden: true });
  roving(row, "button", () => {});

  function update(text, hidden, blank, fixed) {
    const found = parts(text);
    all = found.slice(0, MOST);
    while (row.children.length > all.length) row.lastChild.remove();
    while (row.children.length < all.length) {
      const index = row.children.length;
      row.append(
        h("button", {
          ...{ type: "button", class: "pw-fill-word", "data-key": `word-${index}` },
          onclick: () => act(all[index]),
        }),
      );
    }
    const stop = Math.max(
      0,
      all.findIndex((part) => part.blank === blank),
    );
    const several = found.filter((part) => part.blank >= 0).length > 1;
    all.forEach((part, k) => {
      const current = several && part.blank === blank;
      draw(row.children[k], part, hidden, { fixed, several, current, stop: k === stop });
    });
    more.hidden = found.length <= MOST;
    more.textContent = fill(strings.more_words, { count: MOST });
  }

  function draw(button, { word, blank }, hidden, { fixed, several, current, stop }) {
    const was = hidden[blank];
    button.textContent = blank < 0 ? word : several ? blank + 1 : "";
    if (current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    button.dataset.blank = blank;
    button.tabIndex = stop ? 0 : -1;
    button.disabled = fixed && blank < 0;
    button.setAttribute("aria-pressed", String(blank >= 0));
    const name = blank < 0 ? strings.hide : was ? strings.put_back : strings.blank_of;
    button.setAttribute(
      "aria-label",
      fill(name, { word: blank < 0 ? word : was, number: blank + 1 }),
    );
    button.classList.toggle("pw-fill-sign", blank < 0 && !/[\p{L}\p{N}]/u.test(word));
  }
  return { node: h("div", {}, row, more), update };
}
