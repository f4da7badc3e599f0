"""Pictures put together: under one another, in a row; and tables as pictures."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence

from . import svg as _static
from .plot import INK, LETTER, LINE, QUIET, text

_TITLE = re.compile(r"^<svg [^>]*><title>([^<]+)</title>")
_FONT = "font-family:system-ui,sans-serif;font-size:13px"


def sized(picture: str) -> tuple[float, float]:
    """Width and height of an SVG of this package."""
    box = picture.split('viewBox="', 1)[1].split('"', 1)[0].split()
    return float(box[2]), float(box[3])


def stack(pictures: Sequence[str], title: str) -> str:
    """Several SVGs under one another as one, on white so that it prints."""
    top, width, parts = 28.0, 200.0, list[str]()
    for picture in pictures:
        if "viewBox" not in picture:
            continue
        wide, high = sized(picture)
        inner = picture.split(">", 1)[1]
        name = _TITLE.search(picture)
        if name and name[1] != html.escape(title):
            for line in _static.wrapped(html.unescape(name[1]), 0.9 * max(wide, 320)):
                caption = f'<text x="8" y="{top + 12:g}" font-weight="600" fill="#565b6b">'
                parts.append(f"{caption}{html.escape(line)}</text>")
                top += 20
            width = max(width, 336)
        box = f'width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}"'
        parts.append(f'<svg x="8" y="{top:g}" {box}>{inner}')
        top, width = top + high + 16, max(width, wide + 16)
    lines = _static.wrapped(title, 0.9 * (width - 16))  # bold
    raised = 18 * (len(lines) - 1)
    said = "".join(
        f'<text x="8" y="{18 + 18 * index}" font-weight="600">{html.escape(line)}</text>'
        for index, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {top + raised:g}" '
        f'width="{width:g}" height="{top + raised:g}" style="{_FONT}" role="img">'
        f'<title>{html.escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<g fill="#1b1d26">{said}</g><g transform="translate(0 {raised})">{"".join(parts)}</g>'
        "</svg>"
    )


def beside(pictures: Sequence[str], *, gap: int = 24, title: str = "") -> str:
    """Several SVGs in a row as one."""
    parts: list[str] = []
    left, tall = 0.0, 0.0
    for picture in pictures:
        width, height = sized(picture)
        inner = picture.split(">", 1)[1]
        box = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
        parts.append(f'<svg x="{left:g}" {box}>{inner}')
        left, tall = left + width + gap, max(tall, height)
    return _static.svg(round(left - gap), round(tall), title, parts)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    numbers: Collection[int] = (),
    wrap: int = 64,
    strong: int = -1,
    title: str = "",
) -> str:
    """A table whose columns ``numbers`` stand right; long cells are wrapped; one row is strong."""
    lines = [[_static.wrapped(str(cell), LETTER * wrap) for cell in row] for row in (header, *rows)]
    widths = [
        max(_static.wide(line) for row in lines for line in row[column]) + 22
        for column in range(len(header))
    ]
    parts: list[str] = []
    top = 0.0
    for place, row in enumerate(lines, start=-1):
        tall = 18.0 * max(map(len, row)) + 6
        bold = place in (-1, strong)
        if place == strong >= 0:
            box = f'width="{sum(widths):g}" height="{tall:g}" fill="#eef0fc"'
            parts.append(f'<rect y="{top + 0.5:g}" {box}/>')
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            left = sum(widths[:column])
            x, anchor = (left + width - 14, "end") if column in numbers else (left + 8, "")
            color = QUIET if place < 0 else INK
            parts += [
                text(x, top + 17 + 18 * index, words, color=color, bold=bold, anchor=anchor)
                for index, words in enumerate(cell)
            ]
        top += tall
        parts.append(f'<path d="M0 {top + 0.5:g}H{sum(widths):g}" stroke="{LINE}"/>')
    return _static.svg(round(sum(widths)), round(top) + 2, title, parts)
