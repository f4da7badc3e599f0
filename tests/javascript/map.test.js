// The map's labels: none on another, and none left out where two points lie close at an edge.

import assert from "node:assert/strict";
import { test } from "node:test";
import { seats } from "../../pipeline_widgets/views/stages/map_stage.js";

const WIDTH = 680; // the outermost points stand 34 from its edges

test("neighbours at either edge all have a seat", () => {
  const right = ["good 1.00", "excellent 0.64", "bad 0.55", "terrible 0.32"];
  const places = [
    [641, 216],
    [590, 198],
    [646, 206],
    [557, 204],
  ];
  const labels = places.map(([x, y], k) => ({ x, y, text: right[k] }));
  assert.equal(seats(labels, WIDTH).includes(null), false);
  const mirrored = labels.map(({ x, y, text }) => ({ x: WIDTH - x, y, text }));
  assert.equal(seats(mirrored, WIDTH).includes(null), false);
});
