"""One number, one rounding: how views, tables, quizzes and pictures in print write a number.

``views/shared/rounding.js`` writes the same letters for the same number, so numbers travel
unrounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

MINUS = "−"
_MOST_DIGITS = 4
_ANY_SIZE = Context(prec=400)  # the largest number has 309 digits before its point


def fixed(value: float, digits: int = 2) -> str:
    """``value`` with ``digits`` decimals; a half goes away from zero, nothing is "−0.00"."""
    if not math.isfinite(value):
        return _no_number(value)
    rounded = Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _ANY_SIZE)
    return f"{MINUS if rounded < 0 else ''}{rounded.copy_abs():f}"


def signed(value: float, digits: int = 2) -> str:
    """The same with its sign, always: "−0.12", "+0.03"; "0" for what is shown as nothing."""
    text = fixed(value, digits)
    if not float(text.replace(MINUS, "-")):
        return "0"
    return text if value < 0 else f"+{text}"


def brief(value: float, digits: int = 3) -> str:
    """``digits`` significant digits and no zeros after them: "0.0123", "12", "3400", "5e−5"."""
    if not math.isfinite(value):
        return _no_number(value)
    exact = Decimal(float(value))
    if not exact:
        return "0"
    unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    rounded = exact.quantize(unit, ROUND_HALF_UP).normalize()
    if abs(rounded) < Decimal("0.001"):
        _, figures, power = rounded.as_tuple()
        first, *rest = map(str, figures)
        point = f".{''.join(rest)}" if rest else ""
        text = f"{first}{point}e{int(power) + len(rest)}"
    else:
        text = f"{rounded.copy_abs():f}"
    return f"{'-' if rounded < 0 else ''}{text}".replace("-", MINUS)


def share(part: float, digits: int = 0) -> str:
    """A part of a whole as a percentage: 0.123 is "12 %"."""
    return f"{fixed(100 * part, digits)} %"


def probabilities(values: Iterable[float], digits: int = 2) -> list[str]:
    """Each of ``values`` with ``digits`` decimals, such that what is shown sums to 1.

    The largest remainders are rounded up. More decimals, up to four, are shown where these would
    call a number 1 that is less. Values that do not sum to 1 are no distribution: each is rounded
    alone.
    """
    numbers = [float(value) for value in values]
    while digits < _MOST_DIGITS and any(one < 1 and _whole(one, digits) for one in numbers):
        digits += 1
    if not abs(sum(numbers) - 1) <= 1e-3:  # nor is what has no number in it
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
    return value * 10**digits + 0.5 >= 10**digits


def _no_number(value: float) -> str:
    """What a browser writes: NaN, Infinity, −Infinity."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else f"{MINUS}Infinity"
