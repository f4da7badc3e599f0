"""Candidates as a picture without a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...rounding import fixed
from ..shared.svg import cut, escape, svg, wide
from .reading import shown

_INK, _TRACK, _BAR = "#1b1d26", "#e4e6ee", 200
DIGITS = 3
STEPS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # what a full bar may be


def full_bar(panels: Sequence[dict[str, Any]], blank: int) -> float:
    """The probability of a full bar: the same for all models, just above the highest."""
    seen = [one["blanks"][blank]["candidates"] for one in panels if blank < len(one["blanks"])]
    highest = max((p for candidates in seen for _, p in candidates), default=1.0)
    return next(step for step in STEPS if highest <= step or step == 1.0)


def written(panel: dict[str, Any], blank: int, strings: dict[str, str]) -> list[tuple[str, float]]:
    """The candidates of a blank as they are written, with their probabilities."""
    one = panel["blanks"][blank]
    return [(shown(text, strings, first=one["first"]), p) for text, p in one["candidates"]]


def candidate_bars(
    candidates: Sequence[tuple[str, float]], *, title: str, most: float, color: str
) -> str:
    """A bar for each piece; ``most`` is the probability of a full one."""
    left = int(min(200, max([60, *(wide(name) + 10 for name, _ in candidates)])))
    parts: list[str] = []
    for index, (name, probability) in enumerate(candidates):
        y = 24 * index
        length = _BAR * min(1.0, probability / most)
        parts.append(
            f'<text x="0" y="{y + 16}" fill="{_INK}">{escape(cut(name, left - 8))}</text>'
            f'<rect x="{left}" y="{y + 4}" width="{_BAR}" height="16" fill="{_TRACK}"/>'
            f'<rect x="{left}" y="{y + 4}" width="{length:.0f}" height="16" fill="{color}"/>'
            f'<text x="{left + _BAR + 8}" y="{y + 16}" fill="{_INK}">'
            f"{fixed(probability, DIGITS)}</text>"
        )
    return svg(left + _BAR + 60, 24 * len(candidates) + 2, title, parts)


def after_rows(panel: dict[str, Any], blank: int, strings: dict[str, str]) -> list[tuple[str, str]]:
    """For each row of the reading after the layers its name and what stands in the blank."""
    one = panel["blanks"][blank]
    return [
        (
            strings["start"] if index == 0 else strings["layer"].format(layer=index - 1),
            ", ".join(
                strings["row"].format(
                    piece=shown(text, strings, first=one["first"]), probability=fixed(p, DIGITS)
                )
                for text, p in row
            ),
        )
        for index, row in enumerate(one["after"])
    ]
