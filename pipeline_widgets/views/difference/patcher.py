"""The squares are filled in the background; typing stops that and begins anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

from ...errors import PipelineError
from ...jobs import Job
from .comparison import Comparison

_QUIET = 0.15  # seconds without a keystroke before the work begins


class Patcher:
    """Fills the squares of one view; what is stopped never speaks again.

    ``say`` is called from the job's thread when there is news, ``fail`` with what went wrong.
    """

    def __init__(self, say: Callable[[], None], fail: Callable[[str], None]) -> None:
        self._say, self._fail = say, fail
        self._job: Job[None] | None = None

    def start(self, comparisons: Sequence[Comparison], layers: Sequence[int] = ()) -> None:
        """Fill the squares of ``comparisons``, then the parts of a layer of each, where given."""
        self._job = Job[None](
            lambda job: self._work(job, tuple(comparisons), tuple(layers)),
            say=lambda _: self._say(),
            done=self._finished,
            after=self._job,
        )
        self._job.start()

    def stop(self) -> None:
        """Stop; what was found so far stays."""
        if self._job is not None:
            self._job.stop()

    def wait(self) -> None:
        """Wait until everything is filled."""
        if self._job is not None:
            with suppress(PipelineError):  # it is said in the view
                self._job.wait()

    def _work(
        self, job: Job[None], comparisons: Sequence[Comparison], layers: Sequence[int]
    ) -> None:
        if job.rest(_QUIET):
            return
        for _ in _taking_turns(comparisons, layers):
            if job.stopped:
                return
            job.tell(None)

    def _finished(self, error: Exception | None) -> None:
        if error is not None:
            self._fail(str(error))
        self._say()


def _taking_turns(comparisons: Sequence[Comparison], layers: Sequence[int]) -> Iterator[None]:
    """All squares row by row, the models taking turns; then the parts of the chosen layers."""
    for _ in zip_longest(*(one.rows() for one in comparisons if one.missing)):
        yield
    for one, layer in zip(comparisons, layers, strict=False):
        for _ in one.read_parts(layer):
            yield
