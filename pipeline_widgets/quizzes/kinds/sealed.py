"""Sealed questions: salted scrypt digests where the answers were.

What sealing protects: nobody reads the answers in the file, and each guess costs about a twentieth
of a second. What it does not protect: a question with four options falls to four guesses, a small
number to a thousand. For marks that count, ship the file blank (`blank`) and grade what comes back
with your own copy (`pipeline-widgets quiz collect --key`).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import KW_ONLY, dataclass
from typing import Any, cast

from .base import KINDS, UNREADABLE, Mark, Question, Rounding, Shown
from .public_view import public_view

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
COST = 2**14  # scrypt's n: about 50 ms and 16 MB for each guess


@dataclass(frozen=True, repr=False)
class Sealed(Question):
    """A question that can tell a right response but can't say what it is; no partial credit.

    ``face`` is what may be shown, as JSON; without ``digests`` a response is recorded ungraded.
    """

    kind = "sealed"

    _: KW_ONLY
    face: str = "{}"
    salt: str = ""  # hexadecimal
    digests: tuple[str, ...] = ()  # hexadecimal, sorted
    decimals: int | None = None  # numeric: round what was typed to so many decimals
    digits: int | None = None  # numeric: round it to so many significant digits
    cost: int = COST

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            shown: object = json.loads(self.face)
        except (ValueError, RecursionError):
            shown = None
        kind = cast("Shown", shown).get("kind") if isinstance(shown, dict) else None
        known = isinstance(kind, str) and kind in KINDS and kind != self.kind
        self.require(known, f"its face is of no kind: {kind!r}")
        powers = [2**power for power in range(1, 18)]  # scrypt's n; more is a minute and a gigabyte
        self.require(self.cost in powers, "its cost is a power of two from 2 to 131072")
        texts = [self.salt, *self.digests]
        hexadecimal = all(_HEX.fullmatch(str(text)) for text in texts)
        self.require(hexadecimal, "its salt and digests are hexadecimal")
        self.require(bool(self.salt) or not self.digests, "it has digests but no salt")
        for places in (self.decimals, self.digits):
            fits = places is None or (type(places) is int and 0 <= places <= 20)
            self.require(fits, "its decimals and digits are whole numbers from 0 to 20")

    @property
    def inner(self) -> type[Question]:
        """The kind of the question inside."""
        return KINDS[str(self.as_shown()["kind"])]

    def as_shown(self) -> Shown:
        """What the open question would show."""
        return cast("Shown", json.loads(self.face))

    def asks_for(self) -> str:
        """What the question inside asks for."""
        return str(self.as_shown().get("function", ""))

    def is_empty(self, response: object) -> bool:
        """What the kind inside calls empty."""
        return response is None or self.inner.is_empty(self, response)

    def mark(self, response: object) -> Mark:
        """All points if a digest fits, else none; ungraded if the question is blank."""
        if not self.digests:
            return Mark(None, ungraded=True)
        forms = self.inner.spellings(response, Rounding(self.decimals, self.digits))
        if not forms:
            return UNREADABLE
        known = set(self.digests)
        return Mark(float(any(_digest(form, self.salt, self.cost) in known for form in forms)))


def seal(question: Question, *, salt: str | None = None, cost: int = COST) -> Sealed:
    """Replace the answers by digests; feedback, explanation and partial credit go too.

    Raises `BadInput` where that can't work: code, similar spellings, wide numeric ranges, polls.
    """
    if isinstance(question, Sealed):
        return question
    salt = secrets.token_hex(16) if salt is None else salt
    forms = question.right_spellings()
    question.require(bool(forms), "no right answer to seal")
    rounding = question.rounding()
    return _emptied(
        question,
        salt=salt,
        digests=tuple(sorted(_digest(form, salt, cost) for form in forms)),
        decimals=rounding.decimals,
        digits=rounding.digits,
        cost=cost,
    )


def blank(question: Question) -> Sealed:
    """The question with no key at all: responses are recorded, and graded elsewhere."""
    return _emptied(question)


def _emptied(question: Question, **sealed: Any) -> Sealed:
    return Sealed(
        question.prompt,
        id=question.id,
        hints=question.hints,
        points=question.points,
        difficulty=question.difficulty,
        lesson=question.lesson,
        face=json.dumps(public_view(question), ensure_ascii=False, sort_keys=True),
        **sealed,
    )


def _digest(form: str, salt: str, cost: int) -> str:
    secret = form.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(
        secret, salt=bytes.fromhex(salt), n=cost, r=8, p=1, maxmem=2**27, dklen=32
    ).hex()
