"""A log as columns of numbers: which rows count, and which empty cells are gaps."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from .log_names import Names, is_summary, is_timed, sort_out

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)")  # fastai: 04:39
_GAPS = ("", "none", "null", "nan", "na", "n/a", "-", "#na")


@dataclass
class Log:
    """Columns of what a log says; what could not be read is named in ``left_out``."""

    columns: Mapping[str, Sequence[Any]]
    sparse: bool = False  # its rows have different names, so a nan in one was measured
    left_out: list[str] = field(default_factory=list[str])

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]], left_out: Sequence[str] = ()) -> Log:
        """Rows with names that may differ."""
        sorts = dict.fromkeys(map(tuple, rows))  # a long log has few sorts of rows
        names = dict.fromkeys(name for sort in sorts for name in sort)
        sparse = any(len(sort) < len(names) for sort in sorts)
        check_room(len(rows), len(names), sum(map(len, rows)))
        columns = {str(name): [row.get(name) for row in rows] for name in names}
        return cls(columns, sparse, list(left_out))


MOST_NAMES = 20_000  # of a log; to tell what each is takes its time


def check_room(rows: int, names: int, cells: int) -> None:
    """Raise BadInput if a table of all names would be far larger than what was given."""
    if names > MOST_NAMES or rows * names > 1_000_000 + 100 * cells:
        raise BadInput(
            f"The log has {names} names in {rows} rows, nearly each of another name: it is no log "
            "of series. Give the rows of one run, in which a series keeps its name."
        )


@dataclass
class Table:
    """The rows of a log that are about its run, in order of step or epoch."""

    names: Names
    step: Column | None
    epoch: Column | None
    seconds: Column | None
    series: dict[str, Column]  # by the log's own names
    measured: dict[str, Mask]  # where the log said something, be it that it is nan
    timed: Mask  # rows that say how long an evaluation took
    ended: float  # the step that a summary of the run names; nan where none does

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.timed)


def table_of(log: Log, name: str, validation: str | None = None) -> Table:
    """The table in a log; raises `BadInput` if it has no series."""
    names = sort_out(log.columns, validation)
    numbers = {key: _numbers(key, cells, log.left_out) for key, cells in log.columns.items()}
    for key in filter(None, (names.step, names.epoch, names.clock)):
        odd = np.isinf(numbers[key])
        if odd.any():
            log.left_out.append(f"{key}: {int(odd.sum())} infinite, which is no place in a run")
            numbers[key] = np.where(odd, np.nan, numbers[key])
    series = {key: column for key, column in numbers.items() if key in names.series}
    series = {key: column for key, column in series.items() if _has_any(column, log, key)}
    if not series:
        said = ", ".join(map(repr, list(log.columns)[:8])) or "nothing"
        raise BadInput(f"{name} has no series of numbers, such as a loss; it has {said}.")
    count = len(next(iter(numbers.values())))
    timed = np.zeros(count, bool)
    for key in numbers:
        if is_timed(key) and not is_summary(key):
            timed |= ~np.isnan(numbers[key])
    place = numbers.get(names.step or names.epoch or "", np.full(count, np.nan))
    others = _rows_of_others(names, series)
    measured = {
        key: ~np.isnan(column)
        | (
            _said_nan(column, log.columns[key])
            if log.sparse
            else _lasting(column, log.columns[key], place, timed | others[_validates(names, key)])
        )
        for key, column in series.items()
    }
    ended = _end(names, numbers)
    rows = _rows(names, numbers, measured, log.left_out)
    places = (
        numbers[key][rows] if key is not None and key in numbers else None
        for key in (names.step, names.epoch, names.clock)
    )
    step, epoch, seconds = places
    if seconds is not None:
        seconds = _since_start(seconds, log.columns[names.clock or ""])
    return Table(
        names,
        step,
        epoch,
        seconds,
        {key: column[rows] for key, column in series.items()},
        {key: measured[key][rows] for key in series},
        timed[rows],
        ended,
    )


def number(cell: Any) -> float:
    """What a cell says, or nan: ``0.65``, ``65 %``, ``1/3`` (one of three), ``04:39`` (seconds)."""
    if not isinstance(cell, str):
        try:
            return float(cell)
        except (TypeError, ValueError, OverflowError):
            return math.nan
    text = cell.strip()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return 3600 * hours + 60 * minutes + seconds
    share = 100 if text.endswith("%") else 1
    text = text.removesuffix("%").strip()
    text = text.split("/")[0] if re.fullmatch(r"\d+/\d+", text) else text
    try:
        return float(text) / share
    except ValueError:
        return math.nan


def _numbers(name: str, cells: Sequence[Any], left_out: list[str]) -> Column:
    """A column as numbers; nan where there is none."""
    for plain in (_fast, _fast_texts):
        with suppress(TypeError, ValueError, OverflowError):
            return plain(cells)
    column = np.array([number(cell) for cell in cells], dtype=np.float64)
    gone = np.flatnonzero(np.isnan(column)).tolist()
    strange = [row for row in gone if not _is_gap(cells[row])]
    if strange:
        said = str(cells[strange[0]])
        said = said if len(said) <= 30 else said[:29] + "…"
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        left_out.append(f"{name}: {said!r} in row {strange[0] + 1}{more} is no number")
    return column


def _fast(cells: Sequence[Any]) -> Column:
    """Cells that are numbers or None."""
    if cells and isinstance(cells[0], str):
        raise TypeError
    column = np.asarray(cells, dtype=np.float64)
    if column.ndim != 1:
        raise TypeError
    return column


def _fast_texts(cells: Sequence[Any]) -> Column:
    """Cells that are numbers, written or not, or empty."""
    return np.array([float(cell) if cell != "" else math.nan for cell in cells], np.float64)


def _is_gap(cell: Any) -> bool:
    if isinstance(cell, str):
        return cell.strip().lower() in _GAPS
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _is_empty(cell: Any) -> bool:
    """Whether a cell says that there is nothing: not so ``nan``, which a program may have got."""
    return cell is None or (
        isinstance(cell, str) and _is_gap(cell) and cell.strip().lower() != "nan"
    )


def _has_any(column: Column, log: Log, key: str) -> bool:
    if not np.isnan(column).all():
        return True
    return log.sparse and bool(_said_nan(column, log.columns[key]).any())


def _said_nan(column: Column, cells: Sequence[Any]) -> Mask:
    """Where a row of its own names says nan: then that was measured."""
    given = np.empty(len(cells), object)
    given[:] = cells
    said = np.isnan(column) & (given != None)  # noqa: E711 (for each cell)
    rows = np.flatnonzero(said).tolist()
    said[rows] = [isinstance(cells[row], float) or str(cells[row]).lower() == "nan" for row in rows]
    return said


def _validates(names: Names, key: str) -> bool:
    return names.series[key].startswith("validation_")


def _rows_of_others(names: Names, series: Mapping[str, Column]) -> dict[bool, Mask]:
    """Rows about the other sentences alone, for validation or not, if no row is about both.

    A Trainer's log as a table has rows of training and rows of evaluation; what a row is not about
    is a gap in it.
    """
    empty = np.zeros(len(next(iter(series.values()))), bool)
    said = {True: empty.copy(), False: empty.copy()}
    for key, column in series.items():
        said[_validates(names, key)] |= ~np.isnan(column)
    if (said[True] & said[False]).any():
        return {True: empty, False: empty}
    return {True: said[False], False: said[True]}


def _lasting(column: Column, cells: Sequence[Any], place: Column, gaps: Mask) -> Mask:
    """Where a nan of a table was measured and is no gap.

    It is a last stretch of nan longer than any before it, for a loss that has left the numbers
    doesn't come back; not in rows of ``gaps``, nor where the place has a number elsewhere, nor
    where a cell is empty.
    """
    lasting = np.zeros(len(column), bool)
    known = np.flatnonzero(~np.isnan(column))
    if len(known) == 0 or known[-1] == len(column) - 1:
        return lasting
    last = int(known[-1])
    widest = max(int(np.diff(known).max(initial=1)) - 1, int(known[0]))
    if len(column) - 1 - last > widest:
        lasting[last + 1 :] = True
    lasting &= ~gaps & ~np.isin(place, place[known])
    rows = np.flatnonzero(lasting).tolist()
    lasting[rows] = [not _is_empty(cells[row]) for row in rows]
    return lasting


def _rows(
    names: Names,
    numbers: Mapping[str, Column],
    measured: Mapping[str, Mask],
    left_out: list[str],
) -> NDArray[np.int64]:
    """The rows that are about this run, in order."""
    take = np.any(list(measured.values()), axis=0)
    for key in numbers:
        if is_summary(key):
            for row in np.flatnonzero(~np.isnan(numbers[key]) & take):
                left_out.append(f"row {row + 1}: a summary of the whole run")
                take[row] = False
    key = names.step or names.epoch
    if key is None:
        return np.flatnonzero(take)
    place = numbers[key]
    begins = max((_begins_again(place, take & mask) for mask in measured.values()), default=0)
    if begins and any(_comes_twice(place[take & mask]) for mask in measured.values()):
        left_out.append(f"rows 1 to {begins}: an earlier run, for it begins again below them")
        take[:begins] = False
    rows = np.flatnonzero(take)
    return rows[np.argsort(np.nan_to_num(place[rows], nan=-1.0), kind="stable")]


def _begins_again(place: Column, take: Mask) -> int:
    """The row at which a series begins again where it began, or 0."""
    rows = np.flatnonzero(take & ~np.isnan(place))
    if len(rows) < 2:
        return 0
    at = place[rows]
    back = np.flatnonzero((at[1:] < at[:-1]) & (at[1:] <= at[0]))
    return int(rows[back[-1] + 1]) if len(back) else 0


def _comes_twice(place: Column) -> bool:
    """Whether a series has two numbers at one place: if not, its rows are only out of order."""
    known = place[~np.isnan(place)]
    return len(np.unique(known)) < len(known)


def _end(names: Names, numbers: Mapping[str, Column]) -> float:
    """The last step that a summary of the run names, which may be after the last logged one."""
    if names.step is None:
        return math.nan
    rows = np.zeros(len(numbers[names.step]), bool)
    for key in filter(is_summary, numbers):
        rows |= ~np.isnan(numbers[key])
    steps = numbers[names.step][rows]
    return float(steps.max()) if len(steps) and not np.isnan(steps).any() else math.nan


def _since_start(seconds: Column, cells: Sequence[Any]) -> Column:
    """Seconds since the run began: of a clock, or of the time that each row took."""
    known = seconds[~np.isnan(seconds)]
    if not len(known):
        return seconds
    if known[0] > 1e9:  # the time of day, in seconds since 1970
        return seconds - known[0]
    each = any(isinstance(cell, str) and ":" in cell for cell in cells[:3])  # fastai's epochs
    return np.nancumsum(seconds) if each or (np.diff(known) < 0).any() else seconds
