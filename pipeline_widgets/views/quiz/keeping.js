// What there is to say of where an answer is kept.

import { fill } from "../shared/dom.js";

/** That an answer could not be kept, or where it is kept instead; "" if all is as wished. */
export function keeping(model, strings) {
  const trouble = model.get("_trouble"),
    elsewhere = model.get("_elsewhere");
  if (trouble) return fill(strings.not_kept, { trouble });
  return elsewhere ? fill(strings.kept_elsewhere, { elsewhere }) : "";
}
