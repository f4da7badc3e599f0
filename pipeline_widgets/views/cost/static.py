"""CostView without a script: the claims, a pair of bars for each quantity, the papers' words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from ..shared import svg as _static
from ..shared.plot import COLORS, LINE, QUIET, text

_BARS, _LONGEST, _RATIO, _PAPER = 178, 210, 492, 610  # pixels: where columns begin, a full bar
_WIDTH = 1010

Row = Mapping[str, Any]


def page(
    title: str,
    rows: Sequence[Row],
    claims: Sequence[Sequence[str]],
    names: Sequence[str],
    words: Mapping[str, str],
    caveat: str,
) -> str:
    """Claims and bars as pictures, what the papers say as a table."""
    said = [(row["name"], row["paper"], row["source"]) for row in rows]
    return _static.page(
        title,
        f"<div>{claims_picture(claims, words)}</div>",
        f"<div>{bars(rows, names, words)}</div>",
        _static.table(("", words["paper"], ""), said),
        f"<p>{_static.escape(caveat)}</p>",
    )


def table_rows(
    rows: Sequence[Row], figures: Mapping[str, Sequence[float]], names: Sequence[str]
) -> list[dict[str, Any]]:
    """A record for each quantity; what is not measured yet is None."""
    made: list[dict[str, Any]] = []
    for row in rows:
        values = figures.get(row["quantity"], (None, None))
        made.append(
            {
                "quantity": row["name"],
                "unit": row["unit"],
                **dict(zip(names, values, strict=True)),
                "ratio": float(row["ratio"]) if row["ratio"] else None,
                "paper": row["paper"],
                "source": row["source"],
            }
        )
    return made


def claims_picture(
    claims: Sequence[Sequence[str]], words: Mapping[str, str], *, titled: bool = True
) -> str:
    """Each claim with what was found here under it."""
    parts: list[str] = []
    left = 0.0
    for claim, found in claims:
        parts.append(text(left, 14, claim, color=QUIET, size=12))
        parts.append(text(left, 36, found or words["measuring"], size=18, bold=True))
        left += 40 + max(1.5 * _static.wide(found or words["measuring"]), _static.wide(claim))
    said = ". ".join(f"{claim}: {found or words['measuring']}" for claim, found in claims)
    return _static.svg(round(left), 48, said if titled else "", parts)


def bars(
    rows: Sequence[Row], names: Sequence[str], words: Mapping[str, str], *, papers: bool = False
) -> str:
    """Two bars for each quantity, the longer one full; with ``papers`` their words beside."""
    parts = _head(names, words, papers=papers)
    width, top = _WIDTH if papers else _PAPER, 34.0
    for row in rows:
        drawn, tall = _row(row, top + 10, words)
        if papers:
            paper, lines = _paper(row, top + 10)
            drawn, tall = drawn + paper, max(tall, lines)
        parts += [f'<path d="M0 {top + 0.5:g}H{width}" stroke="{LINE}"/>', *drawn]
        top += tall + 14
    said = [f"{row['name']}: {', '.join(row['said'])}" for row in rows if row["said"]]
    return _static.svg(width, round(top), "" if papers else ". ".join(said), parts)


def _head(names: Sequence[str], words: Mapping[str, str], *, papers: bool) -> list[str]:
    parts = [text(0, 18, words["quantity"], color=QUIET, bold=True)]
    left = float(_BARS)
    for k, name in enumerate(names):
        parts.append(f'<rect x="{left:g}" y="8" width="12" height="12" rx="2" {_fill(k)}/>')
        parts.append(text(left + 18, 18, name, color=COLORS[k], bold=True))
        left += 40 + 8 * len(name)
    ratio = words["ratio"].format(a=names[0], b=names[1])
    at = _PAPER - 22
    parts.append(text(at, 18, ratio, color=QUIET, size=12, anchor="end"))
    if papers:
        parts.append(text(_PAPER, 18, words["paper"], color=QUIET, bold=True))
    return parts


def _row(row: Row, top: float, words: Mapping[str, str]) -> tuple[list[str], float]:
    lines = textwrap.wrap(row["name"], 24)
    parts = [text(0, top + 12 + 17 * k, line, bold=True) for k, line in enumerate(lines)]
    most = max(row["values"], default=0.0) or 1.0
    for k, (said, value) in enumerate(zip(row["said"], row["values"], strict=True)):
        long, y = _LONGEST * value / most, top + 20 * k
        parts.append(
            f'<rect x="{_BARS}" y="{y:g}" width="{long:.0f}" height="14" rx="3" {_fill(k)}/>'
        )
        parts.append(text(_BARS + round(long) + 8, y + 12, said))
    if not row["said"]:
        parts.append(text(_BARS, top + 12, words["measuring"], color=QUIET))
    parts.append(text(_PAPER - 22, top + 22, row["ratio"], bold=True, anchor="end"))
    return parts, max(36.0, 17.0 * len(lines))


def _paper(row: Row, top: float) -> tuple[list[str], float]:
    lines = textwrap.wrap(row["paper"], 58)
    parts = [text(_PAPER, top + 12 + 17 * k, line) for k, line in enumerate(lines)]
    end = 17.0 * len(lines)
    parts.append(text(_PAPER, top + 12 + end, row["source"], color=QUIET, size=12))
    return parts, end + (17 if row["source"] else 0)


def _fill(k: int) -> str:
    """The second model's bars are lighter, with a line around: told apart without colour."""
    light = f' fill-opacity="0.35" stroke="{COLORS[k]}" stroke-width="1.5"' if k else ""
    return f'fill="{COLORS[k]}"{light}'


def pictures(
    rows: Sequence[Row],
    claims: Sequence[Sequence[str]],
    names: Sequence[str],
    words: Mapping[str, str],
    caveat: str,
) -> list[str]:
    """Claims, bars with the papers' words beside them, and the caveat, for print."""
    lines = textwrap.wrap(caveat, 130)
    parts = [text(0, 14 + 17 * k, line, color=QUIET, size=12) for k, line in enumerate(lines)]
    return [
        claims_picture(claims, words, titled=False),
        bars(rows, names, words, papers=True),
        _static.svg(_WIDTH, 17 * len(lines) + 6, "", parts),
    ]
