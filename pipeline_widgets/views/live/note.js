// What a live view says of its weights: how much has come, or why they can't.

import { fill, h } from "../shared/dom.js";

const megabytes = (bytes) => Math.round(bytes / 1e6);

/** A line above a view, there while it has something to say. */
export function note(strings) {
  const words = h("span", {}),
    bar = h("progress", { "aria-hidden": true }),
    alert = h("p", { class: "pw-page-trouble", role: "alert" });
  const line = h("p", { class: "pw-page-progress" }, bar, words);
  const node = h("div", { class: "pw-page-note", hidden: true }, line, alert);
  return {
    node,
    progress(model, read, of) {
      node.hidden = read >= of && !alert.textContent;
      line.hidden = read >= of;
      bar.max = of;
      bar.value = read;
      const values = { model, read: megabytes(read), of: megabytes(of) };
      words.textContent = fill(strings.page_progress, values);
    },
    trouble(why) {
      node.hidden = false;
      line.hidden = true;
      alert.textContent = fill(strings.page_trouble, { why: strings[why] ?? why });
    },
  };
}
