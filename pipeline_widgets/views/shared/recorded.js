// A model for a view in a page without Jupyter: it answers from what was written into the page.

/** Data of a page: JSON whose {"$bytes": base64} are DataViews. */
export function parsed(text) {
  return JSON.parse(text, (_, value) => {
    if (typeof value?.$bytes !== "string" || Object.keys(value).length > 1) return value;
    return new DataView(bytesOf(value.$bytes).buffer);
  });
}

export const bytesOf = (letters) =>
  Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));

/**
 * `model`, which answers when a view asks for a script that few need: `load` are functions by its
 * name, each gives the module or a promise of it (fetched.js), perhaps with `words` of its own.
 */
export function withScripts(model, load) {
  const { send } = model;
  model.send = (message) => {
    const name = message.fetch;
    if (!Object.hasOwn(load, name)) return send(message);
    Promise.resolve(load[name]()).then((module) => {
      Object.assign(model.get("strings"), module.words); // the same object that the view reads
      model.set("_scripts", { ...model.get("_scripts"), [name]: module });
    });
  };
  return model;
}

/** A view's drawing in `el`, once it is ready for it. */
export async function draw(widget, model, el) {
  await widget.initialize?.({ model });
  return widget.render({ model, el, signal: new AbortController().signal });
}

/** Who listens to which event; `hear` is anywidget's `on` and `off`. */
export function events() {
  const listeners = {};
  return {
    emit(name) {
      for (const heard of listeners[`change:${name}`] ?? []) heard();
    },
    hear: {
      on: (event, heard) => (listeners[event] ??= []).push(heard),
      off(event, heard) {
        listeners[event] = (listeners[event] ?? []).filter((one) => one !== heard);
      },
    },
  };
}

const same = (a, b) =>
  a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
const spoken = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** The value at a path of keys replaced; what is around it stays, but is another object. */
function replaced(value, path, change) {
  const [key, ...rest] = path;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[key] = rest.length ? replaced(copy[key], rest, change) : change;
  return copy;
}

/** The model over a view's `state` and its `recorded` answers (offline_page.py). */
export function recordedModel({ state, recorded }) {
  const { emit, hear } = events();
  const at = (path) => path.split(".").reduce((value, key) => value[key], state);
  let before = {};

  function set(name, value) {
    if (same(state[name], value)) return;
    if (!(name in before)) before[name] = state[name];
    state[name] = value;
    emit(name);
  }

  /** A value that was not recorded is taken back. */
  function takeBack(traits, changed) {
    for (const name of traits) {
      if (!(name in changed)) continue;
      state[name] = changed[name];
      emit(name);
    }
  }

  function make(changes) {
    const touched = new Set();
    for (const [path, value] of changes.flatMap(Object.entries)) {
      const [trait, ...rest] = path.split(".");
      state[trait] = rest.length ? replaced(state[trait], rest, value) : value;
      touched.add(trait);
    }
    touched.forEach(emit);
  }

  return {
    ...hear,
    get: (name) => state[name],
    set,
    send() {},
    save_changes() {
      const changed = before;
      before = {};
      for (const { when, answers, changes } of recorded) {
        const traits = when.map((path) => path.split(".")[0]);
        if (!traits.some((name) => name in changed)) continue;
        const asked = when.map((path) => spoken(at(path))).join("|");
        if (!Object.hasOwn(answers, asked)) takeBack(traits, changed);
        else make(answers[asked].map((number) => changes[number]));
      }
    },
  };
}
