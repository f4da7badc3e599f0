"""Runs recorded with the bundled models, played back at any speed, with no torch.

``recipes/record_runs.py`` made them; ``names()`` lists them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ..engine.checkpoints.find import BUNDLED_FOLDER
from ..errors import BadInput
from .history import History
from .records import EpochRecord, Note, Record

RUNS = BUNDLED_FOLDER / "runs"
SECONDS = 15.0  # that a recording takes to play: time to see each epoch come
LATE = 0.5  # seconds; a step that comes later than this follows a pause


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

    ``speed`` is how many recorded seconds pass in one second; ``"fit"`` plays all of it in
    ``SECONDS``, and ``None`` waits for nothing. ``pace`` multiplies it and may change while it
    plays. The history that grows is in the end equal to the recorded one.
    """

    def __init__(
        self, recorded: History, *, speed: float | Literal["fit"] | None = "fit", pace: float = 1.0
    ) -> None:
        if isinstance(speed, str) and speed != "fit":
            raise BadInput(f'speed is a positive number, "fit" or None; got {speed!r}.')
        if not isinstance(speed, str) and speed is not None and speed <= 0:
            raise BadInput(f'speed is a positive number, "fit" or None; got {speed}.')
        self.recorded = recorded
        self.speed = speed
        self.pace = pace
        self.history = History(recorded.name, settings=recorded.settings)
        records = [r for r in recorded.records() if not isinstance(r, Note)]
        self._records = sorted(records, key=lambda r: (r.step, isinstance(r, EpochRecord), r.epoch))
        self.lasts = max((r.seconds for r in records if math.isfinite(r.seconds)), default=0.0)
        """How many recorded seconds ``"fit"`` makes to ``SECONDS``: at first the whole run."""
        self._at = 0
        self._due = -math.inf  # when the last record was due, by the clock of ``time.monotonic``

    def __repr__(self) -> str:
        return f"Replay({self.recorded!r}, speed={self.speed!r})"

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
        self._wait(record.seconds - before)
        self._at += 1
        self.history.append(record)
        if self.done:
            self.history.extend(self.recorded.notes)
        return record

    def _wait(self, seconds: float) -> None:
        """Wait for so many recorded seconds; what a step before took too long is made up for."""
        if self.speed is None or not seconds > 0:
            return
        speed = self.lasts / SECONDS if isinstance(self.speed, str) else self.speed
        now = time.monotonic()
        began = self._due if now - self._due < LATE else now  # not after a pause
        self._due = began + seconds / (speed * self.pace)
        time.sleep(max(0.0, self._due - now))

    def again(self, **changes: Any) -> Replay:
        """The same recording from its start; only ``speed`` and ``pace`` can be changed."""
        given: dict[str, Any] = {"speed": self.speed, "pace": self.pace} | changes
        made = Replay(self.recorded, **given)
        made.lasts = self.lasts
        return made


def one_clock(replays: Sequence[Replay]) -> None:
    """Recordings played side by side share one clock: the longest lasts ``SECONDS``."""
    longest = max((replay.lasts for replay in replays), default=0.0)
    for replay in replays:
        replay.lasts = longest
