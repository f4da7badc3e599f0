"""Effects measured in the background: the answer without each head, and without each word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine.effects import head_effects, word_effects
from ...engine.pipeline import Pipeline
from ...jobs import Job
from ...trace import FloatArray, Trace
from ..shared.packing import pack_array


class Effects:
    """Measures one trace at a time; what is stopped never speaks again.

    ``say`` gets what is known so far, as the browser draws it; ``done`` is called at the end, with
    what went wrong or None.
    """

    def __init__(
        self,
        pipeline: Callable[[], Pipeline],
        say: Callable[[dict[str, Any]], None],
        done: Callable[[Exception | None], None],
    ) -> None:
        self._pipeline, self._say, self._done = pipeline, say, done
        self._job: Job[None] | None = None
        self.heads: FloatArray = np.zeros((0, 0), np.float32)
        self.words: FloatArray = np.zeros(0, np.float32)

    def start(self, trace: Trace) -> None:
        """Begin to measure ``trace`` anew."""
        self.stop()
        heads = self.heads = np.full(trace.layers.attention.shape[:2], np.nan, np.float32)
        self.words = np.zeros(0, np.float32)
        self._job = Job(
            lambda job: self._work(job, trace, heads),
            say=lambda _: self._say(self._found(trace)),
            done=self._done,
            after=self._job,
        )
        self._job.start()

    def stop(self) -> None:
        """Stop measuring; what was found so far stays."""
        if self._job is not None:
            self._job.stop()

    def forget(self) -> None:
        """Stop, and let go of what was found."""
        self.stop()
        self.heads, self.words = np.zeros((0, 0), np.float32), np.zeros(0, np.float32)

    def wait(self) -> None:
        """Wait until all is measured; raises what went wrong."""
        if self._job is not None:
            self._job.wait()

    def _work(self, job: Job[None], trace: Trace, heads: FloatArray) -> None:
        winner = int(np.argmax(trace.prediction.probabilities))
        before = float(trace.prediction.probabilities[winner])
        words = word_effects(self._pipeline(), trace)[:, winner] - before
        if job.stopped:
            return
        self.words = words  # first: once all heads are done, all is
        for layer, first, probabilities in head_effects(self._pipeline(), trace):
            if job.stopped:
                return
            heads[layer, first : first + len(probabilities)] = probabilities[:, winner] - before
            job.tell(None)

    def _found(self, trace: Trace) -> dict[str, Any]:
        winner = int(np.argmax(trace.prediction.probabilities))
        return {
            "heads": pack_array(self.heads),
            "words": self.words.tolist(),
            "label": trace.prediction.labels[winner],
            "before": float(trace.prediction.probabilities[winner]),
            "done": int(np.isfinite(self.heads).sum()),
            "total": self.heads.size,
        }
