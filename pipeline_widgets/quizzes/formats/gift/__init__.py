"""Moodle's GIFT text format: written, and read back without loss for the types that it has.

Single and multiple choice, numbers, short text and matching. What GIFT has no place for (points,
hints, …) goes into a ``// pipeline-widgets`` comment before the question, which Moodle skips.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pipeline_widgets.errors import BadInput

from ...kinds import (
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    ShortText,
    SingleChoice,
)
from . import reading as gift_reading
from .reading import EXTRAS

_KINDS = (SingleChoice, MultipleChoice, Numeric, ShortText, Match)
read = gift_reading.read


def holds(question: Question) -> bool:
    """Whether GIFT has the question's kind."""
    return isinstance(question, _KINDS)


def write(questions: Sequence[Question]) -> str:
    """The questions as one GIFT file; raises `BadInput` for a kind that GIFT doesn't have."""
    return "\n".join(_question(question) for question in questions)


def _question(question: Question) -> str:
    match question:
        case SingleChoice():
            lines = [_option(option, "=" if option.right else "~") for option in question.options]
        case MultipleChoice():
            lines = _weighted(question.options)
        case Numeric():
            lines = ["#", *(_number(answer) for answer in question.answers)]
        case ShortText():
            lines = [_answer(a.right, _wording(a.text), a.feedback) for a in question.answers]
        case Match():
            pairs = [*question.pairs, *(("", extra) for extra in question.extra)]
            lines = [f"={_side(left)} -> {_side(right)}" for left, right in pairs]
        case _:
            raise BadInput(
                f"Question {question.id!r} is of kind {question.kind!r}, which GIFT doesn't have."
            )
    if question.otherwise and isinstance(question, (Numeric, ShortText)):
        lines.append(_answer(False, "*", question.otherwise))
    if question.explanation:
        lines.append("####" + escape(question.explanation))
    extras = _extras(question)
    comment = f"{EXTRAS}{json.dumps(extras)}\n" if extras else ""
    name = f"::{escape(question.id)}::" if question.id else ""
    body = "\n".join(lines)
    return (
        f"{comment}{name}[markdown]{escape(_shown(question.prompt, question.code))}{{\n{body}\n}}\n"
    )


def escape(text: str) -> str:
    r"""Put a backslash before GIFT's own signs; a line break becomes ``\\n``."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", "\\n")


def _wording(text: str) -> str:
    """A short answer; a star would stand for any text."""
    return escape(text).replace("*", "\\*")


def _side(text: str) -> str:
    return escape(text).replace("->", "-\\>")


def _shown(text: str, code: str) -> str:
    return f"{text}\n\n```\n{code}\n```" if code else text


def _option(option: Option, sign: str) -> str:
    feedback = f"#{escape(option.feedback)}" if option.feedback else ""
    return f"{sign}{escape(_shown(option.text, option.code))}{feedback}"


def _weighted(options: tuple[Option, ...]) -> list[str]:
    """Each right one its share, each wrong one minus its share: ticking everything earns 0."""
    right = sum(option.right for option in options) or 1
    wrong = sum(not option.right for option in options) or 1
    shares = [100 / right if option.right else -100 / wrong for option in options]
    pairs = zip(options, shares, strict=True)
    return [_option(option, f"~%{round(share, 5):g}%") for option, share in pairs]


def _answer(right: bool, text: str, feedback: str) -> str:
    note = f"#{escape(feedback)}" if feedback else ""
    return f"={'' if right else '%0%'}{text}{note}"


def _number(answer: NumberAnswer) -> str:
    if answer.range is not None:
        text = f"{answer.range[0]!r}..{answer.range[1]!r}"
    else:
        text = f"{answer.value!r}:{answer.tolerance!r}"
    return _answer(answer.right, text, answer.feedback)


def _extras(question: Question) -> dict[str, Any]:
    """What GIFT has no place for, if it differs from the default."""
    names = ("code", "hints", "points", "difficulty", "lesson", "columns", "shuffle", "digits")
    names += ("unit", "width")
    if not isinstance(question, (Numeric, ShortText)):
        names += ("otherwise",)
    extras = {
        name: getattr(question, name)
        for name in names
        if getattr(question, name, None) != getattr(type(question), name, None)
    }
    match question:
        case SingleChoice() | MultipleChoice():
            codes = [option.code for option in question.options]
            extras |= {"codes": codes} if any(codes) else {}
        case Numeric():
            closed = [answer.closed for answer in question.answers]
            extras |= {"closed": closed} if not all(closed) else {}
        case ShortText():
            match_case = [answer.match_case for answer in question.answers]
            alike = [answer.similarity for answer in question.answers]
            extras |= {"match_case": match_case} if any(match_case) else {}
            extras |= {"similarity": alike} if any(value < 1 for value in alike) else {}
        case _:
            pass
    return extras
