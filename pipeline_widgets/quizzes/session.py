"""One learner going through one quiz: attempts, hints, what is due, points. No Jupyter.

An answer is *due* when nothing can be gained by it any more: the response was right, the attempts
are used up, the learner asked to see it, or the quiz is finished. Until then `Session.progress`
holds no key. Points count until the answer was shown; later tries are practice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from pipeline_widgets.errors import BadInput

from .bank import Bank
from .face import Face, face, right_response, right_words
from .grading import Grade, grade
from .identity import face_print, set_print
from .question import Question
from .store import Entry, Journal

Reveal = Literal["each", "end", "never"]
REVEALS = ("each", "end", "never")
_EVENTS = ("hint", "shown", "finished", "restarted", "practice")


@dataclass
class _Course:
    """How one question went so far."""

    response: Any = None
    grade: Grade | None = None  # of the last response
    best: float = 0.0
    attempts: int = 0
    hints: int = 0
    shown: bool = False  # the learner asked to see the answer
    practice: bool = False  # tried again after the answer was due
    practice_grade: Grade | None = None


@dataclass
class Session:
    """Grades, counts and remembers; what it shows a browser is in `faces` and `progress`."""

    bank: Bank
    attempts: int | None = None  # None: as many as one likes
    hint_cost: float = 0.0  # share of a question's points that each hint costs
    reveal: Reveal = "each"
    seed: int = 0
    journal: Journal | None = None
    find_function: Callable[[str], object] = lambda name: None  # for code questions
    finished: bool = False
    trouble: str = ""  # why the last answer could not be kept
    outdated: tuple[str, ...] = ()  # questions that have changed since they were answered
    _courses: dict[str, _Course] = field(default_factory=dict[str, _Course])

    def __post_init__(self) -> None:
        if self.reveal not in REVEALS:
            raise BadInput(f"reveal is one of {', '.join(REVEALS)}, not {self.reveal!r}.")
        if self.attempts is not None and self.attempts < 1:
            raise BadInput("attempts is None (no limit) or at least 1.")
        if not 0 <= self.hint_cost <= 1:
            raise BadInput("hint_cost is a share of the points, from 0 to 1.")
        self.questions: dict[str, Question] = {q.id: q for q in self.bank.questions}
        self._faces = {id: face(q, seed=self.seed) for id, q in self.questions.items()}
        self._courses = {id: _Course() for id in self.questions}
        self._asked = set_print(self.bank.questions)
        if self.journal is not None:
            self._restore(self.journal.entries())

    # --- what may be seen -------------------------------------------------------------------

    @property
    def faces(self) -> list[Face]:
        """All questions as a browser may see them."""
        return list(self._faces.values())

    @property
    def maximum(self) -> float:
        """The points of a perfect learner."""
        return self.bank.points

    @property
    def score(self) -> float:
        """The points that may be known by now: those of questions whose answer is due."""
        return sum(course.best for id, course in self._courses.items() if self.is_due(id))

    @property
    def points(self) -> float:
        """All points earned, for teachers and tests; not sent to the browser."""
        return sum(course.best for course in self._courses.values())

    def earned(self, id: str) -> float:
        """The points that question ``id`` has brought."""
        return self._courses[id].best

    @property
    def responses(self) -> dict[str, Any]:
        """The last response to each question answered so far."""
        given = {id: course.response for id, course in self._courses.items() if course.attempts}
        return {id: _writable(response) for id, response in given.items()}

    def is_due(self, id: str) -> bool:
        """Whether the answer to question ``id`` may be shown."""
        course = self._courses[id]
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
        return max(0, self.attempts - self._courses[id].attempts)

    def progress(self, id: str) -> dict[str, Any]:
        """How question ``id`` stands, as plain JSON that holds the key only when it is due."""
        question, course, due = self.questions[id], self._courses[id], self.is_due(id)
        state: dict[str, Any] = {
            "status": self._status(course),
            "response": _writable(course.response),
            "attempts": course.attempts,
            "left": self.left(id),
            "hints": list(question.hints[: course.hints]),
            "remarks": self._remarks(course),
            "practice": course.practice,
            "due": due,
        }
        if due:
            state |= {
                "points": course.best,
                "right": right_response(question),
                "words": right_words(question),
                "explanation": question.explanation,
            }
        return state

    def _status(self, course: _Course) -> str:
        shown = course.practice_grade or course.grade
        if shown is None:
            return "open"
        hidden = self.reveal != "each" and not (self.finished and self.reveal == "end")
        if hidden and shown.verdict in ("right", "partly", "wrong"):
            return "recorded"
        return shown.verdict

    def _remarks(self, course: _Course) -> list[list[str]]:
        shown = course.practice_grade or course.grade
        if shown is None or self._status(course) == "recorded":
            return []
        return [list(remark) for remark in shown.remarks]

    # --- what a learner does ----------------------------------------------------------------

    def submit(self, id: str, response: Any) -> Grade:
        """Grade a response, count it and keep it; after the answer was due it is practice."""
        question, course = self._known(id), self._courses[id]
        result = grade(question, self._graded_thing(question, response))
        if result.verdict in ("empty", "unreadable"):  # costs no attempt, isn't kept
            if not course.attempts:
                course.grade, course.response = result, response
            else:
                course.practice_grade = result
            return result
        if self.is_due(id) or self.left(id) == 0 or self.finished:
            course.practice, course.practice_grade = True, result
            self._keep(id, response, replace(result, points=0.0), event="practice")
            return result
        course.practice_grade = None
        course.attempts += 1
        course.response, course.grade = response, result
        result = replace(result, points=self._after_hints(course, result))
        course.best = max(course.best, result.points)
        self._keep(id, response, result)
        return result

    def _after_hints(self, course: _Course, result: Grade) -> float:
        return result.points * max(0.0, 1 - self.hint_cost * course.hints)

    def hint(self, id: str) -> str | None:
        """The next hint, or None if there is none left."""
        question, course = self._known(id), self._courses[id]
        if course.hints >= len(question.hints):
            return None
        course.hints += 1
        self._keep(id, None, Grade(0.0, question.points, "empty"), event="hint")
        return question.hints[course.hints - 1]

    def show(self, id: str) -> None:
        """Show the answer: from now on this question earns nothing more."""
        question = self._known(id)
        if self.reveal != "each" or self.is_due(id):
            return
        self._courses[id].shown = True
        self._keep(id, None, Grade(0.0, question.points, "empty"), event="shown")

    def finish(self) -> None:
        """End the quiz: every answer is due (unless ``reveal`` is "never")."""
        if not self.finished:
            self.finished = True
            self._keep_whole("finished")

    def restart(self) -> None:
        """Begin again from nothing; the answers given so far stay in the file."""
        self._keep_whole("restarted")
        self._forget()

    def _forget(self) -> None:
        self.finished = False
        self._courses = {id: _Course() for id in self.questions}

    def replace_question(self, old: str, question: Question) -> None:
        """Put a fresh (live) question in the place of question ``old``."""
        self._known(old)
        fresh = [question if q.id == old else q for q in self.bank.questions]
        self.bank = replace(self.bank, questions=tuple(fresh))
        self.questions = {q.id: q for q in self.bank.questions}
        self._faces = {
            q.id: self._faces[q.id] if q.id in self._faces else face(q, seed=self.seed)
            for q in self.bank.questions
        }
        self._courses = {q.id: self._courses.get(q.id) or _Course() for q in self.bank.questions}

    def _known(self, id: str) -> Question:
        if id not in self.questions:
            raise BadInput(f"No question {id!r}; there are {', '.join(self.questions)}.")
        return self.questions[id]

    def _graded_thing(self, question: Question, response: Any) -> Any:
        if question.kind == "code" and isinstance(response, str):
            return self.find_function(getattr(question, "function", ""))
        return response

    # --- memory -----------------------------------------------------------------------------

    def _keep(self, id: str, response: Any, result: Grade, event: str = "") -> None:
        if self.journal is None:
            return
        course = self._courses.get(id, _Course())
        entry = Entry(
            quiz=self.bank.id,
            learner=self.journal.learner,
            question=id,
            response=_writable(response),
            points=result.points,
            maximum=result.maximum,
            verdict=event or result.verdict,
            attempt=course.attempts,
            hints=course.hints,
            face=self._print_of(id),
            prompt=self.questions[id].prompt if id.startswith("live-") else "",
            asked=self._asked,
        )
        try:
            self.journal.append(entry)
            self.trouble = ""
        except OSError as error:
            self.trouble = f"{self.journal.path}: {error.strerror or error}"

    def _print_of(self, id: str) -> str:
        return face_print(self._faces[id]) if id in self._faces else ""

    def _keep_whole(self, event: str) -> None:
        """Keep what was done to the quiz as a whole, and which questions it had."""
        prints = [self._print_of(id) for id in self.questions]
        self._keep("", prints, Grade(0.0, self.maximum, "empty"), event=event)

    def _restore(self, entries: list[Entry]) -> None:
        """Go through the kept answers again, without writing them again.

        Only answers to the very questions that are asked now count, and only for those a quiz was
        finished or begun anew.
        """
        journal, self.journal = self.journal, None
        ours = {self._print_of(id) for id in self.questions}
        entries = _not_begun_anew(entries, self._asked)
        for entry in entries:
            known = entry.question in self.questions
            if entry.verdict == "finished":
                self._finish_again(entry, entries)
            elif known and entry.face == self._print_of(entry.question):
                self._again(entry)
            elif known and entry.asked and entry.verdict not in EVENTS and entry.face not in ours:
                self.outdated += (entry.question,)
        self.outdated = tuple(dict.fromkeys(id for id in self.outdated if not self._tries(id)))
        self.journal = journal

    def _tries(self, id: str) -> int:
        return self._courses[id].attempts

    def _finish_again(self, entry: Entry, entries: list[Entry]) -> None:
        """Finish if these were the questions; else what was on show then is due, no more."""
        prints = {self._print_of(id): id for id in self.questions}
        if not entry.asked:  # of an older version, which didn't say: by the answers before it
            answered = {e.face for e in entries if e.question and not e.asked}
            self.finished |= bool(answered) and answered <= prints.keys()
        elif entry.asked == self._asked:
            self.finished = True
        else:
            for shown in _prints(entry):
                if shown in prints:
                    self._courses[prints[shown]].shown = True

    def _again(self, entry: Entry) -> None:
        course, question = self._courses[entry.question], self.questions[entry.question]
        if entry.verdict == "hint":
            course.hints = min(course.hints + 1, len(question.hints))
        elif entry.verdict == "shown":
            course.shown = True
        elif question.kind == "code":  # the function is gone: trust what was written
            course.attempts, course.response = course.attempts + 1, entry.response
            points = min(max(entry.points, 0.0), question.points)
            share = points / question.points
            verdict = "right" if share == 1 else "partly" if share else "wrong"
            course.grade = Grade(points, question.points, verdict)
            course.best = max(course.best, points)
        else:
            self.submit(entry.question, entry.response)


def _not_begun_anew(entries: list[Entry], asked: str) -> list[Entry]:
    """The entries without those of questions that were asked anew later."""
    left = list[Entry]()
    for entry in entries:
        if entry.verdict != "restarted":
            left.append(entry)
        elif not entry.asked:  # of an older version, which began all of its file anew
            left = [e for e in left if e.asked]
        else:
            gone, sets = set(_prints(entry)), {entry.asked}
            sets |= {""} if entry.asked == asked else set()
            left = [e for e in left if (e.face not in gone if e.face else e.asked not in sets)]
    return left


def _prints(entry: Entry) -> list[str]:
    """The questions that an entry about the quiz as a whole is about."""
    response: object = entry.response
    return (
        [str(item) for item in cast("list[object]", response)] if isinstance(response, list) else []
    )


def _writable(response: Any) -> Any:
    """The response as JSON can hold it; a function becomes its name."""
    if callable(response):
        return getattr(response, "__name__", "function")
    try:
        return json.loads(json.dumps(response))
    except (TypeError, ValueError, RecursionError):
        return str(response)


EVENTS = frozenset(_EVENTS)
