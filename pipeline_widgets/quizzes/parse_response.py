"""What people type, read kindly: numbers, shapes, printed text; and how alike two words are."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import cast

_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " "})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SIZES = re.compile(r"\d+(?:\s*[x×*,;✕]\s*\d+)*|(?:\d+\s+)+\d+", re.ASCII | re.IGNORECASE)
_MOST = 200  # characters of a typed number or shape; more is none
_COMPARED = 500  # characters of texts that may be alike; longer ones are equal or not


def number(typed: object, language: str = "") -> float | None:
    """The number that was typed, or None: ``1,000``, ``1e3``, ``3/4``; ``12.5 %`` is 12.5.

    ``language`` ("de", "en", …) says what a comma and a point mean. Without one, what could be read
    in two ways (``3,141``) or has a decimal comma (``0,5``) is None: see `number_hint`.
    """
    if isinstance(typed, bool):
        return None
    if isinstance(typed, (int, float)):
        try:
            value = float(typed)
        except OverflowError:
            return None
        return value if math.isfinite(value) else None
    if not isinstance(typed, str) or len(typed) > _MOST:
        return None
    text = typed.translate(_MINUS).strip().removesuffix("%").strip()
    top, slash, bottom = text.partition("/")
    upper, lower = _plain(top, language), _plain(bottom, language) if slash else 1.0
    if upper is None or lower is None or lower == 0:
        return None
    value = upper / lower
    return value if math.isfinite(value) else None


def number_hint(typed: object, language: str = "") -> str:
    """What to say of a number that could not be read: how it would be, if there is a way."""
    text = typed.translate(_MINUS).strip() if isinstance(typed, str) else ""
    comma, point = _plain(text, "de"), _plain(text, "en")
    if "." in text and _comma_is_decimal(language) and _POINT_GROUPS.fullmatch(text):
        comma, point = float(text.replace(".", "")), float(text)
    if comma is not None and point is not None and comma != point:
        return (
            f"{text} can be read as {point:.12g} or as {comma:.12g}: please type it as you mean it."
        )
    if comma is not None:
        return f"With a decimal point, please: {comma:.12g}."
    return "Please type a number, such as 64, 0.5, 3/4 or 1e-3."


_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA_LANGUAGES = """
bg bs ca cs da de el es et eu fi fr gl hr hu id is it kk lt lv mk nb nl nn no pl pt ro ru sk sl sq
sr sv tr uk uz vi
"""


def _comma_is_decimal(language: str) -> bool:
    return language.lower().replace("_", "-").partition("-")[0] in _COMMA_LANGUAGES.split()


def _plain(text: str, language: str) -> float | None:
    text = re.sub(r"(?<=\d)[_ ](?=\d{3}(?!\d))", "", text.strip())
    if _comma_is_decimal(language):
        if _POINT_GROUPS.fullmatch(text):
            return None  # 3.141 may be meant in either way
        if _DECIMAL_COMMA.fullmatch(text):
            return float(text.replace(",", "."))
        if re.fullmatch(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+", text, re.ASCII):
            return float(text.replace(".", "").replace(",", "."))
    elif _THOUSANDS.fullmatch(text) and not text.lstrip("+-").startswith("0"):
        once = text.count(",") == 1 and _COMMA_GROUPS.fullmatch(text)
        if once and not language and not text.endswith(",000"):
            return None  # 3,141 may be meant in either way
        text = text.replace(",", "")
    return float(text) if _NUMBER.fullmatch(text) else None


def rounded(value: float, digits: int | None) -> float:
    """``value`` to so many significant digits; unchanged if ``digits`` is None."""
    if digits is None or value == 0:
        return value
    exact = Decimal(value)  # halves go away from zero, as in people's (and JavaScript's) rounding
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return float(exact.quantize(step, rounding=ROUND_HALF_UP, context=Context(prec=400)))


def shape(typed: object) -> tuple[int, ...] | None:
    """A tensor's shape, or None: ``1000 × 50``, ``1000x50``, ``torch.Size([2, 3])``."""
    if isinstance(typed, (list, tuple)):
        sizes = list(cast("list[object]", typed))
        if all(isinstance(size, int) and not isinstance(size, bool) for size in sizes):
            return tuple(size for size in sizes if isinstance(size, int))
        return None
    if not isinstance(typed, str) or len(typed) > _MOST:
        return None
    text = typed.strip().lower().removeprefix("torch.size").strip(" ()[],")
    if not text and typed.strip() in ("()", "[]", "torch.Size([])"):
        return ()
    if not _SIZES.fullmatch(text):
        return None
    return tuple(int(size) for size in re.findall(r"[0-9]+", text))


def printed(typed: object) -> list[str] | None:
    """The lines of a printed result, without trailing blanks and empty lines around it."""
    if not isinstance(typed, str):
        return None
    lines = [line.rstrip() for line in typed.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def fits_stars(pattern: str, typed: str) -> bool:
    """Whether ``typed`` is ``pattern`` with any letters in the place of each star.

    The first place where a part stands is the best for those after it, so each is looked up once: a
    regular expression would try all places of all stars.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return typed == pattern
    *between, last = rest
    at = len(first)
    if not typed.startswith(first):
        return False
    for part in between:
        found = typed.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return typed.endswith(last) and len(typed) - len(last) >= at


def similarity(one: str, other: str) -> float:
    """1 - Levenshtein distance / length of the longer; 1 for two empty strings."""
    longer = max(len(one), len(other))
    if one == other:
        return 1.0
    if longer > _COMPARED:
        return 0.0
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        diagonal, row[0] = row[0], i
        for j, letter2 in enumerate(other, start=1):
            change = diagonal + (letter != letter2)
            diagonal = row[j]
            row[j] = min(row[j] + 1, row[j - 1] + 1, change)
    return 1 - row[-1] / longer
