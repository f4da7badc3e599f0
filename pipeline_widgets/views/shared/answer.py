"""A head's answer as a picture without a script: shares of a whole, labels each alone, a score."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from ...rounding import scores
from ...trace import Prediction
from .svg import COLORS, bars, svg, wide, wrapped

MANY = 8  # labels of which all are shown; of more, the likeliest
BAR = 240  # pixels from one end of the scale to the other
INK = "#1b1d26"


def answer_bars(prediction: Prediction, *, color: str = COLORS["roberta"]) -> str:
    """A head's answer: bars of probabilities, the likeliest first if many, or scores on a scale."""
    names, values = prediction.labels, prediction.scores
    order = list(range(len(names)))
    if len(names) > MANY:
        order = [int(index) for index in np.argsort(-values, kind="stable")[:MANY]]
    if prediction.function == "softmax" and len(order) == len(names):
        return bars(names, values, color=color)
    said = scores(values, prediction.function)
    low, high = scale(values) if prediction.function == "none" else (0.0, 1.0)
    held = set(prediction.chosen)
    rows = [
        (
            f"▸ {names[i]}" if names[i] in held else names[i],
            said[i],
            (values[i] - low) / (high - low),
        )
        for i in order
    ]
    picture = _score_rows(rows, color, (0 - low) / (high - low), prediction)
    more = len(names) - len(order)
    return picture + (f"<p>… {more} more, none of them higher</p>" if more else "")


def _score_rows(
    rows: list[tuple[str, str, float]], color: str, zero: float, prediction: Prediction
) -> str:
    left = int(min(240, max([110, *(wide(name) + 10 for name, _, _ in rows)])))
    mark = prediction.threshold if prediction.function == "sigmoid" else zero
    if prediction.function == "softmax":
        mark = 0.5
    parts: list[str] = []
    top = 0
    for name, said, part in rows:
        lines = wrapped(name, left - 10)
        parts += [
            f'<text x="0" y="{top + 16 + 17 * line}" fill="{INK}">{escape(words)}</text>'
            for line, words in enumerate(lines)
        ]
        first, last = sorted((zero if prediction.function == "none" else 0.0, part))
        parts.append(
            f'<rect x="{left}" y="{top + 4}" width="{BAR}" height="16" fill="#e4e6ee"/>'
            f'<rect x="{left + BAR * first:.0f}" y="{top + 4}" '
            f'width="{BAR * (last - first):.0f}" height="16" fill="{color}"/>'
            f'<path d="M{left + BAR * mark:.0f}.5 {top + 2}v20" stroke="{INK}" '
            'stroke-dasharray="2 2"/>'
            f'<text x="{left + BAR + 8}" y="{top + 16}" fill="{INK}">{said}</text>'
        )
        top += 7 + 17 * len(lines)
    return svg(left + BAR + 70, top, "", parts)


def scale(values: NDArray[np.float32]) -> tuple[float, float]:
    """The ends of a scale for raw scores: whole numbers around them and 0."""
    low = float(min(0.0, np.floor(values.min(initial=0))))
    return low, float(max(low + 1, np.ceil(values.max(initial=0))))


def answered(prediction: Prediction) -> str:
    """The score of the answer, as every view writes it."""
    return scores(prediction.scores, prediction.function)[int(np.argmax(prediction.scores))]
