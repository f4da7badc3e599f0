"""Patching's known answers, and texts aligned word by word."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.patching import patch_parts, put_back, row_order
from pipeline_widgets.engine.text_alignment import align

NOT, VERY = "The waiter was not friendly.", "The waiter was very friendly."


@pytest.fixture(scope="module", params=("roberta", "distilbert"))
def pipeline(request: pytest.FixtureRequest) -> Any:
    return pw.load(request.param)


def test_the_same_sentence_changes_nothing(pipeline: Any) -> None:
    trace = pipeline.trace(NOT)
    found = pipeline.patch(trace, pipeline.trace(NOT))
    answers = np.broadcast_to(trace.prediction.probabilities, found.probabilities.shape)
    np.testing.assert_allclose(found.probabilities, answers, atol=1e-6)
    assert np.isnan(found.share).all()  # of no change there is no share
    parts = patch_parts(pipeline, trace, trace, 0)
    np.testing.assert_allclose(parts.probabilities[0], answers[0], atol=1e-5)
    np.testing.assert_allclose(parts.everywhere[-1], answers[0, 0], atol=1e-5)


@pytest.mark.parametrize(
    ("pinned", "text"),
    [(NOT, VERY), ("The soup was cold.", "The soup was warm."), ("Is it good?", "Is it bad?")],
)
def test_the_changed_token_before_the_layers_gives_the_pinned_answer(
    pipeline: Any, pinned: str, text: str
) -> None:
    one, two = pipeline.trace(pinned), pipeline.trace(text)
    changed = np.flatnonzero(one.tokens.ids != two.tokens.ids)
    assert len(one.tokens) == len(two.tokens)
    assert len(changed) == 1
    found = pipeline.patch(one, two)
    np.testing.assert_allclose(
        found.probabilities[0, changed[0]], one.prediction.probabilities, atol=1e-5
    )
    assert found.share[0, changed[0]] == pytest.approx(1, abs=1e-3)
    others = np.delete(found.share[0], changed[0])
    np.testing.assert_allclose(others, 0, atol=1e-6)
    assert found.share[-1, 0] == pytest.approx(1, abs=1e-3)  # the head reads the first token alone
    np.testing.assert_allclose(found.share[-1, 1:], 0, atol=1e-6)


def test_patched_with_everything_any_pair_of_a_length_gives_the_pinned_answer(
    pipeline: Any,
) -> None:
    chance = random.Random(7)
    words = ["good", "bad", "not", "very", "film", "waiter", "the", "slow"]
    for _ in range(6):
        one, two = (pipeline.trace(" ".join(chance.choices(words, k=5))) for _ in range(2))
        if len(one.tokens) != len(two.tokens) or (align(one.tokens, two.tokens).partners < 0).any():
            continue
        layer = chance.randrange(len(one.layers.hidden))
        np.testing.assert_allclose(
            put_back(pipeline, one, two, layer), one.prediction.probabilities, atol=1e-5
        )


def test_what_does_not_fit_is_said(pipeline: Any) -> None:
    other = pw.load("distilbert" if pipeline.name == "roberta" else "roberta")
    trace = pipeline.trace(NOT)
    with pytest.raises(pw.BadInput, match=r"no run of .*pipeline\.trace\('The waiter was not"):
        pipeline.patch(other.trace(NOT), trace)
    changed = pipeline.trace(NOT, without=[pw.DropWord("not")])
    with pytest.raises(pw.BadInput, match="nothing was left out"):
        pipeline.patch(trace, changed)
    with pytest.raises(pw.BadInput, match="two traces, not str"):
        pipeline.patch(NOT, trace)
    with pytest.raises(pw.BadInput, match="layers 0 to"):
        patch_parts(pipeline, trace, trace, 99)


def test_rows_come_ends_first_and_each_once() -> None:
    assert row_order(6)[:3] == [6, 0, 3]
    assert row_order(0) == [0]
    for layers in range(1, 25):
        assert sorted(row_order(layers)) == list(range(layers + 1))


@pytest.mark.parametrize(
    ("pinned", "text", "kinds"),
    [
        (NOT, VERY, "kept kept kept replaced kept kept"),
        (NOT, "The waiter was friendly.", "kept kept kept left out kept kept"),
        ("good", "not good", "put in kept"),
        ("I do like it", "I like it", "kept left out kept kept"),
        ("We won 🎉🎉", "We won", "kept kept left out left out"),
        ("", "new", "put in"),
        ("", "", ""),
        ("今天的课", "今天没课", "kept kept replaced kept"),
        ("a  b", "a b", "kept kept"),
        ("👩🏽‍🚀 flew", "👩🏻‍🚀 flew", "replaced kept"),
    ],
)
def test_words_are_kept_replaced_put_in_or_left_out(
    pipeline: Any, pinned: str, text: str, kinds: str
) -> None:
    found = align(pipeline.tokenize(pinned), pipeline.tokenize(text))
    assert " ".join(stretch.kind for stretch in found.stretches) == kinds


def test_alignment_of_any_two_texts_is_sound(pipeline: Any) -> None:
    """Kept words read alike, every visible character stands in one word, partners are in order."""
    chance = random.Random(3)
    words = [
        "The",
        "the",
        "not",
        "café",
        "café",
        "🎉",
        "👩🏽‍🚀",
        "don't",
        "x",
        "…",
        "课",
        "friendly",
    ]
    for _ in range(60):
        texts = [" ".join(chance.choices(words, k=chance.randrange(8))) for _ in range(2)]
        one, two = (pipeline.tokenize(text) for text in texts)
        found = align(one, two)
        for tokens, side in ((one, "pinned"), (two, "text")):
            spans = [getattr(stretch, side) for stretch in found.stretches]
            read = "".join(tokens.text[slice(*span)] for span in spans if span)
            assert read == "".join(tokens.text.split())
        for stretch in found.stretches:
            pair = [
                span and text[slice(*span)]
                for span, text in zip((stretch.pinned, stretch.text), texts, strict=True)
            ]
            assert (pair[0] == pair[1]) == (stretch.kind == "kept")
            assert (None in pair) == (stretch.kind in ("put in", "left out"))
        partnered = found.partners[found.partners >= 0]
        assert (np.diff(partnered) > 0).all()
        assert found.partners[0] == 0
        assert found.partners[-1] == len(one) - 1


def test_two_spellings_of_a_word_are_paired_by_their_letters() -> None:
    pipeline = pw.load("roberta")
    one, two = pipeline.tokenize("so friendly"), pipeline.tokenize("so freindly")
    assert one.shown[2] == "friendly"
    found = align(one, two)
    pairs = {two.shown[k]: one.shown[p] for k, p in enumerate(found.partners) if p >= 0}
    assert list(pairs.values()).count("friendly") == 1
