"""One learner going through one quiz: attempts, hints, what is due, points. No Jupyter.

An answer is *due* when nothing can be gained by it any more: the response was right, the attempts
are used up, the learner asked to see it, or the quiz is finished. Until then `Session.progress`
holds no key. What counts is decided in `rules`; a try that does not is practice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline_widgets.errors import BadInput

from .bank import Bank
from .grading import Grade, grade
from .identity import face_print, set_print
from .kinds import Question, Shown, public_view
from .rules import CLOCK, EVENTS, REVEALS, Account, Ledger, Reveal, Terms, graded, paid, prints
from .store import Entry, Journal, is_writable


@dataclass
class _Course:
    """How one question went so far, since the quiz was begun (anew)."""

    response: Any = None
    grade: Grade | None = None  # of the last response
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
    seconds: float | None = None  # for each question, where a clock runs
    restartable: bool = True
    journal: Journal | None = None
    find_function: Callable[[str], object] = lambda name: None  # for code questions
    finished: bool = False
    trouble: str = ""  # why the last answer could not be kept
    elsewhere: str = ""  # where answers are kept instead of where they were wished to be
    outdated: tuple[str, ...] = ()  # questions that have changed since they were answered
    entries: list[Entry] = field(default_factory=list[Entry])  # all that was done here
    _courses: dict[str, _Course] = field(default_factory=dict[str, _Course])
    _ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        if self.reveal not in REVEALS:
            raise BadInput(f"reveal is one of {', '.join(REVEALS)}, not {self.reveal!r}.")
        if self.attempts is not None and self.attempts < 1:
            raise BadInput("attempts is None (no limit) or at least 1.")
        if not 0 <= self.hint_cost <= 1:
            raise BadInput("hint_cost is a share of the points, from 0 to 1.")
        self.questions: dict[str, Question] = {q.id: q for q in self.bank.questions}
        self._faces = {id: public_view(q, seed=self.seed) for id, q in self.questions.items()}
        self._courses = {id: _Course() for id in self.questions}
        self._asked = set_print(self.bank.questions)
        if self.journal is not None:
            self._restore(self.journal.entries())

    # --- what may be seen -------------------------------------------------------------------

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
        return self._account(id).best

    def asks(self, entry: Entry) -> bool:
        """Whether an entry is about one of these questions as they are, or a quiz as a whole."""
        return not entry.question or (
            entry.question in self.questions and entry.face == self._print_of(entry.question)
        )

    def _account(self, id: str) -> Account:
        return self._ledger.account(self._print_of(id))

    def is_spent(self, id: str) -> bool:
        """Whether question ``id`` can bring no more points, ever."""
        return self._account(id).spent

    def _was_due(self, id: str) -> bool:
        return self.reveal != "never" and self._account(id).spent

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
        account = self._account(id)  # in practice, one has as many again
        used = self._courses[id].attempts if account.spent else account.attempts
        return max(0, self.attempts - used)

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
                "points": self.earned(id),
                "right": question.right_response(),
                "words": question.right_words(),
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

    def submit(self, id: str, response: Any, *, took: float = 0.0) -> Grade:
        """Grade a response, count it and keep it; after the answer was due it is practice.

        ``took`` is how many seconds the question was on the screen, where a clock runs.
        """
        self._catch_up()
        question, course = self._known(id), self._courses[id]
        result = grade(question, self._graded_thing(question, response))
        if result.verdict in ("empty", "unreadable"):  # costs no attempt, isn't kept
            if not course.attempts:
                course.grade, course.response = result, response
            else:
                course.practice_grade = result
            return result
        return self._take(id, response, result, took)

    def _take(self, id: str, response: Any, result: Grade, took: float = 0.0) -> Grade:
        """Take in a graded response: on the screen, in the ledger and in the file."""
        course, account = self._courses[id], self._account(id)
        again = self.is_due(id) or self.left(id) == 0 or self.finished
        if again or account.spent:
            course.practice = True
            self._note(course, response, result, again=again)
            self._keep(id, response, replace(result, points=0.0), event="practice", took=took)
            return result if again else replace(result, points=0.0)
        self._note(course, response, result, again=False)
        result = replace(result, points=result.points * paid(self.hint_cost, account.hints))
        self._keep(id, response, result, took=took)
        return result

    def _note(self, course: _Course, response: Any, result: Grade, *, again: bool) -> None:
        """What the screen shows of a response; one after the answer is due is shown beside it."""
        course.practice_grade = result if again else None
        if not again:
            course.attempts += 1
            course.response, course.grade = response, result

    def hint(self, id: str) -> str | None:
        """The next hint, or None if there is none left."""
        self._catch_up()
        question, course = self._known(id), self._courses[id]
        if course.hints >= len(question.hints):
            return None
        course.hints += 1
        self._keep(id, None, Grade(0.0, question.points, "empty"), event="hint")
        return question.hints[course.hints - 1]

    def show(self, id: str) -> None:
        """Show the answer: from now on this question earns nothing more."""
        self._catch_up()
        question = self._known(id)
        if self.reveal != "each" or self.is_due(id):
            return
        self._courses[id].shown = True
        self._keep(id, None, Grade(0.0, question.points, "empty"), event="shown")

    def time(self, id: str, event: str, took: float) -> None:
        """Keep that a question was ``opened`` or ``left``, after ``took`` seconds on the screen."""
        question = self._known(id)
        self._keep(id, None, Grade(0.0, question.points, "empty"), event=event, took=took)

    def finish(self) -> None:
        """End the quiz: every answer is due (unless ``reveal`` is "never")."""
        if not self.finished:
            self.finished = True
            self._keep_whole("finished")

    def restart(self) -> None:
        """Begin again with a clean screen; what was earned and what was shown stay in the file.

        Raises `BadInput` where the quiz was given out with ``restart=False``.
        """
        if not self.restartable:
            raise BadInput("This quiz can't be begun again: it was given out with restart=False.")
        self._keep_whole("restarted")
        self.finished = False
        self._courses = {id: _Course() for id in self.questions}

    def replace_question(self, old: str, question: Question) -> None:
        """Put a fresh (live) question in the place of question ``old``."""
        self._known(old)
        fresh = [question if q.id == old else q for q in self.bank.questions]
        self.bank = replace(self.bank, questions=tuple(fresh))
        self.questions = {q.id: q for q in self.bank.questions}
        self._faces = {
            q.id: self._faces[q.id] if q.id in self._faces else public_view(q, seed=self.seed)
            for q in self.bank.questions
        }
        self._courses = {q.id: self._courses.get(q.id) or _Course() for q in self.bank.questions}

    def _known(self, id: str) -> Question:
        if id not in self.questions:
            raise BadInput(f"No question {id!r}; there are {', '.join(self.questions)}.")
        return self.questions[id]

    def _graded_thing(self, question: Question, response: Any) -> Any:
        asked = question.asks_for()
        found = self.find_function(asked) if asked and isinstance(response, str) else None
        return response if found is None else found

    # --- memory -----------------------------------------------------------------------------

    def _keep(
        self, id: str, response: Any, result: Grade, event: str = "", took: float = 0.0
    ) -> None:
        """Take what was done into the ledger, and write it behind the file's other lines."""
        course = self._courses.get(id, _Course())
        entry = Entry(
            quiz=self.bank.id,
            learner=self.journal.learner if self.journal else "",
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
            terms=str(Terms(self.attempts, self.reveal, self.hint_cost, self.seconds)),
            took=round(took, 2),
        )
        if self.journal is not None:
            try:
                entry = self.journal.append(entry)
                self.trouble, self.elsewhere = "", str(self.journal.elsewhere or "")
            except OSError as error:
                self.trouble = f"{self.journal.path}: {error.strerror or error}"
        self.entries.append(entry)
        self._ledger.add(entry)

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
        self.entries = list(entries)
        for entry in entries:
            self._take_in(entry)
        self.outdated = tuple(dict.fromkeys(id for id in self.outdated if not self._tries(id)))

    def _catch_up(self) -> None:
        """Take in what another view of this quiz has written since."""
        if self.journal is None:
            return
        known = {entry.digest for entry in self.entries}
        news = [entry for entry in self.journal.entries() if entry.digest not in known]
        self.entries += news
        for entry in news:
            self._take_in(entry)

    def _take_in(self, entry: Entry) -> None:
        known = entry.question in self.questions
        if entry.verdict == "finished":
            self._finish_again(entry)
        elif entry.verdict == "restarted":
            self._restart_again(entry)
        elif known and self.asks(entry):
            self._again(entry)
        elif known and entry.asked and entry.verdict not in EVENTS and self._is_other(entry):
            self.outdated += (entry.question,)

    def _is_other(self, entry: Entry) -> bool:
        return entry.face not in map(self._print_of, self.questions)

    def _tries(self, id: str) -> int:
        return self._courses[id].attempts

    def _finish_again(self, entry: Entry) -> None:
        """Finish if these were the questions; else what was on show then is due, no more."""
        by_print = {self._print_of(id): id for id in self.questions}
        if not entry.asked:  # of an older version, which didn't say: by the answers before it
            answered = {e.face for e in self.entries if e.question and not e.asked}
            if not answered or not answered <= by_print.keys():
                return
        self._ledger.add(entry)
        if entry.asked in ("", self._asked):
            self.finished = True
        else:
            for shown in by_print.keys() & set(prints(entry)):
                self._courses[by_print[shown]].shown = True

    def _restart_again(self, entry: Entry) -> None:
        """Clear the screen of the questions that were begun anew."""
        self._ledger.add(entry)
        gone = set(prints(entry)) if entry.asked else {self._print_of(id) for id in self.questions}
        for id in self.questions:
            if self._print_of(id) in gone:
                self._courses[id] = _Course()
        self.finished &= entry.asked not in ("", self._asked)

    def _again(self, entry: Entry) -> None:
        """Take in a kept line of one of our questions, graded by the key of today."""
        course, question = self._courses[entry.question], self.questions[entry.question]
        if entry.verdict == "hint":
            course.hints = min(course.hints + 1, len(question.hints))
        elif entry.verdict == "shown":
            course.shown = True
        elif entry.verdict not in CLOCK:
            result = graded(question, entry)
            again = self.is_due(entry.question) or self.left(entry.question) == 0 or self.finished
            course.practice |= entry.verdict == "practice" or self._account(entry.question).spent
            self._note(course, entry.response, result, again=again)
            raw = replace(entry, verdict=_kept_verdict(entry, result))
            self._ledger.add(raw, points=result.points)
            return
        self._ledger.add(entry)


def _kept_verdict(entry: Entry, result: Grade) -> str:
    """What a learner saw of an answer: right then, or right now."""
    shown = entry.verdict in ("practice", "right")
    return entry.verdict if shown else result.verdict


def _writable(response: Any) -> Any:
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
