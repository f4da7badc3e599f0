"""Pictures without a script: what GitHub, nbconvert, print and a closed notebook show.

Everything is plain HTML and SVG with its colours inside, rounded so that two runs write the same.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...rounding import fixed, probabilities
from ...trace import Trace
from .colors import color
from .titles import TITLES

_TEXT = "font-family:system-ui,sans-serif;font-size:13px"
_INK = "#1b1d26"
_BAR = 240  # pixels of a probability of 1
_PLUS, _MINUS = "#15938c", color("minus")  # signed numbers, as the ends of their scale
COLORS = {name: color(name) for name in ("roberta", "distilbert")}
"""The colour of each architecture's models."""


class Named(Protocol):
    """What has a model: a trace, or attention alone."""

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    @property
    def architecture(self) -> str:
        """Its family's name."""
        ...


def color_of(one: Named) -> str:
    """The colour of the model that made ``one``."""
    return COLORS.get(one.architecture, COLORS["roberta"])


def two_colors(one: Named, two: Named) -> tuple[str, str]:
    """The colours of two models side by side; of one architecture, the second takes the other."""
    colors = color_of(one), color_of(two)
    if colors[0] != colors[1]:
        return colors
    return colors[0], next(color for color in COLORS.values() if color != colors[0])


def escape(text: object) -> str:
    """``text`` safe inside HTML and SVG."""
    return html.escape(str(text))


def wide(text: str) -> float:
    """Pixels that ``text`` takes at most in the 13-pixel font, whatever font the reader has."""
    return sum(map(_letter, text))


_NARROW, _BROAD = frozenset(" iljI.,:;'!|ftr()[]-/"), frozenset("WM@%…—mw_")


def _letter(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 14.0
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW:
        return 5.5
    if character in _BROAD:
        return 13.0
    return 10.0 if character.isupper() else 8.4


def cut(text: str, pixels: float) -> str:
    """``text``, or as much of its beginning as fits, with … for the rest."""
    if wide(text) <= pixels:
        return text
    while text and wide(text) > pixels - _letter("…"):
        text = text[:-1]
    return text + "…"


def wrapped(text: str, pixels: float) -> list[str]:
    """``text`` in lines that fit; a word longer than a line is broken."""
    lines = [""]
    for word in text.split():
        if lines[-1] and wide(f"{lines[-1]} {word}") > pixels:
            lines.append("")
        elif lines[-1]:
            lines[-1] += " "
        for character in word:
            if lines[-1] and wide(lines[-1] + character) > pixels:
                lines.append("")
            lines[-1] += character
    return lines


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A plain table."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def page(title: str, *parts: str) -> str:
    """The parts under one title, on white so that they read in any theme."""
    style = f"{_TEXT};color:{_INK};background:#fff;padding:8px 12px;overflow-x:auto"
    return f'<div style="{style}"><p><b>{escape(title)}</b></p>{"".join(parts)}</div>'


def token_table(trace: Trace) -> str:
    """Each token with its id and the characters it covers."""
    tokens = trace.tokens
    rows = zip(
        range(len(tokens)),
        tokens.shown,
        tokens.pieces,
        tokens.ids.tolist(),
        (f"{start}–{end}" if end else "" for start, end in tokens.spans),
        strict=True,
    )
    return table(("token", "text", "in the vocabulary", "id", "characters"), rows)


def bars(
    names: Sequence[str],
    values: NDArray[np.float32],
    *,
    title: str = "",
    color: str = COLORS["roberta"],
) -> str:
    """One horizontal bar for each probability, with a mark at the half; a long name is wrapped."""
    left = int(min(240, max([110, *(wide(name) + 10 for name in names)])))
    best = int(np.argmax(values)) if len(values) else 0
    parts: list[str] = []
    top = 0
    for index, (name, value, said) in enumerate(
        zip(names, values, probabilities(values), strict=True)
    ):
        lines = wrapped(name, left - 10)
        bold = ' font-weight="700"' if index == best else ""
        parts += [
            f'<text x="0" y="{top + 16 + 17 * line}" fill="{_INK}"{bold}>{escape(words)}</text>'
            for line, words in enumerate(lines)
        ]
        parts.append(
            f'<rect x="{left}" y="{top + 4}" width="{_BAR}" height="16" fill="#e4e6ee"/>'
            f'<rect x="{left}" y="{top + 4}" width="{_BAR * value:.0f}" height="16" '
            f'fill="{color}"/>'
            f'<path d="M{left + _BAR // 2}.5 {top + 2}v20" stroke="{_INK}" '
            f'stroke-dasharray="2 2"/>'
            f'<text x="{left + _BAR + 8}" y="{top + 16}" fill="{_INK}"{bold}>{said}</text>'
        )
        top += 7 + 17 * len(lines)
    return svg(left + _BAR + 70, top, title, parts)


def heatmap(
    labels: Sequence[str],
    weights: NDArray[np.float32],
    *,
    keys: Sequence[str] | None = None,
    title: str = "",
    above: str = COLORS["roberta"],
    below: str = COLORS["distilbert"],
) -> str:
    """A square of weights (T, K): rows are the tokens that look, columns what they look at.

    ``keys`` are the columns' names, where they are others than the rows'. ``above`` and ``below``
    are the colours of numbers above and below zero.
    """
    cell, left, top = 22, 92, 78
    columns = labels if keys is None else keys
    parts: list[str] = []
    for index, label in enumerate(columns):
        at = f"{left + index * cell + 15},{top - 6}"
        name = escape(cut(label, left - 8))
        parts.append(f'<text transform="translate({at}) rotate(-55)">{name}</text>')
    for index, label in enumerate(labels):
        middle = index * cell + 15
        name = escape(cut(label, left - 8))
        parts.append(f'<text x="{left - 6}" y="{top + middle}" text-anchor="end">{name}</text>')
        parts.append(_row(index, weights[index], (cell, left, top), (above, below)))
    width, height = left + cell * len(columns) + 44, top + cell * len(labels) + 4
    return svg(width, height, title, parts)


def strips(labels: Sequence[str], vectors: NDArray[np.float32], *, title: str = "") -> str:
    """Vectors (T, D) as rows of coloured cells: plum below zero, teal above."""
    cells = vectors[:, :: max(1, vectors.shape[1] // 32)][:, :32]
    most = float(np.quantile(np.abs(cells), 0.97)) or 1.0
    parts: list[str] = []
    for index, (label, row) in enumerate(zip(labels, cells, strict=True)):
        y = 20 * index
        parts.append(f'<text x="96" y="{y + 14}" text-anchor="end">{escape(cut(label, 94))}</text>')
        for column, value in enumerate(row.tolist()):
            color = _PLUS if value > 0 else _MINUS
            part = min(1, abs(value) / most)
            parts.append(
                f'<rect x="{104 + 12 * column}" y="{y}" width="12" height="18" fill="{color}" '
                f'fill-opacity="{part:.1f}"/>'
            )
    return svg(104 + 12 * cells.shape[1], 20 * len(cells), title, parts)


def _row(
    index: int,
    row: NDArray[np.float32],
    place: tuple[int, int, int],
    colors: tuple[str, str],
) -> str:
    cell, left, top = place
    above, below = colors
    seen = [(column, float(weight)) for column, weight in enumerate(row) if abs(weight) >= 0.025]
    y = top + index * cell
    size = f'width="{cell - 1}" height="{cell - 1}"'
    return (
        f'<rect x="{left}" y="{y}" width="{cell * len(row)}" height="{cell}" fill="#f4f5fa"/>'
        + (
            "".join(
                f'<rect x="{left + column * cell}" y="{y}" {size} '
                f'fill="{above if weight > 0 else below}" fill-opacity="{abs(weight):.1f}">'
                f"<title>{fixed(weight)}</title></rect>"
                for column, weight in seen
            )
        )
    )


def svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    """An SVG picture of some size in pixels, with its accessible name and its parts.

    Without a title the letters in it are read out instead.
    """
    role, name = (' role="img"', f"<title>{escape(title)}</title>") if title else ("", "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{role} viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" style="{_TEXT};max-width:100%">'
        f"{name}{''.join(parts)}</svg>"
    )


def head_title(one: Named, layer: int, head: int) -> str:
    """What a heatmap of one head is called."""
    model = TITLES.get(one.architecture, one.model)
    return f"{model}: attention of layer {layer}, head {head}"
