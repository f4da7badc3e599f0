"""Attention, compare, flow and metrics after any edits are the same views anew."""

from __future__ import annotations

from typing import Any

import pytest

import pipeline_widgets as pw
from tests.browser import view_gallery as gallery
from tests.browser.fresh_view import Pair, change_theme, press_anything, resize, set_traits, walk

CHOSEN = {
    "attention": (
        *("layer", "head", "opened", "source", "words", "specials", "mass", "drawing", "order"),
        *("off", "token", "key"),
    ),
    "compare": ("layers", "heads", "source", "word"),
    "metrics": ("threshold", "panel", "cell", "curve"),
}
# A mode of choosing words lives in the browser alone, as an opened menu does.
MIRRORED = ("[data-kind][aria-pressed=true]",)
ANYTHING = press_anything(but="[data-key^=save], [data-key=measure]")


def anew(kind: str) -> Any:
    made = {"attention": gallery.attention, "compare": gallery.compare, "metrics": gallery.metrics}

    def make(view: Any) -> Any:
        other = made[kind]()
        for name in CHOSEN[kind]:
            setattr(other, name, getattr(view, name))
        return other

    return make


SIZES = resize(1280, 700, 336)


def test_attention_equals_a_new_one(page: Any) -> None:
    pair = Pair(page, gallery.attention(), anew("attention"), mirrored=MIRRORED)
    traits = set_traits(
        layer=range(6),
        head=range(12),
        token=range(-1, 9),
        source=["head", "heads", "layers", "rollout"],
        words=[True, False],
        specials=["shown", "hidden", "renormalised"],
        mass=[0.5, 1.0],
        drawing=["curves", "heatmap"],
        opened=[[], ["options"], ["what_if", "heads"]],
        off=[[], [["head", 2, 3]], [["word", 2]], [["mask", 3], ["layer", 0]]],
    )
    walk(pair, [ANYTHING, ANYTHING, traits, SIZES, change_theme])


def test_compare_equals_a_new_one(page: Any) -> None:
    pair = Pair(page, gallery.compare(), anew("compare"))
    traits = set_traits(
        layers=[[0, 0], [5, 2], [3, 1]],
        heads=[[0, 0], [11, 7]],
        source=["head", "heads", "layers", "rollout"],
        word=range(-1, 8),
    )
    walk(pair, [ANYTHING, traits, SIZES, change_theme])


def test_metrics_equal_new_ones(page: Any) -> None:
    pair = Pair(page, gallery.metrics(), anew("metrics"))
    traits = set_traits(
        threshold=[0.0, 0.3, 0.5, 1.0], cell=[[0, 0], [1, 0], [-1, -1]], panel=[0, 1]
    )
    walk(pair, [ANYTHING, traits, SIZES, change_theme])


@pytest.mark.parametrize("measured", [False, True])
def test_a_view_that_follows_other_texts_is_as_one_of_the_last(page: Any, measured: bool) -> None:
    model = gallery.models()[0]
    view = pw.AttentionView(model.trace("Good film."), pipeline=model, opened=["what_if", "heads"])

    def make(one: Any) -> Any:
        return pw.AttentionView(one.trace, pipeline=model, opened=["what_if", "heads"])

    pair = Pair(page, view, make)
    for text in ("film " * 60, "", "Never again, dear friends.", "这部电影很好。", "Good film."):
        if measured:
            view.measure()
            pair.bridge.settle()
        view.show(model.trace(text))
        assert pair.differences() == []
