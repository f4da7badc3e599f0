// A page with one view that answers from what was recorded.

import { draw, parsed, recordedModel } from "./recorded.js";

export default (widget) => {
  const kept = parsed(document.getElementById("kept").textContent);
  draw(widget, recordedModel(kept), document.getElementById("view"));
};
