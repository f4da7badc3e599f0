"""A sentence pinned in the explorer, in a real browser; the fresh-view rule with it and alone."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import pipeline_widgets as pw
from tests.browser.bridge import Bridge
from tests.browser.fresh_view import (
    STEPS,
    Pair,
    change_theme,
    press_anything,
    resize,
    set_traits,
    walk,
)
from tests.browser.test_difference import assert_as_dark_as, cells, click_cell, square

NOT, VERY = "The waiter was not friendly.", "The waiter was very friendly."
TEXTS = (
    VERY,
    NOT,
    "The waiter was friendly.",
    "",
    "Good film.",
    "今天的课没有意思",
    "שלום עולם, what a day",
    "I ❤️ this café, not unfriendly 😀!",
    "The waiter, who was not paid, was not friendly, was he? Unbelievably so, in truth.",
)


@pytest.fixture(scope="module")
def roberta() -> pw.Pipeline:
    return pw.load("roberta")


class Kept:
    """A model that reads each text once: two views of a text then show the same milliseconds."""

    def __init__(self, name: str) -> None:
        self.model_read = pw.load(name)
        self.read: dict[str, pw.Trace] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model_read, name)

    def trace(self, text: str) -> pw.Trace:
        if text not in self.read:
            self.read[text] = self.model_read.trace(text)
        return self.read[text]


class FilledPair(Pair):
    """Two views that are compared when their squares are filled."""

    def differences(self) -> list[str]:
        self.bridge.settle()
        self.view._patcher.wait()
        return super().differences()


def listed(numbers: Any) -> list[list[float | None]]:
    return [[None if one != one else float(one) for one in row] for row in numbers]


def test_pin_type_read_both_squares_and_hear_a_cell(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 2600})
    bridge, view = Bridge(page), pw.PipelineExplorer(NOT, show="both")
    root = bridge.show(view)
    expect(root.locator(".pw-pin")).to_have_count(0)
    root.get_by_role("button", name="Pin").click()
    assert view.pinned == NOT
    expect(root.locator(".pw-texts-note").first).to_have_text("The two sentences are the same.")
    root.locator(".pw-box").fill(VERY)
    bridge.settle()
    view._patcher.wait()
    bridge.settle()
    for index, trace in enumerate(view.traces):
        found = pw.load(trace.model).patch(view.comparisons[index].pinned, trace)
        assert_as_dark_as(
            cells(page.locator(f"canvas[data-key=difference-{index}-acts]")), listed(found.share)
        )
        assert_as_dark_as(
            cells(page.locator(f"canvas[data-key=difference-{index}-spread]")),
            listed(view.comparisons[index].spread),
        )
    pinned_words = root.locator(".pw-word-side.pw-of-pinned .pw-word-text")
    assert pinned_words.all_inner_texts()[:4] == ["The", "waiter", "was", "not"]
    said = root.locator(".pw-cell-said")
    page.locator("canvas[data-key=difference-1-acts]").focus()
    page.keyboard.press("ArrowUp")
    expect(said.nth(1)).to_contain_text("Put “not” back after layer 0: 1.00 of the change returns")
    expect(said.nth(1)).to_contain_text("until layer 1, from layer 2 on at “[CLS]”")
    expect(said.first).to_contain_text("after layer 3: 0.62")
    bridge.settle()
    assert view.cells == [[], [1, 4, -1, -1]]
    root.get_by_role("button", name="Unpin").click()
    expect(root.locator(".pw-pin")).to_have_count(0)
    assert (view.pinned, view.comparisons, view.text) == ("", (), VERY)
    assert bridge.errors == []


def test_a_preset_pair_is_pinned_with_its_sentence(page: Page) -> None:
    bridge, view = Bridge(page), pw.PipelineExplorer("Anything.")
    root = bridge.show(view)
    for pair in pw.pairs()[:3]:
        root.locator("[data-key=pairs]").select_option(pair.kind)
        expect(root.locator(".pw-pair-shows")).to_have_text(pair.shows)
        bridge.settle()
        assert (view.pinned, view.text) == (pair.pinned, pair.text)
    hidden = bridge.show(pw.PipelineExplorer("Anything.", hide=["pin"]))
    expect(hidden.locator("[data-key=pin], [data-key=pairs]")).to_have_count(0)
    assert bridge.errors == []


def type_on(pair: Pair, chance: random.Random) -> str:
    text = chance.choice(TEXTS)
    pair.root.locator(".pw-box").fill(text)
    return f"typed {text!r}"


def choose_a_cell(pair: Pair, chance: random.Random) -> str | None:
    canvases = pair.root.locator(".pw-rows-square").filter(visible=True)
    if not canvases.count():
        return None
    canvas = canvases.nth(chance.randrange(canvases.count()))
    keys = [chance.choice(["Up", "Down", "Left", "Right"]) for _ in range(3)]
    for key in keys:
        canvas.press(f"Arrow{key}")
    return f"pressed {keys} on {canvas.get_attribute('data-key')}"


def test_after_any_steps_a_pinned_explorer_equals_a_new_one(page: Page) -> None:
    models = [Kept("roberta"), Kept("distilbert")]

    def anew(view: pw.PipelineExplorer) -> pw.PipelineExplorer:
        made = pw.PipelineExplorer.from_link(view.link(), models=models)
        made._patcher.wait()
        return made

    start = pw.PipelineExplorer(VERY, pinned=NOT, models=models, opened=())
    pin_alone = press_anything(but=":not(.pw-pin *, [data-key=pin], [data-key=pairs])")
    steps = [
        *(type_on, choose_a_cell, pin_alone, pin_alone, change_theme),
        press_anything(but=":not(.pw-switch *)"),
        set_traits(pinned=[NOT, "Good film.", ""], cells=[[], [[2, 3]], [[0, 1, 5, 2], [9, 9]]]),
        resize(1280, 800, 400),
    ]
    walk(FilledPair(page, start, anew), steps, count=STEPS // 2)


def test_after_any_steps_the_difference_view_equals_a_new_one(page: Page, roberta: Any) -> None:
    kept = Kept("roberta")

    def anew(view: pw.DifferenceView) -> pw.DifferenceView:
        made = pw.DifferenceView(view.pinned, view.trace, pipeline=kept)
        made.open_link(view.link())
        made._patcher.wait()
        return made

    def another_pair(pair: Pair, chance: random.Random) -> str:
        texts = chance.choice(TEXTS), chance.choice(TEXTS)
        pair.view.show(*(kept.trace(text) for text in texts))
        return f"compared {texts}"

    view = pw.DifferenceView(kept.trace(NOT), kept.trace(VERY), pipeline=kept)
    steps = [
        *(another_pair, choose_a_cell, press_anything(but="[data-key^=save]"), change_theme),
        set_traits(layer=range(-1, 6), token=range(2), part=[[-1, -1], [3, 2], [13, 0]]),
        resize(1280, 800, 400),
    ]
    walk(FilledPair(page, view, anew), steps, count=STEPS // 2)


def test_a_cell_clicked_in_a_text_from_right_to_left(page: Page, roberta: Any) -> None:
    one, two = (roberta.trace(text) for text in ("שלום עולם", "שלום רב"))
    view = pw.DifferenceView(one, two, pipeline=roberta)
    view.measure()
    bridge = Bridge(page)
    bridge.show(view)
    canvas, last = square(page, "acts"), len(two.tokens) - 1
    click_cell(canvas, 2, 0)  # the column on the left is the last token
    bridge.settle()
    assert (view.layer, view.token) == (1, last)
    canvas.press("ArrowRight")
    bridge.settle()
    assert view.token == last - 1


def test_a_finger_finds_a_cell(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    bridge, view = Bridge(page), pw.PipelineExplorer(TEXTS[-1], pinned=NOT)
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('meta'), "
        "{ name: 'viewport', content: 'width=device-width' }))"
    )
    root = bridge.show(view)
    view._patcher.wait()
    bridge.settle()
    canvas = root.locator("[data-key=difference-0-acts]")
    place = json.loads(canvas.get_attribute("data-place") or "")
    assert min(place["side"], place["high"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    canvas.tap(position={"x": place["left"] + 1.5 * place["side"], "y": place["top"] + 30})
    bridge.settle()
    assert view.cells == [[1, 1, -1, -1]]
    page.close()
