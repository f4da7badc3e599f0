"""Stage 3: token + position → LayerNorm, and where each token lies among the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...errors import BadInput
from ...trace import Trace
from ..shared.figures import strips_figure
from ..shared.linker import link, style
from ..shared.view import ECHO_FREE
from . import embedding_map as _map
from .panel import clamp
from .single import Single
from .static import embedding_rows


class EmbeddingView(Single):
    """What each id and each position adds, the normalised sum, and a map from layer to layer.

    The map shows the first two principal components of the tokens' vectors. ``sentences`` are
    traces of the same model: they get a map of their own, one point for each.
    """

    _esm = link("stages/embedding.js")
    _css = style("stages/view.css", "stages/embedding.css")
    _drawable: ClassVar[tuple[str, ...]] = ("tokens", "embedding", "map")
    _summarised: ClassVar[str] = "summary_embedding"
    _opened: ClassVar[tuple[str, ...]] = ("embedding",)

    step = traitlets.Int(1).tag(**ECHO_FREE)
    """What the map shows: 0 the bare token vectors, 1 the embedding, 2 after layer 0 …"""

    def __init__(
        self,
        *traces: Trace,
        sentences: Sequence[Trace] = (),
        step: int = 1,
        token: int | None = None,
        opened: Sequence[str] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        others = {trace.model for trace in sentences}
        if others and traces and others != {traces[0].model}:
            raise BadInput(
                f"the sentences were read by {', '.join(sorted(others))}, the text by "
                f"{traces[0].model}; vectors of two models have no place on one map"
            )
        self._sentences = list(sentences)
        super().__init__(*traces, token=token, opened=opened, strings=strings)
        self.step = clamp(step, len(self.trace.layers.hidden) + 1)

    @property
    def selected(self) -> NDArray[np.float32]:
        """The normalised embedding of the chosen token: (D,)."""
        trace = self._chosen()[0]
        return trace.embedding.normalised[clamp(self.token, len(trace.tokens))]

    @property
    def similarities(self) -> NDArray[np.float32]:
        """The cosine of the chosen token with each token, at the step shown: (T,)."""
        trace = self._chosen()[0]
        vectors = _map.steps(trace)[self.step]
        return _map.cosines(vectors)[clamp(self.token, len(vectors))]

    def _panels(self, opened: tuple[str, ...]) -> list[dict[str, Any]]:
        panels = super()._panels(opened)
        for panel, trace in zip(panels, self._traces, strict=True):
            panel["map"] = _map.drawn(_map.steps(trace), ())
        if self._sentences:
            names = [trace.text for trace in self._sentences]
            found = _map.drawn(_map.sentence_steps(self._sentences), names)
            panels[0]["sentences"] = found | {"groups": _map.labels_of(self._sentences)}
        return panels

    def _table_rows(self) -> list[dict[str, Any]]:
        return [row for trace in self.traces for row in embedding_rows(trace)]

    def figure(self, *, dimensions: int | None = None, sentences: bool = False) -> Any:
        """The three matrices (T, D) as plotly heatmaps; with ``dimensions`` 2 or 3, the map."""
        if dimensions is None:
            made = self.trace.embedding
            rows = (made.token, made.position, made.normalised)
            names = ("token", "position", "normalised sum")
            return strips_figure(names, rows, self.trace.tokens.shown)
        if dimensions not in (2, 3):
            raise BadInput(f"a map has 2 or 3 dimensions, not {dimensions!r}")
        if sentences:
            if not self._sentences:
                raise BadInput("no sentences were given: EmbeddingView(trace, sentences=[...])")
            vectors = _map.sentence_steps(self._sentences)[self.step]
            groups = [trace.prediction.label for trace in self._sentences]
            return _map.figure(vectors, [t.text for t in self._sentences], groups, dimensions)
        names, vectors = self.trace.tokens.shown, _map.steps(self.trace)[self.step]
        return _map.figure(vectors, names, [self.trace.model] * len(names), dimensions)
