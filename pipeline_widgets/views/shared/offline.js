// Appended to a view's module in a page of its own: a model that needs no Jupyter.
{
  const kept = JSON.parse(document.getElementById("kept").textContent, (_, value) => {
    if (typeof value?.$bytes !== "string" || Object.keys(value).length > 1) return value;
    return new DataView(
      Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0)).buffer,
    );
  });
  const { state, recorded } = kept,
    listeners = {};
  const same = (a, b) =>
    a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
  const spoken = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  const at = (path) => path.split(".").reduce((value, key) => value[key], state);
  let before = {};

  const emit = (name) => {
    for (const heard of listeners[`change:${name}`] ?? []) heard();
  };
  const put = (name, value) => {
    if (same(state[name], value)) return;
    if (!(name in before)) before[name] = state[name];
    state[name] = value;
    emit(name);
  };
  /** The value at a path of keys replaced; what is around it stays, but is another object. */
  const replaced = (value, path, change) => {
    const [key, ...rest] = path;
    const copy = Array.isArray(value) ? [...value] : { ...value };
    copy[key] = rest.length ? replaced(copy[key], rest, change) : change;
    return copy;
  };

  const model = {
    get: (name) => state[name],
    set: put,
    on: (event, heard) => (listeners[event] ??= []).push(heard),
    off: (event, heard) => {
      listeners[event] = (listeners[event] ?? []).filter((one) => one !== heard);
    },
    send() {},
    save_changes() {
      const changed = before;
      before = {};
      for (const { when, answers, changes } of recorded) {
        const traits = when.map((path) => path.split(".")[0]);
        if (!traits.some((name) => name in changed)) continue;
        const asked = when.map((path) => spoken(at(path))).join("|");
        const numbers = Object.hasOwn(answers, asked) ? answers[asked] : undefined;
        if (!numbers) {
          for (const name of traits)
            if (name in changed) {
              state[name] = changed[name];
              emit(name);
            }
          continue;
        }
        const touched = new Set();
        for (const number of numbers)
          for (const [path, value] of Object.entries(changes[number])) {
            const [trait, ...rest] = path.split(".");
            state[trait] = rest.length ? replaced(state[trait], rest, value) : value;
            touched.add(trait);
          }
        touched.forEach(emit);
      }
    },
  };
  const el = document.getElementById("view");
  Promise.resolve(widget.initialize?.({ model })).then(() =>
    widget.render({ model, el, signal: new AbortController().signal }),
  );
}
