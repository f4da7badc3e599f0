// The views of a page, each begun as it comes near the screen. Data that name an `act` get a model
// whose messages that act answers: `act(model, data, named)` puts its `send` in Python's place, and
// `named(name)` is the model of the view whose data have this `name`.

import { parsed, recordedModel } from "../shared/recorded.js";

/**
 * Show what stands in `.pw-page-view`s; a view that fails leaves its picture. `brought(name, file)`
 * is a promise of the module of that name, which the file has.
 */
export function showViews(page, widgets, models, acts, brought) {
  const scripts = [...document.querySelectorAll(".pw-page-view > script")];
  const waiting = new Map(scripts.map((script) => [script.parentElement, script])),
    read = new Map();

  function known(script) {
    if (!read.has(script)) {
      const data = parsed(script.textContent);
      Object.assign(data.state, data.traits);
      data.load = Object.fromEntries(
        Object.entries(data.later).map(([name, own]) => [name, () => brought(...own)]),
      );
      if (data.live) data.live.models = data.live.models.map((name) => models.indexOf(name));
      else data.model = recordedModel(data);
      read.set(script, data);
      acts[data.act]?.(data.model, data, named);
    }
    return read.get(script);
  }
  function named(name) {
    return scripts.map(known).find((data) => data.name === name)?.model;
  }
  async function start(el) {
    const script = waiting.get(el);
    near.unobserve(el);
    if (!waiting.delete(el)) return;
    const place = document.createElement("div");
    el.append(place);
    await page.show(widgets[known(script).view], place, known(script));
    el.classList.add("pw-page-drawn");
  }
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) if (isIntersecting) start(target);
    },
    { rootMargin: "600px" },
  );
  for (const el of waiting.keys()) near.observe(el);
  // A link in the prose may act on a view that is far away.
  if (document.querySelector('a[href*="#show?"]')) [...waiting.keys()].forEach(start);
}
