"""The face of a question: all that a browser may know before the answer is due.

Built by naming what goes in, never by deleting what must not: a field added to a question later
stays in Python until someone lets it out here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any, cast

from . import parse_response as reading
from .question import (
    CellChoice,
    CodeTask,
    Match,
    MultipleChoice,
    Numeric,
    Order,
    Question,
    Shape,
    ShortText,
    SingleChoice,
    TokenChoice,
)

Face = dict[str, Any]


def face(question: Question, *, seed: int = 0) -> Face:
    """What may be shown, as plain JSON; options are dealt in an order that ``seed`` decides."""
    from .sealing import Sealed

    if isinstance(question, Sealed):
        plain = cast(Face, json.loads(question.face))
    else:
        plain = {**_common(question), **_particular(question)}
    dealt = {**plain, "id": question.id}
    turn = 0
    while True:
        _deal(dealt, random.Random(f"{seed}:{question.id}:{turn}"))
        if not (isinstance(question, Order) and tuple(dealt["items"]) == question.items):
            return dealt
        turn += 1


def _common(question: Question) -> Face:
    return {
        "kind": question.kind,
        "prompt": question.prompt,
        "code": question.code,
        "points": question.points,
        "difficulty": question.difficulty,
        "hint_count": len(question.hints),
    }


def _particular(question: Question) -> Face:
    match question:
        case SingleChoice() | MultipleChoice():
            options = [
                {"label": option.label, "text": option.text, "code": option.code}
                for option in question.options
            ]
            return {"options": options, "columns": question.columns, "shuffle": question.shuffle}
        case Numeric():
            return {"unit": question.unit}
        case ShortText():
            return {"width": question.width}
        case Order():
            return {"items": list(question.items)}
        case Match():
            rights = sorted({right for _, right in question.pairs} | set(question.extra))
            return {"lefts": [left for left, _ in question.pairs], "rights": rights}
        case TokenChoice():
            return {"tokens": list(question.tokens), "several": question.several}
        case CellChoice():
            return {
                "rows": list(question.rows),
                "columns": list(question.columns),
                "values": [list(row) for row in question.values],
            }
        case CodeTask():
            return {"function": question.function, "starter": question.starter}
        case _:
            return {}


def _deal(dealt: Face, chance: random.Random) -> None:
    names = {"order": ("items",), "match": ("rights",)}.get(dealt["kind"], ())
    if dealt.get("options") and dealt.get("shuffle", True):
        names = ("options",)
    for name in names:
        shuffled = sorted(dealt[name], key=str)  # the author's order may begin with the right one
        chance.shuffle(shuffled)
        dealt[name] = shuffled


def right_response(question: Question) -> Any:
    """A response that earns all points, or None where there is none (a poll, a sealed question)."""
    match question:
        case SingleChoice():
            return next((option.label for option in question.options if option.right), None)
        case MultipleChoice():
            return [option.label for option in question.options if option.right]
        case Numeric():
            return _right_number(question)
        case ShortText():
            return next((answer.text for answer in question.answers if answer.right), None)
        case Order():
            return list(question.items)
        case Match():
            return dict(question.pairs)
        case Shape():
            return " × ".join(map(str, question.shape)) if question.shape else "()"
        case TokenChoice():
            return list(question.right) if question.several else [question.right[0]]
        case CellChoice():
            return list(question.right[0])
        case _:
            return getattr(question, "output", None)


def _right_number(question: Numeric) -> str | None:
    for answer in question.answers:
        if answer.right and answer.value is not None:
            return f"{reading.rounded(answer.value, question.digits):.12g}"
        if answer.right and answer.range is not None:
            return f"{sum(answer.range) / 2:.12g}"
    return None


def right_words(question: Question) -> str:
    """The right answer in words, as a person would write it under a worksheet."""
    right = right_response(question)
    if isinstance(question, CodeTask):
        return f"```\n{question.solution}\n```" if question.solution else ""
    if isinstance(question, Numeric):
        return _number_words(question)
    if isinstance(question, TokenChoice):
        return ", ".join(f"`{question.tokens[i]}` (position {i})" for i in question.right)
    if isinstance(question, CellChoice):
        row, column = question.right[0]
        return f"row `{question.rows[row]}`, column `{question.columns[column]}`"
    if isinstance(right, dict):
        pairs = cast("dict[str, str]", right)
        return "; ".join(f"{left} → {side}" for left, side in pairs.items())
    if isinstance(right, list):
        joint = " → " if isinstance(question, Order) else "; "
        return joint.join(_one_line(cast("Sequence[str]", right)))
    return "" if right is None else str(right)


def _number_words(question: Numeric) -> str:
    for answer in question.answers:
        if answer.right and answer.range is not None:
            words = f"{answer.range[0]:.12g} to {answer.range[1]:.12g}"
        elif answer.right:
            words = _right_number(question) or ""
            words += f" ± {answer.tolerance:.12g}" if answer.tolerance else ""
        else:
            continue
        return f"{words} {question.unit}".rstrip()
    return ""


def _one_line(parts: Sequence[str]) -> list[str]:
    return [part.replace("\n", " ") for part in parts]
