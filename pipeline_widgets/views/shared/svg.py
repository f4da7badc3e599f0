"""Pictures without a script: what GitHub, nbconvert, print and a closed notebook show.

Everything is plain HTML and SVG with its colours inside, rounded so that two runs write the same.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...trace import Trace
from ..stages.panel import TITLES

_TEXT = "font-family:system-ui,sans-serif;font-size:13px"
_INK = "#1b1d26"
_FILL = "#3f4fc4"
_BELOW = "#b35806"


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


def bars(names: Sequence[str], values: NDArray[np.float32], *, title: str = "") -> str:
    """One horizontal bar for each value in 0 … 1; a long name is wrapped beside its bar."""
    left = int(min(240, max([110, *(wide(name) + 10 for name in names)])))
    parts: list[str] = []
    top = 0
    for name, value in zip(names, values, strict=True):
        lines = wrapped(name, left - 10)
        parts += [
            f'<text x="0" y="{top + 16 + 17 * index}" fill="{_INK}">{escape(line)}</text>'
            for index, line in enumerate(lines)
        ]
        end = left + 240 * float(value)
        parts.append(
            f'<rect x="{left}" y="{top + 4}" width="{end - left:.0f}" height="16" fill="{_FILL}"/>'
            f'<text x="{end + 8:.0f}" y="{top + 16}" fill="{_INK}">{value:.2f}</text>'
        )
        top += 7 + 17 * len(lines)
    return svg(left + 310, top, title, parts)


def heatmap(
    labels: Sequence[str],
    weights: NDArray[np.float32],
    *,
    title: str = "",
    above: str = _FILL,
    below: str = _BELOW,
) -> str:
    """A square of weights (T, T): rows are the tokens that look, columns what they look at.

    ``above`` and ``below`` are the colours of numbers above and below zero.
    """
    cell, left, top = 22, 92, 78
    size = cell * len(labels)
    parts: list[str] = []
    for index, label in enumerate(labels):
        middle = index * cell + 15
        name = escape(cut(label, left - 8))
        parts.append(f'<text x="{left - 6}" y="{top + middle}" text-anchor="end">{name}</text>')
        at = f"{left + middle},{top - 6}"
        parts.append(f'<text transform="translate({at}) rotate(-55)">{name}</text>')
        parts.append(_row(index, weights[index], (cell, left, top), (above, below)))
    return svg(left + size + 44, top + size + 4, title, parts)


def strips(labels: Sequence[str], vectors: NDArray[np.float32], *, title: str = "") -> str:
    """Vectors (T, D) as rows of coloured cells: orange below zero, blue above."""
    cells = vectors[:, :: max(1, vectors.shape[1] // 32)][:, :32]
    most = float(np.quantile(np.abs(cells), 0.97)) or 1.0
    parts: list[str] = []
    for index, (label, row) in enumerate(zip(labels, cells, strict=True)):
        y = 20 * index
        parts.append(f'<text x="96" y="{y + 14}" text-anchor="end">{escape(cut(label, 94))}</text>')
        for column, value in enumerate(row.tolist()):
            color = "#2c5aa0" if value > 0 else "#b35806"
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
                f"<title>{weight:.2f}</title></rect>"
                for column, weight in seen
            )
        )
    )


def svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    """An SVG picture of some size in pixels, with its accessible name and its parts."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" style="{_TEXT};max-width:100%">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def head_title(trace: Trace, layer: int, head: int) -> str:
    """What a heatmap of one head is called."""
    model = TITLES.get(trace.architecture, trace.model)
    return f"{model}: attention of layer {layer}, head {head}"
