"""Which quiz a notebook's cell shows, told from its code, so that a key can be printed.

No cell is run. A call such as ``pw.Quiz.lesson("01-why", only=["negation"])`` is recognised in the
code and made again with the same arguments; what is no constant is beyond us. Of several readings
(a live quiz may be about either bundled model) the right one is that whose stored picture is equal.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ...engine import load
from ...engine.pipeline import Pipeline
from ...errors import PipelineError
from ...quizzes.bank import Bank
from ...quizzes.cards import Card
from ...quizzes.kinds import Question, public_view
from .statements import tree

_CLASSES = ("Quiz", "Challenge", "Flashcards")
_WAYS = ("lesson", "live", "from_markdown", "from_jupyterquiz")
_NOT_ON_PAPER = ("save", "folder", "learner", "now", "strings")
_PRACTICE = {  # what is said otherwise where answers count
    "attempts": None,
    "reveal": "each",
    "restart": True,
    "hint_cost": 0,
    "folder": None,
    "learner": None,
}


@dataclass(frozen=True)
class Asked:
    """A quiz, its options dealt by ``seed``, or cards; ``picture`` is what a notebook stores."""

    picture: str
    title: str
    bank: Bank | None = None
    seed: int = 0
    cards: tuple[Card, ...] = ()
    graded: str = ""  # by which of its terms one sees that it counts


def is_quiz(picture: str) -> bool:
    """Whether a stored picture is that of a quiz or of cards."""
    return "class='pw-sheet'" in picture or picture.startswith("<div><h3>")


def same(one: str, other: str) -> bool:
    """Whether two pictures differ in nothing but blanks."""
    return one.split() == other.split()


def asked(code: str, folder: Path) -> list[Asked]:
    """The readings of all quiz calls in a cell; ``folder`` has the files that it names."""
    return [one for _, call in _calls(code) for one in _readings(call, folder)]


def secrets(readings: Sequence[Asked]) -> list[str]:
    """What the keys of these quizzes say and their faces don't, if long enough to be told."""
    banks = [one.bank for one in readings if one.bank is not None]
    shown = " ".join(
        json.dumps(public_view(q), ensure_ascii=False) for b in banks for q in b.questions
    )
    found = {text for bank in banks for question in bank.questions for text in _said(question)}
    found |= {card.back for one in readings for card in one.cards}
    return sorted(text for text in found if len(text) >= _TELLING and text not in shown)


_TELLING = 12  # letters from which words are no coincidence


def _said(question: Question) -> Iterator[str]:
    """The lines of a question's explanation and feedback."""
    parts = [*getattr(question, "options", ()), *getattr(question, "answers", ())]
    texts = [question.explanation, question.otherwise, *(part.feedback for part in parts)]
    for text in texts:
        yield from (line.strip() for line in text.split("\n"))


def _calls(code: str) -> Iterator[tuple[ast.stmt, ast.Call]]:
    """Each call that makes a quiz, with the statement that it stands in."""
    for statement in tree(code)[0] or ():
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _made_by(node):
                yield statement, node


def _made_by(call: ast.Call) -> tuple[str, str] | None:
    """The class and the way, "" for the class itself: ("Quiz", "lesson")."""
    names = list[str]()
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        names.insert(0, node.id)
    if names and names[-1] in _CLASSES:
        return names[-1], ""
    if len(names) > 1 and names[-2] in _CLASSES and names[-1] in _WAYS:
        return names[-2], names[-1]
    return None


def _readings(call: ast.Call, folder: Path) -> Iterator[Asked]:
    """What the call makes; nothing if an argument is no constant or it makes an error."""
    made_by = _made_by(call)
    assert made_by is not None
    try:
        settings = {
            word.arg: ast.literal_eval(word.value)
            for word in call.keywords
            if word.arg and word.arg not in _NOT_ON_PAPER
        }
        first = call.args[1:] if made_by[1] == "live" else call.args
        values: list[Any] = [ast.literal_eval(value) for value in first]
    except (ValueError, RecursionError, MemoryError):
        return
    for arguments in _with_source(made_by[1], values, folder):
        try:
            yield replace(_made(made_by, arguments, settings), graded=_graded(call))
        except (PipelineError, TypeError, ValueError, RecursionError):
            continue


def _graded(call: ast.Call) -> str:
    """The terms of a call by which its answers count; "" for practice."""
    said = list[str]()
    for word in call.keywords:
        if word.arg is None:
            said.append("terms that its code does not name")
        elif word.arg in _PRACTICE and not _is(word.value, _PRACTICE[word.arg]):
            said.append(ast.unparse(word))
    return ", ".join(said)


def _is(value: ast.expr, usual: object) -> bool:
    return isinstance(value, ast.Constant) and value.value == usual


def _with_source(way: str, values: list[Any], folder: Path) -> Iterator[list[Any]]:
    """The arguments: for a live quiz with each bundled model, for a file with its folder."""
    if way == "live":
        yield from ([_model(name), *values] for name in ("roberta", "distilbert"))
    elif way in ("", "from_jupyterquiz") and values and isinstance(values[0], str):
        file = folder / values[0]
        yield [file if file.is_file() else values[0], *values[1:]]
    else:
        yield values


@cache
def _model(name: str) -> Pipeline:
    return load(name)


def _made(made_by: tuple[str, str], arguments: list[Any], settings: dict[str, Any]) -> Asked:
    from ...views.quiz.challenge import Challenge
    from ...views.quiz.flashcards import Flashcards
    from ...views.quiz.quiz import Quiz

    kind: Any = {"Quiz": Quiz, "Challenge": Challenge, "Flashcards": Flashcards}[made_by[0]]
    make: Any = getattr(kind, made_by[1]) if made_by[1] else kind
    view: Any = make(*arguments, **settings, save=False)
    picture = str(view.static_html())
    if isinstance(view, Flashcards):
        return Asked(picture, view.title, cards=tuple(view.deck.cards))
    return Asked(picture, view.title, bank=view.bank, seed=view.session.seed)
