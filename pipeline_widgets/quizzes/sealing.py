"""Sealed questions: salted scrypt digests where the answers were.

What sealing protects: nobody reads the answers in the file, and each guess costs about a twentieth
of a second. What it does not protect: a question with four options falls to four guesses, a small
number to a thousand. For marks that count, ship the file blank (`blank`) and grade what comes back
with your own copy (`pipeline-widgets quiz collect --key`).
"""

from __future__ import annotations

import hashlib
import json
import math
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from pipeline_widgets.errors import BadInput

from . import parse_response as reading
from .face import face, right_response
from .grading import Grade, grade
from .question import CodeTask, NumberAnswer, Numeric, Question, ShortText

COST = 2**14  # scrypt's n: about 50 ms and 16 MB for each guess
_MOST_VALUES = 200  # of a numeric answer; each becomes a digest


@dataclass(frozen=True)
class Sealed(Question):
    """A question that can tell a right response but can't say what it is; no partial credit.

    ``face`` is what may be shown, as JSON; without ``digests`` a response is recorded ungraded.
    """

    kind: ClassVar[str] = "sealed"

    face: str = "{}"
    salt: str = ""  # hexadecimal
    digests: tuple[str, ...] = ()  # hexadecimal, sorted
    decimals: int | None = None  # numeric: round what was typed to so many decimals
    digits: int | None = None  # numeric: round it to so many significant digits
    cost: int = COST

    @property
    def shown_kind(self) -> str:
        """The kind of the question inside."""
        return str(json.loads(self.face)["kind"])


def seal(question: Question, *, salt: str | None = None, cost: int = COST) -> Sealed:
    """Replace the answers by digests; feedback, explanation and partial credit go too.

    Raises `BadInput` where that can't work: code, similar spellings, wide numeric ranges, polls.
    """
    if isinstance(question, Sealed):
        return question
    salt = secrets.token_hex(16) if salt is None else salt
    decimals = _decimals(question) if isinstance(question, Numeric) else None
    digits = question.digits if isinstance(question, Numeric) else None
    forms = _right_forms(question, decimals)
    if not forms:
        raise BadInput(f"Question {question.id!r} has no right answer to seal.")
    digests = tuple(sorted(_digest(form, salt, cost) for form in forms))
    return _empty(question, salt=salt, digests=digests, decimals=decimals, digits=digits, cost=cost)


def blank(question: Question) -> Sealed:
    """The question with no key at all: responses are recorded, and graded elsewhere."""
    return _empty(question)


def _empty(question: Question, **sealed: Any) -> Sealed:
    return Sealed(
        question.prompt,
        id=question.id,
        hints=question.hints,
        points=question.points,
        difficulty=question.difficulty,
        lesson=question.lesson,
        face=json.dumps(face(question), ensure_ascii=False, sort_keys=True),
        **sealed,
    )


def grade_sealed(question: Sealed, response: Any) -> Grade:
    """All points if a digest fits, else none; "recorded" if the question is blank."""
    kind = question.shown_kind
    blank_text = isinstance(response, str) and not response.strip()
    unticked = isinstance(response, (list, tuple, dict)) and not response and kind != "multiple"
    if response is None or blank_text or unticked:
        return Grade(0.0, question.points, "empty")
    if not question.digests:
        return Grade(0.0, question.points, "recorded")
    forms = _forms(kind, response, question.decimals, question.digits)
    if not forms:
        return Grade(0.0, question.points, "unreadable")
    known = set(question.digests)
    if any(_digest(form, question.salt, question.cost) in known for form in forms):
        return Grade(question.points, question.points, "right")
    return Grade(0.0, question.points, "wrong")


def _digest(form: str, salt: str, cost: int) -> str:
    secret = form.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        secret, salt=bytes.fromhex(salt), n=cost, r=8, p=1, maxmem=2**27, dklen=32
    ).hex()


def _forms(kind: str, response: Any, decimals: int | None, digits: int | None) -> list[str]:
    """The spellings under which a response is looked up: the same for the same answer."""
    if kind == "numeric":
        value = reading.number(response)
        return [] if value is None else [_number_form(value, decimals, digits)]
    if kind == "text":
        typed = response.strip() if isinstance(response, str) else ""
        return [f"exact {typed}", f"any case {typed.lower()}"] if typed else []
    if kind == "shape":
        sizes = reading.shape(response)
        return [] if sizes is None else [json.dumps(sizes)]
    if kind == "output":
        lines = reading.printed(response)
        return [] if lines is None else ["\n".join(lines)]
    if kind in ("multiple", "token") and isinstance(response, (list, tuple)):
        parts = cast("list[object]", response)
        response = sorted(set(map(str, parts)))
    try:
        return [json.dumps(response, ensure_ascii=False, sort_keys=True)]
    except (TypeError, ValueError, RecursionError):
        return []


def _number_form(value: float, decimals: int | None, digits: int | None) -> str:
    if digits is not None:
        return f"{value:.{digits - 1}e}"
    rounded = round(value, decimals or 0)
    return f"{rounded + 0.0:.{decimals or 0}f}"  # + 0.0 turns -0 into 0


def _right_forms(question: Question, decimals: int | None) -> set[str]:
    if isinstance(question, CodeTask):
        raise BadInput(f"Question {question.id!r}: checks of code can't be sealed; use `blank`.")
    if isinstance(question, ShortText):
        return _text_forms(question)
    if isinstance(question, Numeric):
        return _numeric_forms(question, decimals)
    rights = [right_response(question)]
    if not getattr(question, "several", True):  # one token, any of several is right
        rights = [[index] for index in getattr(question, "right", ())]
    elif question.kind == "cell":
        rights = [list(cell) for cell in getattr(question, "right", ())]
    return {
        form
        for right in rights
        if right is not None
        for form in _forms(question.kind, right, None, None)
    }


def _text_forms(question: ShortText) -> set[str]:
    forms = set[str]()
    for answer in question.answers:
        if answer.right and answer.similarity < 1:
            raise BadInput(f"Question {question.id!r}: a digest can't tell what is merely similar.")
        exact, any_case = f"exact {answer.text.strip()}", f"any case {answer.text.strip().lower()}"
        if answer.right:
            forms.add(exact if answer.match_case else any_case)
    return forms


def _decimals(question: Numeric) -> int | None:
    """The fewest decimals in which every bound of the right answers can be written, at most 6."""
    if question.digits is not None:
        return None
    numbers = [number for answer in question.answers for number in _bounds(answer)]
    for decimals in range(7):
        if all(math.isclose(round(n, decimals), n, abs_tol=1e-9) for n in numbers):
            return decimals
    return 6


def _bounds(answer: NumberAnswer) -> tuple[float, float]:
    if answer.range is not None:
        return answer.range
    value = cast("float", answer.value)
    return value - answer.tolerance, value + answer.tolerance


def _numeric_forms(question: Numeric, decimals: int | None) -> set[str]:
    """Each value on the grid that the open question would call right."""
    forms = set[str]()
    for answer in question.answers:
        low, high = _bounds(answer)
        places = decimals if decimals is not None else _places(low, high, question.digits or 1)
        step = 10.0**-places
        count = round((high - low) / step) + 1
        if answer.right and count > _MOST_VALUES:
            raise BadInput(
                f"Question {question.id!r}: {low:g} to {high:g} holds {count} values; sealing "
                f"takes at most {_MOST_VALUES}. Ask for fewer digits or use `blank`."
            )
        values = [low + index * step for index in range(count if answer.right else 0)]
        forms |= {
            _number_form(value, decimals, question.digits)
            for value in values
            if grade(question, value).right
        }
    return forms


def _places(low: float, high: float, digits: int) -> int:
    """Decimals of the last significant digit of the larger bound."""
    largest = max(abs(low), abs(high))
    return digits - 1 - math.floor(math.log10(largest)) if largest else digits - 1
