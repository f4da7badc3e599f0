"""A training run without a script: a sentence, curves in SVG, the epoch table; and as plotly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...rounding import fixed
from ...training.history import History
from ...training.observations import goal_of
from ..shared import sheets
from ..shared import svg as _static
from ..shared.plot import RUNS
from ..shared.plotly_extra import graph_objects, make_subplots
from .curves import Look, charts, legend, stems_of
from .messages import LETTERS, epoch_name, epoch_place

COLUMNS = ("loss", "validation_loss", "accuracy", "validation_accuracy")


def summary(history: History, words: Mapping[str, str]) -> str:
    """One sentence: how long, and the best epoch."""
    if not history.epochs:
        key = "summary_steps" if len(history) else "summary_empty"
        return words[key].format(name=history.name, steps=history.last_step)
    best, length = history.best, _length(history, words)
    shown = best or history.epochs[-1]
    goal = goal_of(shown)
    value = fixed(shown.values.get(goal, math.nan))
    named = {"goal": words.get(goal, goal.replace("_", " ")), "value": value}
    if best is None:
        return words["summary_last"].format(name=history.name, length=length, **named)
    key = "summary_best_step" if math.isnan(best.epoch) else "summary_best"
    said = words[key].format(epoch=epoch_name(best), step=best.step, **named)
    return words["summary"].format(name=history.name, length=length, best=said)


def _length(history: History, words: Mapping[str, str]) -> str:
    """How many epochs and steps, as far as anybody said."""
    unknown = math.isnan(history.epochs[-1].epoch)
    key = "length_steps" if unknown else "length" if history.last_step else "length_epochs"
    return words[key].format(epochs=history.epochs_done, steps=history.last_step)


def page(title: str, histories: Sequence[History], look: Look) -> str:
    """The legend, loss and accuracy side by side, then a table for each run."""
    drawn = charts(histories, look)
    keys = legend(histories, look.words, title=look.words["runs"])
    shown = f"<div>{keys}</div><div>{''.join(drawn)}</div>" if drawn else ""
    tables = [_html_table(run, name, look.words) for name, run in _named(histories)]
    return _static.page(title, shown, *tables)


def pictures(histories: Sequence[History], look: Look) -> list[str]:
    """The same for print: the legend, the charts in a row, the tables."""
    drawn = charts(histories, look)
    shown = [legend(histories, look.words), sheets.beside(drawn)] if drawn else []
    for name, history in _named(histories):
        if history.epochs:
            header, rows, strong = _cells(history, look.words)
            numbers = range(1, len(header) - 1)
            shown.append(sheets.table(header, rows, numbers=numbers, strong=strong, title=name))
    return shown


def table_rows(histories: Sequence[History]) -> list[dict[str, Any]]:
    """A record for each epoch of each run."""
    return [
        {
            "run": history.name,
            "epoch": record.epoch,
            "step": record.step,
            "seconds": record.seconds,
            **record.values,
            "best": record is history.best,
            "observation": seen.text,
        }
        for history in histories
        for record, seen in zip(history.epochs, history.observations(), strict=True)
    ]


def _named(histories: Sequence[History]) -> list[tuple[str, History]]:
    """Each run with its letter, if there are several."""
    if len(histories) == 1:
        return [("", histories[0])]
    return [(f"{a} {one.name}", one) for a, one in zip(LETTERS, histories, strict=False)]


def _cells(
    history: History, words: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, ...]], int]:
    """Header and rows of an epoch table, and which row is the best."""
    known = [name for name in COLUMNS if not np.isnan(history.epoch_column(name)).all()]
    best = history.best
    header = [words["epoch"], *(words.get(name, name) for name in known), words["observation"]]
    rows = [
        (
            f"{epoch_name(record)}{' ★' if record is best and seen.kind != 'overfitting' else ''}",
            *(_cell(record.values.get(name, math.nan)) for name in known),
            seen.text,
        )
        for record, seen in zip(history.epochs, history.observations(words), strict=True)
    ]
    return header, rows, -1 if best is None else history.epochs.index(best)


def _html_table(history: History, name: str, words: Mapping[str, str]) -> str:
    if not history.epochs:
        return ""
    header, rows, _ = _cells(history, words)
    return _static.table((name or header[0], *header[1:]), rows)


def _cell(value: float) -> str:
    return "" if math.isnan(value) else fixed(value, 3)


def figure(histories: Sequence[History], look: Look) -> Any:
    """Loss and accuracy as plotly subplots, against epochs or seconds."""
    go = graph_objects()
    words, axis = look.words, look.axis
    stems = stems_of(histories) or ["loss"]
    titles = [words.get(f"chart_{stem}", stem) for stem in stems]
    made: Any = make_subplots(1, len(stems), subplot_titles=titles)
    for index, history in enumerate(histories):
        at = [epoch_place(r) if axis == "epochs" else round(r.seconds, 2) for r in history.epochs]
        for column, stem in enumerate(stems, start=1):
            for name, dash, symbol in (
                (stem, "solid", "circle"),
                (f"validation_{stem}", "dash", "diamond-open"),
            ):
                y = [None if math.isnan(v) else round(v, 5) for v in history.epoch_column(name)]
                if all(value is None for value in y):
                    continue
                line = {"color": RUNS[index], "dash": dash}
                label = f"{history.name}: {words.get(name, name)}"
                made.add_trace(
                    go.Scatter(
                        x=at, y=y, name=label, line=line, marker={"symbol": symbol, "size": 9}
                    ),
                    1,
                    column,
                )
    made.update_xaxes(title=words[f"{'epoch' if axis == 'epochs' else 'seconds'}_axis"])
    if look.scale == "log" and "loss" in stems:
        made.update_yaxes(type="log", row=1, col=1)
    return made
