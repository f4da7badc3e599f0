"""The explorer's two boxes by keyboard, and what it sums between the sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from pipeline_widgets.engine.attention_analysis import between
from tests.browser import view_gallery as gallery
from tests.browser.bridge import Bridge
from tests.browser.fresh_view import Pair, fewer, resize, set_traits, walk

ONE, TWO = "A man is eating.", "Nobody eats."
CELLS = ".pw-pair-shares td.pw-mono"


def explorer(pair: str = TWO, text: str = ONE) -> pw.PipelineExplorer:
    models = gallery.models()
    hide = ["times"]  # which differ from run to run
    return pw.PipelineExplorer(
        text, pair=pair, models=models, opened=["layers"], show="both", hide=hide
    )


def shown(root: Any) -> np.ndarray:
    texts = root.locator(CELLS).all_inner_texts()
    return np.array([float(text) for text in texts]).reshape(-1, 2, 3)


def expected(view: pw.PipelineExplorer) -> np.ndarray:
    return np.stack(
        [
            between(trace.layers.attention[view.layer, view.head], trace.tokens.sentences)
            for trace in view.traces
        ]
    )


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 700)])
def test_both_boxes_are_typed_into_and_read_at_every_key(page: Any, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    bridge, view = Bridge(page), explorer()
    bridge.change_theme(theme)
    root = bridge.show(view)
    bridge.settle()
    first, second = root.locator(".pw-box").first, root.get_by_label("Second sentence")
    np.testing.assert_allclose(shown(root), expected(view), atol=0.00501)
    first.focus()
    page.keyboard.press("Tab")
    expect(second).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Now")
    bridge.settle()
    assert view.trace.pair == (ONE, "Nobody eats. Now")
    expect(second).to_have_value("Nobody eats. Now")
    expect(second).to_be_focused()
    np.testing.assert_allclose(shown(root), expected(view), atol=0.00501)
    chips = root.locator(".pw-chip.pw-panel-0 .pw-piece").all_inner_texts()
    assert chips == [piece.replace("Ġ", "") for piece in view.trace.tokens.pieces]
    lefts = [
        box["x"]
        for box in (one.bounding_box() for one in root.locator(".pw-chip.pw-panel-0").all())
    ]
    assert lefts == sorted(lefts)
    assert bridge.errors == []
    root.screenshot(path=f"test-artefacts/pairs-{theme}-{width}.png")


def test_a_pair_after_any_steps_is_as_one_anew(page: Any) -> None:
    def anew(view: Any) -> Any:
        return explorer(view.pair, view.text).open_link(view.link())

    traits = set_traits(
        pair=["", "Nobody eats.", "السلام عليكم", "no"],
        text=["A man is eating.", "", "film"],
        layer=range(4),
        head=range(12),
        drawing=["curves", "heatmap"],
    )
    walk(Pair(page, explorer(), anew), [traits, resize(1280, 700)], count=fewer(8))
