// A model for a view whose answers come from the engine in the page's worker.

import { events } from "../shared/recorded.js";

/**
 * anywidget's model over `state`. When one of the traits `asks` was changed, `ask(values)` is
 * called with all of them; `answer(traits, early)` takes what comes back. An early answer is drawn
 * with the traits `early` as long as it stands. `restore()` brings back what the page began with.
 */
export function liveModel(state, { asks, early }, ask) {
  const { emit, hear } = events();
  const first = { ...state };
  const whole = Object.fromEntries(Object.keys(early).map((name) => [name, state[name]]));
  let changed = false;
  const model = {
    ...hear,
    get: (name) => state[name],
    set(name, value) {
      if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
      changed ||= asks.includes(name);
      state[name] = value;
      emit(name);
    },
    send() {},
    save_changes() {
      if (!changed) return;
      changed = false;
      ask(Object.fromEntries(asks.map((name) => [name, whole[name] ?? state[name]])));
    },
  };
  function answer(traits, isEarly = false) {
    Object.assign(state, isEarly ? early : whole, traits); // all, before a view looks at one
    Object.keys(traits).forEach(emit);
  }
  /**
   * What the page was written with, but for what was typed meanwhile: that stays in its box. An
   * answer that was asked for is not waited for.
   */
  function restore() {
    const { text, _sequence } = state,
      result = { ...first._result, sequence: _sequence, typed: text };
    const kept = { ...first, text, _sequence, ...(first._result ? { _result: result } : {}) };
    const changed = Object.keys(kept).filter((name) => kept[name] !== state[name]);
    Object.assign(state, kept);
    changed.forEach(emit);
  }
  return { model, answer, restore };
}
