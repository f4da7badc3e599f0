"""Moodle's XML: written, and read back without loss for the types that it has.

Choices, numbers, short text, matching, gaps, orders, essays and texts. Texts are written as the
Markdown that they are, which Moodle reads too (``format="markdown"``). What the format has no place
for stands in a ``<!-- pipeline-widgets … -->`` comment before the question, which Moodle skips.
https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from pipeline_widgets.errors import BadInput

from ...kinds import (
    Essay,
    Gaps,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Order,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
    TextOnly,
)
from .. import gift
from . import reading
from .elements import EXTRAS

_TYPES: dict[type[Question], str] = {
    SingleChoice: "multichoice", MultipleChoice: "multichoice", Numeric: "numerical",
    ShortText: "shortanswer", Match: "matching", Gaps: "cloze", Order: "ordering", Essay: "essay",
    TextOnly: "description",
}  # fmt: skip
_UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"  # of what XML can't hold
load = reading.load


def holds(question: Question) -> bool:
    """Whether Moodle's XML has the question's kind."""
    return type(question) in _TYPES


def write(questions: Sequence[Question]) -> str:
    """The questions as one file; raises `BadInput` for a kind that Moodle's XML doesn't have."""
    inside = "\n".join(map(_question, questions))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{inside}\n</quiz>\n'


def _question(question: Question) -> str:
    kind = _TYPES.get(type(question))
    if kind is None:
        raise BadInput(
            f"Question {question.id!r} is of kind {question.kind!r}, which Moodle doesn't have."
        )
    prompt = gift.shown(question.prompt, question.code)
    if isinstance(question, Gaps):
        for number, gap in enumerate(question.gaps, start=1):
            prompt = prompt.replace(f"[[{number}]]", gift.write_gap(gap), 1)
    parts = [
        _text("name", question.id, form=""),
        _text("questiontext", prompt),
        _text("generalfeedback", question.explanation),
        _plain("defaultgrade", f"{question.points!r}"),
        *_answers(question),
        *(_text("hint", hint) for hint in question.hints),
    ]
    lines = "\n".join(f"  {part}" for part in parts)
    return f'{_extras(question)}<question type="{kind}">\n{lines}\n</question>'


def _answers(question: Question) -> Iterable[str]:
    """What tells one type from another."""
    match question:
        case SingleChoice() | MultipleChoice():
            yield _plain("single", "true" if isinstance(question, SingleChoice) else "false")
            yield _plain("shuffleanswers", "true" if question.shuffle else "false")
            for option, share in gift.shares(question):
                text = gift.shown(option.text, option.code)
                yield _answer(share, text, option.feedback)
        case Numeric():
            for number in question.answers:
                value, tolerance = _value(number)
                inside = _plain("tolerance", repr(tolerance))
                yield _answer(number.worth, repr(value), number.feedback, inside)
        case ShortText():
            yield _plain("usecase", str(int(all(a.match_case for a in question.answers))))
            for answer in question.answers:
                yield _answer(answer.worth, _wording(answer), answer.feedback)
        case Match():
            for left, right in (*question.pairs, *(("", extra) for extra in question.extra)):
                yield _text("subquestion", left, inside=f"<answer>{_inner(right)}</answer>")
        case Order():
            for place, item in enumerate(question.items, start=1):
                yield _answer(place / 100, item, "")
        case Essay():
            yield _plain("responsefieldlines", str(question.lines))
            yield _text("responsetemplate", question.template)
        case _:
            return
    if isinstance(question, (Numeric, ShortText)) and question.otherwise:
        yield _answer(0, "*", question.otherwise)


def _value(number: NumberAnswer) -> tuple[float, float]:
    """A number and its tolerance; of a range its middle and the half of it."""
    if number.range is None:
        return float(number.value or 0.0), number.tolerance
    low, high = number.range
    return low / 2 + high / 2, high / 2 - low / 2


def _wording(answer: TextAnswer) -> str:
    """A short answer; a star stands for any text only where it is meant to."""
    return answer.text if answer.wildcard else answer.text.replace("*", "\\*")


def _answer(share: float, text: str, feedback: str, inside: str = "") -> str:
    said = _text("feedback", feedback) if feedback else ""
    start = f'<answer fraction="{100 * share:.12g}" format="markdown">'
    return f"{start}{_inner(text)}{said}{inside}</answer>"


def _text(name: str, text: str, inside: str = "", form: str = ' format="markdown"') -> str:
    return f"<{name}{form}>{_inner(text)}{inside}</{name}>"


def _inner(text: str) -> str:
    return f"<text>{escape(_UNWRITABLE.sub(_REPLACEMENT, text))}</text>"


def _plain(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>"


def _extras(question: Question) -> str:
    """What Moodle's XML has no place for, if it differs from the default."""
    extras: dict[str, Any] = gift.extras_of(question)
    for name in ("hints", "points", "shuffle", "lines", "template", "explanation"):
        extras.pop(name, None)
    if isinstance(question, Numeric) and any(one.range for one in question.answers):
        extras["ranges"] = [one.range for one in question.answers]
    if isinstance(question, Order) and question.otherwise:
        extras["otherwise"] = question.otherwise
    if not extras:
        return ""
    packed = json.dumps(extras).replace("--", "-\\u002d")  # which stand in texts alone
    return f"<!--{EXTRAS}{packed} -->\n"
