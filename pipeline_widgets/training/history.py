"""What a training run did, step by step and epoch by epoch: any named series, no torch.

Names that belong together share a stem: ``loss`` is measured on the training sentences and
``validation_loss`` on the others. Steps and epochs count from 1; epoch 0 is before the first step.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from .observations import Observation, best_epoch, observe
from .records import EpochRecord, Note, Reading, Record, StepRecord, kept_readings, to_json
from .steps import Steps

FORMAT = 1
LIMIT = 200_000  # steps kept; beyond it neighbours are averaged in pairs


class History:
    """The record of one run, append-only; equal to itself after ``save`` and ``load``.

    With ``file``, every record is written there the moment it is appended, so that a killed kernel
    leaves all of it. An existing file is never written over: the next free name is taken, and
    ``history.file`` says which.
    """

    def __init__(
        self,
        name: str = "run",
        *,
        settings: Mapping[str, Any] | None = None,
        file: str | os.PathLike[str] | None = None,
        limit: int = LIMIT,
    ) -> None:
        if limit < 2:
            raise BadInput(f"limit is the number of steps to keep, at least 2; got {limit}.")
        self.name = name
        self.settings: dict[str, Any] = dict(settings or {})
        self.notes: list[Note] = []
        self.left_out: tuple[str, ...] = ()  # what `read` found and could not read
        self._steps = Steps(limit)
        self._epochs: list[EpochRecord] = []
        self._lock = threading.RLock()
        self._began = perf_counter()
        self.file: Path | None = None if file is None else _free_name(Path(file))
        self._write(self._head())

    def __repr__(self) -> str:
        return f"History({self.name!r}, steps={len(self)}, epochs={self.epochs_done})"

    def __len__(self) -> int:
        return len(self._steps)

    def __eq__(self, other: object) -> bool:
        """Whether all numbers, seconds included, names and settings are the same."""
        if not isinstance(other, History):
            return NotImplemented
        ours, theirs = self.numbers | self.times, other.numbers | other.times
        return (self.name, self.settings, self.notes) == (
            other.name,
            other.settings,
            other.notes,
        ) and _same(ours, theirs)

    __hash__ = None  # type: ignore[assignment]

    @property
    def epochs(self) -> tuple[EpochRecord, ...]:
        """One record for each evaluation or epoch, epoch 0 included if it was measured."""
        return tuple(self._epochs)

    @property
    def epochs_done(self) -> int:
        """The last finished epoch."""
        last = self._epochs[-1].epoch if self._epochs else 0
        return 0 if math.isnan(last) else math.floor(last)

    @property
    def last_step(self) -> int:
        """The number of the last step that anything is known of; 0 where nobody said."""
        return max(self._steps.last, self._epochs[-1].step if self._epochs else 0, 0)

    @property
    def steps(self) -> dict[str, NDArray[np.float64]]:
        """Columns ``step``, ``epoch``, ``seconds`` and each series; nan where nothing was said."""
        return self.steps_since(0)

    def steps_since(self, start: int) -> dict[str, NDArray[np.float64]]:
        """The same columns from position ``start`` on."""
        with self._lock:
            return self._steps.columns(start)

    @property
    def series(self) -> tuple[str, ...]:
        """The names that steps or epochs have numbers for, in the order they came."""
        names = [*self._steps.names, *(n for record in self._epochs for n in record.values)]
        return tuple(dict.fromkeys(names))

    def points(self, name: str) -> list[tuple[int, float, float]]:
        """Every number of a series at its own place: (step, epoch, value), in order of steps.

        Both of steps and of evaluations; a step is 0 and an epoch nan where the log doesn't say.
        What a log doesn't have, and losses that are no number, are left out.
        """
        found = list[tuple[int, float, float]]()
        steps = self.steps
        for step, epoch, value in zip(
            steps["step"].tolist(), steps["epoch"].tolist(), steps.get(name, np.zeros(0)).tolist(),
            strict=False,
        ):  # fmt: skip
            found.append((int(step), epoch, value))
        for record in self._epochs:
            if name in record.values and name not in record.derived:
                found.append((record.step, record.epoch, record.values[name]))
        known = [point for point in found if not math.isnan(point[2])]
        return sorted(known, key=lambda point: point[0]) if len(found) > len(steps) else known

    def epoch_column(self, name: str) -> list[float]:
        """One number for each epoch record; nan where there is none."""
        return [record.values.get(name, math.nan) for record in self._epochs]

    @property
    def numbers(self) -> dict[str, NDArray[np.float64]]:
        """Everything but the clock, for comparing two runs: same seed, same numbers."""
        columns = {f"step/{name}": column for name, column in self.steps.items()}
        del columns["step/seconds"]
        columns["epochs"] = np.array([record.epoch for record in self._epochs], dtype=float)
        columns["at"] = np.array([record.step for record in self._epochs], dtype=float)
        counts = [count for record in self._epochs for row in record.counts for count in row]
        columns["counts"] = np.array(counts, dtype=float)
        losses = [loss for record in self._epochs for loss in record.losses]
        columns["losses"] = np.array(losses, dtype=float)
        for name in sorted({name for record in self._epochs for name in record.values}):
            columns[f"epoch/{name}"] = np.array(self.epoch_column(name))
        return columns

    @property
    def times(self) -> dict[str, NDArray[np.float64]]:
        """The clock alone."""
        epochs = np.array([record.seconds for record in self._epochs])
        return {"seconds": self.steps["seconds"], "epoch seconds": epochs}

    def same_numbers(self, other: History) -> bool:
        """Whether both runs are the same but for the time they took."""
        return _same(self.numbers, other.numbers)

    @property
    def best(self) -> EpochRecord | None:
        """The record with the highest validation accuracy (else lowest validation loss, ...)."""
        index = best_epoch(self._epochs)
        return None if index is None else self._epochs[index]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What the model of each epoch said of some sentences, where a recording keeps it."""
        return kept_readings(self.notes)

    def observations(self, words: Mapping[str, str] | None = None) -> list[Observation]:
        """What each epoch's numbers say, knowing only the epochs before it."""
        return observe(self._epochs, words=words)

    def append(self, record: Record) -> None:
        """Add a record; an epoch that is there already gains the new one's numbers."""
        with self._lock:
            if isinstance(record, StepRecord):
                self._steps.append(record)
            elif isinstance(record, EpochRecord):
                self._append_epoch(record)
            else:
                self.notes.append(record)
            self._write(to_json(record))

    def extend(self, records: Iterable[Record]) -> None:
        """Add records one by one."""
        for record in records:
            self.append(record)

    def extend_steps(self, columns: Mapping[str, NDArray[np.float64]]) -> None:
        """Add many steps at once: columns ``step`` (growing), ``epoch``, ``seconds`` and series."""
        if self.file is not None:
            steps = Steps(len(columns["step"]) + 2)
            steps.extend(columns)
            self.extend(steps.records())
            return
        with self._lock:
            self._steps.extend(columns)

    def mean_of_steps(self, name: str, after: int, until: int) -> float:
        """The mean of a series over the steps in (after, until]; nan if there are none."""
        return self._steps.mean(name, after, until)

    def log(
        self,
        *,
        step: int | None = None,
        epoch: float | None = None,
        seconds: float | None = None,
        **values: float,
    ) -> Record:
        """Add numbers from any loop: ``log(epoch=1, loss=0.6)`` or ``log(step=10, loss=0.6)``.

        With neither step nor epoch it is the next step; with both it is a step inside an epoch.
        """
        seconds = perf_counter() - self._began if seconds is None else float(seconds)
        numbers = {name: _number(name, value) for name, value in values.items()}
        record: Record
        if step is None and epoch is not None and float(epoch).is_integer():
            record = EpochRecord(int(epoch), max(0, self._steps.last), seconds, numbers)
        else:
            at = max(0, self._steps.last) + 1 if step is None else int(step)
            record = StepRecord(at, math.nan if epoch is None else float(epoch), seconds, numbers)
        self.append(record)
        return record

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write JSON lines; the file appears whole or not at all."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        with part.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in self.lines())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        return target

    def lines(self) -> list[dict[str, Any]]:
        """What ``save`` writes, a dict for each line."""
        head = self._head()
        if self._steps.merged > 1:
            head |= {"merged": self._steps.merged, "kept": len(self)}
        return [head, *map(to_json, self.records())]

    def records(self) -> list[Record]:
        """All steps, then all epochs, then all notes."""
        with self._lock:
            steps = [*self._steps.records(), *self._steps.pending]
            return [*steps, *self._epochs, *self.notes]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> History:
        """Read what ``save`` or a running history wrote; a last line cut short is left out."""
        from .importers import from_json_lines

        return from_json_lines(Path(path))

    @classmethod
    def read(
        cls, source: Any, *, name: str | None = None, validation: str | None = None
    ) -> History:
        """A history from what others write.

        ``source`` may be a ``Trainer`` (or its ``state``, or its ``log_history``), a Keras
        ``History`` (or its ``.history``), a data frame, a list of dicts, a dict of lists, or a
        path: a table of any separator and encoding, ``trainer_state.json`` or a folder that holds
        one, JSON lines, TensorBoard's event files or CSVs. Each measurement keeps its own step and
        epoch (see `points`); epochs that a log counts from 0 are counted from 1. Where there are
        several validation sets, ``validation`` names the one that judges; by default it is the
        first. What could not be read is listed in ``history.left_out``.
        """
        from .importers import read

        return read(source, name=name, validation=validation)

    def restore(self, records: Iterable[Record], *, merged: int = 1, kept: int = 0) -> None:
        """Take what a file has: the first ``kept`` steps stand for ``merged`` steps each."""
        with self._lock:
            self._steps.merged = merged
            for record in records:
                if isinstance(record, StepRecord) and len(self) < kept:
                    self._steps.keep(record)
                else:
                    self.append(record)

    def _head(self) -> dict[str, Any]:
        head = {"history": self.name, "format": FORMAT, "settings": self.settings}
        return head if self._steps.limit == LIMIT else head | {"limit": self._steps.limit}

    def _write(self, line: Mapping[str, Any]) -> None:
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as file:  # opened anew: nothing to lose
                file.write(json.dumps(line) + "\n")

    def _append_epoch(self, record: EpochRecord) -> None:
        last = self._epochs[-1] if self._epochs else None
        if last is not None and (record.epoch < last.epoch or 0 < record.step < last.step):
            raise BadInput(
                f"Epoch {record.epoch} came after epoch {last.epoch}; a history only grows. "
                "Start a new History for a new run."
            )
        if last is not None and same_place(last, record):
            values = {**last.values, **record.values}
            step = max(last.step, record.step)
            counts, losses = record.counts or last.counts, record.losses or last.losses
            derived = tuple({*record.derived, *(set(last.derived) - record.values.keys())})
            self._epochs[-1] = EpochRecord(
                record.epoch, step, record.seconds, values, counts, losses, derived
            )
        else:
            self._epochs.append(record)


def same_place(one: EpochRecord, other: EpochRecord) -> bool:
    """Whether both were measured at the same point of the run; two whole epochs are two points."""
    if one.epoch != other.epoch and all(float(at.epoch).is_integer() for at in (one, other)):
        return False
    if math.isnan(one.epoch) or (one.step and other.step):
        return one.step == other.step
    return one.epoch == other.epoch


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"{name}={value!r} is not a number; give a float, such as loss.item()."
        ) from error


def _same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    return ours.keys() == theirs.keys() and all(
        np.array_equal(ours[name], theirs[name], equal_nan=True) for name in ours
    )


def _free_name(path: Path) -> Path:
    """``path``, or ``path`` with -2, -3, … before its ending where there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count, candidate = 1, path
    while candidate.exists():
        count += 1
        candidate = path.with_stem(f"{path.stem}-{count}")
    return candidate
