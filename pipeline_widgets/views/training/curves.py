"""A training run's curves as SVG: the same lines and marks as on screen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...rounding import fixed
from ...training.history import History
from ...training.records import EpochRecord
from ..shared import plot as _plot
from ..shared import svg as _static
from ..shared.plot import DASH, QUIET, RUNS, Axis, Plot
from .messages import LETTERS, epoch_name, epoch_place, goal_name, knows_steps_alone

STEMS = ("loss", "accuracy")


@dataclass(frozen=True, slots=True)
class Look:
    """How curves are drawn: against epochs or seconds, on which scale, how smooth."""

    words: Mapping[str, str]
    axis: str = "epochs"
    scale: str = "linear"
    smoothing: float = 0.85


def charts(histories: Sequence[History], look: Look) -> list[str]:
    """Loss and accuracy, whichever there is."""
    return [_chart(stem, histories, look) for stem in stems_of(histories)]


def legend(histories: Sequence[History], words: Mapping[str, str], *, title: str = "") -> str:
    """The runs by letter and colour, and what the lines and marks mean."""
    parts: list[str] = []
    left = 0.0
    for letter, color, history in zip(LETTERS, RUNS, histories, strict=False):
        if len(histories) > 1:
            parts.append(f'<rect x="{left:g}" y="2" width="18" height="18" rx="4" fill="{color}"/>')
            parts.append(
                _plot.text(left + 9, 16, letter, color="#fff", size=12, bold=True, anchor="middle")
            )
            parts.append(_plot.text(left + 24, 16, history.name, color=color, bold=True))
            left += 48 + 7.6 * len(history.name)
    top, widest, left = (26.0 if parts else 0.0), left, 0.0
    solid = f'stroke="{QUIET}" stroke-width="2" fill="none"'
    raw = f'<path d="M0 12L6 6L11 14L17 7L23 13L30 8" stroke="{QUIET}" fill="none"/>'
    circle = f'<path d="M0 10H30" {solid}/>{_plot.mark(15, 10, "circle", QUIET)}'
    dashed = f'<path d="M0 10H30" {solid} stroke-dasharray="{DASH}"/>'
    validated = any(name.startswith("validation_") for one in histories for name in one.series)
    best = words["best_mark"].format(goal=goal_name(histories[0], words)) if histories else ""
    keys = (
        (raw, words["steps_line"], any(len(one) for one in histories)),
        (circle, words["training"], True),
        (dashed + _plot.mark(15, 10, "diamond", QUIET), words["validation"], validated),
        (
            _plot.mark(15, 10, "star", QUIET),
            best,
            any(one.best for one in histories),
        ),
    )
    for drawing, said, there in keys:
        if there:
            parts.append(f'<g transform="translate({left:g} {top:g})">{drawing}</g>')
            parts.append(_plot.text(left + 38, top + 14, said, size=12))
            left += 60 + 6.2 * len(said)
    return _static.svg(round(max(widest, left)), round(top) + 24, title, parts)


def _chart(stem: str, histories: Sequence[History], look: Look) -> str:
    """One series on the training sentences (solid, ●) and on the validation ones (dashed, ◆)."""
    words = look.words
    lines = [_Line(history, stem, look) for history in histories]
    title = words.get(f"chart_{stem}", stem.replace("_", " "))
    plot = Plot(title, _across(histories, look), _up(lines, stem, look))
    plot.said = ". ".join((plot.title, *(line.said for line in lines if line.said)))
    if len(lines) == 1 and stem == "loss":
        _shade_overfitting(plot, lines[0], words)
    for line, color in zip(lines, RUNS, strict=False):
        plot.line(*line.steps, color, width=1, opacity=0.4 if len(lines) == 1 else 0.28)
        plot.line(line.steps[0], line.smooth, color)
        if not len(line.smooth):
            plot.line(*line.training, color)
        plot.line(*line.validation, color, dash=DASH)
    for line, color in zip(lines, RUNS, strict=False):
        line.mark(plot, color)
    if len(lines) > 1:
        plot.letters(
            [
                (*line.end, letter, color)
                for line, letter, color in zip(lines, LETTERS, RUNS, strict=False)
                if line.end
            ]
        )
    elif lines[0].best and histories[0].best:
        best = histories[0].best
        key = "best_step" if math.isnan(best.epoch) else "best_epoch"
        said = words[key].format(epoch=epoch_name(best), step=best.step)
        plot.note(*lines[0].best, said, above="accuracy" in stem)
    return plot.svg()


class _Line:
    """What is drawn of one run."""

    def __init__(self, history: History, stem: str, look: Look) -> None:
        self.history, self.look = history, look
        self.training = self._epochs(stem)
        self.validation = self._epochs(f"validation_{stem}")
        columns = history.steps
        empty = np.zeros(0)
        self.steps = (
            (_places(columns, look.axis), columns[stem]) if stem in columns else (empty, empty)
        )
        self.smooth = _plot.smoothed(self.steps[1], look.smoothing)
        best = history.best
        known = (
            []
            if best is None
            else [
                (self.place(best), best.values[name])
                for name in (f"validation_{stem}", *(() if len(self.smooth) else (stem,)))
                if name in best.values
            ]
        )
        self.best = known[0] if known else None
        ends = [line for line in (self.validation, self.training, self.steps) if len(line[0])]
        self.end = (float(ends[0][0][-1]), float(ends[0][1][-1])) if ends else None
        said = [
            f"{look.words.get(name, name)} {fixed(y[0])} → {fixed(y[-1])}"
            for name, (_, y) in ((stem, self.training), (f"validation_{stem}", self.validation))
            if len(y)
        ]
        self.said = f"{history.name}: {', '.join(said)}" if said else ""

    def place(self, record: EpochRecord) -> float:
        """Where an epoch stands on the horizontal axis."""
        return epoch_place(record) if self.look.axis == "epochs" else record.seconds

    def _epochs(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        y = np.array(self.history.epoch_column(name), np.float64)
        x = np.array([self.place(record) for record in self.history.epochs], np.float64)
        known = np.isfinite(y) & np.isfinite(x)
        return x[known], y[known]

    def mark(self, plot: Plot, color: str) -> None:
        """The epochs' marks, if they are few, and the best one's star."""
        few = len(self.training[0]) + len(self.validation[0]) < 60
        for (xs, ys), shape in ((self.training, "circle"), (self.validation, "diamond")):
            if few and (shape == "diamond" or not len(self.smooth)):
                for place in zip(xs.tolist(), ys.tolist(), strict=True):
                    if place != self.best:
                        plot.mark(*place, shape, color)
        if self.best:
            plot.mark(*self.best, "star", color, 4.5)


def _places(columns: Mapping[str, NDArray[np.float64]], axis: str) -> NDArray[np.float64]:
    if axis == "seconds":
        return columns["seconds"]
    known = len(columns["epoch"]) and np.isfinite(columns["epoch"][0])
    return columns["epoch"] if known else columns["step"]


def _across(histories: Sequence[History], look: Look) -> Axis:
    """From 0 to where the longest run will end."""
    words, seconds = look.words, look.axis == "seconds"
    steps_alone = all(knows_steps_alone(one) for one in histories)
    ends = [1e-9]
    for history in histories:
        ends += [record.seconds if seconds else epoch_place(record) for record in history.epochs]
        if len(history):
            ends.append(float(_places(history.steps, look.axis)[-1]))
        if not seconds:
            ends.append(float(history.settings.get("epochs", 0)))
    name = words["seconds_axis" if seconds else "step_axis" if steps_alone else "epoch_axis"]
    return Axis(0, max(end for end in ends if math.isfinite(end)), name, whole=not seconds)


def _up(lines: Sequence[_Line], stem: str, look: Look) -> Axis:
    """All that is marked or smooth; a few wild batches do not squeeze the rest."""
    seen = np.concatenate(
        [
            values
            for line in lines
            for values in (
                line.training[1],
                line.validation[1],
                line.smooth[np.isfinite(line.smooth)],
            )
        ]
    )
    if not len(seen):
        return Axis(0, 1)
    low, high = float(seen.min()), float(seen.max())
    if "accuracy" in stem:
        bottom, top = math.floor(10 * low - 0.5) / 10, math.ceil(10 * high + 0.5) / 10
        return Axis(max(0.0, bottom), min(1.0, top))
    if look.scale == "log":
        return Axis(max(1e-6, low * 0.8), max(high * 1.15, 1e-5), log=True)
    span = high - low or abs(high) or 1.0  # from 0 only where a series comes near it
    bottom = low - 0.12 * span
    return Axis(0.0 if low >= 0 and bottom < 0.25 * span else bottom, high + 0.08 * span)


def _shade_overfitting(plot: Plot, line: _Line, words: Mapping[str, str]) -> None:
    """The stretch from the epoch after which validation loss rises while training falls."""
    records, seen = line.history.epochs, line.history.observations(words)
    since = next((one.since for one in reversed(seen) if one.since), None)
    if since is None:
        return
    first = next(i for i, one in enumerate(records) if epoch_place(one) >= since)
    places = [line.place(one) for one in records[max(0, first - 1) :]]
    left, right = plot.x(places[0]), plot.x(places[-1])
    box = f'y="{plot.top}" width="{right - left:g}" height="{plot.bottom - plot.top}"'
    plot.parts.append(f'<rect x="{left:g}" {box} fill="{QUIET}" fill-opacity="0.1"/>')
    middle = (left + right) / 2
    said = _plot.text(
        middle, plot.top + 14, words["overfitting_mark"], color=QUIET, size=12, anchor="middle"
    )
    plot.parts.append(said)


def stems_of(histories: Sequence[History]) -> list[str]:
    """What is drawn: loss and accuracy, whichever there is; else the first two series."""
    names = dict.fromkeys(
        name.removeprefix("validation_") for history in histories for name in history.series
    )
    return [stem for stem in STEMS if stem in names] or list(names)[:2]
