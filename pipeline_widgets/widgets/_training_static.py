"""A training run without a script: a sentence, curves in SVG, the epoch table; and as plotly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..training.history import History
from ..training.observations import goal_of
from . import _static
from ._training_wire import LETTERS

COLORS = ("#3f4fc4", "#9a5200", "#13703a", "#8a2f8f")
WIDTH, HEIGHT, LEFT, BOTTOM = 380, 210, 44, 26
MOST_POINTS = 300  # of a line in SVG


def summary(history: History, words: Mapping[str, str]) -> str:
    """One sentence: how long, and the best epoch."""
    best = history.best
    if best is None:
        key = "summary_steps" if len(history) else "summary_empty"
        return words[key].format(name=history.name, steps=history.last_step)
    goal = goal_of(best)
    value = f"{best.values[goal]:.2f}"
    name = words.get(goal, goal.replace("_", " "))
    said = words["summary_best"].format(epoch=best.epoch, goal=name, value=value)
    return words["summary"].format(
        name=history.name, epochs=history.epochs_done, steps=history.last_step, best=said
    )


def page(title: str, histories: Sequence[History], words: Mapping[str, str]) -> str:
    """Loss and accuracy side by side, then a table for each run."""
    charts = "".join(
        chart(stem, histories, words) for stem in ("loss", "accuracy") if _has(histories, stem)
    )
    tables = [
        _table(history, letter, words) for history, letter in zip(histories, LETTERS, strict=False)
    ]
    return _static.page(title, f"<div>{charts}</div>", *tables)


def chart(stem: str, histories: Sequence[History], words: Mapping[str, str]) -> str:
    """One series on the training sentences (solid, ●) and on the validation ones (dashed, ◆)."""
    lines = [
        (index, name, *line)
        for index, history in enumerate(histories)
        for name in (stem, f"validation_{stem}")
        if len((line := epoch_line(history, name))[0])
    ]
    highest = max(float(y.max()) for *_, y in lines)
    top = 1.0 if stem == "accuracy" else highest * 1.05 or 1.0
    last = max(float(x.max()) for *_, x, _ in lines) or 1.0
    parts = [_frame(top, last, words.get(f"chart_{stem}", stem))]
    for index, name, x, y in lines:
        across = LEFT + x / last * (WIDTH - LEFT - 20)
        up = HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - 26)
        parts.append(_line(across, up, COLORS[index], dashed=name != stem))
    return _static.svg(WIDTH, HEIGHT, words.get(f"chart_{stem}", stem), parts)


def epoch_line(history: History, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Epochs and finite values of a series; steps where no epoch has it."""
    x = np.array([record.epoch for record in history.epochs], dtype=float)
    y = np.array(history.epoch_column(name), dtype=float)
    if not np.isfinite(y).any() and name in history.steps:
        steps = history.steps
        every = max(1, len(history) // MOST_POINTS)
        x, y = steps["step"][::every], steps[name][::every]
    known = np.isfinite(y)
    return x[known], y[known]


def _frame(top: float, last: float, title: str) -> str:
    bottom, right = HEIGHT - BOTTOM, WIDTH - 20
    marks = "".join(
        f'<text x="{LEFT - 6}" y="{bottom - part * (bottom - 26) + 4:.0f}" text-anchor="end" '
        f'fill="#565b6b">{part * top:.2g}</text>'
        f'<path d="M{LEFT} {bottom - part * (bottom - 26):.0f}H{right}" stroke="#d9dce6"/>'
        for part in (0, 0.5, 1)
    )
    ends = (
        f'<text x="{LEFT}" y="{HEIGHT - 8}" fill="#565b6b">0</text>'
        f'<text x="{right}" y="{HEIGHT - 8}" text-anchor="end" fill="#565b6b">{last:g}</text>'
    )
    return f'<text x="{LEFT}" y="16" font-weight="600">{_static.escape(title)}</text>{marks}{ends}'


def _line(across: NDArray[np.float64], up: NDArray[np.float64], color: str, *, dashed: bool) -> str:
    places = list(zip(across.round(1).tolist(), up.round(1).tolist(), strict=True))
    path = "M" + "L".join(f"{x} {y}" for x, y in places)
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    marks = ""
    if len(places) <= 40:
        marks = "".join(_mark(x, y, color, dashed=dashed) for x, y in places)
    return f'<path d="{path}" fill="none" stroke="{color}" stroke-width="2"{dash}/>{marks}'


def _mark(x: float, y: float, color: str, *, dashed: bool) -> str:
    if dashed:
        diamond = f"M{x} {y - 5}L{x + 5} {y}L{x} {y + 5}L{x - 5} {y}Z"
        return f'<path d="{diamond}" fill="#fff" stroke="{color}" stroke-width="2"/>'
    return f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"/>'


def _table(history: History, letter: str, words: Mapping[str, str]) -> str:
    names = ("loss", "validation_loss", "accuracy", "validation_accuracy")
    known = [name for name in names if not np.isnan(history.epoch_column(name)).all()]
    if not history.epochs:
        return ""
    best = history.best
    header = (f"{letter} {history.name}", *(words.get(n, n) for n in known), words["observation"])
    rows = [
        (
            f"{record.epoch}{' ★' if record is best else ''}",
            *(_cell(record.values.get(name, math.nan)) for name in known),
            seen.text,
        )
        for record, seen in zip(history.epochs, history.observations(words), strict=True)
    ]
    return _static.table(header, rows)


def _cell(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _has(histories: Sequence[History], stem: str) -> bool:
    names = {name for history in histories for name in history.series}
    return bool(names & {stem, f"validation_{stem}"})


def figure(histories: Sequence[History], axis: str, scale: str, words: Mapping[str, str]) -> Any:
    """Loss and accuracy as plotly subplots, against epochs or seconds."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    stems = [stem for stem in ("loss", "accuracy") if _has(histories, stem)] or ["loss"]
    titles = [words.get(f"chart_{stem}", stem) for stem in stems]
    made: Any = make_subplots(1, len(stems), subplot_titles=titles)
    for index, history in enumerate(histories):
        at = [r.epoch if axis == "epochs" else round(r.seconds, 2) for r in history.epochs]
        for column, stem in enumerate(stems, start=1):
            for name, dash, symbol in (
                (stem, "solid", "circle"),
                (f"validation_{stem}", "dash", "diamond-open"),
            ):
                y = [None if math.isnan(v) else round(v, 5) for v in history.epoch_column(name)]
                if all(value is None for value in y):
                    continue
                line = {"color": COLORS[index], "dash": dash}
                label = f"{history.name}: {words.get(name, name)}"
                made.add_trace(
                    go.Scatter(
                        x=at, y=y, name=label, line=line, marker={"symbol": symbol, "size": 9}
                    ),
                    1,
                    column,
                )
    made.update_xaxes(title=words[f"{'epoch' if axis == 'epochs' else 'seconds'}_axis"])
    if scale == "log" and "loss" in stems:
        made.update_yaxes(type="log", row=1, col=1)
    return made
