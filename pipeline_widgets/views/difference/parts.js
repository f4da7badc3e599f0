// The heads and halves of one layer: what of the change each carries, token by token.

import { decode } from "../shared/array.js";
import { fill, h } from "../shared/dom.js";
import { fixed } from "../shared/rounding.js";
import { shareColor } from "./palette.js";
import { rowsSquare } from "./rows_square.js";

/**
 * `chosen()` is the cell [row, column] that is told, [-1, -1] the one where most comes back;
 * `choose(row, column)` chooses another. The last column is everywhere at once.
 */
export function partsSquare(strings, key, { chosen, choose }) {
  const square = rowsSquare(strings, key("parts-square"), { choose, point: () => {} });
  const stage = h("div", { class: "pw-square-stage" }, square.node);
  const said = h("p", { class: "pw-cell-said", "aria-live": "polite" });
  let parts = null;

  function show(message) {
    parts = message?.share ? { ...message, share: decode(message.share).values } : null;
  }

  const rows = ({ heads }) => [
    strings.half_attention,
    strings.half_feed_forward,
    ...Array.from({ length: heads }, (_, head) => `${strings.head} ${head}`),
  ];
  const columns = (difference) => [...difference.new.shown, strings.everywhere];
  const unpaired = (difference, column) => difference.partners[column] === -1;

  /** Where most comes back: the cell that is told at first. */
  function strongest(count) {
    const sizes = parts.share.map((value) => (Number.isFinite(value) ? value : -1));
    const at = sizes.indexOf(Math.max(...sizes));
    return [Math.floor(at / count), at % count];
  }

  function paint({ difference, shared, width }) {
    const names = columns(difference),
      last = [rows(difference).length - 1, names.length - 1]; // what was chosen of a longer text
    const told = chosen().map((at, k) => Math.min(at, last[k])),
      cell = Math.min(...told) < 0 ? strongest(names.length) : told;
    const missing = (row, column) => {
      if (unpaired(difference, column)) return "none";
      return Number.isFinite(parts.share[row * names.length + column]) ? "" : "waiting";
    };
    square.paint({
      ...shared,
      ...{ rows: rows(difference), columns: names, values: parts.share, missing, chosen: cell },
      width: (stage.clientWidth || width) - 6,
      color: (value) => shareColor(shared.colors, value),
    });
    const title = fill(strings.parts, { layer: parts.layer });
    square.node.setAttribute(
      "aria-label",
      `${difference.title}. ${title}. ${sentence(difference, names, cell)}`,
    );
    said.textContent = sentence(difference, names, cell);
  }

  function sentence(difference, names, [row, column]) {
    if (unpaired(difference, column))
      return fill(strings.cell_no_partner, { token: names[column] });
    const value = parts.share[row * names.length + column];
    const everywhere = column === names.length - 1;
    return fill(strings[everywhere ? "cell_part_everywhere" : "cell_part"], {
      part: rows(difference)[row],
      layer: parts.layer,
      token: names[column],
      share: Number.isFinite(value) ? fixed(value) : "–",
    });
  }

  return { stage, said, show, paint, shows: (layer) => parts?.layer === layer };
}
