// What the picture shows, in words: names for those who listen.

import { fill } from "../shared/dom.js";
import { fixed, scores } from "../shared/rounding.js";
import { winner } from "./panels.js";

/** Where the chosen head looks most from token `query`. */
export function headSummary(panel, query, strings) {
  const count = panel.pieces.length,
    row = panel.attention.values.subarray(query * count, (query + 1) * count),
    key = row.indexOf(Math.max(...row));
  return fill(strings.head_summary, {
    model: panel.title,
    layer: panel.layer,
    head: panel.head,
    query: panel.shown[query],
    key: panel.shown[key],
    weight: fixed(row[key]),
  });
}

/** What each model makes of the text, by the template `template`. */
export function summary(panels, template) {
  const one = (panel) =>
    fill(template, {
      model: panel.title,
      count: panel.pieces.length,
      width: panel.width,
      pieces: panel.shown.slice(0, 12).join(" "),
      label: panel.labels[winner(panel)],
      confidence: scores(panel.probabilities, panel.function)[winner(panel)],
    });
  return panels.map(one).join(" ");
}
