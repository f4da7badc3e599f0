"""Stages 5 and 6: the vector at position 0, dense, tanh or ReLU, logits, softmax, label."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..shared.figures import prediction_figure
from .single import Single
from .static import prediction_rows


class PredictionView(Single):
    """The classifier's last mile with its real numbers.

    ``after_layers`` (L + 1, C), from ``pipeline.predict_after_layers(trace)``, adds what the head
    would have said after each layer.
    """

    _drawable: ClassVar[tuple[str, ...]] = ("pooled", "prediction")
    _summarised: ClassVar[str] = "summary_prediction"
    _opened: ClassVar[tuple[str, ...]] = ("pooled", "prediction")

    @property
    def selected(self) -> NDArray[np.float32]:
        """The probabilities on screen: (C,)."""
        return self._chosen()[0].prediction.probabilities

    def _table_rows(self) -> list[dict[str, Any]]:
        return [row for trace in self.traces for row in prediction_rows(trace)]

    def figure(self) -> Any:
        """The label bars and the prediction after each layer, in plotly."""
        return prediction_figure(self.trace, self._after[0])
