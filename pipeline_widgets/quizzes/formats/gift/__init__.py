"""Moodle's GIFT text format: written, and read back without loss for the types that it has.

Single and multiple choice, numbers, short text, matching, gaps, essays and texts. What GIFT has no
place for (points, hints, …) goes into a ``// pipeline-widgets`` comment before the question, which
Moodle skips.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pipeline_widgets.errors import BadInput

from ...kinds import (
    Essay,
    Gap,
    GapAnswer,
    Gaps,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
    TextOnly,
)
from . import reading as gift_reading
from .reading import EXTRAS

_KINDS = (SingleChoice, MultipleChoice, Numeric, ShortText, Match, Gaps, Essay, TextOnly)
load = gift_reading.load
read = gift_reading.read


def holds(question: Question) -> bool:
    """Whether GIFT has the question's kind."""
    return isinstance(question, _KINDS)


def write(questions: Sequence[Question]) -> str:
    """The questions as one GIFT file; raises `BadInput` for a kind that GIFT doesn't have."""
    return "\n".join(_question(question) for question in questions)


def _question(question: Question) -> str:
    extras = extras_of(question)
    comment = f"{EXTRAS}{json.dumps(extras)}\n" if extras else ""
    name = f"::{escape(question.id)}::" if question.id else ""
    prompt = escape(shown(question.prompt, question.code))
    start = f"{comment}{name}[markdown]"
    if isinstance(question, TextOnly):
        return f"{start}{prompt}\n"
    if isinstance(question, Gaps):
        for number, gap in enumerate(question.gaps, start=1):
            prompt = prompt.replace(f"[[{number}]]", write_gap(gap), 1)
        return f"{start}{prompt}\n"
    lines = _lines(question)
    if question.otherwise and isinstance(question, (Numeric, ShortText)):
        lines.append(_answer(0, "*", question.otherwise))
    if question.explanation:
        lines.append("####" + escape(question.explanation))
    body = "\n".join(lines)
    return f"{start}{prompt}{{\n{body}\n}}\n"


def _lines(question: Question) -> list[str]:
    """What stands in braces."""
    match question:
        case SingleChoice():
            return [
                _option(o, "=" if o.right else f"~{_per_cent(o.share)}") for o in question.options
            ]
        case MultipleChoice():
            pairs = shares(question)
            return [_option(one, f"~%{round(100 * share, 5):g}%") for one, share in pairs]
        case Numeric():
            return ["#", *(_number(answer) for answer in question.answers)]
        case ShortText():
            return [_answer(a.worth, _wording(a), a.feedback) for a in question.answers]
        case Match():
            pairs = [*question.pairs, *(("", extra) for extra in question.extra)]
            return [f"={_side(left)} -> {_side(right)}" for left, right in pairs]
        case Essay():
            return []
        case _:
            raise BadInput(
                f"Question {question.id!r} is of kind {question.kind!r}, which GIFT doesn't have."
            )


def write_gap(gap: Gap) -> str:
    """A gap in the form of Moodle's embedded answers."""
    kinds = {"text": "SHORTANSWER", "number": "NUMERICAL", "choice": "MULTICHOICE"}
    kind = kinds[gap.kind] + ("_C" if gap.match_case and gap.kind == "text" else "")
    answers = "~".join(_gap_answer(answer) for answer in gap.answers)
    return f"{{{gap.weight:g}:{kind}:~{answers}}}"


def _gap_answer(answer: GapAnswer) -> str:
    text = escape(answer.text) if answer.wildcard else escape(answer.text).replace("*", "\\*")
    tolerance = f":{answer.tolerance!r}" if answer.tolerance else ""
    note = f"#{escape(answer.feedback)}" if answer.feedback else ""
    return f"%{100 * answer.share:.10g}%{text}{tolerance}{note}"


def _per_cent(share: float | None) -> str:
    return "" if share is None else f"%{round(100 * share, 5):g}%"


def escape(text: str) -> str:
    r"""Put a backslash before GIFT's own signs; a line break becomes ``\\n``."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", "\\n")


def _wording(answer: TextAnswer) -> str:
    """A short answer; a star stands for any text only where it is meant to."""
    text = escape(answer.text)
    return text if answer.wildcard else text.replace("*", "\\*")


def _side(text: str) -> str:
    return escape(text).replace("->", "-\\>")


def shown(text: str, code: str) -> str:
    """A text with its code below it."""
    return f"{text}\n\n```\n{code}\n```" if code else text


def _option(option: Option, sign: str) -> str:
    feedback = f"#{escape(option.feedback)}" if option.feedback else ""
    return f"{sign}{escape(shown(option.text, option.code))}{feedback}"


def shares(question: SingleChoice | MultipleChoice) -> list[tuple[Option, float]]:
    """What each option earns of the points.

    Of several right ones each its share, each wrong one minus its share: ticking everything
    earns 0.
    """
    options = question.options
    if isinstance(question, SingleChoice):
        return [(one, float(one.right) if one.share is None else one.share) for one in options]
    right = sum(option.right for option in options) or 1
    wrong = sum(not option.right for option in options) or 1
    usual = {True: 1 / right, False: -1 / wrong}
    return [(one, usual[one.right] if one.share is None else one.share) for one in options]


def _answer(worth: float, text: str, feedback: str) -> str:
    note = f"#{escape(feedback)}" if feedback else ""
    return f"={'' if worth == 1 else _per_cent(worth)}{text}{note}"


def _number(answer: NumberAnswer) -> str:
    if answer.range is not None:
        text = f"{answer.range[0]!r}..{answer.range[1]!r}"
    else:
        text = f"{answer.value!r}:{answer.tolerance!r}"
    return _answer(answer.worth, text, answer.feedback)


def extras_of(question: Question) -> dict[str, Any]:
    """What GIFT has no place for, if it differs from the default."""
    names = ("code", "hints", "points", "difficulty", "lesson", "columns", "shuffle", "digits")
    names += ("unit", "language", "width", "lines", "template")
    if not isinstance(question, (Numeric, ShortText)):
        names += ("otherwise",)
    extras = {
        name: getattr(question, name)
        for name in names
        if getattr(question, name, None) != getattr(type(question), name, None)
    }
    match question:
        case Gaps():
            extras.pop("points", None)
            several = question.points != len(question.gaps)
            extras |= {"points": question.points} if several else {}
            extras |= {"explanation": question.explanation} if question.explanation else {}
        case TextOnly():
            extras |= {"explanation": question.explanation} if question.explanation else {}
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
