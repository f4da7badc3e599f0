// The parts of the engine that few pages need; each calls `engineRest` in a file of its own, or at the
// end of the worker's own text.

const parts = {},
  worker = /** @type {any} */ (globalThis);

worker.engineRest = (name, give) => (parts[name] = give());

/** The part of a name; it comes from its file in `files` when it is needed first. */
export function rest(name, files) {
  if (!parts[name])
    try {
      worker.importScripts(files[name]);
    } catch {
      throw new Error("page_away");
    }
  return parts[name];
}
