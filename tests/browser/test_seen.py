"""Drawings read back: what a pixel or a path shows is what the numbers in Python say."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from itertools import product
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

import pipeline_widgets as pw
from tests.browser import view_gallery as gallery
from tests.browser.bridge import Bridge

# The colours at places [x, y] of a canvas, in CSS pixels.
COLOURS = """
(canvas, places) => {
  const context = canvas.getContext("2d"), ratio = canvas.width / canvas.offsetWidth;
  return places.map(([x, y]) =>
    [...context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data]);
}
"""


@pytest.fixture
def bridge(page: Page) -> Bridge:
    return Bridge(page)


def show(bridge: Bridge, view: Any) -> Locator:
    root = bridge.show(view)
    bridge.settle()
    assert bridge.errors == []
    return root


def square_colours(canvas: Locator) -> NDArray[np.float64]:
    """The colour in the middle of each cell of a heatmap: (rows, columns, 3)."""
    place = json.loads(canvas.get_attribute("data-place") or "")
    side, count = place["side"], place["count"]
    centres = [
        [place["left"] + (column + 0.35) * side, place["top"] + (row + 0.35) * side]
        for row in range(count)
        for column in range(count)
    ]
    return np.array(canvas.evaluate(COLOURS, centres), float)[:, :3].reshape(count, count, 3)


def ranks(values: NDArray[Any]) -> NDArray[np.int64]:
    return values.ravel().argsort().argsort()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_square_has_its_rows_for_who_looks_and_more_weight_is_further_from_the_paper(
    bridge: Bridge, theme: str
) -> None:
    bridge.change_theme(theme)
    view = pw.AttentionView(gallery.traces()[0])
    root = show(bridge, view)
    for layer, head in ((0, 2), (1, 8), (5, 9)):
        view.layer, view.head = layer, head
        bridge.settle()
        colours = square_colours(root.locator("[data-key=square]"))
        weights = np.array(view.selected)
        seen = np.abs(colours - colours[np.unravel_index(weights.argmin(), weights.shape)]).sum(-1)
        clear = weights > 0.05
        alike = np.corrcoef(ranks(seen[clear]), ranks(weights[clear]))[0, 1]
        assert alike > 0.98
        assert np.corrcoef(seen.ravel(), weights.ravel())[0, 1] > 0.9
        assert np.corrcoef(seen.T.ravel(), weights.ravel())[0, 1] < 0.8  # not the other way round


@pytest.mark.parametrize("step", [2, -3])
def test_curves_go_from_the_row_that_looks_to_what_it_looks_at(bridge: Bridge, step: int) -> None:
    trace = gallery.traces()[0]
    count, row = len(trace.tokens), 5
    attention = np.zeros_like(trace.layers.attention)
    attention[..., np.arange(count), (np.arange(count) + step) % count] = 1  # each at one other
    made = replace(trace, layers=replace(trace.layers, attention=attention))
    view = pw.AttentionView(made, pipeline=gallery.models()[0])
    view.drawing, view.token = "curves", row
    canvas = show(bridge, view).locator("[data-key=square]")
    spread = canvas.evaluate(COLOURED_COLUMNS, [0x3F, 0x4F, 0xC4])
    boxes = canvas.evaluate(TEXT_WIDTHS, list(view.labels))
    middles = [box["x"] + box["width"] / 2 for box in boxes]
    low, high = sorted((middles[row], middles[row + step]))
    assert spread[0] == pytest.approx(low, abs=8)
    assert spread[1] == pytest.approx(high, abs=8)


# The first and the last column of the drawing, without its words, in which a colour is.
COLOURED_COLUMNS = """
(canvas, [r, g, b]) => {
  const ratio = canvas.width / canvas.offsetWidth, height = canvas.height - Math.round(34 * ratio);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, height);
  const found = [];
  for (let k = 0; k < data.length; k += 4) {
    const near = Math.abs(data[k] - r) + Math.abs(data[k + 1] - g) + Math.abs(data[k + 2] - b);
    if (data[k + 3] > 200 && near < 60) found.push((k / 4) % canvas.width);
  }
  return [Math.min(...found) / ratio, Math.max(...found) / ratio];
}
"""
# Where words stand that are set in a row over the whole width, at most 44 pixels apart.
TEXT_WIDTHS = """
(canvas, labels) => {
  const context = canvas.getContext("2d");
  context.font = "600 13px system-ui, sans-serif";
  const widths = labels.map(label => Math.max(16, context.measureText(label).width));
  const sum = widths.reduce((a, b) => a + b, 0), total = canvas.offsetWidth;
  const gap = Math.max(14, Math.min(44, (total - sum) / (labels.length + 1)));
  let x = gap;
  return widths.map(width => { const box = { x, width }; x += width + gap; return box; });
}
"""


def test_less_and_more_have_their_own_colours_and_words_bars_as_long_as_their_effect(
    bridge: Bridge,
) -> None:
    view = gallery.attention(opened=["what_if"])
    root = show(bridge, view)
    effects = view.head_effects.ravel()
    found = root.locator(".pw-effect").evaluate_all(
        "all => all.map(one => getComputedStyle(one).backgroundColor.match(/[\\d.]+/g).map(Number))"
    )
    most = np.abs(effects).max()
    for colour, effect in zip(found, effects, strict=True):
        if abs(effect) > most / 4:  # plus is teal, minus is purple: safe for colour-blind eyes
            assert (colour[1] > colour[0]) == (effect > 0)
    heights = root.locator(".pw-word-bar i").evaluate_all("all => all.map(one => one.offsetHeight)")
    words = np.abs(view.word_effects)
    assert heights == pytest.approx(list(22 * words / words.max()), abs=1.5)


def test_a_difference_has_the_colour_of_the_model_that_has_more(bridge: Bridge) -> None:
    view = gallery.compare()
    root = show(bridge, view)
    colours = square_colours(root.locator("[data-key=square-2]"))
    one, two = view.selected
    difference = two - one
    clear = np.abs(difference) > np.abs(difference).max() / 4
    orange = colours[..., 0] > colours[..., 2]  # DistilBERT's; RoBERTa's is blue
    assert clear.sum() > 5
    assert (orange[clear] == (difference > 0)[clear]).all()
    scale, names = root.locator(".pw-sides > *").all()
    assert re.fullmatch(r"−\S+\s*\+\S+", scale.inner_text().strip())
    left, right = names.locator("span").all()  # each under its own end of the scale
    assert (left.inner_text(), right.inner_text()) == ("RoBERTa more", "DistilBERT more")
    assert left.bounding_box()["x"] < right.bounding_box()["x"]  # type: ignore[index]


def test_the_difference_in_print_has_the_same_colours() -> None:
    view = gallery.compare()
    one, two = view.selected
    picture = ElementTree.fromstring(view._pictures()[3])
    fills = {"#3f4fc4": "RoBERTa", "#9a5200": "DistilBERT"}
    cells = [rect for rect in picture.iter() if rect.get("fill-opacity")]
    assert cells
    for rect in cells:
        column = (float(rect.get("x") or 0) - 92) / 22
        row = (float(rect.get("y") or 0) - 78) / 22
        assert column.is_integer()
        assert row.is_integer()
        value = (two - one)[int(row), int(column)]
        assert fills[rect.get("fill") or ""] == ("DistilBERT" if value > 0 else "RoBERTa")
        assert float(rect.get("fill-opacity") or 0) == pytest.approx(abs(value), abs=0.051)


def test_the_depth_chart_has_each_models_answer_after_each_layer(bridge: Bridge) -> None:
    root = show(bridge, gallery.compare())
    chart = root.locator(".pw-depth svg")
    rules = chart.locator(".pw-rule").evaluate_all("all => all.map(one => +one.getAttribute('y1'))")
    bottom, top = max(rules), min(rules)
    for index, (model, trace) in enumerate(zip(gallery.models(), gallery.traces(), strict=True)):
        after = model.predict_after_layers(trace)
        winner = gallery.traces()[0].prediction.label
        expected = after[:, trace.prediction.labels.index(winner)]
        path = chart.locator(f".pw-path.pw-panel-{index}").get_attribute("d") or ""
        points = np.array([tuple(map(float, pair.split())) for pair in re.split("[ML]", path)[1:]])
        assert (bottom - points[:, 1]) / (bottom - top) == pytest.approx(expected, abs=0.004)
        assert np.diff(points[:, 0]) == pytest.approx(np.diff(points[:, 0]).mean(), abs=0.6)


def test_bars_of_cost_are_in_proportion(bridge: Bridge) -> None:
    view = gallery.cost()
    root = show(bridge, view)
    parts = root.locator("tbody .pw-track").evaluate_all(
        "all => all.map(one => one.firstChild.getBoundingClientRect().width / one.offsetWidth)"
    )
    figures = [view.figures[row["quantity"]] for row in view.rows]
    expected = [value / max(pair) for pair in figures for value in pair]
    assert parts == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("curve", ["roc", "precision_recall", "calibration"])
def test_curves_of_metrics_go_through_their_points(bridge: Bridge, curve: str) -> None:
    view = gallery.metrics()
    view.curve = curve
    canvas = show(bridge, view).locator("canvas")
    box = json.loads(canvas.get_attribute("data-box") or "")

    def place(x: float, y: float) -> list[float]:
        wide, high = box["right"] - box["left"], box["bottom"] - box["top"]
        return [box["left"] + x * wide, box["bottom"] - y * high]

    def near(x: float, y: float, reach: int) -> NDArray[np.float64]:
        around = range(-reach, reach + 1)
        left, top = place(x, y)
        places = [[left + a, top + b] for a in around for b in around]
        return np.array(canvas.evaluate(COLOURS, places), float)[:, :3]

    colours = ([0x3F, 0x4F, 0xC4], [0x9A, 0x52, 0x00])
    for colour, curves in zip(colours, view._curves, strict=True):
        xs, ys = curves[curve]
        some = list(zip(xs, ys, strict=True))[:: max(1, len(xs) // 12)]
        hits = [np.abs(near(x, y, 4) - colour).sum(-1).min() < 90 for x, y in some]
        assert np.mean(hits) > 0.85  # dashes leave gaps
    if curve == "roc":  # nothing is drawn where no curve is
        assert np.ptp(near(0.72, 0.5, 5)) < 40


# The boxes of the words on a map that can be seen, the axes' names among them.
WORDS = """
svg => [...svg.querySelectorAll("text")].filter(one => one.getClientRects().length).map(one => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return { left, right, top: top + 3, bottom: bottom - 3, words: one.textContent };
})
"""


@pytest.mark.parametrize(
    "text",
    [
        "king queen film movie cinema Monday Tuesday good bad excellent terrible",
        "good good good good good good good good",
        "The café was truly untokenizable, don't go! " * 3,
        "Monday Tuesday good excellent bad terrible king queen film movie cinema",
    ],
)
def test_no_words_of_the_map_lie_on_others(bridge: Bridge, text: str) -> None:
    bridge.page.emulate_media(reduced_motion="reduce")  # else the points glide for a second
    view = pw.EmbeddingView(gallery.models()[0].trace(text), token=2)
    root = show(bridge, view)
    for width, step in product((1280, 700, 336), (0, 1, 4, 7)):
        bridge.page.set_viewport_size({"width": width, "height": 1000})
        view.step = step
        bridge.settle()
        boxes = root.locator("svg.pw-map").evaluate(WORDS)
        for k, one in enumerate(boxes):
            for other in boxes[k + 1 :]:
                beside = one["right"] <= other["left"] + 1 or other["right"] <= one["left"] + 1
                below = one["bottom"] <= other["top"] + 1 or other["bottom"] <= one["top"] + 1
                assert beside or below, (one["words"], other["words"])
        assert root.locator(".pw-dot-chosen text").first.is_visible()
        assert len(boxes) > 3
        name = root.locator("svg.pw-map").get_attribute("aria-label") or ""
        nearest = np.argsort(-np.array(view.similarities))[1]
        assert view.trace.tokens.shown[nearest] in name


# The middle of each point and what the two axes say.
POINTS = """
svg => [
  [...svg.querySelectorAll("circle")].map(one => {
    const { left, top, width, height } = one.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }),
  [...svg.querySelectorAll(".pw-map-axis")].map(one => one.textContent),
]
"""


@pytest.mark.parametrize("step", [0, 1, 4])
def test_a_point_of_the_map_has_its_principal_components_for_place(
    bridge: Bridge, step: int
) -> None:
    bridge.page.emulate_media(reduced_motion="reduce")
    trace = gallery.models()[1].trace("The plot was thin, but I smiled at the end.")
    view = pw.EmbeddingView(trace, token=2)
    view.step = step
    points, axes = show(bridge, view).locator("svg.pw-map").evaluate(POINTS)
    vectors = [trace.embedding.token, *trace.layers.hidden][step].astype(float)
    centred = vectors - vectors.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    right, down = np.array(points).T
    for seen, component in ((right, left[:, 0]), (-down, left[:, 1])):
        assert abs(np.corrcoef(seen, component)[0, 1]) > 0.999
    if step == 0:  # the other picture of the same map faces the same way
        drawn = view.figure(dimensions=2).data[0]
        assert np.corrcoef(right, drawn.x)[0, 1] > 0.999
        assert np.corrcoef(-down, drawn.y)[0, 1] > 0.999
    shares = 100 * sizes[:2] ** 2 / (sizes**2).sum()
    assert [int(re.findall(r"(\d+) %", axis)[0]) for axis in axes] == [round(one) for one in shares]


# The colours along the middle of a picture of an element.
MIDDLE_ROW = """
async (png) => {
  const image = await createImageBitmap(await (await fetch(png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, image.height >> 1, image.width, 1);
  return Array.from({ length: image.width }, (_, x) => [...data.slice(4 * x, 4 * x + 3)]);
}
"""


@pytest.mark.parametrize("model", [0, 1])
def test_the_strips_of_stage_5_are_the_vector_dense_and_its_activation(
    bridge: Bridge, model: int
) -> None:
    trace = gallery.models()[model].trace(gallery.TEXT)
    root = show(bridge, pw.PredictionView(trace))
    cells = root.locator(".pw-pooling .pw-cells")
    made = trace.pooled
    assert cells.count() == 3
    for k, vector in enumerate((made.first, made.dense, made.activated)):
        png = "data:image/png;base64," + b64encode(cells.nth(k).screenshot()).decode()
        row = np.array(bridge.page.evaluate(MIDDLE_ROW, png), float)
        shown = vector[:: len(vector) // 32][:32]  # a strip has 32 cells, evenly spaced
        middles = ((np.arange(32) + 0.5) * len(row) / 32).astype(int)
        red, green = row[middles, 0], row[middles, 1]
        plain = np.abs(shown) > 0.3 * np.quantile(np.abs(shown), 0.97)
        assert plain.sum() > 4
        assert np.array_equal((green > red)[plain], (shown > 0)[plain])
