"""The difference as SVG and HTML without a script: both texts, both squares, the two answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...rounding import fixed
from ...trace import FloatArray
from ..shared import svg
from .comparison import Comparison

LONGEST = 40  # tokens of a square that is drawn
_PINNED, _NEW, _INK = "#8321c4", "#42700a", "#1b1d26"
_CELL, _LEFT, _TOP = (34, 24), 128, 64


def row_names(layers: int, strings: Mapping[str, str]) -> list[str]:
    """What the rows of a square are called: before the layers, then after each of them."""
    after = (strings["after_layer"].format(layer=layer) for layer in range(layers))
    return [strings["before"], *after]


def square(
    rows: Sequence[str],
    columns: Sequence[str],
    values: FloatArray,
    *,
    title: str,
    color: str,
    largest: float = 1.0,
) -> str:
    """A square of numbers, (rows, columns), the stronger the colour the larger; NaN is a dash."""
    wide, high = _CELL
    parts: list[str] = []
    for column, name in enumerate(columns):
        at = f"{_LEFT + column * wide + wide // 2},{_TOP - 8}"
        short = svg.escape(svg.cut(name, 76))
        parts.append(f'<text transform="translate({at}) rotate(-40)" fill="{_INK}">{short}</text>')
    for row, name in enumerate(rows):
        y = _TOP + row * high
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{svg.escape(name)}</text>'
        )
        for column, value in enumerate(values[row].tolist()):
            parts.append(_cell(_LEFT + column * wide, y, value, color, largest))
    return svg.svg(_LEFT + wide * len(columns) + 62, _TOP + high * len(rows) + 4, title, parts)


def _cell(x: int, y: int, value: float, color: str, largest: float) -> str:
    wide, high = _CELL
    if np.isnan(value):
        fill, ink, said = "#f4f5fa", "#868da0", "–"
    else:
        part = min(1.0, max(0.0, value / largest))
        fill = _mixed(color, part)
        ink = "#ffffff" if part > 0.55 else _INK
        said = fixed(value)
    middle = f'x="{x + wide // 2}" y="{y + 16}" text-anchor="middle" font-size="11"'
    return (
        f'<rect x="{x}" y="{y}" width="{wide - 1}" height="{high - 1}" fill="{fill}"/>'
        f'<text {middle} fill="{ink}">{said}</text>'
    )


def _mixed(color: str, part: float) -> str:
    """``color`` on paper, ``part`` of it: opaque, so that every viewer draws it alike."""
    paper, full = (0xF4, 0xF5, 0xFA), [int(color[k : k + 2], 16) for k in (1, 3, 5)]
    mixed = (round(p + part * (c - p)) for p, c in zip(paper, full, strict=True))
    return "#" + "".join(f"{number:02x}" for number in mixed)


def squares(one: Comparison, strings: Mapping[str, str], *, patched: bool) -> list[str]:
    """The spread map and, if it has been read, the square of what comes back."""
    names, columns = row_names(one.layers, strings), _columns(one)
    if len(columns) > LONGEST:
        return []
    title = f"{one.title}: {strings['spread']}"
    found = [square(names, columns, one.spread, title=title, color=_NEW, largest=2.0)]
    if patched:
        title = f"{one.title}: {strings['acts']}"
        share = one.patching.share
        found.append(square(names, columns, share, title=title, color=_PINNED))
    return found


def _columns(one: Comparison) -> Sequence[str]:
    return one.message()["new"]["shown"]


def words(one: Comparison, strings: Mapping[str, str]) -> str:
    """Both texts word by word, with the ids of the words whose ids differ.

    Of long texts only the words that were not kept.
    """
    message = one.message()
    told: list[dict[str, Any]] = message["words"]
    if len(told) > LONGEST:
        told = [word for word in told if word["kind"] != "kept"][:LONGEST]
    rows = [
        (strings["pinned"], *(word["texts"][0] for word in told)),
        (strings["new"], *(word["texts"][1] for word in told)),
        ("", *(_ids(message, word) for word in told)),
    ]
    return svg.table(("", *(strings[word["kind"]] for word in told)), rows)


def _ids(message: dict[str, Any], word: dict[str, Any]) -> str:
    one, two = (
        [message[side]["ids"][token] for token in tokens]
        for side, tokens in zip(("pinned", "new"), word["tokens"], strict=True)
    )
    before, after = (" ".join(map(str, ids)) or "–" for ids in (one, two))
    return "" if one == two else f"{before} → {after}"


def answers(one: Comparison, strings: Mapping[str, str]) -> str:
    """The answer after each layer, in both texts."""
    label = one.patching.label
    head = (one.trace.prediction.labels[label], strings["pinned"], strings["new"])
    numbers = one.said["after"]
    return svg.table(head, zip(row_names(one.layers, strings), *numbers, strict=True))
