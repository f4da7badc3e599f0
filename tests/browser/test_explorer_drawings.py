"""What the explorer draws, read back from its pixels and boxes, against the trace it draws."""

from __future__ import annotations

import random

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.rounding import fixed, percent, probabilities
from pipeline_widgets.views.shared.linker import link
from tests.browser.bridge import Bridge

TEXT = "The film was not unbelievably good."
# The colour of each of some points of a canvas, in CSS pixels from its corner: [r, g, b, alpha].
COLOURS = """
(canvas, points) => {
  const ratio = canvas.width / canvas.clientWidth, context = canvas.getContext("2d");
  return points.map(([x, y]) =>
    [...context.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data]);
}
"""
# The left edge and width of each token's column, from the left edge of the canvas.
COLUMNS = """
(canvas, panel) => {
  const left = canvas.getBoundingClientRect().left;
  return [...canvas.closest(".pw-stages").querySelectorAll(`.pw-chip.pw-panel-${panel}`)]
    .map((chip) => chip.getBoundingClientRect()).map((box) => [box.left - left, box.width]);
}
"""


@pytest.fixture
def show(page):
    """Draw an explorer of these arguments; returns it and its root element."""
    bridge = Bridge(page)

    def draw(text=TEXT, theme="light", **options):
        view = pw.PipelineExplorer(text, **options)
        root = bridge.show(view)
        bridge.change_theme(theme)
        bridge.settle()
        return view, root

    yield draw
    assert bridge.errors == []


def middles(canvas, panel=0):
    return [left + width / 2 for left, width in canvas.evaluate(COLUMNS, panel)]


@pytest.mark.parametrize(
    ("model", "layer", "head", "theme"), [("roberta", 0, 2, "light"), ("distilbert", 0, 8, "dark")]
)
def test_curves_rise_from_the_token_that_looks_to_the_one_looked_at(
    show, model, layer, head, theme
):
    view, root = show(models=(model,), layer=layer, head=head, theme=theme)
    canvas = root.locator(".pw-curves canvas")
    height = canvas.evaluate("node => node.clientHeight")
    for token in (2, 4):
        view.token = token
        root.page.evaluate("rest()")
        root.locator(f"[data-key='chip-0-{token}']").click()
        root.page.evaluate("rest()")
        places = middles(canvas)
        row = view.trace.layers.attention[layer, head, token]
        top = canvas.evaluate(COLOURS, [[x, 18] for x in places])
        foot = canvas.evaluate(COLOURS, [[x, height - 4] for x in places])
        accent = np.array(canvas.evaluate(_PANEL_COLOUR))
        like = [np.abs(np.array(one[:3]) - accent).max() < 60 and one[3] > 150 for one in top]
        assert all(np.array(like)[row > 0.4])
        assert not any(np.array(like)[row < 0.015])
        assert like != [
            weight > 0.4 for weight in view.trace.layers.attention[layer, head, :, token]
        ]
        assert np.abs(np.array(foot[token][:3]) - accent).max() < 60


_PANEL_COLOUR = """
canvas => {
  const probe = document.createElement("i");
  probe.style.color = getComputedStyle(canvas).getPropertyValue("--pw-panel");
  canvas.parentElement.append(probe);
  const found = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).map(Number);
  probe.remove();
  return found;
}
"""


@pytest.mark.parametrize(
    ("layer", "head", "theme"), [(0, 2, "light"), (1, 8, "dark"), (3, 5, "light")]
)
def test_a_row_of_the_heatmap_is_the_token_that_looks(show, layer, head, theme):
    view, root = show(layer=layer, head=head, theme=theme)
    view.drawing = "heatmap"
    root.locator("[data-key='drawing-heatmap']").click()
    root.page.evaluate("rest()")
    canvas = root.locator(".pw-heatmap")
    weights = view.trace.layers.attention[layer, head]
    count = len(weights)
    width, height = canvas.evaluate("node => [node.clientWidth, node.clientHeight]")
    side = next(side for side in range(30, 2, -1) if side * count < min(width, height) - 20)
    top = height - 2 - side * count
    left = canvas.evaluate(_FIRST_DARK_COLUMN, top + side * count - 3)
    centres = [
        [left + side * (j + 0.5), top + side * (i + 0.5)]
        for i in range(count)
        for j in range(count)
    ]
    colours = np.array(canvas.evaluate(COLOURS, centres))[:, :3].astype(float)
    paper = np.array(canvas.evaluate(COLOURS, [[1, 1]]))[0, :3]
    seen = np.abs(colours - colours[np.argmin(weights)]).sum(axis=1).reshape(count, count)
    assert np.corrcoef(seen.ravel(), weights.ravel())[0, 1] > 0.8, paper
    if np.abs(weights - weights.T).max() > 0.3:
        transposed = np.corrcoef(seen.T.ravel(), weights.ravel())[0, 1]
        assert transposed < 0.7


_FIRST_DARK_COLUMN = """
(canvas, y) => {
  const ratio = canvas.width / canvas.clientWidth;
  const row = canvas.getContext("2d").getImageData(0, Math.floor(y * ratio), canvas.width, 1).data;
  let last = canvas.width - 1;
  while (last > 0 && row[4 * last + 3] < 250) last -= 1;
  let first = last;
  while (first > 0 && row[4 * first - 1] > 250) first -= 1;
  return first / ratio;
}
"""


@pytest.mark.parametrize(("layer", "theme"), [(0, "light"), (3, "dark")])
def test_each_strip_has_the_signs_of_its_own_layer_and_token(show, layer, theme):
    view, root = show(layer=layer, theme=theme)
    hidden = view.trace.layers.hidden[:, :, ::48][:, :, :8]
    most = np.quantile(np.abs(hidden), 0.97)
    rows = root.locator(".pw-layer").evaluate_all("""nodes => nodes.map(node => {
      const box = node.closest(".pw-gutter").getBoundingClientRect();
      return [box.top + box.height / 2, Number(node.dataset.key.split("-")[2])];
    })""")
    for canvas in root.locator(".pw-rows canvas").all():
        bounds = canvas.bounding_box()
        columns = canvas.evaluate(COLUMNS, 0)
        own = [(y - bounds["y"], row) for y, row in rows if 0 < y - bounds["y"] < bounds["height"]]
        assert own
        for y, row in own:
            points = [
                [left + width * (k + 0.5) / 8, y] for left, width in columns for k in range(8)
            ]
            red, green = np.array(canvas.evaluate(COLOURS, points))[:, :2].T.astype(int)
            values = hidden[row + 1].ravel()
            plain = np.abs(values) > 0.3 * most
            assert np.array_equal((green > red)[plain], (values > 0)[plain]), f"layer {row}"


def test_each_bar_and_number_is_the_answer_after_its_layer(show):
    view, root = show(opened=("layers", "prediction"))
    model = pw.load("roberta")
    after = model.predict_after_layers(view.trace)
    best = int(view.trace.prediction.probabilities.argmax())
    for layer in range(6):
        row = root.locator(f"[data-key='layer-0-{layer}']")
        assert row.locator(".pw-said").inner_text() == probabilities(after[layer + 1])[best]
        part, whole = row.locator(".pw-mini").evaluate(
            "node => [node.firstChild.getBoundingClientRect().width, node.clientWidth]"
        )
        assert part / whole == pytest.approx(after[layer + 1, best], abs=0.02)
    header = root.locator(".pw-stopped").inner_text()
    assert view.trace.prediction.label in header


def test_one_number_is_written_alike_wherever_it_stands(show):
    view, root = show("The plot is thin, but I smiled.", opened=("layers", "prediction"))
    shown = probabilities(view.trace.prediction.probabilities)
    best = max(shown, key=float)
    assert percent(best) in root.locator(".pw-badge").inner_text()
    assert root.locator(".pw-value").all_inner_texts() == shown
    assert root.locator(".pw-layer .pw-said").last.inner_text() == best
    assert root.locator(".pw-after td.pw-mono").last.inner_text() == best
    assert [
        text.removeprefix("= ")
        for text in root.locator(".pw-formula td:last-child").all_inner_texts()
    ] == shown
    assert best in root.get_attribute("aria-label")
    assert best in view.summary()
    assert best in view.static_html()


def test_a_cell_says_its_value_and_its_place_to_pointer_and_keys(show):
    view, root = show()
    canvas = root.locator(".pw-rows canvas").last
    columns = canvas.evaluate(COLUMNS, 0)
    left, width = columns[4]
    box = canvas.bounding_box()
    row = root.locator("[data-key='layer-0-2']").bounding_box()
    y = row["y"] + row["height"] / 2 - box["y"]
    canvas.hover(position={"x": left + width * 5.5 / 8, "y": y})
    value = fixed(float(view.trace.layers.hidden[3, 4, 5 * 48]))
    said = f"RoBERTa, Layer 2, {view.trace.tokens.shown[4]}: number 240 of 384 is {value}"
    assert root.locator(".pw-reading").inner_text() == said
    root.page.mouse.move(1, 1)
    assert root.locator(".pw-reading").count() == 0
    canvas.focus()
    root.page.keyboard.press("ArrowDown")
    root.page.keyboard.press("ArrowRight")
    token = view.token
    value = fixed(float(view.trace.layers.hidden[2, token, 48]))
    said = f"RoBERTa, Layer 1, {view.trace.tokens.shown[token]}: number 48 of 384 is {value}"
    assert canvas.get_attribute("aria-valuetext") == said
    root.page.keyboard.press("Escape")
    assert root.locator(".pw-reading").count() == 0


def test_a_model_has_its_colour_alone_and_beside_the_other(show):
    view, root = show(show="distilbert")
    alone = root.locator(".pw-panel-name").first.evaluate("node => getComputedStyle(node).color")
    view.shown = [0, 1]
    root.get_by_role("radio", name="Side by side").click()
    root.page.evaluate("rest()")
    names = root.locator(".pw-badge .pw-panel-name")
    colours = names.evaluate_all("nodes => nodes.map(node => getComputedStyle(node).color)")
    assert names.all_inner_texts() == ["RoBERTa", "DistilBERT"]
    assert colours[1] == alone != colours[0]


def test_python_and_the_browser_round_alike(page):
    chance = random.Random(5)
    numbers = [chance.uniform(-2, 2) for _ in range(500)]
    numbers += [chance.randrange(-64, 64) / 32 for _ in range(200)]  # ties
    logits = np.random.default_rng(3).normal(scale=2, size=(200, 3))
    rows = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype("f4").tolist()
    module = link("shared/rounding.js")
    found = page.evaluate(
        """async ([module, numbers, rows]) => {
          const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
          const { fixed, probabilities, percent } = await import(url);
          return [numbers.map((one) => [0, 1, 2, 3].map((digits) => fixed(one, digits))),
            rows.map((row) => probabilities(row)),
            rows.map((row) => probabilities(row).map(percent))];
        }""",
        [module, numbers, rows],
    )
    assert found[0] == [[fixed(one, digits) for digits in range(4)] for one in numbers]
    assert found[1] == [probabilities(row) for row in rows]
    assert found[2] == [[percent(shown) for shown in probabilities(row)] for row in rows]
