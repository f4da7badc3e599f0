"""The squares are filled in the background; typing stops that and begins anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from ...errors import PipelineError
from .comparison import Comparison

_PAUSE = 0.1  # seconds between two messages
_QUIET = 0.15  # seconds without a keystroke before the work begins


class Patcher:
    """Fills the squares of one view, in one thread at a time; what is stopped never speaks again.

    ``say`` is called from that thread when there is news, ``fail`` with what went wrong.
    """

    def __init__(self, say: Callable[[], None], fail: Callable[[str], None]) -> None:
        self._say, self._fail = say, fail
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def start(self, comparisons: Sequence[Comparison], layer: int) -> None:
        """Fill the squares of ``comparisons``, and then the parts of ``layer``."""
        self.stop()
        self._stop = threading.Event()
        work = (tuple(comparisons), layer, self._stop)
        self._thread = threading.Thread(target=self._work, args=work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop; what was found so far stays."""
        self._stop.set()

    def wait(self) -> None:
        """Wait until everything is filled."""
        if self._thread is not None:
            self._thread.join()

    def _work(self, comparisons: Sequence[Comparison], layer: int, stop: threading.Event) -> None:
        if stop.wait(_QUIET):
            return
        spoken = 0.0
        try:
            for _ in _taking_turns(comparisons, layer):
                if stop.is_set():
                    return
                if time.monotonic() - spoken >= _PAUSE:
                    spoken = time.monotonic()
                    self._say()
        except PipelineError as error:
            if not stop.is_set():
                self._fail(str(error))
        if not stop.is_set():
            self._say()


def _taking_turns(comparisons: Sequence[Comparison], layer: int) -> Iterator[None]:
    """All squares row by row, the models taking turns; then the parts of the chosen layer."""
    for _ in zip_longest(*(one.rows() for one in comparisons if one.missing)):
        yield
    for one in comparisons:
        for _ in one.read_parts(max(0, min(layer, one.layers - 1))):
            yield
