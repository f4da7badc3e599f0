"""Practice that is marked in a page: which questions can be, and the keys that go into it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ...quizzes import markup as prose
from ...quizzes.bank import Bank
from ...quizzes.kinds import Match, MultipleChoice, Order, Question, Sealed, SingleChoice
from ...views.quiz.quiz import Quiz
from ..handout.asked import Asked

MARKED = (SingleChoice, MultipleChoice, Order, Match)


def why_not(found: Asked) -> str:
    """Why a quiz has no place on a page: it counts, or is sealed; "" for practice."""
    if found.graded:
        return f"it is graded ({found.graded})"
    if found.bank and any(isinstance(one, Sealed) for one in found.bank.questions):
        return "it is sealed"
    return ""


def runs(bank: Bank) -> Iterator[tuple[bool, list[Question]]]:
    """Neighbouring questions that can be marked in a page, and those that can't, in turn."""
    for able, questions in groupby(bank.questions, _is_marked):
        yield able, list(questions)


def _is_marked(question: Question) -> bool:
    return isinstance(question, MARKED) and question.right_response() is not None


def asking(questions: list[Question], found: Asked) -> tuple[Quiz, dict[str, dict[str, Any]]]:
    """A quiz of these questions, dealt as ``found`` is, and the key of each by its id."""
    quiz = Quiz(Bank(found.title, tuple(questions)), seed=found.seed, save=False)
    return quiz, {question.id: key(question) for question in questions}


def key(question: Question) -> dict[str, Any]:
    """What it takes to mark a question in a page; its texts as trees of elements."""
    return {
        "kind": question.kind,
        "points": question.points,
        "hints": [prose.blocks(hint) for hint in question.hints],
        "otherwise": prose.blocks(question.otherwise) if question.otherwise else [],
        "right": question.right_response(),
        "words": prose.blocks(question.right_words()),
        "explanation": prose.blocks(question.explanation),
        **_shares(question),
    }


def _shares(question: Question) -> dict[str, Any]:
    """What each option adds to the share of the points, with its feedback, and the beginning."""
    if not isinstance(question, (SingleChoice, MultipleChoice)):
        return {}
    options = question.options
    right = sum(option.right for option in options)
    plain = all(option.share is None for option in options)
    begin = 1.0 if isinstance(question, MultipleChoice) and plain and not right else 0.0
    shares = list[list[Any]]()
    for option in options:
        if isinstance(question, SingleChoice) or not plain:
            share = float(option.right) if option.share is None else option.share
        else:
            share = 1 / right if option.right else -1 / (len(options) - right)
        remark = prose.blocks(option.feedback) if option.feedback else []
        shares.append([option.label, share, remark])
    return {"begin": begin, "shares": shares}
