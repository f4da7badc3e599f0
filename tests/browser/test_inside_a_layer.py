"""What unfolds inside a layer, and what moves: each against the numbers of the run."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from pipeline_widgets.engine.halves import layer_halves
from pipeline_widgets.rounding import fixed
from tests.browser.bridge import Bridge

TEXT = "The film was not good."


@pytest.fixture
def show(page):
    """Draw an explorer of these arguments; returns it, its root element and the bridge."""
    bridge = Bridge(page)

    def draw(text=TEXT, **options):
        view = pw.PipelineExplorer(text, **options)
        root = bridge.show(view)
        bridge.settle()
        return view, root, bridge

    yield draw
    assert bridge.errors == []


def signs(locator):
    """Of each colour of a strip, whether it is the plus colour (+1), the minus one (−1) or pale."""
    css = locator.evaluate("node => node.style.background")
    colours = np.array(re.findall(r"rgba?\((\d+), (\d+), (\d+)", css), int)[::2]
    red, green = colours[:, 0], colours[:, 1]
    return np.where(np.abs(green - red) < 25, 0, np.sign(green - red))


def assert_signs(found, values):
    plain = found != 0
    assert plain.sum() > 2
    assert np.array_equal(found[plain], np.sign(values)[plain])


@pytest.mark.parametrize("model", ["roberta", "distilbert"])
def test_the_two_halves_are_those_of_the_chosen_token_and_layer(show, model):
    view, root, bridge = show(models=(model,), layer=1, token=4, opened=("layers", "halves"))
    pipeline = pw.load(model)
    for token in (4, 2):
        root.locator(f"[data-key='chip-0-{token}']").click()
        bridge.settle()
        made = layer_halves(pipeline, view.trace, 1, token)
        strips = root.locator(".pw-halves .pw-cells")
        parts = (made.came, made.attention, made.between, made.feed_forward, made.left)
        expect(strips).to_have_count(len(parts))
        for place, part in enumerate(parts):
            assert_signs(signs(strips.nth(place)), part[::12][:32])
        assert view.trace.tokens.shown[token] in root.locator(".pw-halves").inner_text()


def test_a_mixture_is_the_sum_of_the_values_by_weight(show):
    view, root, _ = show(layer=0, head=4, opened=("layers", "mixing"))
    pipeline = pw.load("roberta")
    value = pipeline.query_key_value(view.trace, 0, 4).value
    row = view.selected
    rows = root.locator(".pw-mixrow:not(.pw-mixsum)")
    order = np.argsort(-row, kind="stable")[:6]
    for place, token in enumerate(order):
        words = rows.nth(place).inner_text()
        assert fixed(float(row[token])) in words
        assert view.trace.tokens.shown[token].strip() in words
    assert_signs(signs(root.locator(".pw-mixsum .pw-cells")), row @ value)
    assert root.locator(".pw-mixsum .pw-mono").inner_text() == "1.00"


def test_choosing_a_row_lets_it_gather_step_by_step_with_pause(show):
    view, root, bridge = show(layer=0, head=4, opened=("layers", "mixing"))
    total = root.locator(".pw-mixsum .pw-mono")
    root.locator("[data-key='chip-0-4']").click()
    play = root.locator("[data-key='mix-play-0']")
    expect(play).to_contain_text("Pause")
    play.click()
    expect(play).to_contain_text("Play")
    held = total.inner_text()
    assert float(held) < 1
    root.page.wait_for_timeout(900)
    assert total.inner_text() == held
    row = np.sort(view.trace.layers.attention[0, 4, 4])[::-1]
    done = int(np.argmin(np.abs(np.cumsum(row) - float(held)))) + 1 if float(held) else 0
    root.locator("[data-key='mix-step-0']").click()
    assert total.inner_text() == fixed(float(np.cumsum(row)[done]))
    play.click()
    expect(total).to_have_text("1.00")
    expect(play).to_contain_text("Play")
    bridge.settle()


def test_with_reduced_motion_nothing_plays_by_itself(show, page):
    page.emulate_media(reduced_motion="reduce")
    _, root, bridge = show(layer=0, head=4, opened=("layers", "mixing"))
    root.locator("[data-key='chip-0-4']").click()
    bridge.settle()
    assert root.locator(".pw-mixsum .pw-mono").inner_text() == "1.00"
    root.locator(".pw-box").press("End")
    root.locator(".pw-box").press_sequentially("!")
    bridge.settle()
    assert root.locator(".pw-flash").count() == 0


def test_a_keystroke_marks_what_it_changed_for_a_moment(show, page):
    view, root, bridge = show("The film was good.")
    page.evaluate(_COUNT_RINGS)
    root.locator(".pw-box").fill("The film was bad.")
    bridge.settle()
    page.wait_for_function("rings.length > 0")
    alphas = {alpha for ring in page.evaluate("rings") for alpha in ring}
    assert view.trace.tokens.shown[4].strip() == "bad"
    assert max(alphas) == 255  # the new word, everywhere
    assert len(alphas) > 4  # others by how much they changed
    expect(root.locator(".pw-flash")).to_have_count(0)


_COUNT_RINGS = """
() => {
  globalThis.rings = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      if (!node.matches?.(".pw-flash")) continue;
      const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
      rings.push([...new Set(data.filter((_, k) => k % 4 === 3))]);
    }
  }).observe(document.querySelector(".pw-stages"), { childList: true, subtree: true });
}
"""
