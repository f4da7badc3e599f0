"""Views of arrays, and measures of many classes: after any steps they are as ones made anew."""

from __future__ import annotations

from typing import Any

import numpy as np

import pipeline_widgets as pw
from tests.browser.fresh_view import Pair, fewer, press_anything, resize, set_traits, walk
from tests.unit.test_plain_attention import TOKENS, weights

PRESSED = press_anything(but="[data-key^=save]")
NAMES = ("contradiction", "neutral", "entailment")


def copied(view: Any, other: Any, *names: str) -> Any:
    for name in names:
        setattr(other, name, getattr(view, name))
    return other


def test_cross_attention_is_drawn_as_anew(page: Any) -> None:
    def cross() -> pw.AttentionView:
        given, target = weights(2, 3, 3, 7), ["▁Die", "▁Kat", "ze"]
        return pw.AttentionView.from_arrays(given, target, TOKENS, opened=["heads", "options"])

    def anew(view: Any) -> Any:
        traits = ("layer", "head", "source", "words", "specials", "mass", "order", "opened")
        return copied(view, cross(), *traits, "token", "key")

    pair = Pair(page, cross(), anew)
    assert pair.root.locator(".pw-answer-said").is_hidden()
    traits = set_traits(words=[True, False], specials=["shown", "hidden"], token=[-1, 0, 2])
    walk(pair, [PRESSED, traits, resize(1280, 700)], count=fewer(10))


def test_measures_of_classes_are_drawn_as_anew(page: Any) -> None:
    chance = np.random.default_rng(0)
    scores = chance.dirichlet(np.ones(3), 24).astype(np.float32)
    told = [(f"sentence {i}", int(label)) for i, label in enumerate(chance.integers(0, 3, 24))]

    def view() -> pw.MetricsView:
        models = (("A", scores), ("B", scores[::-1]))
        return pw.MetricsView(*models, sentences=told, labels=NAMES)

    def anew(one: Any) -> Any:
        return copied(one, view(), "panel", "cell", "curve", "label")

    shown = view()
    pair = Pair(page, shown, anew)
    said = pair.root.locator("[data-measure=macro_f1]").first.inner_text()
    assert float(said) == round(shown.measures[0]["macro_f1"], 3)
    walk(pair, [PRESSED, set_traits(cell=[[0, 1], [2, 2], [-1, -1]])], count=fewer(10))
