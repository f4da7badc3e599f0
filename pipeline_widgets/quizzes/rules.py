"""What counts: decided from a learner's lines alone, wherever it is asked.

The view on the screen, ``collect``, ``regrade`` and nbgrader all go through the lines of answers in
their order with a `Ledger`. An answer counts while nothing of the key was known and an attempt was
left; from the moment that the right answer could be read it is practice, for good. Beginning anew
gives a clean screen and no new chance; what was earned before stays earned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from .grading import Grade, grade
from .kinds import Question
from .store import Entry

Reveal = Literal["each", "end", "never"]
REVEALS = ("each", "end", "never")
CLOCK = frozenset(("opened", "left"))  # a question came on the screen, and went, by the clock
EVENTS = frozenset(("hint", "shown", "finished", "restarted", "practice")) | CLOCK
GRACE = 2.0  # seconds that an answer may be on its way when the time is up

AFTER = "after the answer was shown"
TOO_MANY = "more attempts than allowed"
LATE = "after the time was up"
TOO_MUCH = "more than the maximum"


@dataclass(frozen=True)
class Terms:
    """Under which terms a quiz was given out; each line of answers says them."""

    attempts: int | None = None
    reveal: Reveal = "each"
    hint_cost: float = 0.0
    seconds: float | None = None  # for each question, by the clock

    def __str__(self) -> str:
        parts = {"attempts": self.attempts, "hint_cost": self.hint_cost, "seconds": self.seconds}
        said = [f"{name}={value:g}" for name, value in parts.items() if value]
        return " ".join([f"reveal={self.reveal}", *said])

    @classmethod
    def read(cls, text: str) -> Terms:
        """The terms that a line says; what it doesn't say, or not well, is the default."""
        said = dict(re.findall(r"(\w+)=(\S+)", text[:200]))
        reveal = said.get("reveal", "each")
        return cls(
            attempts=int(_figure(said.get("attempts"))) or None,
            reveal=reveal if reveal in REVEALS else "each",
            hint_cost=min(1.0, _figure(said.get("hint_cost"))),
            seconds=_figure(said.get("seconds")) or None,
        )


def _figure(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) else 0.0


@dataclass
class Account:
    """How one question stands: what was earned, and whether anything still can be."""

    attempts: int = 0  # that counted
    hints: int = 0
    best: float = 0.0
    spent: bool = False  # the right answer was to be seen, or no attempt is left
    counted: list[Entry] = field(default_factory=list[Entry])
    flags: set[str] = field(default_factory=set[str])


class Ledger:
    """The lines of one learner on one quiz, taken in one by one."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._finished: set[str] = set()  # questions of a quiz that is over and not begun anew
        self._everything = False  # an older version's quiz was over, which didn't say what it had

    def account(self, face: str) -> Account:
        """How the question with this face stands."""
        if face not in self._accounts:
            self._accounts[face] = Account(spent=self._everything)
        return self._accounts[face]

    def add(self, entry: Entry, *, points: float | None = None) -> bool:
        """Take the next line in; whether it is an answer that counts.

        ``points`` is what a better key than the learner's gives for it, before hints are paid.
        """
        if entry.verdict in ("finished", "restarted"):
            self._whole(entry)
            return False
        account = self.account(entry.face or entry.question)
        if entry.verdict == "hint":
            account.hints += 1
        elif entry.verdict == "shown":
            account.spent = True
        elif entry.verdict not in EVENTS:
            return self._answer(account, entry, points)
        return False

    def _whole(self, entry: Entry) -> None:
        faces = prints(entry)
        if entry.verdict == "restarted":
            self._finished -= set(faces) if entry.asked else self._finished
        elif Terms.read(entry.terms).reveal == "never":
            self._finished |= set(faces)
        elif entry.asked:
            for face in faces:
                self.account(face).spent = True
        else:
            self._everything = True
            for account in self._accounts.values():
                account.spent = True

    def _answer(self, account: Account, entry: Entry, points: float | None) -> bool:
        terms = Terms.read(entry.terms)
        if terms.attempts is not None and account.attempts >= terms.attempts:
            account.flags.add(TOO_MANY)
        if account.spent or (entry.face or entry.question) in self._finished:
            account.flags |= set() if account.flags else {AFTER}
            return False
        if terms.seconds is not None and entry.took > terms.seconds + GRACE:
            account.spent = True
            account.flags.add(LATE)
            return False
        hints = max(account.hints, entry.hints)
        earned = entry.points if points is None else points * paid(terms.hint_cost, hints)
        account.flags |= {TOO_MUCH} if earned > entry.maximum else set()
        account.attempts += 1
        account.best = max(account.best, earned)
        account.counted.append(replace(entry, points=earned))
        seen = entry.verdict == "right" and terms.reveal == "each"
        account.spent = seen or account.attempts == terms.attempts
        return True


def paid(hint_cost: float, hints: int) -> float:
    """The share of the points that is left once the hints taken are paid for."""
    return max(0.0, 1 - hint_cost * hints)


def graded(question: Question, entry: Entry) -> Grade:
    """A kept answer graded by today's key; for a function, which is gone, what was written."""
    if question.regradable:
        result = grade(question, entry.response)
        if result.verdict == "unreadable" and isinstance(entry.response, str):
            # an older version took any comma for one of thousands, and counted the answer
            return grade(question, entry.response.replace(",", ""))
        return result
    points = min(entry.points, question.points)
    share = points / question.points
    return Grade(points, question.points, "right" if share == 1 else "partly" if share else "wrong")


def points_by(questions: Mapping[str, Question], entries: Iterable[Entry]) -> float:
    """What one learner's lines earn by these questions' keys."""
    ledger, faces = Ledger(), dict[str, set[str]]()
    for entry in in_order(entries):
        question = questions.get(entry.question)
        if question is None or entry.verdict in EVENTS:
            ledger.add(entry)
            continue
        ledger.add(entry, points=graded(question, entry).points)
        faces.setdefault(entry.question, set()).add(entry.face or entry.question)
    return sum(max(ledger.account(face).best for face in seen) for seen in faces.values())


def prints(entry: Entry) -> list[str]:
    """The faces of the questions that an entry about the quiz as a whole is about."""
    listed: object = entry.response
    return [str(item) for item in cast("list[object]", listed)] if isinstance(listed, list) else []


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, as they were written: by their counts in a single file, else by time."""
    unique = list({entry.line: entry for entry in entries}.values())
    counts = [entry.count for entry in unique]
    if all(counts) and len(set(counts)) == len(counts):
        return sorted(unique, key=lambda entry: entry.count)
    return sorted(unique, key=lambda entry: (entry.time, entry.count, entry.line))
