// A model for a view whose answers come from the engine in the page's worker.

import { events } from "../shared/recorded.js";

/**
 * anywidget's model over `state`. When one of the traits `asks` was changed, `ask(values)` is
 * called with all of them; `answer(traits, early)` takes what comes back. An early answer is drawn
 * with the traits `early` as long as it stands.
 */
export function liveModel(state, { asks, early }, ask) {
  const { emit, hear } = events();
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
  return { model, answer };
}
