"""Work in the background: one thread, few messages, the last never lost, errors said.

A `Job` may be started, stopped and waited for from any thread. What it says comes from its own
thread or a timer's, one message at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Self, TypeVar

Message = TypeVar("Message")

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

    def cancel(self) -> None:
        """Forget what was asked."""
        with self._lock:
            self._cancel()

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


class Job(Generic[Message]):
    """``work(job)`` in a thread of its own.

    The work calls ``job.tell(message)`` as often as it likes and returns soon after `stopped` is
    true. ``say`` gets the newest message at most ten times a second, and the last one always;
    ``done`` is called at the end, with whatever the work raised, or None; `wait` raises it again.
    Once `stop` has returned, neither is called any more.

    ``after`` is a job that this one takes the place of: it is stopped, and waited for first.
    """

    def __init__(
        self,
        work: Callable[[Self], None],
        *,
        say: Callable[[Message], None] | None = None,
        done: Callable[[Exception | None], None] | None = None,
        after: Job[Message] | None = None,
    ) -> None:
        self.error: Exception | None = None
        self._work, self._say, self._done = work, say, done
        self._after = after
        self._stop = threading.Event()
        self._speaking = threading.RLock()
        self._news: list[Message] = []  # the newest message, until it is said
        self._throttle = Throttle(self._speak)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Self:
        """Begin; a job runs once."""
        if self._after is not None:
            self._after.stop()
        self._thread.start()
        return self

    @property
    def running(self) -> bool:
        """Whether the work is under way."""
        return self._thread.is_alive()

    @property
    def stopped(self) -> bool:
        """Whether the work should end."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the work to end; it says nothing any more."""
        with self._speaking:
            self._stop.set()
            self._news.clear()
        self._throttle.cancel()

    def tell(self, message: Message) -> None:
        """Say ``message`` soon, unless a newer one comes first."""
        with self._speaking:
            self._news[:] = [message]
        self._throttle.ask()

    def rest(self, seconds: float) -> bool:
        """For the work: wait a while, unless stopped; whether it was."""
        return self._stop.wait(seconds)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most ``seconds``; whether it has come. Raises what went wrong."""
        if self._thread is not threading.current_thread() and self._thread.ident is not None:
            self._thread.join(seconds)
        if self.error is not None:
            raise self.error
        return not self.running

    def _speak(self) -> None:
        with self._speaking:
            if self._news and not self.stopped and self._say is not None:
                self._say(self._news.pop())

    def _run(self) -> None:
        if self._after is not None:
            self._after._thread.join()
            self._after = None
        try:
            if not self.stopped:
                self._work(self)
        except Exception as error:  # whatever it was: said here, and raised by wait()
            self.error = error
        self._throttle.flush()
        with self._speaking:
            if self._done is not None and not self.stopped:
                self._done(self.error)
