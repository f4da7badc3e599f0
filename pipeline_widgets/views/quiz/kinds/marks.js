// Which of the choices is right, and which was chosen: once the answer is due, or as far as told.

import { mark } from "../verdict.js";

/** "right", "wrong" or "" for one choice; `right` lists the right ones once they are due. */
export function verdictOf(label, checked, right, progress, type) {
  if (right && right[0] !== null) {
    if (right.includes(label)) return "right";
    return checked ? "wrong" : "";
  }
  const told = checked && type === "radio" && ["right", "wrong"].includes(progress.status);
  return told ? progress.status : "";
}

/** The mark of a verdict as a list of one node, or of none. */
export function marks(verdict, checked, right, strings) {
  if (!verdict) return [];
  const missed = verdict === "right" && right && !checked;
  return [mark(verdict, missed ? strings.right_mark : strings[verdict])];
}

/** Which rows of an order or a match were right, while the answer is not due yet. */
export function rowVerdict(progress, part) {
  if (!["partly", "wrong"].includes(progress.status)) return "";
  return progress.remarks.some(([told]) => told === part) ? "wrong" : "right";
}
