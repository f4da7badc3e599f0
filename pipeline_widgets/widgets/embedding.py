"""Stage 3: token + position → LayerNorm, one strip of numbers for each token."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ._figures import strips_figure
from ._lane import clamp
from ._river_export import embedding_rows
from ._single import Single


class EmbeddingView(Single):
    """What each id and each position adds, and the normalised sum."""

    _stages: ClassVar[tuple[str, ...]] = ("tokens", "embedding")
    _opened: ClassVar[tuple[str, ...]] = ("embedding",)

    @property
    def selected(self) -> NDArray[np.float32]:
        """The normalised embedding of the chosen token: (D,)."""
        trace = self._chosen()[0]
        return trace.embedding.normalised[clamp(self.token, len(trace.tokens))]

    def _table_rows(self) -> list[dict[str, Any]]:
        return [row for trace in self.traces for row in embedding_rows(trace)]

    def figure(self) -> Any:
        """The three matrices (T, D) as plotly heatmaps."""
        embedding = self.trace.embedding
        rows = (embedding.token, embedding.position, embedding.normalised)
        names = ("token", "position", "normalised sum")
        return strips_figure(names, rows, self.trace.tokens.shown)
