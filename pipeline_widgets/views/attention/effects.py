"""Effects measured in the background: the answer without each head, and without each word."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.effects import head_effects, word_effects
from ...errors import PipelineError
from ...trace import FloatArray, Trace
from ..shared.packing import pack_array

if TYPE_CHECKING:
    from .view import AttentionView

_PAUSE = 0.1  # seconds between two messages


class Effects:
    """Measures for one view, in one thread at a time; what is stopped never speaks again."""

    def __init__(self, view: AttentionView) -> None:
        self._view = view
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self.heads: FloatArray = np.zeros((0, 0), np.float32)
        self.words: FloatArray = np.zeros(0, np.float32)

    def start(self, trace: Trace) -> None:
        """Begin to measure ``trace`` anew."""
        self.stop()
        self._failure = None
        self._stop = threading.Event()
        self.heads = np.full(trace.layers.attention.shape[:2], np.nan, np.float32)
        self.words = np.zeros(0, np.float32)
        work = (trace, self.heads, self._stop)
        self._thread = threading.Thread(target=self._work, args=work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop measuring; what was found so far stays."""
        self._stop.set()

    def forget(self) -> None:
        """Stop, and let go of what was found."""
        self.stop()
        self.heads, self.words = np.zeros((0, 0), np.float32), np.zeros(0, np.float32)
        self._view.set_trait("effects", {})
        self._view.measuring = False

    def wait(self) -> None:
        """Wait until all is measured; raises what went wrong."""
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _work(self, trace: Trace, heads: FloatArray, stop: threading.Event) -> None:
        view = self._view
        winner = int(np.argmax(trace.prediction.probabilities))
        before = float(trace.prediction.probabilities[winner])
        try:
            spoken = 0.0
            for layer, first, probabilities in head_effects(view.pipeline, trace):
                if stop.is_set():
                    return
                heads[layer, first : first + len(probabilities)] = probabilities[:, winner] - before
                if time.monotonic() - spoken >= _PAUSE:
                    spoken = time.monotonic()
                    self._say(trace, winner)
                if layer == len(heads) - 1 and not len(self.words):
                    words = word_effects(view.pipeline, trace)[:, winner] - before
                    if not stop.is_set():
                        self.words = words
        except PipelineError as error:
            self._failure = error
            view.set_trait("status", str(error))
        if not stop.is_set():
            self._say(trace, winner)
            view.measuring = False

    def _say(self, trace: Trace, winner: int) -> None:
        done = int(np.isfinite(self.heads).sum())
        message: dict[str, Any] = {
            "heads": pack_array(self.heads),
            "words": self.words.tolist(),
            "label": trace.prediction.labels[winner],
            "before": float(trace.prediction.probabilities[winner]),
            "done": done,
            "total": self.heads.size,
        }
        self._view.set_trait("effects", message)
