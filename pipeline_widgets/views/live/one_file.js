// A live page in one file: its view and its data stand in elements, the weights at its end.

import { parsed } from "../shared/recorded.js";
import { host } from "./host.js";

/** `load` gives what few need, see `withScripts`. */
export default (widget, load) => {
  const { engine, models, view } = parsed(document.getElementById("kept").textContent);
  host(engine, models, (index, part, missing) => handOn(models[index], index, part, missing)).show(
    widget,
    document.getElementById("view"),
    { ...view, load },
  );
};

/** Hands on the blocks of a model as the page comes, and drops them. */
function handOn({ parts }, index, part, missing) {
  let given = 0;
  const more = () => {
    const loading = document.readyState === "loading";
    for (const block of document.querySelectorAll(`script[data-model="${index}"]`)) {
      if (!block.nextElementSibling && loading) break; // not whole yet
      if (Number(block.getAttribute("data-part")) !== given) break;
      part(block.textContent);
      given += 1;
      block.remove();
    }
    if (given === parts.length) return;
    if (loading) setTimeout(more, 50);
    else missing();
  };
  more();
}
