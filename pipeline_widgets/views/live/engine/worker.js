// The engine's worker. It hears {start}, then {ask}s, and the {part}s of weights that it said it
// {need}s; it says {progress}, {answer} and {trouble}. Of several asks of a view the latest counts.

import { earlyTraits, explorerTraits } from "./explorer_view.js";
import { fastKernel } from "./kernel.js";
import { Model, roomFor } from "./model.js";
import { Reader } from "./reader.js";
import { rest } from "./rest.js";
import { tensorsOf } from "./safetensors.js";
import { fetched, inflated } from "./weights_file.js";

const LANES = 4; // files that are fetched at a time
let all = [], // a reader for each model
  files = {}, // by name: parts of the engine that few need
  compiled = null, // the kernel, where the browser knows how
  going = false;
const asked = new Map(), // by view: what it asked last and was not answered yet
  memories = new Map(), // by view: what it keeps between two asks
  jobs = new Map(); // by view: what takes long

const heard = {
  start(given) {
    files = given.files;
    if (WebAssembly.validate(given.kernel)) compiled = WebAssembly.compile(given.kernel);
    all = given.models.map((model, index) => ({
      reader: new Reader(index, model, given.tables, files),
      ...{ state: "away", read: 0, given: 0, room: null, kernel: null },
    }));
  },

  /** Models that will be needed. */
  bring(indices) {
    for (const index of indices) if (all[index].state === "away") bring(all[index]);
  },

  ask(ask) {
    asked.delete(ask.view); // the view asked last is answered last
    asked.set(ask.view, ask);
    heard.bring(wanted(ask).map(({ index }) => index));
    go();
  },

  /** Parts come in order. */
  async part({ index, data }) {
    const one = all[index];
    await put(one, one.given++, (known, into) => inflated(data, known, into));
  },

  missing: (index) => lost(all[index], "page_cut"),
};

addEventListener("message", async ({ data }) => {
  const [[name, value]] = Object.entries(data);
  try {
    await heard[name](value);
  } catch (error) {
    postMessage({ trouble: { index: -1, why: error.message } });
  }
});

/** The readers that an answer needs. */
const wanted = ({ models, shown = [0] }) => shown.map((place) => all[models[place]].reader);

function lost(one, why) {
  if (one.state === "lost") return;
  one.state = "lost";
  one.kernel = null;
  postMessage({ trouble: { index: one.reader.index, why } });
}

/** Begin to bring a model's weights, from where they are, into its memory. */
async function bring(one) {
  const { parts, index, config } = one.reader;
  one.state = "coming";
  const size = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  postMessage({ progress: { index, read: 0, of: size } });
  one.room = { size, ...roomFor(config, size) };
  const { pages } = one.room;
  one.kernel = compiled
    ? await fastKernel(await compiled, pages)
    : rest("plain_kernel", files).plainKernel(pages);
  if (!parts[0].url || parts[0].url.startsWith("file:")) return postMessage({ need: index });
  let next = 0;
  const lane = async () => {
    for (let k = next++; k < parts.length && one.state === "coming"; k = next++)
      await put(one, k, fetched);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The part that `get(known, into)` gets, in its place; the last one makes the model. */
async function put(one, k, get) {
  if (one.state !== "coming") return;
  const { parts, index } = one.reader,
    { file, size } = one.room,
    before = parts.slice(0, k).reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    await get(parts[k], new Uint8Array(one.kernel.buffer, file + before, parts[k].bytes));
  } catch (error) {
    return lost(one, error.message);
  }
  if (one.state !== "coming") return;
  one.read += parts[k].bytes;
  postMessage({ progress: { index, read: one.read, of: size } });
  if (one.read === size) load(one);
}

function load(one) {
  const { config } = one.reader,
    { file, size } = one.room,
    tensors = tensorsOf(one.kernel.buffer, file, size);
  one.reader.model = new Model(config, tensors, one.room, one.kernel);
  go();
}

/** Answers what is asked, then does a bit of what takes long, and again while there is any. */
function go() {
  if (going) return;
  going = true;
  setTimeout(() => {
    going = false;
    for (const [view, ask] of asked) answer(view, ask);
    const open = [...jobs].filter(([, job]) => !job.done);
    if (open.length) step(...open[0]);
    if (open.length) go();
  });
}

function answer(view, ask) {
  const kind = KINDS[ask.kind],
    readers = wanted(ask);
  const ready = readers.every(({ model }) => model);
  if (ready) asked.delete(view);
  if (!memories.has(view)) memories.set(view, {});
  const memory = memories.get(view);
  try {
    if (ready) say(view, kind.traits(memory, ask, readers));
    else if (readers.some(({ index }) => all[index].state === "lost")) asked.delete(view);
    else if (kind.early && memory.early !== ask)
      postMessage({ answer: { view, early: true, traits: kind.early(ask, readers) } });
    memory.early = ask;
    if (ready) begin(view, kind.work(ask, memory), ask, readers);
  } catch (error) {
    postMessage({ trouble: { index: -1, why: error.message } });
  }
}

const say = (view, traits, last = false) => postMessage({ answer: { view, traits, last } });

/** Work goes on, or is done, for as long as the same is asked for. */
function begin(view, work, ask, readers) {
  if (work && jobs.get(view)?.key === work.key) return;
  jobs.delete(view);
  if (work) jobs.set(view, { key: work.key, steps: work.steps(ask, readers, memories.get(view)) });
}

/** One step of a job; what it found is said ten times a second, and whole at the end. */
function step(view, job) {
  const { value, done } = job.steps.next();
  jobs.delete(view);
  jobs.set(view, job); // behind the others
  job.done = done;
  job.found = value ?? job.found;
  if (!job.found || (!done && performance.now() - (job.said ?? 0) < 100)) return;
  job.said = performance.now();
  say(view, job.found(), done);
}

const pin = () => rest("pinned_view", files),
  attention = () => rest("attention_view", files);

/** What each kind of view is answered: traits by name, at once and `early`, and bit by bit. */
const KINDS = {
  explorer: {
    traits: (...about) => explorerTraits(...about, pin),
    early: earlyTraits,
    work: (ask, memory) => memory.compared.length && pin().patchingOf(ask, memory),
  },
  attention: {
    traits: (...about) => attention().attentionTraits(...about),
    work: (...about) => attention().measuringOf(...about),
  },
};
