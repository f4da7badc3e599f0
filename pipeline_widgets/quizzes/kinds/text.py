"""A few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .. import parse_response
from .base import UNREADABLE, Mark, Question, Rounding, Shown, Unsaid


@dataclass(frozen=True, repr=False)
class TextAnswer(Unsaid):
    """An accepted (or refused) wording.

    ``similarity`` is the least 1 - Levenshtein distance / longer length that still matches; 1 means
    the same text.
    """

    text: str
    _: KW_ONLY
    right: bool = True
    feedback: str = ""
    match_case: bool = False
    similarity: float = 1.0
    share: float | None = None  # of the points; None: all if right
    wildcard: bool = False  # whether a star stands for any letters

    @property
    def worth(self) -> float:
        """The share of the points that it earns."""
        return float(self.right) if self.share is None else self.share

    def fits(self, typed: str) -> bool:
        """Whether ``typed`` reads like this answer."""
        wanted = self.text
        if not self.match_case:
            typed, wanted = typed.lower(), wanted.lower()
        if self.wildcard:
            return parse_response.fits_stars(wanted, typed)
        if typed == wanted:
            return True
        longer, shorter = max(len(typed), len(wanted)), min(len(typed), len(wanted))
        if self.similarity >= 1 or shorter < self.similarity * longer:
            return False  # too different in length: no need to count
        return parse_response.similarity(typed, wanted) >= self.similarity


@dataclass(frozen=True, repr=False)
class ShortText(Question):
    """A few words; the first answer that matches decides."""

    kind = "text"
    records: ClassVar[Mapping[str, type]] = {"answers": TextAnswer}
    wording: ClassVar[Mapping[str, str]] = {"answer_text": "Your answer"}

    _: KW_ONLY
    answers: tuple[TextAnswer, ...] = ()
    width: int = 24  # of the field, in characters

    def __post_init__(self) -> None:
        super().__post_init__()
        fair = all(0 <= answer.similarity <= 1 for answer in self.answers)
        self.require(fair, "similarity lies between 0 and 1")

    def shown_fields(self) -> Shown:
        """How wide the field is."""
        return {"width": self.width}

    def mark(self, response: object) -> Mark:
        """All or nothing, with the feedback of the answer that fits."""
        if not isinstance(response, str):
            return UNREADABLE
        typed = response.strip()
        for answer in self.answers:
            if answer.fits(typed):
                return Mark(answer.worth, (("", answer.feedback),))
        return Mark(0.0)

    def right_response(self) -> str | None:
        """The first right wording."""
        return next((answer.text for answer in self.answers if answer.right), None)

    def right_spellings(self) -> set[str]:
        """Every right wording, with or without its case."""
        rights = [answer for answer in self.answers if answer.right]
        alike = any(answer.similarity < 1 or answer.wildcard for answer in rights)
        self.require(not alike, "a digest can't tell what is merely similar")
        return {
            _exact(answer.text) if answer.match_case else _any_case(answer.text)
            for answer in rights
        }

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The words as typed and in lower case: a right answer asks for one of the two."""
        typed = response.strip() if isinstance(response, str) else ""
        return [_exact(typed), _any_case(typed)] if typed else []


def _exact(text: str) -> str:
    return f"exact {text.strip()}"


def _any_case(text: str) -> str:
    return f"any case {text.strip().lower()}"
