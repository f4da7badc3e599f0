"""A table of a log as a history: steps in bulk, evaluations one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .history import History, same_place
from .log_epochs import epochs_of, validation_rows
from .log_names import Names, is_summary, is_timed, sort_out
from .log_table import Column, Log, Mask, Table, number, table_of
from .records import EpochRecord, StepRecord


def history_of(log: Log, name: str, *, validation: str | None = None) -> History:
    """The history that a log tells; ``validation`` names the set that judges the best epoch."""
    table = table_of(log, name, validation)
    history = History(name)
    epoch = epochs_of(table)
    evaluated = validation_rows(table) | table.timed
    for key in table.names.by_epoch & table.series.keys():
        evaluated |= table.measured[key]
    if table.step is None:
        evaluated[:] = True
    else:
        evaluated |= np.isnan(table.step)
        _add_steps(history, table, epoch, ~evaluated)
    placed = ~np.isnan(epoch)
    if table.step is not None:
        placed |= ~np.isnan(table.step)
    for row in np.flatnonzero(evaluated & ~placed):
        log.left_out.append(f"row {row + 1}: neither a step nor an epoch")
    for record in _evaluations(table, epoch, np.flatnonzero(evaluated & placed)):
        history.append(_with_loss(record, history))
    if table.ended > history.last_step:
        history.extend_steps(_step_alone(table.ended))
    history.left_out = tuple(log.left_out)
    return history


def _step_alone(step: float) -> dict[str, Column]:
    """The columns of a step of which nothing is known but that it was done."""
    nothing = np.full(1, np.nan)
    return {"step": np.array([step]), "epoch": nothing, "seconds": nothing}


def _add_steps(history: History, table: Table, epoch: Column, rows: Mask) -> None:
    """Rows of one step are one step, whatever they have."""
    assert table.step is not None
    if not rows.any():
        return
    step = table.step[rows]
    group = np.cumsum(np.diff(step, prepend=step[:1]) > 0)
    count = int(group[-1]) + 1
    columns = {"step": step, "epoch": epoch[rows]}
    columns["seconds"] = (
        np.full(len(step), np.nan) if table.seconds is None else table.seconds[rows]
    )
    for key, ours in table.names.series.items():
        if key in table.series:
            given = table.series[key][rows]
            kept = columns.setdefault(ours, given)
            columns[ours] = np.where(np.isnan(given), kept, given)
    grouped = dict[str, Column]()
    for name, column in columns.items():
        known = ~np.isnan(column)
        if known.any() or name in ("epoch", "seconds"):
            grouped[name] = np.full(count, np.nan)
            grouped[name][group[known]] = column[known]
    history.extend_steps(grouped)


def _evaluations(table: Table, epoch: Column, rows: NDArray[np.intp]) -> list[EpochRecord]:
    """What was measured at one place is one record."""
    records = list[EpochRecord]()
    for row in rows:
        index = int(row)
        step = math.nan if table.step is None else float(table.step[index])
        seconds = math.nan if table.seconds is None else float(table.seconds[index])
        at = float(epoch[index])
        record = EpochRecord(
            int(at) if at.is_integer() else at,
            0 if math.isnan(step) else int(step),
            seconds,
            _values(table, index),
        )
        last = records[-1] if records else None
        if last is not None and same_place(last, record):
            records[-1] = _joined(last, record)
        else:
            records.append(record)
    return records


def _joined(one: EpochRecord, other: EpochRecord) -> EpochRecord:
    news = {
        name: value
        for name, value in other.values.items()
        if not (math.isnan(value) and name in one.values)
    }
    seconds = one.seconds if math.isnan(other.seconds) else other.seconds
    step = max(one.step, other.step)
    return EpochRecord(one.epoch, step, seconds, {**one.values, **news})


def _values(table: Table, row: int) -> dict[str, float]:
    """The numbers of a row by our names; the judging set's go by the plain name too."""
    values = dict[str, float]()
    for key, mask in table.measured.items():
        name = table.names.series[key]
        if mask[row] and not (name in values and math.isnan(table.series[key][row])):
            values[name] = float(table.series[key][row])
    judge = f"validation_{table.names.sets[0]}_" if table.names.sets else ""
    for name in [name for name in values if judge and name.startswith(judge)]:
        values.setdefault(f"validation_{name.removeprefix(judge)}", values[name])
    return values


def _with_loss(record: EpochRecord, history: History) -> EpochRecord:
    """The training loss, where none was logged: the mean of the steps since the last record."""
    if "loss" in record.values or not record.step:
        return record
    before = history.epochs[-1].step if history.epochs else 0
    loss = history.mean_of_steps("loss", before, record.step)
    if math.isnan(loss):
        return record
    values = {"loss": loss, **record.values}
    return EpochRecord(record.epoch, record.step, record.seconds, values, derived=("loss",))


class RowReader:
    """Rows of a log that is still being written, one by one, into a history."""

    def __init__(self) -> None:
        self._rows = 0

    def read(self, row: Mapping[str, Any], history: History) -> bool:
        """Append what the row says, at its own step and epoch; False if it has no numbers."""
        self._rows += 1
        if any(map(is_summary, row)):
            return False
        names = sort_out(row)
        found = {ours: number(row[key]) for key, ours in names.series.items()}
        values = {name: value for name, value in found.items() if _is_said(row, names, name, value)}
        if not values:
            return False
        step, epoch, seconds = (
            math.nan if key is None else number(row[key])
            for key in (names.step, names.epoch, names.clock)
        )
        evaluated = any(name.startswith("validation_") for name in values)
        if math.isnan(step) or evaluated or any(map(is_timed, row)):
            at = float(self._rows) if math.isnan(step) and math.isnan(epoch) else epoch
            whole = int(at) if at.is_integer() else at
            steps = 0 if math.isnan(step) else int(step)
            record = EpochRecord(whole, steps, seconds, values)
            history.append(_with_loss(record, history))
        else:
            history.append(StepRecord(int(step), epoch, seconds, values))
        return True


def _is_said(row: Mapping[str, Any], names: Names, name: str, value: float) -> bool:
    """Whether a row has a number under a name; a nan that is one was measured."""
    keys = [key for key, ours in names.series.items() if ours == name]
    return not math.isnan(value) or any(isinstance(row[key], float) for key in keys)
