// The engine's worker. It hears {start}, then {ask}s, and the {part}s of weights that it said it
// {need}s; it says {progress}, {answer} and {trouble}. Of several asks of a view the latest counts.

import { fastKernel, plainKernel } from "./kernel.js";
import { Model, pagesFor } from "./model.js";
import { panelOf } from "./panel.js";
import { tensorsOf } from "./safetensors.js";
import { tokenizerOf } from "./tokenizer.js";
import { fetched, inflated } from "./weights_file.js";

const KEPT = 4, // traces of the texts read last
  LANES = 4; // files that are fetched at a time
let settings = null,
  readers = [],
  traces = new Map();
const asked = new Map(); // by view: what it asked last and was not answered yet

const heard = {
  start(given) {
    settings = given;
    readers = given.models.map(({ config, tokenizer, parts }, index) => ({
      ...{ index, config, parts, state: "away", read: 0, given: 0, model: null, file: null },
      tokenizer: tokenizerOf(tokenizer, given.tables, config.limit),
    }));
  },

  ask(ask) {
    const idle = !asked.size;
    asked.delete(ask.view); // the view asked last is answered last
    asked.set(ask.view, ask);
    for (const index of wanted(ask)) if (readers[index].state === "away") bring(readers[index]);
    if (idle) setTimeout(answer);
  },

  /** Parts come in order. */
  async part({ index, data }) {
    const reader = readers[index];
    await put(reader, reader.given++, (known) => inflated(data, known));
  },

  missing: (index) => lost(readers[index], "page_cut"),
};

addEventListener("message", async ({ data }) => {
  const [[name, value]] = Object.entries(data);
  await heard[name](value);
});

/** The models, by index, that an answer needs. */
const wanted = ({ models, shown }) => shown.map((place) => models[place]);

function lost(reader, why) {
  if (reader.state === "lost") return;
  reader.state = "lost";
  reader.file = null;
  postMessage({ trouble: { index: reader.index, why } });
}

/** Begin to bring a model's weights, from where they are. */
async function bring(reader) {
  const { parts, index } = reader;
  reader.state = "coming";
  reader.file = new Uint8Array(parts.reduce((sum, { bytes }) => sum + bytes, 0));
  if (!parts[0].url || parts[0].url.startsWith("file:")) return postMessage({ need: index });
  let next = 0;
  const lane = async () => {
    for (let k = next++; k < parts.length && reader.state === "coming"; k = next++)
      await put(reader, k, fetched);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The part that `get(known)` gives, in its place; the last one makes the model. */
async function put(reader, k, get) {
  const before = reader.parts.slice(0, k).reduce((sum, { bytes }) => sum + bytes, 0),
    known = reader.parts[k];
  try {
    const part = await get(known);
    if (reader.state !== "coming") return;
    reader.file.set(part, before);
    reader.read += known.bytes;
  } catch (error) {
    return lost(reader, error.message);
  }
  const of = reader.file.length;
  postMessage({ progress: { index: reader.index, read: reader.read, of } });
  if (reader.read === of) await load(reader);
}

async function load(reader) {
  const { buffer } = reader.file,
    tensors = tensorsOf(buffer),
    pages = pagesFor(tensors, reader.config);
  const kernel = WebAssembly.validate(settings.kernel)
    ? await fastKernel(settings.kernel, pages)
    : plainKernel(pages);
  reader.model = new Model(reader.config, tensors, buffer, kernel);
  reader.file = null;
  answer();
}

function answer() {
  for (const [view, ask] of asked) {
    if (wanted(ask).some((index) => !readers[index].model)) continue;
    asked.delete(view);
    try {
      postMessage({ answer: { view, traits: ANSWERS[ask.kind](ask) } });
    } catch (error) {
      postMessage({ trouble: { index: -1, why: error.message } });
    }
  }
}

/** What each kind of view is answered: traits by name. */
const ANSWERS = {
  explorer(ask) {
    const panels = wanted(ask).map((index) => {
      const { tokens, trace } = traceOf(index, ask.text);
      return panelOf(readers[index].config, tokens, trace, { ...ask, stages: ask._stages });
    });
    const { text } = traceOf(wanted(ask)[0], ask.text).tokens;
    return { _result: { text, panels, sequence: ask._sequence, error: "" } };
  },
};

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
