"""The steps of a run in columns, of bounded memory however long the run."""

from __future__ import annotations

import math
from array import array

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from .records import PLACES, StepRecord, average


class Steps:
    """At most ``limit`` steps; beyond it, neighbours are averaged in pairs."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.merged = 1  # steps that one kept step stands for
        self.last = 0  # the last step's number
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

    def _halve(self) -> None:
        rows = self.records()
        self._columns = {name: array("d") for name in self._columns}
        for index in range(0, len(rows), 2):
            self.keep(average(rows[index : index + 2]))
        self.merged *= 2
