"""What each preset pair says it shows, on both bundled models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.patching import Patching
from pipeline_widgets.trace import Trace

PAIRS = {pair.kind: pair for pair in pw.pairs()}
TURNED = (
    *("negation", "negation put in", "double negation", "downtoner", "contrast turned round"),
    *("typo", "choice of words"),
)
UNMOVED = ("intensifier", "name swapped", "case", "emoji", "full stop left out")


@pytest.fixture(scope="module", params=("roberta", "distilbert"))
def runs(request: pytest.FixtureRequest) -> Any:
    pipeline = pw.load(request.param)
    return {
        kind: (pipeline.trace(pair.pinned), pipeline.trace(pair.text))
        for kind, pair in PAIRS.items()
    } | {"pipeline": pipeline}


def patched(runs: Any, kind: str) -> tuple[Patching, Trace]:
    return runs["pipeline"].patch(*runs[kind]), runs[kind][1]


def test_there_are_a_dozen_and_each_says_one_thing() -> None:
    assert len(PAIRS) == 12
    assert {*TURNED, *UNMOVED} == set(PAIRS)
    for pair in PAIRS.values():
        assert pair.pinned != pair.text
        assert pair.shows.endswith(".")
    assert "pairs" not in pw.examples()


@pytest.mark.parametrize("kind", TURNED)
def test_the_answer_turns_round(runs: Any, kind: str) -> None:
    one, two = runs[kind]
    assert one.prediction.label != two.prediction.label


@pytest.mark.parametrize("kind", UNMOVED)
def test_the_answer_hardly_moves(runs: Any, kind: str) -> None:
    one, two = runs[kind]
    assert np.abs(one.prediction.probabilities - two.prediction.probabilities).max() < 0.01


def test_negation_moves_from_the_word_to_the_first_token(runs: Any) -> None:
    found, trace = patched(runs, "negation")
    word, half = trace.tokens.shown.index("very"), len(found.share) // 2
    assert (found.share[:half, word] > 0.9).all()
    assert found.share[-1, 0] > 0.99
    assert (found.share[-1, 1:] == 0).all()


def test_a_word_put_in_is_taken_up_by_its_neighbour(runs: Any) -> None:
    found, trace = patched(runs, "negation put in")
    put_in, word = trace.tokens.shown.index("not"), trace.tokens.shown.index("good")
    assert found.partners[put_in] == -1
    assert np.isnan(found.share[:, put_in]).all()
    assert abs(found.share[0, word]) < 0.05
    assert 0.1 < found.share[1:-1, word].max() < 0.6


def test_bad_has_read_not_half_way_up(runs: Any) -> None:
    found, trace = patched(runs, "double negation")
    word = trace.tokens.shown.index("bad")
    assert abs(found.share[0, word]) < 0.05
    assert found.share[1:-1, word].max() > 0.9


def test_barely_turns_as_fully_as_not(runs: Any) -> None:
    barely, negated = runs["downtoner"][1].prediction, runs["negation put in"][1].prediction
    assert barely.probabilities[1] == pytest.approx(negated.probabilities[1], abs=0.01)


def test_the_contrast_has_the_same_words(runs: Any) -> None:
    one, two = (
        sorted(text.lower().replace(",", "").rstrip(".").split())
        for text in (PAIRS["contrast turned round"].pinned, PAIRS["contrast turned round"].text)
    )
    assert one == two


def test_capitals_and_emoji_reach_roberta_alone(runs: Any) -> None:
    for kind in ("case", "emoji"):
        one, two = (run.tokens for run in runs[kind])
        same = one.ids.tolist() == two.ids.tolist()
        assert same == (runs["pipeline"].architecture == "distilbert")
    if runs["pipeline"].architecture == "distilbert":
        assert "[UNK]" in runs["emoji"][0].tokens.pieces


def test_the_typo_is_cut_into_more_pieces_and_the_stop_is_one_less(runs: Any) -> None:
    one, two = runs["typo"]
    assert len(two.tokens) > len(one.tokens)
    one, two = runs["full stop left out"]
    assert len(two.tokens) == len(one.tokens) - 1
