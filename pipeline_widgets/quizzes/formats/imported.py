"""What came of reading a file of another program: questions, and what was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pipeline_widgets.errors import BadInput

from ..kinds import Numeric, Question


@dataclass(frozen=True)
class Remark:
    """What is to be said of a line of a file."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


@dataclass
class Imported:
    """Questions, what could not be read, and what was read but is not quite what it was there."""

    questions: list[Question] = field(default_factory=list[Question])
    left_out: list[Remark] = field(default_factory=list[Remark])
    changed: list[Remark] = field(default_factory=list[Remark])

    lines: list[int] = field(default_factory=list[int])  # of the questions

    def add(self, line: int, make: Callable[[], Question | None]) -> None:
        """Take in a question, or what kept it from being one."""
        try:
            question = make()
        except (BadInput, ValueError, TypeError, KeyError, IndexError) as error:
            said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            self.left_out.append(Remark(line, said.rstrip(".")))
        else:
            if question is not None:
                self.questions.append(question)
                self.lines.append(line)

    def change(self, line: int, why: str) -> None:
        """Say that something was read otherwise than it was meant there."""
        self.changed.append(Remark(line, why))

    def give_own_names(self) -> None:
        """A name used twice gets a number."""
        taken, last = set[str](), dict[str, int]()
        for index, question in enumerate(self.questions):
            name = question.id
            if name and name in taken:
                free = (n for n in range(last.get(name, 2), 10**6) if f"{name} {n}" not in taken)
                last[name] = number = next(free)
                name = f"{name} {number}"
                self.change(self.lines[index], f"the name {question.id!r} is used twice")
                self.questions[index] = replace(question, id=name)
            taken.add(name)

    def all(self) -> tuple[Question, ...]:
        """The questions; raises `BadInput` with the first remark if there is none."""
        if not self.questions:
            raise BadInput(f"{self.left_out[0]}." if self.left_out else "line 1: no question.")
        return tuple(self.questions)


def in_language(questions: Iterable[Question], language: str) -> tuple[Question, ...]:
    """The questions with numbers as the language writes them, where they say no other."""
    return tuple(
        replace(question, language=language)
        if language and isinstance(question, Numeric) and not question.language
        else question
        for question in questions
    )
