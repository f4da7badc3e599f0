// The engine's worker. It hears {start}, then weights in {part}s, and {ask}s; it says {progress},
// {result} and {trouble}. Of several asks the latest is answered.

import { fastKernel, plainKernel } from "./kernel.js";
import { Model, pagesFor } from "./model.js";
import { panelOf } from "./panel.js";
import { checksum, tensorsOf } from "./safetensors.js";
import { tokenizerOf } from "./tokenizer.js";

const KEPT = 4; // traces of the texts read last
let settings = null,
  readers = [],
  traces = new Map(),
  asked = null;

const heard = {
  start(given) {
    settings = given;
    readers = given.models.map(({ config, tokenizer, bytes, sum }) => ({
      config,
      sum,
      tokenizer: tokenizerOf(tokenizer, given.tables, config.limit),
      file: new Uint8Array(bytes),
      read: 0,
      model: null,
    }));
  },

  async part({ index, text }) {
    const reader = readers[index],
      letters = atob(text);
    for (let i = 0; i < letters.length; i++) reader.file[reader.read + i] = letters.charCodeAt(i);
    reader.read += letters.length;
    postMessage({ progress: { index, read: reader.read, of: reader.file.length } });
    if (reader.read === reader.file.length) await load(reader);
  },

  end(cut) {
    if (readers.some(({ read, file }) => read < file.length)) throw new Error(cut);
  },

  ask(ask) {
    const idle = asked === null;
    asked = ask;
    if (idle) setTimeout(answer);
  },
};

addEventListener("message", async ({ data }) => {
  const [[name, value]] = Object.entries(data);
  try {
    await heard[name](value);
  } catch (error) {
    postMessage({ trouble: error.message });
  }
});

async function load(reader) {
  if (checksum(reader.file) !== reader.sum)
    throw new Error("The weights are not those that were written: the file was altered.");
  const { buffer } = reader.file,
    tensors = tensorsOf(buffer),
    pages = pagesFor(tensors, reader.config);
  const kernel = WebAssembly.validate(settings.kernel)
    ? await fastKernel(settings.kernel, pages)
    : plainKernel(pages);
  reader.model = new Model(reader.config, tensors, buffer, kernel);
  reader.file = new Uint8Array(0);
  if (asked) answer();
}

function answer() {
  const ask = asked;
  if (!ask?.shown.length || ask.shown.some((index) => !readers[index]?.model)) return;
  asked = null;
  try {
    const panels = ask.shown.map((index) => {
      const { tokens, trace } = traceOf(index, ask.text);
      return panelOf(readers[index].config, tokens, trace, ask);
    });
    const text = traceOf(ask.shown[0], ask.text).tokens.text;
    postMessage({ result: { text, panels, sequence: ask.sequence, error: "" } });
  } catch (error) {
    postMessage({ trouble: error.message });
  }
}

/** A text's tokens and trace, computed once while other things about it are asked. */
function traceOf(index, text) {
  const key = `${index} ${text}`;
  let found = traces.get(key);
  if (!found) {
    const { tokenizer, model } = readers[index];
    const start = performance.now(),
      tokens = tokenizer.encode(text),
      cut = performance.now(),
      trace = model.trace(tokens.ids);
    const tenths = (ms) => Math.round(10 * ms) / 10;
    trace.ms = { text: 0, tokens: tenths(cut - start), embedding: 0, pooled: 0, prediction: 0 };
    trace.ms.layers = tenths(performance.now() - cut);
    found = { tokens, trace };
    if (traces.size >= KEPT) traces.delete(traces.keys().next().value);
    traces.set(key, found);
  }
  return found;
}
