"""A view of some stages of finished traces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from ...trace import Trace
from .base import StagesView
from .story import word_to_start_with

_NONE: NDArray[np.float32] = np.zeros((0, 0), np.float32)


class Single(StagesView):
    """``View(trace)``, or ``View(trace, other)`` for two models on one text."""

    _described: ClassVar[tuple[str, ...]] = ("model", "text")
    _opened: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *traces: Trace,
        token: int | None = None,
        opened: Sequence[str] | None = None,
        after_layers: NDArray[np.float32] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        super().__init__(
            token=token or 0, opened=self._opened if opened is None else opened, strings=strings
        )
        self.show(*traces, after_layers=after_layers)
        if token is None:
            self.token = word_to_start_with(self.trace.tokens)

    @property
    def model(self) -> str:
        """The name of the model, or of both."""
        return " + ".join(trace.model for trace in self.traces)

    @property
    def text(self) -> str:
        """The text that was read."""
        return self.trace.text

    def show(self, *traces: Trace, after_layers: NDArray[np.float32] | None = None) -> None:
        """Draw other traces in the same place."""
        name = type(self).__name__
        if not 1 <= len(traces) <= 2 or not all(isinstance(trace, Trace) for trace in traces):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(f"{name} takes one or two traces: {name}(pipeline.trace(text))")
        if len({trace.text for trace in traces}) > 1:
            raise BadInput(f"{name} aligns two traces of the same text; these texts differ")
        after = _NONE if after_layers is None else after_layers
        self._show(list(traces), [after, *[_NONE] * (len(traces) - 1)])
