"""What a history is made of: steps, epochs and notes, and how each is written as a line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np

from ..errors import BadInput
from ..trace import Function

PLACES = ("step", "epoch", "seconds")
READ = "sentences read"  # the note that keeps what the model of each epoch says of some sentences


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One update of the weights."""

    step: int
    epoch: float  # epochs done after this step, such as 0.25; nan where nobody said
    seconds: float  # of computing since the run began, pauses not counted
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What was measured at one point of a run: after a pass over the training sentences, or in it.

    In the midst of an epoch ``epoch`` is a share, such as 1.5.
    """

    epoch: float  # epochs done by then; nan where a log knows only steps
    step: int  # steps done by then; 0 where nobody said
    seconds: float
    values: Mapping[str, float]
    counts: tuple[tuple[int, ...], ...] = ()  # validation sentences: [true label][predicted label]
    losses: tuple[float, ...] = ()  # of each validation sentence, always in the same order
    derived: tuple[str, ...] = ()  # names of values that were computed from the steps

    @property
    def trained(self) -> bool:
        """Whether training had begun."""
        return self.epoch > 0 or (self.epoch != self.epoch and self.step > 0)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is neither a step nor an epoch, such as why a run ended."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model of each epoch said of one sentence."""

    text: str
    labels: tuple[str, ...]
    epochs: tuple[int, ...]
    probabilities: tuple[tuple[float, ...], ...]  # (epochs, labels); scores as `function` has them
    function: Function = "softmax"
    threshold: float = 0.5  # from it on one of several labels holds


Record = StepRecord | EpochRecord | Note


def kept_readings(notes: Iterable[Note]) -> tuple[Reading, ...]:
    """The readings that a recording keeps of some sentences."""
    kept = next((note.values for note in notes if note.text == READ), None)
    if kept is None:
        return ()
    labels, epochs = tuple(kept["labels"]), tuple(kept["epochs"])
    columns = zip(*kept["probabilities"], strict=True)  # from epochs to sentences
    head = kept.get("function", "softmax"), float(kept.get("threshold", 0.5))
    if head[0] not in get_args(Function):
        raise ValueError(f"no head's function is called {str(head[0])[:40]!r}")
    return tuple(
        Reading(text, labels, epochs, tuple(map(tuple, column)), *head)
        for text, column in zip(kept["texts"], columns, strict=True)
    )


def average(records: Sequence[StepRecord]) -> StepRecord:
    """One step for several: the last one's place, the mean of each series."""
    last = records[-1]
    if len(records) == 1:
        return last
    names = dict.fromkeys(name for record in records for name in record.values)
    values = {name: _mean([r.values[name] for r in records if name in r.values]) for name in names}
    return StepRecord(last.step, last.epoch, last.seconds, values)


def _mean(values: Sequence[float]) -> float:
    """No sum goes beyond the largest float; of both infinities, which have no mean, the first."""
    infinite = [value for value in values if math.isinf(value)]
    if infinite:
        return infinite[0]
    return float(np.sum(np.asarray(values, float) / len(values)))


def to_json(record: Record) -> dict[str, Any]:
    """The record as a line of a history file."""
    if isinstance(record, Note):
        return {"kind": "note", "text": record.text, "values": dict(record.values)}
    kind = "step" if isinstance(record, StepRecord) else "epoch"
    places = {place: getattr(record, place) for place in PLACES}
    line: dict[str, Any] = {"kind": kind, **places, "values": dict(record.values)}
    if isinstance(record, EpochRecord) and record.counts:
        line["counts"] = [list(row) for row in record.counts]
    if isinstance(record, EpochRecord) and record.losses:
        line["losses"] = list(record.losses)
    if isinstance(record, EpochRecord) and record.derived:
        line["derived"] = list(record.derived)
    return line


def from_json(line: Mapping[str, Any]) -> Record:
    """The record that ``to_json`` wrote; raises `BadInput` if it didn't write this."""
    try:
        record = _record(line)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadInput(f"no line of a history: {error!r}") from error
    if record is None:
        raise BadInput(f"a line of the kind {str(line['kind'])[:40]!r} is none of a history")
    return record


def _record(line: Mapping[str, Any]) -> Record | None:
    kind, values = line["kind"], dict[str, Any](line["values"])
    if kind == "note":
        note = Note(str(line["text"]), values)
        kept_readings([note])  # which it may hold
        return note
    if kind not in ("step", "epoch"):
        return None
    numbers = {str(name): float(value) for name, value in values.items()}
    step, epoch, seconds = int(line["step"]), line["epoch"], float(line["seconds"])
    if not 0 <= step < 2**53 or isinstance(epoch, bool) or not isinstance(epoch, (int, float)):
        raise ValueError("step and epoch are numbers")
    if kind == "step":
        return StepRecord(step, float(epoch), seconds, numbers)
    counts = tuple(tuple(map(int, row)) for row in line.get("counts", ()))
    if any(len(row) != len(counts) for row in counts):
        raise ValueError("counts are a square table")
    losses, derived = map(float, line.get("losses", ())), map(str, line.get("derived", ()))
    return EpochRecord(epoch, step, seconds, numbers, counts, tuple(losses), tuple(derived))
