// The views of a page over one worker with the engine: who asks, who is answered, what has come.

import { bytesOf, draw, recordedModel, withScripts } from "../shared/recorded.js";
import { liveModel } from "./live_model.js";
import { note } from "./note.js";

/**
 * A page's engine: `engine` is {kernel, tables, source, files}, `models` the descriptions of its models.
 * `supply(index, part, missing)` is asked for the weights of a model that the worker can't fetch:
 * it calls part(bytes or base64) for each part in order, and missing() if one isn't there.
 */
export function host({ kernel, tables, source, files }, models, supply) {
  const script = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(script),
    views = [];

  const tell = (index, act) => {
    for (const view of views) if (index < 0 || view.models.includes(index)) act(view);
  };
  const heard = {
    answer: ({ view, traits, early }) => views[view].answer(traits, early),
    progress: ({ index, read, of }) =>
      tell(index, ({ note, names, models }) =>
        note.progress(names[models.indexOf(index)], read, of),
      ),
    need: (index) =>
      supply(
        index,
        (data) => worker.postMessage({ part: { index, data } }),
        () => worker.postMessage({ missing: index }),
      ),
    trouble({ index, why }) {
      tell(index, (view) => {
        view.note.trouble(why);
        view.restore();
      });
    },
  };
  worker.onmessage = ({ data }) => {
    for (const [name, value] of Object.entries(data)) heard[name](value);
  };
  worker.onerror = (event) => heard.trouble({ index: -1, why: event.message });
  worker.postMessage({ start: { kernel: bytesOf(kernel), tables, models, files } });
  for (const model of models) delete model.tokenizer; // the worker has it now

  return {
    /**
     * Draws `widget` in `el`: live over `live.models`, else over its `model` or as recorded; `load`
     * gives what few need, see `withScripts`.
     */
    show(widget, el, { state, recorded, live, model: own, load }) {
      if (!live) {
        const model = own ?? recordedModel({ state, recorded });
        return draw(widget, withScripts(model, load), el);
      }
      const view = views.length;
      const { model, answer, restore } = liveModel(state, live, (values) =>
        worker.postMessage({ ask: { view, kind: live.kind, models: live.models, ...values } }),
      );
      const said = note(state.strings);
      views.push({ answer, restore, note: said, models: live.models, names: live.names });
      el.before(said.node);
      worker.postMessage({ bring: live.shown.map((k) => live.models[k]) });
      return draw(widget, withScripts(model, load), el);
    },
  };
}
