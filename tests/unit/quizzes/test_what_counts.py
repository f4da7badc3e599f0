"""What counts is in the file: the screen, the table, a regrade and a new start agree on it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.quizzes import collect
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.kinds import blank, seal
from pipeline_widgets.quizzes.rules import AFTER, LATE, TOO_MANY, TOO_MUCH, Terms, points_by
from pipeline_widgets.quizzes.session import Session
from pipeline_widgets.quizzes.store import Journal

TEXT = """# T {#t}

## one? {#a}
- (x) right
- ( ) wrong

> a hint

## some? {#b points=2}
- [x] right
- [x] half
- [ ] wrong

## how many? {#c}
= 7
"""
BANK = pw.Quiz.from_markdown(TEXT, save=False).bank
ANSWERS: dict[str, list[Any]] = {
    "a": ["wrong", "right"],
    "b": [["wrong"], ["half"], ["right", "half"]],
    "c": ["6", "7", "no number"],
}
acts = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), st.sampled_from("abc"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["hint", "show"]), st.sampled_from("abc")),
        st.tuples(st.sampled_from(["finish", "restart", "restart", "rerun"])),
    ),
    max_size=25,
)


def open_(folder: Path, bank: Bank = BANK, **terms: Any) -> Session:
    return Session(bank, journal=Journal(bank.id, learner="ada", folder=folder), **terms)


def collected(folder: Path, key: Bank | None = None) -> dict[str, collect.Row]:
    return {row.entry.question: row for row in collect.rows(collect.read_folder(folder), key=key)}


@settings(max_examples=150, deadline=None)
@given(
    acts,
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from(["each", "end", "never"]),
    st.sampled_from([0.0, 0.25]),
)
def test_only_answers_from_before_the_key_was_to_be_read_count_and_all_agree(
    done: list[tuple[Any, ...]], attempts: int | None, reveal: str, hint_cost: float
) -> None:
    terms = {"attempts": attempts, "reveal": reveal, "hint_cost": hint_cost}
    earned, tried, hinted = (dict.fromkeys("abc", 0.0) for _ in range(3))
    seen = set[str]()
    with tempfile.TemporaryDirectory() as name:
        session = open_(Path(name), **terms)
        for act, *about in done:
            if act == "submit":
                id, index = about
                response = ANSWERS[id][index % len(ANSWERS[id])]
                free = id not in seen and not session.finished
                free = free and (attempts is None or tried[id] < attempts)
                verdict = session.submit(id, response).verdict
                if free and verdict != "unreadable":
                    worth = Session(BANK).submit(id, response).points
                    tried[id] += 1
                    earned[id] = max(earned[id], worth * (1 - hint_cost * hinted[id]))
            elif act == "hint":
                hinted[about[0]] += session.hint(about[0]) is not None
            elif act == "show":
                session.show(about[0])
            elif act == "rerun":
                session = open_(Path(name), **terms)
            else:
                getattr(session, act)()
            seen |= {id for id in "abc" if "right" in session.progress(id)}
        total = pytest.approx(sum(earned.values()))
        assert session.points == total
        assert open_(Path(name), **terms).points == total
        for key in (None, BANK):
            rows = collected(Path(name), key)
            assert sum(row.entry.points for row in rows.values()) == total
            assert not {flag for row in rows.values() for flag in row.flags}
        assert points_by(session.questions, session.entries) == total


def test_a_wrong_answer_shown_then_begun_anew_earns_nothing_anywhere(tmp_path: Path) -> None:
    (tmp_path / "t.md").write_text(TEXT)
    quiz = pw.Quiz(tmp_path / "t.md", attempts=1, folder=tmp_path / "x", learner="ada")
    quiz.submit("a", "wrong")
    quiz._hear(None, {"act": "restart"}, [])
    quiz._hear(None, {"act": "submit", "id": "a", "response": "right"}, [])
    assert quiz._progress["a"]["practice"]
    assert (quiz.points, quiz.score, quiz.regrade(tmp_path / "t.md")) == (0, 0, 0)
    for key in (None, BANK):
        assert collected(tmp_path / "x", key)["a"].entry.points == 0
    with pytest.raises(AssertionError, match="0 of 4 points"):
        quiz.assert_passed()


def test_what_one_view_showed_earns_nothing_in_another(tmp_path: Path) -> None:
    wrong, right = "wrong", BANK.questions[0].right_response()
    for number, (terms, act) in enumerate(
        (
            ({"attempts": 1}, lambda one: one.submit("a", wrong)),
            ({"reveal": "end"}, lambda one: one.finish()),
            ({"reveal": "each"}, lambda one: one.show("a")),
            ({"reveal": "end"}, lambda one: (one.finish(), one.restart())),
        )
    ):
        one, other = (open_(tmp_path / str(number), **terms) for _ in range(2))
        act(one)
        other.submit("a", right)
        assert other.points == open_(tmp_path / str(number), **terms).points == 0, terms


@pytest.mark.parametrize("close", [seal, blank])
def test_the_same_holds_for_sealed_and_blank_copies_graded_with_the_key(
    tmp_path: Path, close: Any
) -> None:
    given = replace(BANK, questions=tuple(map(close, BANK.questions)))
    session = open_(tmp_path, given, attempts=1, reveal="end")
    session.submit("a", "wrong")
    session.finish()
    session.restart()
    session.submit("a", "right")
    session.submit("c", "7")  # nobody could read a key, but the quiz was over
    rows = collected(tmp_path, BANK)
    assert (rows["a"].entry.points, rows["c"].entry.points) == (0, 0)


def test_lines_of_an_older_version_that_dodge_the_rules_earn_nothing_and_are_flagged(
    tmp_path: Path,
) -> None:
    session = open_(tmp_path, attempts=1)
    session.submit("a", "wrong")
    session.restart()
    forged = replace(session.entries[0], points=1.0, response="right", verdict="right")
    assert session.journal is not None
    session.journal.append(forged)
    row = collected(tmp_path, BANK)["a"]
    assert (row.entry.points, row.flags) == (0, (TOO_MANY,))
    free = open_(tmp_path / "free")
    free.show("a")
    assert free.journal is not None
    free.journal.append(replace(forged, terms=""))
    assert collected(tmp_path / "free")["a"].flags == (AFTER,)
    free.journal.append(replace(forged, question="c", face="", points=1e6))
    assert collected(tmp_path / "free")["c"].flags == (TOO_MUCH,)


def test_terms_are_read_as_they_are_written_and_nonsense_is_the_default() -> None:
    for terms in (Terms(), Terms(2, "end", 0.25, 90.0), Terms(None, "never", 1.0, 0.5)):
        assert Terms.read(str(terms)) == terms
    assert Terms.read("attempts=-1 reveal=now hint_cost=1e9 seconds=x " + "y" * 999) == Terms()


def test_without_restart_nobody_begins_anew(tmp_path: Path) -> None:
    quiz = pw.Quiz.from_markdown(TEXT, restart=False, folder=tmp_path)
    quiz.submit("a", "wrong")
    quiz._hear(None, {"act": "restart"}, [])
    assert quiz.responses == {"a": "wrong"}
    with pytest.raises(pw.BadInput, match="restart=False"):
        quiz.reset()


# --- missing lines ------------------------------------------------------------------------------


def _three(folder: Path) -> tuple[Path, list[str]]:
    session = open_(folder)
    session.submit("a", "wrong")
    session.submit("b", ["half"])
    session.submit("a", "right")
    assert session.journal is not None
    return session.journal.path, session.journal.path.read_text().splitlines(keepends=True)


@pytest.mark.parametrize("gone", [0, 1])
def test_a_line_taken_out_flags_every_row_of_the_file(tmp_path: Path, gone: int) -> None:
    path, lines = _three(tmp_path)
    path.write_text("".join(line for index, line in enumerate(lines) if index != gone))
    assert all("lines missing" in row.flags for row in collected(tmp_path).values())


def test_a_line_taken_out_before_an_event_flags_the_file_too(tmp_path: Path) -> None:
    session = open_(tmp_path)
    session.submit("a", "wrong")
    session.restart()
    session.submit("a", "right")
    assert session.journal is not None
    path = session.journal.path
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert collected(tmp_path)["a"].flags == ("lines missing",)


def test_an_edited_event_flags_the_file(tmp_path: Path) -> None:
    session = open_(tmp_path)
    session.show("a")
    session.submit("b", ["half"])
    assert session.journal is not None
    path = session.journal.path
    path.write_text(path.read_text().replace('"verdict":"shown"', '"verdict":"hint"'))
    assert collected(tmp_path)["b"].flags == ("edited",)


def test_lines_cut_off_the_end_show_where_a_copied_line_says_how_many_there_were(
    tmp_path: Path,
) -> None:
    path, lines = _three(tmp_path / "in")
    copied = collect.pack(Journal("t", learner="ada", folder=tmp_path / "in").entries())
    path.write_text("".join(lines[:2]))
    (tmp_path / "in" / "form.txt").write_text(copied)
    rows = collected(tmp_path / "in")
    assert rows["a"].entry.points == 1  # the copied line has it
    assert "lines missing" in rows["a"].flags
    assert "lines missing" in rows["b"].flags


# --- a clock ------------------------------------------------------------------------------------


class _Clock:
    time = 0.0

    def __call__(self) -> float:
        return self.time


def _challenge(folder: Path, clock: _Clock, **words: Any) -> pw.Challenge:
    words = {"seconds": 10.0, "now": clock, "folder": folder, "learner": "ada", **words}
    return pw.Challenge(BANK, **words)


def _hear(view: Any, **content: Any) -> None:
    view._hear(None, json.loads(json.dumps(content)), [])


def test_before_the_clock_was_started_nothing_is_taken(tmp_path: Path) -> None:
    challenge = _challenge(tmp_path, _Clock())
    _hear(challenge, act="submit", id="a", response="right")
    assert (challenge.points, challenge._notice) == (0, "begin_first")
    _hear(challenge, act="clock", on=False)
    _hear(challenge, act="submit", id="a", response="right")
    assert challenge.points == 1


def test_the_clock_runs_for_what_is_answered_whatever_the_browser_says_is_shown(
    tmp_path: Path,
) -> None:
    clock = _Clock()
    challenge = _challenge(tmp_path, clock, attempts=None)
    _hear(challenge, act="begin")
    _hear(challenge, act="at", id="a")
    _hear(challenge, act="submit", id="c", response="6")
    clock.time = 13
    _hear(challenge, act="submit", id="c", response="7")
    assert challenge.points == 0


def test_the_clock_goes_on_when_the_cell_is_run_again_or_the_challenge_begun_anew(
    tmp_path: Path,
) -> None:
    clock = _Clock()
    challenge = _challenge(tmp_path, clock)
    _hear(challenge, act="begin")
    clock.time = 6
    _hear(challenge, act="submit", id="a", response="wrong")
    _hear(challenge, act="at", id="b")
    again = _challenge(tmp_path, clock)
    assert again.left("a") == 4
    _hear(again, act="restart")
    assert again.left("a") == 4


def test_an_answer_that_the_file_says_was_late_earns_nothing(tmp_path: Path) -> None:
    clock = _Clock()
    challenge = _challenge(tmp_path, clock)
    _hear(challenge, act="begin")
    challenge.session.submit("a", "right", took=13.0)
    assert challenge.points == 0
    assert collected(tmp_path, BANK)["a"].flags == (LATE,)
