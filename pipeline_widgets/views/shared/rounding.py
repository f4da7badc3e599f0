"""One number, one rounding: how views, tables and pictures without a script write a number.

``rounding.js`` writes the same letters for the same number, so numbers travel unrounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

MINUS = "−"
_MOST_DIGITS = 4


def fixed(value: float, digits: int = 2) -> str:
    """``value`` with ``digits`` decimals; a half goes away from zero, nothing is "−0.00"."""
    if not math.isfinite(value):
        return str(value)
    rounded = Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):f}"


def probabilities(values: Iterable[float]) -> list[str]:
    """Each of ``values`` with two decimals, such that what is shown sums to 1.

    The largest remainders are rounded up. Three or four decimals are shown where two would call a
    number 1 that is less. Values that do not sum to 1 are no distribution: each is rounded alone.
    """
    numbers = [float(value) for value in values]
    digits = 2
    while digits < _MOST_DIGITS and any(one < 1 and _whole(one, digits) for one in numbers):
        digits += 1
    if abs(sum(numbers) - 1) > 1e-3:
        return [fixed(one, digits) for one in numbers]
    units = 10**digits
    floors = [math.floor(one * units) for one in numbers]
    order = sorted(range(len(numbers)), key=lambda k: floors[k] - numbers[k] * units)
    for k in order[: units - sum(floors)]:
        floors[k] += 1
    return [fixed(floor / units, digits) for floor in floors]


def scores(values: Iterable[float], function: str = "softmax") -> list[str]:
    """A head's answers: ``probabilities`` of a softmax, else each number for itself."""
    numbers = [float(value) for value in values]
    if function == "softmax":
        return probabilities(numbers)
    return [_alone(one) if function == "sigmoid" else fixed(one) for one in numbers]


def _alone(value: float) -> str:
    digits = 2
    while digits < _MOST_DIGITS and value < 1 and _whole(value, digits):
        digits += 1
    return fixed(value, digits)


def percent(shown: str) -> str:
    """What ``probabilities`` shows, as a percentage: "0.66" is "66 %", "0.997" is "99.7 %"."""
    digits = len(shown.partition(".")[2])
    return f"{fixed(100 * float(shown), max(0, digits - 2))} %"


def _whole(value: float, digits: int) -> bool:
    return math.floor(value * 10**digits + 0.5) >= 10**digits
