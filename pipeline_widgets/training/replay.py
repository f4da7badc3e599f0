"""Runs recorded with the bundled models, played back at any speed, with no torch.

``recipes/record_runs.py`` made them; ``names()`` lists them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from ..engine.checkpoints.find import BUNDLED_FOLDER
from ..errors import BadInput
from .history import History
from .records import EpochRecord, Note, Record

RUNS = BUNDLED_FOLDER / "runs"


def names() -> list[str]:
    """The recorded runs."""
    return sorted(path.stem for path in RUNS.glob("*.jsonl"))


def recorded(name: str) -> History:
    """The history of a run that was recorded with the bundled models, whole."""
    if name not in names():
        raise BadInput(f"There is no recorded run {name!r}; there are {', '.join(names())}.")
    return History.load(RUNS / f"{name}.jsonl")


class Replay(Iterator[Record]):
    """A finished history as a run that can be started, paused, stepped and rewound.

    ``speed`` is how many recorded seconds pass in one second; ``None`` waits for nothing. The
    history that grows is in the end equal to the recorded one.
    """

    def __init__(self, recorded: History, *, speed: float | None = 20.0) -> None:
        if speed is not None and speed <= 0:
            raise BadInput(f"speed is a positive number or None; got {speed}.")
        self.recorded = recorded
        self.speed = speed
        self.history = History(recorded.name, settings=recorded.settings)
        records = [r for r in recorded.records() if not isinstance(r, Note)]
        self._records = sorted(records, key=lambda r: (r.step, isinstance(r, EpochRecord), r.epoch))
        self._at = 0

    def __repr__(self) -> str:
        return f"Replay({self.recorded!r}, speed={self.speed})"

    @property
    def total_steps(self) -> int:
        """The last step of the recorded run."""
        return max((record.step for record in self._records), default=0)

    @property
    def done(self) -> bool:
        """Whether everything was played."""
        return self._at == len(self._records)

    def __next__(self) -> Record:
        """Wait as long as the recorded step took, then hand it on."""
        if self.done:
            raise StopIteration
        record = self._records[self._at]
        before = self._records[self._at - 1].seconds if self._at else 0.0
        if self.speed is not None:
            time.sleep(max(0.0, record.seconds - before) / self.speed)
        self._at += 1
        self.history.append(record)
        if self.done:
            self.history.extend(self.recorded.notes)
        return record

    def again(self, **changes: Any) -> Replay:
        """The same recording from its start; only ``speed`` can be changed."""
        return Replay(self.recorded, **({"speed": self.speed} | changes))
