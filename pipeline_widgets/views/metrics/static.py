"""MetricsView without a script: confusion matrices and curves in SVG, measures as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...rounding import fixed
from ...training import metrics
from ..shared import plot as _plot
from ..shared import sheets
from ..shared import svg as _static
from ..shared.colors import color
from ..shared.plot import COLORS, DASH, INK, LINE, QUIET, Axis, Plot

MEASURES = ("accuracy", "precision", "recall", "f1")
CurveName = Literal["roc", "precision_recall", "calibration"]
CURVES: tuple[CurveName, ...] = ("roc", "precision_recall", "calibration")
SHAPES = ("circle", "diamond")
_GOOD, _WRONG, _CONTROL = color("good"), color("wrong"), color("control")
_CELL_WIDTH, _CELL_HEIGHT, _LEFT, _TOP = 118, 84, 78, 50
_NAME = 240  # pixels of a model's name, at most

Curve = tuple[list[float], list[float]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What one model says: counts at the threshold, measures, curves."""

    name: str
    counts: NDArray[np.int64]
    measures: Mapping[str, float]
    curves: Mapping[str, Any]  # by name a Curve; "counts" and "areas" beside them


def curves_of(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> dict[str, Any]:
    """The points of all curves, how many sentences each calibration point has, the areas."""
    roc = metrics.roc_curve(labels, scores)
    recall = metrics.precision_recall_curve(labels, scores)
    given = metrics.calibration(labels, scores)
    points = ((roc.x, roc.y), (recall.x, recall.y), (given.predicted, given.observed))
    pairs = zip(CURVES, points, strict=True)
    areas = zip(CURVES, (roc.area, recall.area, given.error), strict=True)
    return {
        **{name: (x.round(4).tolist(), y.round(4).tolist()) for name, (x, y) in pairs},
        "counts": given.counts.tolist(),
        "areas": dict(areas),
    }


def page(
    title: str, models: Sequence[Answers], classes: Sequence[str], words: Mapping[str, str]
) -> str:
    """Measures, then the matrices side by side, then the curves."""
    header, rows = _cells(models, words)
    matrices = "".join(confusion(one, k, classes, words) for k, one in enumerate(models))
    drawn = "".join(curve(name, models, words) for name in CURVES)
    keys = f"<div>{legend(models, title=words['model'])}</div>"
    return _static.page(
        title, _static.table(header, rows), f"<div>{matrices}</div>", keys, f"<div>{drawn}</div>"
    )


def pictures(
    models: Sequence[Answers], classes: Sequence[str], words: Mapping[str, str]
) -> list[str]:
    """The same for print, in rows."""
    matrices = [confusion(one, k, classes, words) for k, one in enumerate(models)]
    drawn = [curve(name, models, words) for name in CURVES]
    measures = sheets.table(*_cells(models, words), numbers=range(1, 7))
    return [
        measures,
        sheets.beside(matrices, gap=48, title=words["matrix"]),
        legend(models),
        sheets.beside(drawn, gap=20),
    ]


def table_rows(models: Sequence[Answers], threshold: float) -> list[dict[str, Any]]:
    """A record for each model."""
    cells = ("true_negatives", "false_positives", "false_negatives", "true_positives")
    return [
        {
            "model": one.name,
            "threshold": threshold,
            **one.measures,
            **dict(zip(cells, one.counts.ravel().tolist(), strict=True)),
            "roc_area": one.curves["areas"]["roc"],
            "average_precision": one.curves["areas"]["precision_recall"],
            "calibration_error": one.curves["areas"]["calibration"],
        }
        for one in models
    ]


def _cells(
    models: Sequence[Answers], words: Mapping[str, str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    names = (*(words[name] for name in MEASURES), words["area"], words["calibration_error"])
    rows = [
        (
            one.name,
            *(fixed(one.measures[name], 3) for name in MEASURES),
            *(fixed(one.curves["areas"][name], 3) for name in ("roc", "calibration")),
        )
        for one in models
    ]
    return (words["model"], *names), rows


def legend(models: Sequence[Answers], *, title: str = "") -> str:
    """Each model's line and mark."""
    parts: list[str] = []
    left = 0.0
    for k, one in enumerate(models):
        dash = f' stroke-dasharray="{DASH}"' if k else ""
        key = f'<path d="M0 10H30" stroke="{COLORS[k]}" stroke-width="2"{dash}/>'
        parts.append(f'<g transform="translate({left:g} 0)">{key}')
        parts.append(_plot.mark(15, 10, SHAPES[k], COLORS[k]) + "</g>")
        name = _static.cut(one.name, _NAME)
        parts.append(_plot.text(left + 38, 15, name, color=COLORS[k], bold=True))
        left += 66 + 1.1 * _static.wide(name)
    return _static.svg(round(left), 22, title, parts)


def confusion(one: Answers, place: int, classes: Sequence[str], words: Mapping[str, str]) -> str:
    """Four cells: rows are true labels, columns predicted ones; a fuller cell is darker."""
    name = _static.cut(one.name, _NAME)
    parts = [_plot.text(0, 14, name, color=COLORS[place], bold=True)]
    total = max(1, int(one.counts.sum()))
    for column, label in enumerate(classes):
        x = _LEFT + (column + 0.5) * _CELL_WIDTH
        said = _static.cut(words["said"].format(label=label), _CELL_WIDTH)
        parts.append(_plot.text(x, 40, said, color=QUIET, size=12, anchor="middle"))
    for row, label in enumerate(classes):
        lines = _static.wrapped(words["truly"].format(label=label), _LEFT)
        lines = [*lines[:3], _static.cut(" ".join(lines[3:]), _LEFT)] if lines[4:] else lines
        middle = _TOP + (row + 0.5) * _CELL_HEIGHT - 8 * (len(lines) - 1) + 4
        parts += [
            _plot.text(0, middle + 16 * index, line, color=QUIET, size=12)
            for index, line in enumerate(lines)
        ]
        for column in range(len(classes)):
            parts.append(_cell(row, column, int(one.counts[row, column]), total, words))
    said = f"{words['matrix']}, {one.name}: {one.counts.tolist()}"
    width, height = _LEFT + len(classes) * _CELL_WIDTH, _TOP + len(classes) * _CELL_HEIGHT
    return _static.svg(width + 2, height + 10, said, parts)


def _cell(row: int, column: int, count: int, total: int, words: Mapping[str, str]) -> str:
    right = row == column
    x, y = _LEFT + column * _CELL_WIDTH, _TOP + row * _CELL_HEIGHT
    size = f'width="{_CELL_WIDTH - 6}" height="{_CELL_HEIGHT - 6}" rx="8"'
    fill = (
        f'fill="{_GOOD if right else _WRONG}" fill-opacity="{0.36 * math.sqrt(count / total):.3g}"'
    )
    line = f'stroke="{LINE}"' if right else f'stroke="{_CONTROL}" stroke-dasharray="3 3"'
    middle = x + (_CELL_WIDTH - 6) / 2
    kind = f"✓ {words['right']}" if right else f"✗ {words['wrong']}"
    return (
        f'<rect x="{x}" y="{y}" {size} {fill} {line}/>'
        + _plot.text(middle, y + 42, count, size=24, bold=True, anchor="middle")
        + _plot.text(middle, y + 62, kind, size=12, anchor="middle", color=INK)
    )


def curve(name: str, models: Sequence[Answers], words: Mapping[str, str]) -> str:
    """One kind of curve of all models; a mark where the threshold is."""
    across, up = (Axis(0, 1, words[f"{name}_{side}"]) for side in ("x", "y"))
    plot = Plot(words[f"curve_{name}"], across, up, width=312, height=300)
    if name != "precision_recall":
        plot.line([0, 1], [0, 1], QUIET, width=1, dash="2 3")
        said = words["chance" if name == "roc" else "perfect"]
        x, y = (0.62, 0.5) if name == "roc" else (0.7, 0.58)
        plot.parts.append(_plot.text(plot.x(x), plot.y(y), said, color=QUIET, size=12))
    said = [plot.title]
    for k, one in enumerate(models):
        xs, ys = _points(name, one)
        plot.line(xs, ys, COLORS[k], dash=DASH if k else "")
        area = words[f"area_{name}"].format(area=fixed(one.curves["areas"][name], 3))
        said.append(f"{one.name}: {area}")
        for x, y, size in _marks(name, one):
            plot.mark(x, y, SHAPES[k], COLORS[k], size)
    plot.said = ". ".join(said)
    return plot.svg()


def _points(name: str, one: Answers) -> Curve:
    """A curve's points; means of probabilities in two digits, alike on every machine."""
    xs, ys = one.curves[name]
    return ([round(x, 2) for x in xs], ys) if name == "calibration" else (xs, ys)


def _marks(name: str, one: Answers) -> list[tuple[float, float, float]]:
    """Where the threshold is; of the calibration, each point by the share of its sentences."""
    if name == "calibration":
        xs, ys = _points(name, one)
        parts = np.sqrt(np.array(one.curves["counts"]) / max(1, sum(one.curves["counts"])))
        return list(zip(xs, ys, (2 + 5 * parts).round(1).tolist(), strict=True))
    kept, alarm = one.counts[0].tolist()
    recall = one.measures["recall"]
    if name == "roc":
        return [(alarm / max(1, alarm + kept), recall, 6.0)]
    return [(recall, one.measures["precision"], 6.0)]
