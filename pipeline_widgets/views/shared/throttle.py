"""Speak seldom: many calls, few messages, and the last one is never lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SHORTEST = 0.1  # seconds between two messages: ten a second at most
IDLE = 2.0  # seconds after which news that is not pressing is told all the same


class Throttle:
    """Calls ``act`` soon after ``ask()``, at most ten times a second, from some thread."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._lock = threading.Lock()
        self._acting = threading.RLock()  # one act at a time, in order
        self._last = -IDLE
        self._timer: threading.Timer | None = None
        self._due = 0.0

    def ask(self, *, pressing: bool = True) -> None:
        """Act now if the last time is long enough ago, else as soon as it is."""
        with self._lock:
            now = time.monotonic()
            due = self._last + (SHORTEST if pressing else IDLE)
            if due > now:
                if self._timer is None or due < self._due:
                    self._wait(due, now)
                return
            self._cancel()
            self._last = now
        self._do()

    def flush(self) -> None:
        """Act now."""
        with self._lock:
            self._cancel()
            self._last = time.monotonic()
        self._do()

    def _wait(self, due: float, now: float) -> None:
        self._cancel()
        self._due = due
        self._timer = threading.Timer(due - now, lambda: self._fire(due))
        self._timer.daemon = True
        self._timer.start()

    def _fire(self, due: float) -> None:
        with self._lock:
            if self._timer is None or due != self._due:
                return  # cancelled too late: somebody has just acted
            self._timer = None
            self._last = time.monotonic()
        self._do()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _do(self) -> None:
        with self._acting:
            self._act()
