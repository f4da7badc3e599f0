"""Any run in a background thread: start, pause, one epoch, stop, rewind. No torch, no widget."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ..jobs import Job
from .history import History
from .records import EpochRecord, Note, Record


class Run(Protocol):
    """What can be run: an iterator of records with a history; ``FineTuning`` and ``Replay`` are."""

    history: History

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        ...

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        ...

    def __iter__(self) -> Iterator[Record]: ...
    def __next__(self) -> Record:
        """Do a step, or measure an epoch."""
        ...

    def again(self, **changes: Any) -> Run:
        """A new run from the same start, with some settings changed."""
        ...


class Runner:
    """One run at a time in a daemon thread; the methods return at once and may come from anywhere.

    ``state`` is "ready", "running", "paused", "stopped", "finished" or "failed". ``changed`` is
    called in the thread after each record, and wherever the state changes.
    """

    def __init__(self, run: Run, changed: Callable[[], None]) -> None:
        self.run = run
        self.state = "finished" if run.done else "ready"
        self.error: Exception | None = None
        self._changed = changed
        self._wish = threading.Condition()
        self._until_epoch: int | None = None
        self._job: Job[None] | None = None
        self._working = False  # whether the job will look at `state` again

    def start(self) -> None:
        """Go, or go on."""
        self._go(None)

    def step(self) -> None:
        """Go on to the end of this epoch, then pause."""
        self._go(self.run.history.epochs_done + 1)

    def pause(self) -> None:
        """Rest after the step that is under way."""
        self._set("paused", only_from="running")

    def stop(self) -> None:
        """End the run here; what it learned stays."""
        with self._wish:
            if self.state in ("ready", "running", "paused"):
                self.run.history.append(Note("stopped"))
                self.state = "stopped"
                self._wish.notify_all()
        self._changed()

    def rewind(self) -> None:
        """Back to before the first step: the same weights, the same seed, a new history."""
        self.stop_and_wait()
        self.replace(self.run.again())

    def replace(self, run: Run) -> None:
        """Take another run."""
        with self._wish:
            self.run, self.error = run, None
            self.state = "finished" if run.done else "ready"
        self._changed()

    def stop_and_wait(self) -> None:
        """Let the step under way finish, and the thread end."""
        with self._wish:
            self.state = "stopped" if self.state in ("running", "paused") else self.state
            self._wish.notify_all()
        if self._job is not None:
            self._job.wait()

    def wait(self, seconds: float | None = None) -> str:
        """Wait until nothing runs any more; the state then. Raises what a failed run raised."""
        with self._wish:
            self._wish.wait_for(lambda: self.state != "running", seconds)
        if self.error is not None:
            raise self.error
        return self.state

    def _go(self, until_epoch: int | None) -> None:
        with self._wish:
            if self.state not in ("ready", "running", "paused"):
                return
            self._until_epoch, self.state = until_epoch, "running"
            if not self._working:
                self._working = True
                self._job = Job[None](self._work, after=self._job)
                self._job.start()
        self._changed()

    def _goes_on(self) -> bool:
        with self._wish:
            self._working = self.state == "running"
            return self._working

    def _work(self, _job: Job[None]) -> None:
        while self._goes_on():
            try:
                record = next(self.run)
            except StopIteration:
                return self._end("finished")
            except Exception as error:  # said in the view and raised by wait()
                self.error = error
                self.run.history.append(Note(f"failed: {error}"))
                return self._end("failed")
            if self.run.done:
                return self._end("finished")
            if isinstance(record, EpochRecord) and record.epoch == self._until_epoch:
                self._set("paused", only_from="running")
            else:
                self._changed()

    def _end(self, state: str) -> None:
        with self._wish:
            self._working = False
        self._set(state, only_from="running")

    def _set(self, state: str, *, only_from: str) -> None:
        with self._wish:
            if self.state == only_from:
                self.state = state
                self._wish.notify_all()
        self._changed()
