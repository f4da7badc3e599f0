"""The tokenizers' tables of characters as a page reads them: short, since every page has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from ...engine.tokenizers import unicode_tables
from ...engine.tokenizers.unicode_tables import CharacterSet

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@cache
def tables() -> dict[str, Any]:
    """The sets by name, what is lowered otherwise, and combining classes, for `characters.js`.

    Of `WORD` there is what tells it from letters, numbers and marks.
    """
    codes = {
        name: _codes(value)
        for name, value in vars(unicode_tables).items()
        if isinstance(value, CharacterSet)
    }
    marks = codes["MARKS"] | codes.pop("OTHER_COMBINING")
    combining = {code: kind for code in marks if (kind := unicodedata.combining(chr(code)))}
    codes["WORD"] ^= codes["LETTERS"] | codes["NUMBERS"] | codes["MARKS"]
    return {
        "sets": {name: _written(_runs(dict.fromkeys(found, 0))) for name, found in codes.items()},
        "LATER_LOWER": unicode_tables.LATER_LOWER,
        "COMBINING": _written(_runs(combining), classes=True),
    }


def _codes(characters: CharacterSet) -> set[int]:
    pairs = (part.partition("-") for part in characters.ranges.split())
    return {
        code for start, _, end in pairs for code in range(int(start, 16), int(end or start, 16) + 1)
    }


def _runs(classes: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """The first and the last of neighbouring code points of one class, and the class."""
    start = last = None
    for code in sorted(classes):
        if start is None or last is None or code > last + 1 or classes[code] != classes[last]:
            if start is not None and last is not None:
                yield start, last, classes[last]
            start = code
        last = code
    if start is not None and last is not None:
        yield start, last, classes[last]


def _written(runs: Iterable[tuple[int, int, int]], *, classes: bool = False) -> str:
    """For each range how far it begins behind the last one's end, its length, perhaps its class."""
    numbers, before = list[int](), 0
    for start, end, kind in runs:
        numbers += [start - before, end - start, *([kind] if classes else [])]
        before = end
    return "".join(map(_number, numbers))


def _number(value: int) -> str:
    """In base 36; A, B, C … stand before two, three, four digits."""
    digits = ""
    while value or not digits:
        value, digit = divmod(value, 36)
        digits = _DIGITS[digit] + digits
    return digits if len(digits) == 1 else chr(ord("A") + len(digits) - 2) + digits
