"""The tokenizers' tables of characters as a page reads them: short, since every page has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from ...engine.tokenizers import WordPiece, unicode_tables
from ...engine.tokenizers.base import SubwordTokenizer

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def tables() -> dict[str, str]:
    """The sets of characters that every tokenizer needs, by name, for `characters.js`."""
    return {name: _set(_codes(name)) for name in ("WHITESPACE", "LETTERS", "NUMBERS")}


def tables_of(tokenizer: SubwordTokenizer) -> dict[str, Any]:
    """What this one needs besides: sets, what is lowered otherwise, combining classes.

    Of `WORD` there is what tells it from letters, numbers and marks.
    """
    names, more = ["MARKS"], dict[str, Any]()
    if isinstance(tokenizer, WordPiece):
        names += ["PUNCTUATION", "CONTROLS", "IDEOGRAPHS", "LATER_COMPOSED"]
        marks = _codes("MARKS") | _codes("OTHER_COMBINING")
        combining = {code: kind for code in marks if (kind := unicodedata.combining(chr(code)))}
        more["COMBINING"] = _written(_runs(combining), classes=True)
        more["LATER_LOWER"] = unicode_tables.LATER_LOWER
    elif not any(one["single_word"] for one in tokenizer.described()["added"]):
        return {"sets": {}}
    apart = _codes("WORD") ^ (_codes("LETTERS") | _codes("NUMBERS") | _codes("MARKS"))
    return {"sets": {name: _set(_codes(name)) for name in names} | {"WORD": _set(apart)}} | more


def _set(codes: frozenset[int]) -> str:
    return _written(_runs(dict.fromkeys(codes, 0)))


@cache
def _codes(name: str) -> frozenset[int]:
    characters = getattr(unicode_tables, name)
    pairs = (part.partition("-") for part in characters.ranges.split())
    return frozenset(
        code for start, _, end in pairs for code in range(int(start, 16), int(end or start, 16) + 1)
    )


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
