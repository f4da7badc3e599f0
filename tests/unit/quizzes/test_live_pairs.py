"""Live questions about two sentences: what is right is counted here by other means."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes.live.pairs import PAIR_KINDS, ask_pair

PAIRS = [(pair.pinned, pair.text) for pair in pw.pairs()]


@pytest.fixture(scope="module", params=("roberta", "distilbert"))
def pipeline(request: pytest.FixtureRequest) -> Any:
    return pw.load(request.param)


def test_the_layer_that_is_right_is_where_half_of_the_way_is_made(pipeline: Any) -> None:
    asked = 0
    for pinned, text in PAIRS:
        one, two = pipeline.trace(pinned), pipeline.trace(text)
        question = PAIR_KINDS["reaches first"](one, two, random.Random(0))
        a, b = one.layers.hidden[:, 0].astype(float), two.layers.hidden[:, 0].astype(float)
        apart = [
            2 * np.linalg.norm(x - y) / (np.linalg.norm(x) + np.linalg.norm(y))
            for x, y in zip(a, b, strict=True)
        ]
        if question is None:
            continue
        asked += 1
        wanted = next(row for row, value in enumerate(apart) if value >= max(apart) / 2)
        marks = [option.right for option in question.options]
        assert marks.index(True) == wanted
        assert sum(marks) == 1
    assert asked >= 6


def test_new_ids_of_texts_of_one_length_are_those_that_differ(pipeline: Any) -> None:
    one, two = (pipeline.trace(f"The soup was {word}.") for word in ("cold", "warm"))
    question = ask_pair(one, two, about="ids changed")
    differing = sum(a != b for a, b in zip(one.tokens.ids, two.tokens.ids, strict=True))
    assert [answer.value for answer in question.answers] == [differing]
    same = ask_pair(one, one, about="ids changed")
    assert same.answers[0].value == 0


def test_the_token_is_the_one_that_moved_furthest(pipeline: Any) -> None:
    one, two = pipeline.trace(PAIRS[0][0]), pipeline.trace(PAIRS[0][1])
    for seed in range(6):
        question = ask_pair(one, two, about="farthest token", seed=seed)
        layer = int(question.prompt.split("after layer ")[1].split(" ")[0])
        a, b = one.layers.hidden[layer + 1], two.layers.hidden[layer + 1]
        sizes = np.linalg.norm(a, axis=1) + np.linalg.norm(b, axis=1)
        assert question.right == (int(np.argmax(np.linalg.norm(a - b, axis=1) / sizes)),)


def test_what_can_not_be_asked_is_said(pipeline: Any) -> None:
    trace = pipeline.trace("Good.")
    with pytest.raises(pw.BadInput, match="can't carry"):
        ask_pair(trace, trace, about="reaches first")
    with pytest.raises(pw.BadInput, match="there are"):
        ask_pair(trace, trace, about="colour")
    other = pw.load("distilbert" if pipeline.name == "roberta" else "roberta")
    with pytest.raises(pw.BadInput, match="two runs of one model"):
        ask_pair(trace, other.trace("Good."))
    assert ask_pair(trace, pipeline.trace("Bad."), seed=3) == ask_pair(
        trace, pipeline.trace("Bad."), seed=3
    )
