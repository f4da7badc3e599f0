"""A number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .. import parse_response
from .base import Mark, Question, Rounding, Shown, Unsaid

_MOST_VALUES = 200  # of a sealed answer; each becomes a digest


@dataclass(frozen=True, repr=False)
class NumberAnswer(Unsaid):
    """A value (± tolerance) or a range, right or wrong, with its feedback."""

    value: float | None = None
    _: KW_ONLY
    tolerance: float = 0.0
    range: tuple[float, float] | None = None
    closed: bool = True  # whether the range's upper end belongs to it
    right: bool = True
    feedback: str = ""
    share: float | None = None  # of the points; None: all if right

    @property
    def worth(self) -> float:
        """The share of the points that it earns."""
        return float(self.right) if self.share is None else self.share

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest number that fits."""
        if self.range is not None:
            return self.range
        value = self.value or 0.0
        return value - self.tolerance, value + self.tolerance

    def fits(self, value: float, digits: int | None) -> bool:
        """Whether ``value``, already rounded to ``digits`` significant digits, is this answer."""
        if self.range is not None:
            low, high = self.range
            return low <= value < high or (self.closed and value == high)
        target = parse_response.rounded(self.value or 0.0, digits)
        difference = abs(value - target)
        return difference <= self.tolerance or math.isclose(
            difference, self.tolerance, rel_tol=1e-9, abs_tol=1e-12 * abs(target)
        )


@dataclass(frozen=True, repr=False)
class Numeric(Question):
    """A number; the first answer that matches decides.

    With ``digits``, what was typed and each value are rounded to that many significant digits.
    """

    kind = "numeric"
    records: ClassVar[Mapping[str, type]] = {"answers": NumberAnswer}
    wording: ClassVar[Mapping[str, str]] = {"answer_number": "Your number"}

    _: KW_ONLY
    answers: tuple[NumberAnswer, ...] = ()
    digits: int | None = None
    unit: str = ""
    language: str = ""  # such as "de", whose numbers have a decimal comma; "": neither is guessed

    def __post_init__(self) -> None:
        super().__post_init__()
        for answer in self.answers:
            one = (answer.value is None) != (answer.range is None)
            self.require(one, "a numeric answer has either a value or a range")
            self.require(answer.tolerance >= 0, "a tolerance is not negative")
            if answer.range is not None:
                self.require(answer.range[0] <= answer.range[1], "a range runs from low to high")
        self.require(self.digits is None or 1 <= self.digits <= 15, "digits go from 1 to 15")

    def shown_fields(self) -> Shown:
        """The unit, behind the field."""
        return {"unit": self.unit}

    def mark(self, response: object) -> Mark:
        """All or nothing, with the feedback of the answer that fits."""
        value = parse_response.number(response, self.language)
        if value is None:
            return Mark(None, (("", parse_response.number_hint(response, self.language)),))
        value = parse_response.rounded(value, self.digits)
        for answer in self.answers:
            if answer.fits(value, self.digits):
                return Mark(answer.worth, (("", answer.feedback),))
        return Mark(0.0)

    def right_response(self) -> str | None:
        """The first right value, or the middle of the first right range."""
        return next((self._typed(answer) for answer in self.answers if answer.right), None)

    def _typed(self, answer: NumberAnswer) -> str:
        if answer.range is not None:
            return f"{sum(answer.range) / 2:.12g}"
        return f"{parse_response.rounded(answer.value or 0.0, self.digits):.12g}"

    def right_words(self) -> str:
        """The first right value with its tolerance, or range, and the unit."""
        answer = next((answer for answer in self.answers if answer.right), None)
        if answer is None:
            return ""
        if answer.range is not None:
            words = f"{answer.range[0]:.12g} to {answer.range[1]:.12g}"
        else:
            words = self._typed(answer)
            words += f" ± {answer.tolerance:.12g}" if answer.tolerance else ""
        return f"{words} {self.unit}".rstrip()

    # --- sealed -----------------------------------------------------------------------------

    def rounding(self) -> Rounding:
        """The fewest decimals in which every right answer's bounds can be written, at most 6."""
        if self.digits is not None:
            return Rounding(digits=self.digits)
        numbers = [number for answer in self.answers for number in answer.bounds]
        for decimals in range(7):
            if all(math.isclose(round(n, decimals), n, abs_tol=1e-9) for n in numbers):
                return Rounding(decimals)
        return Rounding(6)

    def right_spellings(self) -> set[str]:
        """Each value on the grid of the rounding that the open question calls right."""
        rounding = self.rounding()
        return {
            spelling
            for answer in self.answers
            if answer.right
            for value in self._grid(answer, rounding)
            if self.mark(value).share == 1
            for spelling in self.spellings(value, rounding)
        }

    def _grid(self, answer: NumberAnswer, rounding: Rounding) -> Iterator[float]:
        low, high = answer.bounds
        places = rounding.decimals
        if places is None:
            places = _last_place(max(abs(low), abs(high)), self.digits or 1)
        step = 10.0**-places
        count = round((high - low) / step) + 1
        self.require(
            count <= _MOST_VALUES,
            f"{low:g} to {high:g} holds {count} values; sealing takes at most {_MOST_VALUES}. "
            "Ask for fewer digits or use `blank`",
        )
        return (low + index * step for index in range(count))

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The number, rounded."""
        value = parse_response.number(response)
        if value is None:
            return []
        if rounding.digits is not None:
            return [f"{value:.{rounding.digits - 1}e}"]
        decimals = rounding.decimals or 0
        return [f"{round(value, decimals) + 0.0:.{decimals}f}"]  # + 0.0 turns -0 into 0


def _last_place(largest: float, digits: int) -> int:
    """Decimals of the last significant digit of a number."""
    return digits - 1 - math.floor(math.log10(largest)) if largest else digits - 1
