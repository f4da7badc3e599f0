from __future__ import annotations

import pytest

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.session import Session
from tests.unit.quiz_samples import RIGHT, SAMPLES

BANK = Bank("All kinds", SAMPLES)
KEYS = {"right", "words", "explanation", "points"}


def _session(**words: object) -> Session:
    return Session(BANK, find_function=lambda name: RIGHT["code"], **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_progress_holds_the_key_only_once_it_is_due(name: str) -> None:
    session = _session(attempts=2)
    assert not KEYS & set(session.progress(name))
    if name == "code":
        session.find_function = lambda name: None
    session.submit(name, "nonsense")
    assert not KEYS & set(session.progress(name))
    session.find_function = lambda name: RIGHT["code"]
    session.submit(name, RIGHT[name])
    assert set(session.progress(name)) >= KEYS
    assert session.progress(name)["status"] == "right"


def test_the_attempts_run_out_and_then_the_answer_is_due() -> None:
    session = _session(attempts=2)
    session.submit("single", "RoBERTa-base")
    assert (session.left("single"), session.is_due("single")) == (1, False)
    session.submit("single", "RoBERTa-base")
    assert (session.left("single"), session.is_due("single")) == (0, True)
    session.submit("single", "DistilBERT")  # practice
    assert (session.points, session.progress("single")["status"]) == (0, "right")


def test_what_cannot_be_read_costs_no_attempt() -> None:
    session = _session(attempts=1)
    assert session.submit("numeric", "sixty-four").verdict == "unreadable"
    assert session.submit("numeric", "").verdict == "empty"
    assert session.submit("numeric", "64").right
    assert session.points == 1


@pytest.mark.parametrize("reveal", ["end", "never"])
def test_where_answers_come_at_the_end_a_submit_shows_nothing(reveal: str) -> None:
    session = _session(reveal=reveal)
    session.submit("single", "RoBERTa-base")
    session.submit("shape", RIGHT["shape"])
    for name in ("single", "shape"):
        state = session.progress(name)
        assert (state["status"], state["remarks"], session.score) == ("recorded", [], 0)
    session.show("single")
    session.finish()
    due = reveal == "end"
    assert session.is_due("single") == due
    assert session.progress("shape")["status"] == ("right" if due else "recorded")
    assert session.score == (1 if due else 0)
    assert session.points == 1


def test_the_last_of_several_answers_counts_if_it_is_better() -> None:
    session = _session()
    session.submit("multiple", ["byte-level BPE pieces"])
    session.submit("multiple", ["whole sentences"])
    assert session.points == 1.0
    session.submit("multiple", RIGHT["multiple"])
    assert session.points == 2.0


def test_hints_come_in_order_and_cost_what_the_teacher_says() -> None:
    session = _session(hint_cost=0.25)
    assert [session.hint("single") for _ in range(3)] == [*SAMPLES[0].hints, None]
    session.submit("single", "DistilBERT")
    assert session.points == 0.5
    free = _session()
    free.hint("single")
    free.submit("single", "DistilBERT")
    assert free.points == 1


def test_after_the_answer_was_shown_nothing_more_is_earned() -> None:
    session = _session()
    session.show("single")
    session.submit("single", "DistilBERT")
    assert (session.points, session.progress("single")["practice"]) == (0, True)


@pytest.mark.parametrize(
    "words", [{"reveal": "now"}, {"attempts": 0}, {"hint_cost": 2.0}, {"hint_cost": -0.5}]
)
def test_settings_that_make_no_sense_are_refused(words: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        _session(**words)
    with pytest.raises(BadInput, match="No question 'x'"):
        _session().submit("x", 1)
