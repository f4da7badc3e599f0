// A page with one view that answers from what was recorded.

import { draw, parsed, recordedModel, withScripts } from "./recorded.js";

/** `load` gives what few need, see `withScripts`. */
export default (widget, load) => {
  const kept = parsed(document.getElementById("kept").textContent);
  draw(widget, withScripts(recordedModel(kept), load), document.getElementById("view"));
};
