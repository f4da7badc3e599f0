// A model with its tokenizer, and the texts that it read last.

import { tokenizerOf } from "./tokenizer.js";
import { wordsOf } from "./words.js";

const KEPT = 4; // texts

export class Reader {
  /** `model` is null until its weights have come; what needs none is there before. */
  constructor(index, { config, tokenizer, parts }, tables, files) {
    this.index = index;
    this.config = config;
    this.parts = parts; // of the weights
    /** @type {any} */
    this.model = null;
    this.mask = tokenizer.mask;
    this.tokenizer = tokenizerOf(tokenizer, tables, config.limit, files);
    this.is = this.tokenizer.is;
    this.texts = new Map();
  }

  /** A text's tokens and trace, computed once while other things about it are asked. */
  read(text) {
    let found = this.texts.get(text);
    this.texts.delete(text); // the text asked last is dropped last
    if (!found) {
      const start = performance.now(),
        tokens = this.tokenizer.encode(text);
      found = this.run(tokens, [], performance.now() - start);
    }
    this.texts.set(text, found);
    if (this.texts.size > KEPT) this.texts.delete(this.texts.keys().next().value);
    return found;
  }

  /** A trace of these tokens; `off` lists for each layer the heads that are switched off. */
  run(tokens, off = [], cut = 0) {
    const start = performance.now(),
      trace = this.model.trace(tokens.ids, off);
    const tenths = (ms) => Math.round(10 * ms) / 10;
    const rest = { text: 0, embedding: 0, pooled: 0, prediction: 0 };
    trace.ms = { ...rest, tokens: tenths(cut), layers: tenths(performance.now() - start) };
    return { tokens, trace, words: wordsOf(tokens, this.is) };
  }

  /** The probabilities of a text. */
  answer(text) {
    const { layers } = this.config;
    return this.model.trace(this.tokenizer.encode(text).ids).after[layers];
  }
}

/** The states (T, D) of a run before a layer, or after the last. */
export const statesOf = ({ trace }, layer, { config }) =>
  trace.hidden.subarray(layer * trace.T * config.width, (layer + 1) * trace.T * config.width);
