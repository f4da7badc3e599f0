"""The learner's sentence, read by the model of each epoch; in a thread where the latest wins."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ...errors import PipelineError
from ...jobs import Job
from ...trace import Trace

KEPT = 2  # pipelines at hand; each is a whole set of weights


class Readings:
    """``ask(run, text, epochs)``; ``ready`` is called when there is something new to show."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self.error = ""
        self._ready = ready
        self._lock = threading.Lock()  # of what is known
        self._job: Job[None] | None = None
        self._traces: dict[int, Trace] = {}
        self._of: tuple[Any, str] = (None, "")
        self._pipelines: OrderedDict[int, Any] = OrderedDict()

    def ask(self, run: Any, text: str, epochs: list[int]) -> None:
        """Read ``text`` with the model of each of these epochs, the first of them first."""
        with self._lock:
            self._job = Job[None](
                lambda job: self._read(job, run, text, epochs),
                say=lambda _: self._ready(),
                done=self._finished,
                after=self._job,
            )
            self._job.start()

    def traces(self, run: Any, text: str) -> dict[int, Trace]:
        """What is known so far, by epoch."""
        with self._lock:
            return dict(self._traces) if self._of == (run, text) else {}

    def stop(self) -> None:
        """Read no further."""
        if self._job is not None:
            self._job.stop()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until nothing is asked for any more."""
        if self._job is not None:
            with suppress(PipelineError):  # it is said in the view
                self._job.wait(seconds)

    def _read(self, job: Job[None], run: Any, text: str, epochs: list[int]) -> None:
        with self._lock:
            if self._of[0] is not run:
                self._pipelines.clear()
            if self._of != (run, text):
                self._of, self._traces = (run, text), {}
            new = [epoch for epoch in epochs if epoch not in self._traces]
        self.error = ""
        for epoch in new:
            if job.stopped:  # a newer wish: this one is stale
                return
            trace = self._pipeline(run, epoch).trace(text)
            with self._lock:
                self._traces[epoch] = trace
            if epoch == new[0]:
                job.tell(None)

    def _finished(self, error: Exception | None) -> None:
        self.error = str(error or "")
        self._ready()

    def _pipeline(self, run: Any, epoch: int) -> Any:
        if epoch not in self._pipelines:
            while len(self._pipelines) >= KEPT:
                self._pipelines.popitem(last=False)
            self._pipelines[epoch] = run.pipeline(epoch)
        self._pipelines.move_to_end(epoch)
        return self._pipelines[epoch]
