"""The learner's sentence, read by the model of each epoch; in a thread where the latest wins."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ...errors import PipelineError
from ...trace import Trace

KEPT = 2  # pipelines at hand; each is a whole set of weights


class Readings:
    """``ask(run, text, epochs)``; ``ready`` is called when there is something new to show."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self.error = ""
        self._ready = ready
        self._wish = threading.Condition()
        self._wanted: tuple[Any, str, list[int]] | None = None
        self._busy = False
        self._traces: dict[int, Trace] = {}
        self._of: tuple[Any, str] = (None, "")
        self._pipelines: OrderedDict[int, Any] = OrderedDict()
        self._thread: threading.Thread | None = None

    def ask(self, run: Any, text: str, epochs: list[int]) -> None:
        """Read ``text`` with the model of each of these epochs, the first of them first."""
        with self._wish:
            self._wanted = (run, text, epochs)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._wish.notify_all()

    def traces(self, run: Any, text: str) -> dict[int, Trace]:
        """What is known so far, by epoch."""
        with self._wish:
            return dict(self._traces) if self._of == (run, text) else {}

    def wait(self, seconds: float | None = None) -> None:
        """Wait until nothing is asked for any more."""
        with self._wish:
            self._wish.wait_for(lambda: self._wanted is None and not self._busy, seconds)

    def _work(self) -> None:
        while True:
            with self._wish:
                self._busy = False
                self._wish.notify_all()
                self._wish.wait_for(lambda: self._wanted is not None)
                run, text, epochs = self._wanted or (None, "", [])
                self._wanted, self._busy = None, True
                if self._of[0] is not run:
                    self._pipelines.clear()
                if self._of != (run, text):
                    self._of, self._traces = (run, text), {}
            self._read(run, text, epochs)

    def _read(self, run: Any, text: str, epochs: list[int]) -> None:
        new = [epoch for epoch in epochs if epoch not in self._traces]
        self.error = ""
        for epoch in new:
            if self._wanted is not None:  # a newer wish: this one is stale
                return
            try:
                trace = self._pipeline(run, epoch).trace(text)
            except PipelineError as error:
                self.error = str(error)
                break
            with self._wish:
                self._traces[epoch] = trace
            if epoch == new[0] and len(new) > 1:
                self._ready()
        self._ready()

    def _pipeline(self, run: Any, epoch: int) -> Any:
        if epoch not in self._pipelines:
            while len(self._pipelines) >= KEPT:
                self._pipelines.popitem(last=False)
            self._pipelines[epoch] = run.pipeline(epoch)
        self._pipelines.move_to_end(epoch)
        return self._pipelines[epoch]
