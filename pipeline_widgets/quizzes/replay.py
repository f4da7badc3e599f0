"""A file of answers gone through again: each kept line taken in, as if it were done now.

Only answers to the very questions that are asked now count, and only for those a quiz was finished
or begun anew.
"""

from __future__ import annotations

from dataclasses import replace

from .grading import Grade
from .rules import CLOCK, EVENTS, graded, prints
from .standing import Course, Standing
from .store import Entry


def replay(standing: Standing, entries: list[Entry]) -> None:
    """Take in what the file says, without writing it again.

    Called with all lines when a quiz opens, and with those that another view of it wrote since.
    """
    standing.entries += entries
    for entry in entries:
        _take_in(standing, entry)
    tried = {id for id, course in standing.courses.items() if course.attempts}
    standing.outdated = tuple(id for id in dict.fromkeys(standing.outdated) if id not in tried)


def _take_in(standing: Standing, entry: Entry) -> None:
    known = entry.question in standing.questions
    if entry.verdict == "finished":
        _finish_again(standing, entry)
    elif entry.verdict == "restarted":
        _restart_again(standing, entry)
    elif known and standing.asks(entry):
        _again(standing, entry)
    elif known and entry.asked and entry.verdict not in EVENTS and _is_other(standing, entry):
        standing.outdated += (entry.question,)


def _is_other(standing: Standing, entry: Entry) -> bool:
    return entry.face not in map(standing.print_of, standing.questions)


def _finish_again(standing: Standing, entry: Entry) -> None:
    """Finish if these were the questions; else what was on show then is due, no more."""
    by_print = {standing.print_of(id): id for id in standing.questions}
    if not entry.asked:  # of an older version, which didn't say: by the answers before it
        answered = {e.face for e in standing.entries if e.question and not e.asked}
        if not answered or not answered <= by_print.keys():
            return
    standing.ledger.add(entry)
    if entry.asked in ("", standing.asked):
        standing.finished = True
    else:
        for shown in by_print.keys() & set(prints(entry)):
            standing.courses[by_print[shown]].shown = True


def _restart_again(standing: Standing, entry: Entry) -> None:
    """Clear the screen of the questions that were begun anew."""
    standing.ledger.add(entry)
    gone = (
        set(prints(entry)) if entry.asked else {standing.print_of(id) for id in standing.questions}
    )
    for id in standing.questions:
        if standing.print_of(id) in gone:
            standing.courses[id] = Course()
    standing.finished &= entry.asked not in ("", standing.asked)


def _again(standing: Standing, entry: Entry) -> None:
    """Take in a kept line of one of our questions, graded by the key of today."""
    course, question = standing.courses[entry.question], standing.questions[entry.question]
    if entry.verdict == "hint":
        course.hints = min(course.hints + 1, len(question.hints))
    elif entry.verdict == "shown":
        course.shown = True
    elif entry.verdict not in CLOCK:
        result = graded(question, entry)
        again = (
            standing.is_due(entry.question)
            or standing.left(entry.question) == 0
            or standing.finished
        )
        course.practice |= entry.verdict == "practice" or standing.account(entry.question).spent
        standing.note(course, entry.response, result, again=again)
        raw = replace(entry, verdict=_kept_verdict(entry, result))
        standing.ledger.add(raw, points=result.points)
        return
    standing.ledger.add(entry)


def _kept_verdict(entry: Entry, result: Grade) -> str:
    """What a learner saw of an answer: right then, or right now."""
    shown = entry.verdict in ("practice", "right")
    return entry.verdict if shown else result.verdict
