// What the model is for and what it answered, in words a newcomer reads first.

import { h, fill } from "../shared/dom.js";
import { saidOf } from "../shared/heads.js";
import { percent, probabilities } from "../shared/rounding.js";
import { winner } from "./panels.js";

const FEELINGS = ["negative", "positive", "neutral", "mixed"];
const BUNDLED = ["roberta", "distilbert"];

const feels = (lane) => lane.labels.every((label) => FEELINGS.includes(label.toLowerCase()));

/** The question that the model was trained to answer. */
export function purpose(lane, strings) {
  if (feels(lane) && BUNDLED.includes(lane.model)) return strings.purpose_reviews;
  if (lane.labels.length > 1 && lane.labels.every((label) => /^LABEL_\d+$/.test(label))) {
    const each = lane.function === "sigmoid";
    const words = each ? strings.purpose_unnamed_several : strings.purpose_unnamed;
    return fill(words, { count: lane.labels.length });
  }
  if (lane.labels.length === 1) return fill(strings.purpose_score, { label: lane.labels[0] });
  const shown = lane.labels.slice(0, 6).join(", ");
  const more = lane.labels.length > 6 ? ` … (${lane.labels.length})` : "";
  if (lane.function === "sigmoid") {
    return fill(strings.purpose_several, { labels: shown + more });
  }
  return fill(strings.purpose_labels, { labels: shown + more });
}

/** "feels negative, 66 % sure", as nodes with the label in bold; a score as the number it is. */
export function answer(lane, strings) {
  const best = winner(lane),
    bold = (text) => h("strong", { class: "pw-badge-label", text });
  if (lane.function !== "softmax") return saidOf(lane, lane.probabilities, strings, bold);
  const sure = percent(probabilities(lane.probabilities)[best]);
  const words = fill(feels(lane) ? strings.feels : strings.says, { sure });
  const [before, after] = words.split("{label}");
  return [before, bold(lane.labels[best]), after];
}

const UNKNOWN = ["[UNK]", "<unk>"];

/** Whether most letters are of scripts that English is not written in. */
function isForeign(text) {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter((one) => !/\p{Script=Latin}/u.test(one)).length > letters.length / 2;
}

/** Whether most tokens are pieces of characters, or stand for what the vocabulary lacks. */
function isUnknown(panel) {
  const own = panel.pieces.map((_, i) => i).filter((i) => !panel.special[i]);
  const strange = (i) => panel.parts[i] || UNKNOWN.includes(panel.pieces[i]);
  return own.filter(strange).length > own.length / 2;
}

/** What has to be said of this text: nothing typed, cut off, or words it has not learned. */
export function remarks(panel, text, strings) {
  const words = { model: panel.title, count: panel.left_out, limit: panel.pieces.length };
  const said = [];
  if (panel.left_out) said.push(`${panel.title}: ${fill(strings.cut, words)}`);
  if (BUNDLED.includes(panel.model) && isForeign(text)) said.push(fill(strings.foreign, words));
  else if (isUnknown(panel)) said.push(fill(strings.unknown, words));
  return said;
}
