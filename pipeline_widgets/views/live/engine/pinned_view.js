// A pinned sentence beside the one that is typed (difference/comparison.py, pin.py, sentences.py).

import { scores } from "../../shared/rounding.js";
import { align } from "./alignment.js";
import { attentionRows, pathsOf, reachesFirst, spreadOf } from "./difference.js";
import { clamp, packed } from "./packing.js";
import { changedLabel, partRows, patchRow, rowOrder, shareOf } from "./patching.js";
import { blank } from "./words.js";

const FIRST = 1e6, // beyond the number of any run that the page was written with
  ROWS = 8, // attention rows that are told
  CARRIES = 0.5; // share of the change from which on a token is said to carry it

/** A pinned run and another of the same model, and what patching has found so far. */
function comparison(reader, pinned, run) {
  const { layers, heads } = reader.config,
    { stretches, partners } = align(pinned, run, blank(reader.is)),
    found = { reader, pinned, run, stretches, partners },
    answers = [pinned, run].map(({ trace }) => trace.after[layers]),
    label = changedLabel(...answers),
    { T } = run.trace;
  return {
    ...found,
    ...{ T, label, goal: answers[0][label], answer: answers[1][label], read: 0 },
    spread: spreadOf(reader, found),
    values: new Float32Array((layers + 1) * T).fill(NaN),
    parts: new Map(), // by layer, (2 + H, T + 1): halves first, everywhere last
    rows: heads + 2,
  };
}

/** What a result says of the pinned sentence; `memory.compared` are the comparisons. */
export function differences(memory, { text, pinned, shown, models }, readers) {
  const key = JSON.stringify([text, pinned, shown, models]);
  if (memory.comparedKey !== key) {
    memory.comparedKey = key;
    memory.run = (memory.run ?? FIRST) + 1;
    memory.compared = pinned
      ? readers.map((reader) => comparison(reader, reader.read(pinned), reader.read(text)))
      : [];
  }
  return { differences: memory.compared.map(message), run: memory.run };
}

/** The cell chosen at first: half-way up, where early layers differ most. */
function place({ reader, spread, T }) {
  const { layers } = reader.config,
    early = Array.from(spread.subarray(Math.min(2, layers) * T).subarray(0, T), (value) =>
      Number.isFinite(value) ? value : -1,
    );
  return [Math.floor(layers / 2) + 1, early.indexOf(Math.max(...early))];
}

function message(one) {
  const { reader, pinned, run, partners, label, T } = one,
    { config } = reader,
    { layers } = config;
  const row = [layers + 1, T];
  return {
    ...{ model: config.name, title: config.family, architecture: config.architecture },
    pinned: described(pinned, config),
    new: described(run, config),
    words: one.stretches.map(({ kind, spans, tokens }) => ({
      kind,
      texts: [pinned, run].map(({ words }, k) =>
        spans[k] ? words.chars.slice(...spans[k]).join("") : "",
      ),
      tokens,
    })),
    partners: Array.from(partners),
    changed_ids: changedIds(one),
    spread: packed(one.spread.slice(), row),
    labels: config.labels,
    function: config.function,
    threshold: config.threshold,
    label,
    said: said(one),
    goal: one.goal,
    answer: one.answer,
    after: [pinned, run].map(({ trace }) => trace.after.map((row) => row[label])),
    attention: attentionRows(reader, one, ROWS),
    paths: pathsOf(reader, one),
    heads: config.heads,
    layers,
    reached: reachesFirst(one.spread, T, layers),
    patched: true,
    place: place(one),
  };
}

/** The label's scores as they are written: in both texts, and after each layer. */
function said({ reader, pinned, run, label }) {
  const { layers, function: name } = reader.config,
    written = (row) => scores(row, name)[label];
  const [goal, answer] = [pinned, run].map(({ trace }) => written(trace.after[layers]));
  return { goal, answer, after: [pinned, run].map(({ trace }) => trace.after.map(written)) };
}

const described = ({ tokens, words, trace }, { layers, function: name }) => ({
  text: tokens.text,
  shown: words.labels,
  ids: tokens.ids,
  special: words.special.map(Number),
  probabilities: trace.after[layers],
  said: written(trace.after[layers], name),
  left_out: tokens.left_out,
});

function written(answer, name) {
  return scores(answer, name)[answer.indexOf(Math.max(...answer))];
}

function changedIds({ pinned, run, partners }) {
  const [theirs, ours] = [pinned.tokens.ids, run.tokens.ids];
  const same = ours.filter((id, k) => partners[k] >= 0 && theirs[partners[k]] === id).length;
  return Math.max(theirs.length, ours.length) - same;
}

/** The layer whose parts a panel shows: the one that made the chosen row. */
const layerOf = (one, cells) =>
  clamp((cells?.[0] >= 0 ? cells[0] : place(one)[0]) - 1, one.reader.config.layers);

/** How far patching has come: the trait `_acts`. */
export function acts(memory, { cells, pin_words: words }) {
  const panels = memory.compared.map((one, k) => {
    const { layers } = one.reader.config,
      shape = [layers + 1, one.T],
      layer = layerOf(one, cells[k]),
      parts = one.parts.get(layer);
    return {
      share: packed(sharesOf(one, one.values), shape),
      value: packed(one.values.slice(), shape),
      done: one.read,
      total: one.partners.filter((partner) => partner >= 0).length * (layers + 1),
      course: course(one, words),
      parts: parts?.whole
        ? { layer, share: packed(sharesOf(one, parts.values), [one.rows, one.T + 1]) }
        : null,
    };
  });
  return { _acts: { run: memory.run, panels } };
}

const sharesOf = ({ goal, answer }, values) => values.map((value) => shareOf(value, goal, answer));

/** What is to be worked on, and what makes it another. */
export const patchingOf = (ask, memory) =>
  memory.compared?.length && {
    steps: patched,
    key: JSON.stringify([
      memory.run,
      ask.compared.includes("parts") && memory.compared.map((one, k) => layerOf(one, ask.cells[k])),
    ]),
  };

/** Fills all squares row by row, the models taking turns, then the parts that are asked for. */
function* patched(ask, _readers, memory) {
  const compared = memory.compared,
    turns = compared.map(square);
  while (turns.length)
    for (const turn of [...turns]) {
      if (turn.next().done) turns.splice(turns.indexOf(turn), 1);
      yield () => acts(memory, ask);
    }
  if (!ask.compared.includes("parts")) return;
  for (const [k, one] of compared.entries())
    for (const _ of partsOf(one, layerOf(one, ask.cells[k]))) yield () => acts(memory, ask);
}

function* square(one) {
  for (const row of rowOrder(one.reader.config.layers)) {
    const known = (token) => !Number.isNaN(one.values[row * one.T + token]);
    if (one.partners.every((partner, token) => partner < 0 || known(token))) continue;
    for (const [token, answer] of patchRow(one.reader, one, row)) {
      const at = row * one.T + token;
      if (Number.isNaN(one.values[at])) one.read++;
      one.values[at] = answer[one.label];
      yield;
    }
  }
}

function* partsOf(one, layer) {
  if (one.parts.get(layer)?.whole) return;
  const values = new Float32Array(one.rows * (one.T + 1)).fill(NaN),
    parts = { values, whole: false };
  one.parts.set(layer, parts);
  for (const [part, token, answer] of partRows(one.reader, one, layer)) {
    const row = (part + 2) % one.rows; // the halves first
    values[row * (one.T + 1) + (token < 0 ? one.T : token)] = answer[one.label];
    yield;
  }
  parts.whole = true;
  yield;
}

/** Which token carries the change, from layer to layer. */
function course(one, words) {
  const { layers } = one.reader.config,
    runs = [];
  let ended = true;
  for (let row = 0; row <= layers; row++) {
    const share = Array.from(one.values.subarray(row * one.T, (row + 1) * one.T), (value) => {
      const found = shareOf(value, one.goal, one.answer);
      return Number.isFinite(found) ? found : -Infinity;
    });
    const most = Math.max(...share),
      token = share.indexOf(most);
    if (most === -Infinity) continue;
    const carries = most >= CARRIES;
    if (carries && !ended && runs.at(-1)[0] === token) runs.at(-1)[2] = row;
    else if (carries) runs.push([token, row, row]);
    ended = !carries;
  }
  if (!runs.length) return "";
  const said = runs.map(([token, first, last]) =>
    filled(words[runKind(first, last, layers)], {
      token: `“${one.run.words.labels[token]}”`,
      first: first - 1,
      last: last - 1,
    }),
  );
  return filled(words.course, { runs: said.join(", ") });
}

function runKind(first, last, layers) {
  if (first === 0) return last === 0 ? "run_before" : "run_until";
  if (last === layers) return "run_from";
  return first === last ? "run_at" : "run_between";
}

const filled = (template, values) =>
  template.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
