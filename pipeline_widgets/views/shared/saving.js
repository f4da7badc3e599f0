// What Save picture opens: the picture as SVG or PNG, its numbers as CSV. Python makes them.

import { h } from "./dom.js";

const KINDS = { svg: "image/svg+xml", png: "image/png", csv: "text/csv" };
const SHARPNESS = 2; // pixels of a PNG for one of the picture's

function keep(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The SVG as pixels. */
async function pixels(svg) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([svg], { type: KINDS.svg }));
  await picture.decode();
  const canvas = h("canvas", {
    width: SHARPNESS * picture.naturalWidth,
    height: SHARPNESS * picture.naturalHeight,
  });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((done) => canvas.toBlob(done, KINDS.png));
}

async function saved({ saved: kind, text, name }) {
  const blob = kind === "png" ? await pixels(text) : new Blob([text], { type: KINDS[kind] });
  keep(blob, `${name}.${kind}`);
}

/** The three buttons, which ask Python, and what comes goes to a file, until `signal`. */
export function saving(model, strings, signal) {
  const hear = (message) => message.saved && saved(message);
  model.on("msg:custom", hear);
  signal?.addEventListener("abort", () => model.off("msg:custom", hear));
  return h(
    "span",
    { class: "pw-save-kinds", role: "group", "aria-label": strings.save, hidden: true },
    Object.keys(KINDS).map((kind) =>
      h("button", {
        type: "button",
        "data-key": `save-${kind}`,
        text: strings[`save_${kind}`],
        onclick: () => model.send({ save: kind }),
      }),
    ),
  );
}
