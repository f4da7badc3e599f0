"""A titled set of questions, and reading one from any file we know."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from pipeline_widgets.errors import BadInput
from pipeline_widgets.text_files import read_decoded

from .formats import gift, jupyterquiz, markdown, moodle_xml, native
from .formats.imported import Imported, Remark, in_language
from .identity import set_print, slug
from .kinds import Question


@dataclass(frozen=True)
class Bank:
    """Questions under a title; ``id`` (default: the title) says whose answers belong to them."""

    title: str
    questions: tuple[Question, ...]
    id: str = ""
    lesson: str = ""
    former: str = dataclasses.field(default="", compare=False, repr=False)
    """The name under which answers were kept before ids were told apart in full."""
    left_out: tuple[Remark, ...] = dataclasses.field(default=(), compare=False, repr=False)
    """What a file of another program had that could not be read, by line."""
    changed: tuple[Remark, ...] = dataclasses.field(default=(), compare=False, repr=False)
    """What was read otherwise than it was meant there."""

    def __post_init__(self) -> None:
        if not self.questions:
            raise BadInput(f"The quiz {self.title!r} has no question.")
        object.__setattr__(self, "questions", with_ids(self.questions))
        object.__setattr__(self, "former", self.former or slug(self.id or self.title) or "quiz")
        object.__setattr__(self, "id", self.id or self.title or "quiz")

    def __repr__(self) -> str:
        return f"Bank({self.title!r}, {len(self.questions)} questions, {self.points:g} points)"

    @classmethod
    def untitled(cls, questions: tuple[Question, ...], title: str = "Quiz") -> Self:
        """Questions that nobody named: ``title`` is for the eye, the id comes from themselves."""
        questions = with_ids(questions)
        name = slug(title) or "quiz"
        return cls(title, questions, id=f"{name}_{set_print(questions)}", former=name)

    @classmethod
    def imported(cls, found: Imported, title: str) -> Self:
        """The questions of another program's file; raises `BadInput` if none could be read."""
        found.give_own_names()
        bank = cls.untitled(found.all(), title)
        remarks = {"left_out": tuple(found.left_out), "changed": tuple(found.changed)}
        return dataclasses.replace(bank, **remarks)

    def in_language(self, language: str) -> Self:
        """The same with numbers as the language writes them, where a question says no other."""
        return dataclasses.replace(self, questions=in_language(self.questions, language))

    @property
    def points(self) -> float:
        """What a perfect learner gets."""
        return sum(question.points for question in self.questions)

    def only(self, *ids: str) -> Bank:
        """The questions with these ids, in this order; the new id begins with this bank's."""
        questions = {question.id: question for question in self.questions}
        missing = [id for id in ids if id not in questions]
        if missing:
            raise BadInput(f"{self.title} has no question {missing[0]!r}: {', '.join(questions)}.")
        chosen = tuple(questions[id] for id in ids)
        names = " ".join(ids)
        former = slug(f"{self.former} {names}")
        return dataclasses.replace(self, questions=chosen, id=f"{self.id} {names}", former=former)


def with_ids(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """Give each question without an id the next free ``q1``, ``q2``, …; refuse ids used twice."""
    counts = Counter(question.id for question in questions if question.id)
    double = sorted(id for id, count in counts.items() if count > 1)
    if double:
        raise BadInput(f"Two questions have the id {double[0]!r}.")
    named, last = list[Question](), 0
    for index, question in enumerate(questions, start=1):
        if question.id:
            named.append(question)
            continue
        last = max(index, last + 1)
        while f"q{last}" in counts:
            last += 1
        named.append(dataclasses.replace(question, id=f"q{last}"))
    return tuple(named)


_GUESSED = Remark(
    1, "no UTF-8: read as Windows-1252; if letters look wrong, save the file as UTF-8"
)
SUFFIXES = (".md", ".markdown", ".json", ".gift", ".xml", ".txt", ".csv", ".tsv")


def parse(text: str, *, title: str = "Quiz", suffix: str = ".md") -> Bank:
    """Read a quiz from text in the form that the file name's ``suffix`` says; raises `BadInput`."""
    try:
        return _parsed(text, title, suffix)
    except (TypeError, LookupError, AttributeError, ValueError, ArithmeticError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(
            f"A part of this quiz has not the form that it must have: {error}."
        ) from error
    except RecursionError:
        raise BadInput("This quiz is nested too deep to be read.") from None


def _parsed(text: str, title: str, suffix: str) -> Bank:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if suffix in (".md", ".markdown"):
        return _from_markdown(text, title)
    if suffix == ".gift":
        return Bank.imported(gift.load(text), title)
    if suffix == ".xml":
        return Bank.imported(moodle_xml.load(text), title)
    if suffix == ".json":
        return _from_json(text, title)
    if suffix == ".txt":  # what Windows and Moodle's own export call a GIFT file
        return Bank.imported(gift.load(text), title)
    raise BadInput(f"A quiz file ends in .md, .json, .gift, .txt or .xml, not {suffix!r}.")


def read(path: str | Path) -> Bank:
    """Read a quiz file, whatever its encoding.

    Our Markdown (.md), jupyterquiz's or our JSON (.json), GIFT (.gift, .txt), Moodle XML (.xml).
    What a file of another program has that can't be read is in ``left_out``; an encoding that was
    guessed is in ``changed``.
    """
    path = Path(path)
    text, encoding = read_decoded(path, "The quiz ")
    suffix = path.suffix.lower()
    if suffix == ".txt" and Path(path.stem).suffix.lower() in SUFFIXES[:5]:
        suffix = Path(path.stem).suffix.lower()  # Windows hides one of two endings
    try:
        bank = parse(text, title=path.stem, suffix=suffix)
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from error
    if encoding != "cp1252":
        return bank
    return dataclasses.replace(bank, changed=(_GUESSED, *bank.changed))


def lesson(name: str) -> Bank:
    """The quiz of a lesson, such as "02-learn", or its exercises, "exercises/02-learn".

    Raises `BadInput` with the names there are.
    """
    names = lesson_names()
    if name not in names:
        raise BadInput(f"No lesson has a quiz named {name!r}; there are {', '.join(names)}.")
    return read(_folder() / f"{name}.md")


def lesson_names() -> list[str]:
    """The names that ``lesson`` takes."""
    paths = (path.relative_to(_folder()) for path in _folder().rglob("*.md"))
    return sorted(path.with_suffix("").as_posix() for path in paths)


def _folder() -> Path:
    """The lessons' quizzes, in an installed wheel or in a checkout."""
    package = Path(__file__).parents[1]
    folders = (package / "lessons" / "quizzes", package.parent / "lessons" / "quizzes")
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _from_markdown(text: str, title: str) -> Bank:
    page = markdown.read(text)
    if not (page.title or page.id):
        return dataclasses.replace(Bank.untitled(page.questions, title), lesson=page.lesson)
    return Bank(page.title or title, page.questions, id=page.id, lesson=page.lesson)


def _from_json(text: str, title: str) -> Bank:
    try:
        plain: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This is not JSON: {error}.") from error
    fields = cast("dict[str, Any]", plain) if isinstance(plain, dict) else {}
    if "format" in fields:
        return _from_native(fields, title)
    return Bank.imported(jupyterquiz.load_text(text), title)


def _from_native(plain: dict[str, Any], title: str) -> Bank:
    if plain["format"] != native.FORMAT or plain.get("version") != 1:
        raise BadInput(f"Not a quiz of ours, version 1: {plain['format']!r}.")
    questions = tuple(native.from_plain(item) for item in plain["questions"])
    id, lesson = str(plain.get("id", "")), str(plain.get("lesson", ""))
    if not (plain.get("title") or id):
        return dataclasses.replace(Bank.untitled(questions, title), lesson=lesson)
    return Bank(str(plain.get("title") or title), questions, id=id, lesson=lesson)


def write(bank: Bank, *, suffix: str) -> tuple[str, list[str]]:
    """The quiz in another form, and the ids of the questions that this form can't hold."""
    if suffix in (".md", ".markdown"):
        page = markdown.Page(bank.title, bank.questions, id=bank.id, lesson=bank.lesson)
        return markdown.write(page), []
    if suffix == ".gift":
        held = tuple(question for question in bank.questions if gift.holds(question))
        left = [question.id for question in bank.questions if question not in held]
        return gift.write(held), left
    if suffix == ".xml":
        held = tuple(question for question in bank.questions if moodle_xml.holds(question))
        left = [question.id for question in bank.questions if question not in held]
        return moodle_xml.write(held), left
    if suffix == ".jupyterquiz.json":
        held = tuple(question for question in bank.questions if jupyterquiz.holds(question))
        left = [question.id for question in bank.questions if question not in held]
        plain = jupyterquiz.write(held)
        return json.dumps(plain, ensure_ascii=False, indent=1) + "\n", left
    if suffix == ".json":
        return native.dumps(bank.title, bank.questions, id=bank.id, lesson=bank.lesson), []
    raise BadInput(
        f"A quiz is written as .md, .json, .jupyterquiz.json, .gift or .xml, not {suffix!r}."
    )
