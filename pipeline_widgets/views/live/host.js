// Appended to a view's module: a model whose answers come from the engine in a worker.
{
  const kept = JSON.parse(document.getElementById("kept").textContent, (_, value) => {
    if (typeof value?.$bytes !== "string") return value;
    return new DataView(
      Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0)).buffer,
    );
  });
  const ASKED = ["text", "sequence", "shown", "layer", "head", "opened"];
  const { state, engine } = kept,
    listeners = {};
  let changed = false;

  const put = (name, value) => {
    if (JSON.stringify(state[name]) === JSON.stringify(value) && name !== "result") return;
    if (ASKED.includes(name)) changed = true;
    state[name] = value;
    for (const heard of listeners[`change:${name}`] ?? []) heard();
  };
  const ask = () => {
    const asked = Object.fromEntries([...ASKED, "stages"].map((name) => [name, state[name]]));
    worker.postMessage({ ask: asked });
  };
  const model = {
    get: (name) => state[name],
    set: put,
    on: (event, heard) => (listeners[event] ??= []).push(heard),
    off(event, heard) {
      listeners[event] = (listeners[event] ?? []).filter((one) => one !== heard);
    },
    send() {},
    save_changes() {
      if (!changed) return;
      changed = false;
      ask();
    },
  };

  const { source, ...start } = engine;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const { strings } = state;
  let over = false; // what went wrong stays said
  const say = (words, values) => {
    if (over) return;
    const said = Object.entries(values).reduce((line, [k, v]) => line.replace(`{${k}}`, v), words);
    put("status", said);
  };
  const trouble = (why) => {
    say(strings.page_trouble, { why });
    over = true;
  };
  worker.onmessage = ({ data }) => {
    if (data.result) put("result", data.result);
    if (data.trouble) trouble(data.trouble);
    if (!data.progress) return;
    const { index, read, of } = data.progress,
      megabytes = (bytes) => (bytes / 1e6).toFixed(0);
    const values = { model: state.names[index], read: megabytes(read), of: megabytes(of) };
    say(read < of ? strings.page_progress : "", values);
  };
  worker.onerror = (event) => trouble(event.message);

  const el = document.getElementById("view");
  Promise.resolve(widget.initialize?.({ model })).then(() =>
    widget.render({ model, el, signal: new AbortController().signal }),
  );
  const bytes = Uint8Array.from(atob(engine.kernel), (letter) => letter.charCodeAt(0));
  worker.postMessage({ start: { ...start, kernel: bytes } });

  // The weights stand at the end of the page, in blocks; what has come is handed on and dropped.
  const handOn = () => {
    for (const block of document.querySelectorAll("script[data-model]")) {
      if (!block.nextElementSibling && document.readyState === "loading") break; // not whole yet
      const index = Number(block.getAttribute("data-model"));
      worker.postMessage({ part: { index, text: block.textContent } });
      block.remove();
    }
    if (document.readyState === "loading") setTimeout(handOn, 50);
    else worker.postMessage({ end: strings.page_cut });
  };
  handOn();
  document.addEventListener("DOMContentLoaded", handOn);
}
