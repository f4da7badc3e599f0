// What the explorer asks: a panel for each model on screen (stages/explorer.py, stages/inside.py).

import { clamp, hundredths, packed, strip } from "./packing.js";
import { panelOf, tokensPanel } from "./panel.js";
import { statesOf } from "./reader.js";

const STRIP = 32;

/**
 * The traits `result` and `acts`, as far as `ask` changes them; `pin()` is `pinned_view.js`, for
 * those who pin a sentence.
 */
export function explorerTraits(memory, ask, readers, pin) {
  const { token, panel, cells: _cells, compared: _compared, ...rest } = ask,
    key = JSON.stringify([rest, ask.opened.includes("halves") && [token, panel]]);
  const traits = {};
  if (memory.asked !== key) traits._result = resultOf(memory, ask, readers, pin);
  memory.asked = key;
  return memory.compared.length ? { ...traits, ...pin().acts(memory, ask) } : traits;
}

function resultOf(memory, ask, readers, pin) {
  const runs = readers.map((reader) => reader.read(ask.text)),
    chosen = runs[clamp(ask.panel, runs.length)];
  const panels = runs.map((run, index) => {
    const reader = readers[index],
      token = samePlace(chosen, ask.token, run);
    return {
      ...panelOf(reader.config, run.tokens, run.trace, ask),
      ...inside(reader, run, ask, token),
    };
  });
  const { text } = runs[0].tokens,
    said = { text, panels, sequence: ask._sequence, error: "" };
  if (ask.pinned) return { ...said, ...pin().differences(memory, ask, readers) };
  Object.assign(memory, { compared: [], comparedKey: "" });
  return { ...said, differences: [], run: memory.run ?? 0 };
}

/** The same before the weights have come: the tokens alone. */
export function earlyTraits(ask, readers) {
  const runs = readers.map((reader) => reader.tokenizer.encode(ask.text));
  const panels = runs.map((tokens, index) => tokensPanel(readers[index].config, tokens, ask));
  return { _result: { text: runs[0].text, panels, sequence: ask._sequence, error: "" } };
}

/** `halves` (5, numbers of a strip) and `mixing` (T, D / H), where they are open. */
function inside(reader, run, { opened, layer, head }, token) {
  const { layers, heads, width } = reader.config,
    data = {};
  layer = clamp(layer, layers);
  head = clamp(head, heads);
  const states = statesOf(run, layer, reader);
  if (opened.includes("halves")) {
    const rows = new Float32Array(5 * width),
      names = ["attention", "between", "feed_forward", "left"];
    rows.set(states.subarray(token * width, (token + 1) * width));
    reader.model.insideLayer(layer, states, (name, numbers, at) => {
      const from = at + token * width;
      rows.set(numbers.subarray(from, from + width), (1 + names.indexOf(name)) * width);
    });
    const { values, size } = strip(rows, 5, width, STRIP);
    data.halves = packed(hundredths(values), [5, size]);
  }
  if (opened.includes("mixing")) {
    const value = reader.model.queryKeyValue(layer, head, states)[2];
    data.mixing = packed(hundredths(value), [run.trace.T, width / heads]);
  }
  return data;
}

/** The token of another tokenizer's reading that covers the place of `token` (story.py). */
function samePlace(before, token, now) {
  token = clamp(token, before.tokens.ids.length);
  if (before.words.special[token]) return token === 0 ? 0 : now.tokens.ids.length - 1;
  const [start, stop] = before.words.spans[token];
  const found = now.words.spans.findIndex(
    ([first, last], i) => !now.words.special[i] && first < stop && last > start,
  );
  return Math.max(0, found);
}
