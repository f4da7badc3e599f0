"""The explorer after any edits is the explorer anew, to the pixel."""

from __future__ import annotations

import random

import pytest

import pipeline_widgets as pw
from tests.browser import view_gallery as gallery
from tests.browser.fresh_view import (
    Pair,
    change_theme,
    fewer,
    press_anything,
    resize,
    set_traits,
    walk,
)

TEXTS = (
    "Good film.",
    "",
    "a",
    "The plot is thin and the jokes are old, but the actors carry it and I left the room smiling.",
    "I ❤️ this café, not unfriendly 😀!",
    "这部电影很好。",
    "שלום עולם, what a day",
    "unbelievably antidisestablishmentarian",
    "  two   spaces\tand a tab ",
    "word " * 90,
)


@pytest.fixture
def pair(page):
    models = [gallery.Kept(model) for model in gallery.models()]

    def anew(view: pw.PipelineExplorer) -> pw.PipelineExplorer:
        return pw.PipelineExplorer.from_link(view.link(), models=models)

    mirrored = ("[role=tab][aria-selected=true]", ".pw-raw[aria-pressed=true]")
    return Pair(page, pw.PipelineExplorer("Good film.", models=models), anew, mirrored=mirrored)


def paste(pair: Pair, chance: random.Random) -> str:
    text = chance.choice(TEXTS)
    pair.root.locator(".pw-box").fill(text)
    return f"pasted {text[:30]!r}"


def type_on(pair: Pair, chance: random.Random) -> str:
    keys = "".join(chance.choice("abc ,not film!é") for _ in range(chance.randrange(1, 8)))
    pair.root.locator(".pw-box").press("End")
    pair.root.locator(".pw-box").press_sequentially(keys)
    return f"typed {keys!r}"


def delete(pair: Pair, chance: random.Random) -> str:
    edge, key = chance.choice([("End", "Backspace"), ("Home", "Delete")])
    count = chance.randrange(1, 12)
    pair.root.locator(".pw-box").press(edge)
    for _ in range(count):
        pair.root.locator(".pw-box").press(key)
    return f"{key} {count} times"


def hover(pair: Pair, chance: random.Random) -> str:
    chips = pair.root.locator(".pw-chip")
    chips.nth(chance.randrange(min(4, chips.count()))).hover()
    pair.page.mouse.move(1, 1)
    return "pointed at a token and away"


def mix(pair: Pair, chance: random.Random) -> str | None:
    """Add up a token's new vector, some of it step by step; half way is the browser's alone."""
    step, play = (pair.root.locator(f"[data-key=mix-{key}-0]") for key in ("step", "play"))
    if not step.is_visible():
        return None
    count = chance.randrange(1, 4)
    for _ in range(count):
        step.click()
    play.click()
    return f"mixed in {count} steps, then all"


ELSEWHERE = "[data-key=pin], [data-key=pairs], .pw-copy, [data-key^=save], [data-key^=gui]"
ANYTHING = press_anything(but=f"{ELSEWHERE}, [data-key^=mix-step]")
STEPS = [
    *(paste, type_on, delete, hover, change_theme, mix),
    *(ANYTHING, ANYTHING, press_anything(but=":not(.pw-thumb, .pw-layer, .pw-chip, .pw-toggle)")),
    resize(1280, 900, 700, 500),
    set_traits(layer=range(7), head=range(13), token=range(12), text=["Set in code."]),
]


def test_after_any_steps_the_explorer_equals_a_new_one(pair):
    walk(pair, STEPS)


@pytest.mark.parametrize("view", [pw.TokenView, pw.EmbeddingView, pw.PredictionView])
def test_after_any_steps_a_view_of_some_stages_equals_a_new_one(page, view):
    traces = [pw.load(name).trace(TEXTS[3]) for name in ("roberta", "distilbert")]

    def anew(old):
        made = view(*traces, token=old.token, opened=old.opened)
        made.panel = old.panel
        if view is pw.EmbeddingView:
            made.step = old.step
        return made

    mirrored = ("[role=tab][aria-selected=true]", ".pw-raw[aria-pressed=true]")
    pair = Pair(page, view(*traces), anew, mirrored=mirrored)
    press = press_anything(but=".pw-copy, [data-key^=save], [data-key=play]")
    steps = [press, press, hover, resize(1280, 900, 700, 500), set_traits(token=range(9))]
    if view is pw.PredictionView:  # which has no tokens
        steps = [press, resize(1280, 500)]
    walk(pair, steps, count=fewer(12))


def test_it_takes_the_colours_that_the_system_forces_while_it_is_open(pair):
    for colors in ("active", "none", "active"):
        pair.page.emulate_media(forced_colors=colors, color_scheme="dark")
        assert pair.differences() == [], colors


def test_a_short_text_after_600_words_is_the_short_text_anew_to_the_pixel(pair):
    pair.root.locator(".pw-box").fill("film " * 600)
    pair.bridge.settle()
    pair.root.locator(".pw-scroll").evaluate("node => { node.scrollLeft = 4000; }")
    pair.root.locator(".pw-box").fill("Good film.")
    here, anew = pair.pictures()
    assert here == anew


@pytest.mark.parametrize(
    "damage",
    [
        "canvas => { canvas.width += 1; }",
        "canvas => { canvas.getContext('2d').fillRect(9, 9, 1, 1); }",
        "canvas => { canvas.style.width = '999px'; }",
        "canvas => { canvas.parentElement.style.marginTop = '5px'; }",
    ],
)
def test_the_rule_sees_one_pixel_and_one_place(pair, damage):
    assert pair.differences() == []
    pair.root.locator("canvas").first.evaluate(damage)
    assert pair.differences() != []
