// Pages that share one engine and one copy of each model, as files beside them: all that these
// files say is said to `pipelineWidgets`, so that they can be read from a disk, too.

import { host } from "./host.js";
import { showViews } from "./page_views.js";

export default (engine) => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript),
    own = here.src.replace(/[^/]*$/, ""), // the folder of these files
    views = {},
    acts = {}, // what does Python's part, by the names that the page's data give
    models = [];
  let heard = null; // who waits for a part of the weights
  const shared = {
    act: (name, act) => (acts[name] = act),
    view: (name, widget) => (views[name] = widget),
    model: (described) => models.push(described),
    part: (text) => heard?.(text),
  };
  /** @type {any} */ (window).pipelineWidgets = shared;

  /** A file as a script, once it has run: a page from a disk may not read it in any other way. */
  const ran = (url, more = {}) =>
    new Promise((done, fail) => {
      const element = Object.assign(document.createElement("script"), { src: url, ...more });
      element.onerror = () => fail(new Error(url));
      element.onload = () => done();
      document.head.append(element);
    });
  /** The bytes of a file of weights: a byte a character, those from 0x80 on in U+F780 … */
  async function script(url) {
    let text;
    heard = (said) => (text = said);
    await ran(url, { charset: "x-user-defined" }).finally(() => (heard = null));
    if (text === undefined) throw new Error(url);
    return lowBytes(text);
  }
  /** The module of a name, which is in a file that is read when it is asked for first. */
  async function brought(name, file) {
    if (!views[name]) await ran(new URL(file, own).href);
    return views[name];
  }
  let turn = Promise.resolve(); // one file after the other: each speaks to the same `part`
  const supply = (index, part, missing) => {
    const all = async () => {
      for (const { url } of models[index].parts) part(await script(url));
    };
    turn = turn.then(all).catch(missing);
  };

  const { files } = engine;
  for (const [name, file] of Object.entries(files)) files[name] = new URL(file, own).href;
  // A worker may not read a file on a disk: there it gets its whole text at once.
  /** @type {any} */ (window).engineRest = (name, give) =>
    (engine.source += `\nengineRest("${name}",${give});`);

  addEventListener("DOMContentLoaded", async () => {
    if (location.protocol === "file:")
      await Promise.all(Object.values(files).map((url) => ran(url)));
    for (const { parts } of models)
      for (const part of parts) part.url = new URL(part.file, own).href;
    const page = host(engine, models, supply),
      names = models.map(({ name }) => name);
    showViews(page, views, names, acts, brought);
  });
};

function lowBytes(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
