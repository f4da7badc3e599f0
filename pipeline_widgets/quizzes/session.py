"""One learner going through one quiz: answers, hints, the end, a new beginning. No Jupyter.

What was done is graded, counted and kept at once; how it then stands, and what of it a browser may
know, is in `standing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pipeline_widgets.errors import BadInput

from .grading import Grade, grade
from .kinds import Question
from .replay import replay
from .rules import Terms, paid
from .standing import Course, Standing, writable
from .store import Entry, Journal


@dataclass
class Session(Standing):
    """Grades, counts and remembers; what it shows a browser is in `faces` and `progress`."""

    restartable: bool = True
    journal: Journal | None = None
    find_function: Callable[[str], object] = lambda name: None  # for code questions
    trouble: str = ""  # why the last answer could not be kept
    elsewhere: str = ""  # where answers are kept instead of where they were wished to be

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.journal is not None:
            replay(self, self.journal.entries())

    # --- what a learner does ----------------------------------------------------------------

    def submit(self, id: str, response: Any, *, took: float = 0.0) -> Grade:
        """Grade a response, count it and keep it; after the answer was due it is practice.

        ``took`` is how many seconds the question was on the screen, where a clock runs.
        """
        self._catch_up()
        question, course = self.known(id), self.courses[id]
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
        course, account = self.courses[id], self.account(id)
        again = self.is_due(id) or self.left(id) == 0 or self.finished
        if again or account.spent:
            course.practice = True
            self.note(course, response, result, again=again)
            self._keep(id, response, replace(result, points=0.0), event="practice", took=took)
            return result if again else replace(result, points=0.0)
        self.note(course, response, result, again=False)
        result = replace(result, points=result.points * paid(self.hint_cost, account.hints))
        self._keep(id, response, result, took=took)
        return result

    def hint(self, id: str) -> str | None:
        """The next hint, or None if there is none left."""
        self._catch_up()
        question, course = self.known(id), self.courses[id]
        if course.hints >= len(question.hints):
            return None
        course.hints += 1
        self._keep(id, None, Grade(0.0, question.points, "empty"), event="hint")
        return question.hints[course.hints - 1]

    def show(self, id: str) -> None:
        """Show the answer: from now on this question earns nothing more."""
        self._catch_up()
        question = self.known(id)
        if self.reveal != "each" or self.is_due(id):
            return
        self.courses[id].shown = True
        self._keep(id, None, Grade(0.0, question.points, "empty"), event="shown")

    def time(self, id: str, event: str, took: float) -> None:
        """Keep that a question was ``opened`` or ``left``, after ``took`` seconds on the screen."""
        question = self.known(id)
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
        self.courses = {id: Course() for id in self.questions}

    def _graded_thing(self, question: Question, response: Any) -> Any:
        asked = question.asks_for()
        found = self.find_function(asked) if asked and isinstance(response, str) else None
        return response if found is None else found

    # --- memory -----------------------------------------------------------------------------

    def _keep(
        self, id: str, response: Any, result: Grade, event: str = "", took: float = 0.0
    ) -> None:
        """Take what was done into the ledger, and write it behind the file's other lines."""
        course = self.courses.get(id, Course())
        entry = Entry(
            quiz=self.bank.id,
            learner=self.journal.learner if self.journal else "",
            question=id,
            response=writable(response),
            points=result.points,
            maximum=result.maximum,
            verdict=event or result.verdict,
            attempt=course.attempts,
            hints=course.hints,
            face=self.print_of(id),
            prompt=self.questions[id].prompt if id.startswith("live-") else "",
            asked=self.asked,
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
        self.ledger.add(entry)

    def _keep_whole(self, event: str) -> None:
        """Keep what was done to the quiz as a whole, and which questions it had."""
        prints = [self.print_of(id) for id in self.questions]
        self._keep("", prints, Grade(0.0, self.maximum, "empty"), event=event)

    def _catch_up(self) -> None:
        """Take in what another view of this quiz has written since."""
        if self.journal is None:
            return
        known = {entry.digest for entry in self.entries}
        news = [entry for entry in self.journal.entries() if entry.digest not in known]
        replay(self, news)
