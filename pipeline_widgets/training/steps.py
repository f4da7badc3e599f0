"""The steps of a run in columns, of bounded memory however long the run."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from .records import PLACES, StepRecord, average


class Steps:
    """At most ``limit`` steps; beyond it, neighbours are averaged in pairs."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.merged = 1  # steps that one kept step stands for
        self.last = -1  # the last step's number; some count from 0
        self.pending: list[StepRecord] = []  # fewer than `merged` steps, not yet averaged
        self._columns: dict[str, array[float]] = {place: array("d") for place in PLACES}

    def __len__(self) -> int:
        return len(self._columns["step"])

    @property
    def names(self) -> tuple[str, ...]:
        """The series, in the order they came."""
        return tuple(name for name in self._columns if name not in PLACES)

    def columns(self, start: int = 0) -> dict[str, NDArray[np.float64]]:
        """Each place and each series from position ``start`` on; nan where there is no number."""
        return {name: np.array(column[start:]) for name, column in self._columns.items()}

    def append(self, record: StepRecord) -> None:
        """Add a step."""
        if record.step <= self.last:
            raise BadInput(
                f"Step {record.step} came after step {self.last}; a history only grows. "
                "Start a new History for a new run."
            )
        if taken := set(PLACES) & set(record.values):
            raise BadInput(f"{taken.pop()!r} is a place, not a series; choose another name.")
        self.last = record.step
        self.pending.append(record)
        if len(self.pending) >= self.merged:
            self.keep(average(self.pending))
            self.pending.clear()
        if len(self) >= self.limit - self.limit % 2:  # an even count: every row has a neighbour
            self._halve()

    def extend(self, columns: Mapping[str, NDArray[np.float64]]) -> None:
        """Add many steps at once: the same rows as one by one, in a fraction of the time."""
        count = len(columns["step"])
        if len(self) or self.pending or self.merged > 1:
            names = [name for name in columns if name not in PLACES]
            for row in range(count):
                values = {name: float(columns[name][row]) for name in names}
                known = {name: value for name, value in values.items() if not math.isnan(value)}
                step, epoch, seconds = (float(columns[place][row]) for place in PLACES)
                self.append(StepRecord(int(step), epoch, seconds, known))
            return
        while count // self.merged >= self.limit - self.limit % 2:
            self.merged *= 2
        whole = count - count % self.merged
        for name, column in columns.items():
            rows = column[:whole].reshape(-1, self.merged)
            kept = rows[:, -1] if name in PLACES else _means(rows)
            self._columns[name] = array("d", kept.tobytes())
        self.last = int(columns["step"][-1])
        if whole < count:
            rest = Steps(self.merged + 2)
            rest.extend({name: column[whole:] for name, column in columns.items()})
            self.pending = rest.records()

    def keep(self, record: StepRecord) -> None:
        """Add one row that stands for ``merged`` steps."""
        count = len(self)
        self.last = record.step
        for place in PLACES:
            self._columns[place].append(getattr(record, place))
        for name, value in record.values.items():
            self._columns.setdefault(name, array("d", [math.nan]) * count).append(value)
        for column in self._columns.values():
            if len(column) == count:
                column.append(math.nan)

    def records(self) -> list[StepRecord]:
        """The rows as records."""
        columns = {name: column.tolist() for name, column in self._columns.items()}
        places = [columns.pop(place) for place in PLACES]
        rows: list[StepRecord] = []
        for index, (step, epoch, seconds) in enumerate(zip(*places, strict=True)):
            values = {name: column[index] for name, column in columns.items()}
            known = {name: value for name, value in values.items() if not math.isnan(value)}
            rows.append(StepRecord(int(step), epoch, seconds, known))
        return rows

    def mean(self, name: str, after: int, until: int) -> float:
        """The mean of a series over the steps in (after, until]; nan if there are none."""
        if name not in self._columns:
            return math.nan
        steps = np.frombuffer(self._columns["step"])
        first, last = np.searchsorted(steps, (after, until), side="right")
        values = np.frombuffer(self._columns[name])[first:last]
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else math.nan

    def _halve(self) -> None:
        rows = self.records()
        self._columns = {name: array("d") for name in self._columns}
        for index in range(0, len(rows), 2):
            self.keep(average(rows[index : index + 2]))
        self.merged *= 2


def _means(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each row, gaps left out; nan where a row is all gaps."""
    if rows.shape[1] == 1:
        return np.ascontiguousarray(rows[:, 0])
    known = ~np.isnan(rows)
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.where(known, rows, 0.0).sum(axis=1)
        return np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), np.nan)
