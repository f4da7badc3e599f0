"""How each question of one learner's quiz stands, and what of it may be seen.

An answer is *due* when nothing can be gained by it any more: the response was right, the attempts
are used up, the learner asked to see it, or the quiz is finished. Until then `Standing.progress`
holds no key. What counts is decided in `rules`; a try that does not is practice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline_widgets.errors import BadInput

from .bank import Bank
from .grading import Grade
from .identity import face_print, set_print
from .kinds import Question, Shown, public_view
from .rules import REVEALS, Account, Ledger, Reveal
from .store import Entry, is_writable


@dataclass
class Course:
    """How one question went so far, since the quiz was begun (anew)."""

    response: Any = None
    grade: Grade | None = None  # of the last response
    attempts: int = 0
    hints: int = 0
    shown: bool = False  # the learner asked to see the answer
    practice: bool = False  # tried again after the answer was due
    practice_grade: Grade | None = None


@dataclass
class Standing:
    """What one learner has done with one quiz; a browser sees its `faces` and `progress`."""

    bank: Bank
    attempts: int | None = None  # None: as many as one likes
    hint_cost: float = 0.0  # share of a question's points that each hint costs
    reveal: Reveal = "each"
    seed: int = 0
    seconds: float | None = None  # for each question, where a clock runs
    finished: bool = False
    outdated: tuple[str, ...] = ()  # questions that have changed since they were answered
    entries: list[Entry] = field(default_factory=list[Entry])  # all that was done here
    courses: dict[str, Course] = field(default_factory=dict[str, Course])
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        if self.reveal not in REVEALS:
            raise BadInput(f"reveal is one of {', '.join(REVEALS)}, not {self.reveal!r}.")
        if self.attempts is not None and self.attempts < 1:
            raise BadInput("attempts is None (no limit) or at least 1.")
        if not 0 <= self.hint_cost <= 1:
            raise BadInput("hint_cost is a share of the points, from 0 to 1.")
        self.questions: dict[str, Question] = {q.id: q for q in self.bank.questions}
        self._faces = {id: public_view(q, seed=self.seed) for id, q in self.questions.items()}
        self.courses = {id: Course() for id in self.questions}
        self.asked = set_print(self.bank.questions)

    @property
    def faces(self) -> list[Shown]:
        """All questions as a browser may see them."""
        return list(self._faces.values())

    @property
    def maximum(self) -> float:
        """The points of a perfect learner."""
        return self.bank.points

    @property
    def score(self) -> float:
        """The points that may be known by now.

        Where feedback comes with each answer, all that was earned; else that of questions whose
        answer is or was due.
        """
        if self.reveal == "each":
            return self.points
        known = (id for id in self.questions if self.is_due(id) or self._was_due(id))
        return sum(self.earned(id) for id in known)

    @property
    def points(self) -> float:
        """All points earned, for teachers and tests; not sent to the browser."""
        return sum(map(self.earned, self.questions))

    def earned(self, id: str) -> float:
        """The points that question ``id`` has brought, whenever that was."""
        return self.account(id).best

    def asks(self, entry: Entry) -> bool:
        """Whether an entry is about one of these questions as they are, or a quiz as a whole."""
        return not entry.question or (
            entry.question in self.questions and entry.face == self.print_of(entry.question)
        )

    def account(self, id: str) -> Account:
        """How question ``id`` stands by all of the learner's lines."""
        return self.ledger.account(self.print_of(id))

    def is_spent(self, id: str) -> bool:
        """Whether question ``id`` can bring no more points, ever."""
        return self.account(id).spent

    def _was_due(self, id: str) -> bool:
        return self.reveal != "never" and self.account(id).spent

    @property
    def responses(self) -> dict[str, Any]:
        """The last response to each question answered so far."""
        given = {id: course.response for id, course in self.courses.items() if course.attempts}
        return {id: writable(response) for id, response in given.items()}

    def is_due(self, id: str) -> bool:
        """Whether the answer to question ``id`` may be shown."""
        course = self.courses[id]
        if self.reveal == "never":
            return False
        if self.finished:
            return True
        if self.reveal == "end":
            return course.shown
        right = course.grade is not None and course.grade.right
        return right or course.shown or self.left(id) == 0

    def left(self, id: str) -> int | None:
        """How many attempts are left; None if there is no limit."""
        if self.attempts is None:
            return None
        account = self.account(id)  # in practice, one has as many again
        used = self.courses[id].attempts if account.spent else account.attempts
        return max(0, self.attempts - used)

    def progress(self, id: str) -> dict[str, Any]:
        """How question ``id`` stands, as plain JSON that holds the key only when it is due."""
        question, course, due = self.questions[id], self.courses[id], self.is_due(id)
        state: dict[str, Any] = {
            "status": self._status(course),
            "response": writable(course.response),
            "attempts": course.attempts,
            "left": self.left(id),
            "hints": list(question.hints[: course.hints]),
            "remarks": self._remarks(course),
            "practice": course.practice,
            "due": due,
        }
        if due:
            state |= {
                "points": self.earned(id),
                "right": question.right_response(),
                "words": question.right_words(),
                "explanation": question.explanation,
            }
        return state

    def _status(self, course: Course) -> str:
        shown = course.practice_grade or course.grade
        if shown is None:
            return "open"
        hidden = self.reveal != "each" and not (self.finished and self.reveal == "end")
        if hidden and shown.verdict in ("right", "partly", "wrong"):
            return "recorded"
        return shown.verdict

    def _remarks(self, course: Course) -> list[list[str]]:
        shown = course.practice_grade or course.grade
        if shown is None or self._status(course) == "recorded":
            return []
        return [list(remark) for remark in shown.remarks]

    def print_of(self, id: str) -> str:
        """The digest of what is seen of question ``id``; "" where there is none."""
        return face_print(self._faces[id]) if id in self._faces else ""

    def known(self, id: str) -> Question:
        """Question ``id``; raises `BadInput` if there is none."""
        if id not in self.questions:
            raise BadInput(f"No question {id!r}; there are {', '.join(self.questions)}.")
        return self.questions[id]

    def replace_question(self, old: str, question: Question) -> None:
        """Put a fresh (live) question in the place of question ``old``."""
        self.known(old)
        fresh = [question if q.id == old else q for q in self.bank.questions]
        self.bank = replace(self.bank, questions=tuple(fresh))
        self.questions = {q.id: q for q in self.bank.questions}
        self._faces = {
            q.id: self._faces[q.id] if q.id in self._faces else public_view(q, seed=self.seed)
            for q in self.bank.questions
        }
        self.courses = {q.id: self.courses.get(q.id) or Course() for q in self.bank.questions}

    def note(self, course: Course, response: Any, result: Grade, *, again: bool) -> None:
        """What the screen shows of a response; one after the answer is due is shown beside it."""
        course.practice_grade = result if again else None
        if not again:
            course.attempts += 1
            course.response, course.grade = response, result


def writable(response: Any) -> Any:
    """The response as a line can hold it; a function becomes its name."""
    if callable(response):
        return getattr(response, "__name__", "function")
    try:
        plain = json.loads(json.dumps(response))
    except (TypeError, ValueError, RecursionError):
        plain = _words_of(response)
    if isinstance(plain, str):
        whole = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
    return plain if is_writable(plain) else _words_of(response)[:_LONGEST]


def _words_of(thing: object) -> str:
    try:
        return str(thing)
    except RecursionError:
        return type(thing).__name__


_LONGEST = 100_000  # characters of an answer that are kept
