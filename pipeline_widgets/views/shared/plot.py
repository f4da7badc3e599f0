"""Charts as SVG, for views without a script: print, GitHub, slides.

Colours are those of the live views on white; numbers are rounded so that two runs write the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...rounding import brief
from . import svg as _static
from .colors import color as screen_color
from .svg import escape

INK, QUIET, LINE, PAPER = "#1b1d26", screen_color("quiet"), screen_color("line"), "#ffffff"
RUNS = tuple(screen_color(f"run-{number}") for number in range(4))  # of training, in order
COLORS = (screen_color("roberta"), screen_color("distilbert"), *RUNS[2:])  # of models, in order
DASH = "6 4"
LETTER = 7.0  # pixels; most letters of the 13-pixel font are narrower
_MOST = 300  # points of a line
_HALO = f'stroke="{PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high``; ``whole`` marks whole numbers only."""

    low: float
    high: float
    name: str = ""
    log: bool = False
    whole: bool = False

    def part(self, values: ArrayLike) -> NDArray[np.float64]:
        """Where the values are between low (0) and high (1); what is beyond stays at the end."""
        found = np.clip(np.asarray(values, np.float64), self.low, self.high)
        if self.log:
            return np.log(found / self.low) / math.log(self.high / self.low)
        return (found - self.low) / ((self.high - self.low) or 1.0)

    def ticks(self, count: float) -> list[float]:
        """About ``count`` round numbers."""
        if self.log:
            return log_ticks(self.low, self.high)
        raw = (self.high - self.low) / max(1.0, count)
        if raw <= 0:
            return [self.low]
        power = 10.0 ** math.floor(math.log10(raw))
        step = power * next(part for part in (1, 2, 5, 10) if raw <= part * power * (1 + 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        found = [number * step for number in range(first, last + 1)]
        return [value for value in found if not self.whole or float(value).is_integer()]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten; only the powers where there are many."""
    parts = (1, 2, 5) if high / low <= 1000 else (1,)
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    found = [part * 10.0**power for power in powers for part in parts]
    return [value for value in found if low * 0.999 <= value <= high * 1.001]


@dataclass(slots=True)
class Plot:
    """A chart that grows: a frame at first, then what is drawn into it."""

    title: str
    across: Axis
    up: Axis
    width: int = 430
    height: int = 270
    said: str = ""  # for those who can't see it
    parts: list[str] = field(default_factory=list[str])

    left: int = field(default=46, init=False)
    top: int = field(default=30, init=False)

    def __post_init__(self) -> None:
        self.top = 46 if self.up.name else 30
        self.parts.append(text(0, 14, self.title, bold=True))
        self.parts.append(text(0, 32, self.up.name, color=QUIET, size=12))
        bottom, right = self.bottom, self.right
        for value in self.up.ticks((bottom - self.top) / 42):
            y = self.y(value)
            self.parts.append(f'<path d="M{self.left} {y:g}H{right}" stroke="{LINE}"/>')
            label = text(self.left - 7, y + 4, number(value), color=QUIET, size=12, anchor="end")
            self.parts.append(label)
        for value in self.across.ticks((right - self.left) / 70):
            x = self.x(value)
            self.parts.append(f'<path d="M{x:g} {bottom}v4" stroke="{QUIET}"/>')
            label = text(x, bottom + 18, number(value), color=QUIET, size=12, anchor="middle")
            self.parts.append(label)
        name = text(right, bottom + 34, self.across.name, color=QUIET, size=12, anchor="end")
        self.parts.append(name)

    @property
    def right(self) -> int:
        """Where the frame ends."""
        return self.width - 22

    @property
    def bottom(self) -> int:
        """Where the horizontal axis is."""
        return self.height - 40

    def x(self, value: float) -> float:
        """From a number to pixels."""
        part = float(self.across.part(value))
        return round(self.left + part * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        """From a number to pixels."""
        return round(self.bottom - float(self.up.part(value)) * (self.bottom - self.top), 1)

    def line(
        self,
        across: ArrayLike,
        up: ArrayLike,
        color: str,
        *,
        width: float = 2,
        dash: str = "",
        opacity: float = 1.0,
    ) -> None:
        """A line through the finite values; a long one through the extremes of each stretch."""
        x, y = np.asarray(across, np.float64), np.asarray(up, np.float64)
        known = np.isfinite(x) & np.isfinite(y)
        x, y = extremes(x[known], y[known])
        if not len(x):
            return
        places = zip(
            (self.left + self.across.part(x) * (self.right - self.left)).round(1).tolist(),
            (self.bottom - self.up.part(y) * (self.bottom - self.top)).round(1).tolist(),
            strict=True,
        )
        path = "M" + "L".join(f"{one:g} {other:g}" for one, other in places)
        more = f' stroke-dasharray="{dash}"' if dash else ""
        more += f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
        self.parts.append(
            f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width:g}"'
            f' stroke-linejoin="round"{more}/>'
        )

    def mark(self, x: float, y: float, shape: str, color: str, size: float = 4) -> None:
        """A circle, a hollow diamond or a star at these numbers."""
        self.parts.append(mark(self.x(x), self.y(y), shape, color, size))

    def note(self, x: float, y: float, words: str, *, above: bool) -> None:
        """Words above or below a mark, on white so that lines don't cross them."""
        place, height = self.x(x), self.y(y)
        up, down = height - 13, height + 23
        high = up if (above and up > self.top + 4) or down > self.bottom - 4 else down
        anchor = "end" if place > self.right - 40 else "middle"
        said = text(place + (6 if anchor == "end" else 0), high, words, size=12, anchor=anchor)
        self.parts.append(said.replace("<text ", f"<text {_HALO} ", 1))

    def letters(self, ends: Sequence[tuple[float, float, str, str]]) -> None:
        """A letter where each line (x, y, letter, colour) ends, none on another."""
        lowest = -math.inf
        for x, y, letter, color in sorted(ends, key=lambda end: self.y(end[1])):
            lowest = max(self.y(y), lowest + 13)
            self.parts.append(text(self.x(x) + 9, lowest + 4, letter, color=color, bold=True))

    def svg(self) -> str:
        """The chart as it is now."""
        return _static.svg(self.width, self.height, self.said or self.title, self.parts)


def extremes(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most 300 of the points: the lowest and the highest of each stretch."""
    if len(x) <= _MOST:
        return x, y
    edges = np.linspace(0, len(x), _MOST // 2 + 1).astype(int)
    rows = [
        start + place
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        for place in sorted({int(y[start:end].argmin()), int(y[start:end].argmax())})
    ]
    return x[rows], y[rows]


def smoothed(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Exponential moving average, corrected for its start; ``lib/lines.js`` draws the same."""
    known = np.isfinite(values)
    means = accumulate(
        values[known].tolist(), lambda mean, one: weight * mean + (1 - weight) * one, initial=0.0
    )
    trust = 1 - weight ** np.arange(1, int(known.sum()) + 1)
    found = np.full(len(values), np.nan)
    found[known] = np.array(list(means)[1:]) / trust
    return found


def mark(x: float, y: float, shape: str, color: str, size: float = 4) -> str:
    """A circle, a hollow diamond or a star at a place in pixels."""
    if shape == "circle":
        return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" fill="{color}" stroke="{PAPER}"/>'
    if shape == "diamond":
        r = round(size * 1.35, 1)
        path = f"M{x:g} {y - r:g}L{x + r:g} {y:g}L{x:g} {y + r:g}L{x - r:g} {y:g}Z"
        return f'<path d="{path}" fill="{PAPER}" stroke="{color}" stroke-width="2"/>'
    turns = [math.pi * (turn / 5 - 0.5) for turn in range(10)]
    reach = [size * (0.9 if turn % 2 else 2.1) for turn in range(10)]
    places = [
        f"{x + r * math.cos(t):.1f} {y + r * math.sin(t):.1f}"
        for r, t in zip(reach, turns, strict=True)
    ]
    return f'<path d="M{"L".join(places)}Z" fill="{color}" stroke="{PAPER}"/>'


def text(
    x: float,
    y: float,
    words: object,
    *,
    color: str = INK,
    size: int = 13,
    bold: bool = False,
    anchor: str = "",
) -> str:
    """Words at a place; nothing for no words."""
    if words == "":
        return ""
    more = f' font-size="{size}"' if size != 13 else ""
    more += ' font-weight="600"' if bold else ""
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:g}" y="{y:g}" fill="{color}"{more}>{escape(words)}</text>'


def number(value: float) -> str:
    """A tick's number, in up to three digits."""
    return brief(value)
