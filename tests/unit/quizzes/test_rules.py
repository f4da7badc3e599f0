"""Rules of the game, as the docstrings promise them: boxes, the clock, the share of a match."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.quizzes.cards import Card, Deck

REST = (0, 1, 3, 7, 14)  # days that a card rests in box 1, 2, …; Leitner's boxes as documented
SECONDS, GRACE = 60.0, 2.0  # for a problem; for an answer on its way when the time is up

PAIRS = {"cat": "Katze", "dog": "Hund", "cow": "Kuh", "hen": "Huhn"}
MATCH = "# Animals\n\n## Which is which?\n\n" + "\n".join(
    f"- {left} -> {right}" for left, right in PAIRS.items()
)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_known_is_one_box_on_and_not_known_is_box_one_from_any_box(answers: list[bool]) -> None:
    moment = [datetime(2026, 1, 1, tzinfo=UTC)]
    deck = Deck((Card("front", "back", "c"),), now=lambda: moment[0])
    box = 1
    for known in answers:
        assert deck.current is not None
        deck.answer(known)
        box = min(5, box + 1) if known else 1
        assert deck.box["c"] == box
        assert deck.counts == [int(number == box) for number in range(1, 6)]
        assert deck.due["c"] == moment[0] + timedelta(days=REST[box - 1])
        moment[0] += timedelta(days=REST[box - 1])
        deck.begin()


@pytest.mark.parametrize(
    ("second", "counts"),
    [(1.0, True), (59.9, True), (61.9, True), (62.1, False), (65.0, False), (9999.0, False)],
)
def test_an_answer_counts_until_the_time_is_up_and_two_seconds_longer(
    second: float, counts: bool
) -> None:
    clock = [0.0]
    challenge = pw.Challenge.from_markdown(MATCH, seconds=SECONDS, save=False, now=lambda: clock[0])
    (id,) = challenge.session.questions
    hear(challenge, act="begin")
    clock[0] = second
    hear(challenge, act="submit", id=id, response=PAIRS)
    assert challenge.points == (challenge.maximum if counts else 0)
    assert (challenge.badge != "") == counts
    assert (challenge.session.progress(id)["practice"], challenge._notice) == (
        (False, "") if counts else (True, "time_up")
    )


@pytest.mark.parametrize("switched_on_again", [False, True])
def test_time_without_the_clock_is_not_counted(switched_on_again: bool) -> None:
    clock = [0.0]
    challenge = pw.Challenge.from_markdown(MATCH, seconds=SECONDS, save=False, now=lambda: clock[0])
    (id,) = challenge.session.questions
    hear(challenge, act="begin")
    clock[0] = 30
    hear(challenge, act="clock", on=False)
    clock[0] = 5000
    if switched_on_again:
        hear(challenge, act="clock", on=True)
        assert challenge.left(id) == 30
    hear(challenge, act="submit", id=id, response=PAIRS)
    assert challenge.points == challenge.maximum
    assert challenge.badge == "no clock"


@settings(max_examples=40)
@given(st.permutations(list(PAIRS.values())), st.sets(st.sampled_from(list(PAIRS))))
def test_a_match_earns_the_share_of_the_pairs_that_are_right(
    rights: list[str], left_out: set[str]
) -> None:
    quiz = pw.Quiz.from_markdown(MATCH, save=False, attempts=1)
    (id,) = quiz.session.questions
    response = {
        left: right for left, right in zip(PAIRS, rights, strict=True) if left not in left_out
    }
    hits = sum(PAIRS[left] == right for left, right in response.items())
    if response:
        hear(quiz, act="submit", id=id, response=response)
    assert quiz.points == pytest.approx(quiz.maximum * hits / len(PAIRS))


def hear(widget: Any, **content: Any) -> None:
    """What the browser sends."""
    widget._hear(widget, content, [])
