"""Two models on one text, word by word: how they cut it, where they look, what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, ClassVar, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...engine.attention_analysis import merge
from ...engine.checkpoints.find import BUNDLED
from ...errors import BadInput
from ...trace import Trace
from ..attention import data
from ..attention.strings import COMPARISON
from ..shared import sheets
from ..shared import svg as _static
from ..shared.answer import answered
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array
from ..shared.titles import TITLES
from ..shared.view import ECHO_FREE, View
from .alignment import both
from .matching import matching


class CompareView(View):
    """``CompareView(one, two)``: two traces of the same text, aligned by character and by word.

    It begins with the two heads that are most alike, unless ``layers`` and ``heads`` name others.
    Attention is summed over the pieces looked at and averaged over the pieces that look, so both
    squares have the same words as rows; the third is the second less the first. ``pipelines`` are
    the two models, for their answers after each layer; they are loaded by name if not given.
    """

    _esm = link("compare/view.js")
    _css = style("attention/view.css", "compare/view.css")
    _words: ClassVar[dict[str, str]] = COMPARISON
    _described: ClassVar[tuple[str, ...]] = ("models", "text")

    layers = traitlets.List(traitlets.Int(), [0, 0]).tag(**ECHO_FREE)
    """The chosen layer of each model."""
    heads = traitlets.List(traitlets.Int(), [0, 0]).tag(**ECHO_FREE)
    """The chosen head of each model."""
    source = traitlets.Enum(data.SOURCES, "head").tag(**ECHO_FREE)
    """What is compared: a head of each, the mean of a layer, of all heads, or the rollout."""
    word = traitlets.Int(-1).tag(**ECHO_FREE)
    """The word whose row is locked, counted with the opening token as 0; -1 when none is."""
    _panels = traitlets.List(read_only=True).tag(sync=True)
    _rows = traitlets.Dict(read_only=True).tag(sync=True)
    _squares = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        one: Trace,
        two: Trace,
        *,
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
        source: str = "head",
        pipelines: Sequence[Any] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        if not isinstance(one, Trace) or not isinstance(two, Trace):
            raise BadInput(
                "CompareView takes two traces: CompareView(a.trace(text), b.trace(text))"
            )
        if one.text != two.text:
            raise BadInput("CompareView aligns two traces of the same text; these texts differ")
        super().__init__(strings=strings)
        self.traces = (one, two)
        names, *groups = both(one.tokens, two.tokens)
        self.names: list[str] = names
        self._groups = groups
        self._after = [_after(trace, index, pipelines) for index, trace in enumerate(self.traces)]
        alike = matching(self.traces, (groups[0], groups[1]))
        self.layers = [at for at, _ in alike] if layers is None else list(layers)
        self.heads = [at for _, at in alike] if layers is heads is None else list(heads or (0, 0))
        self.source = source
        self.set_trait("_rows", self._rows_said())
        self.set_trait("_panels", [self._panel(index) for index in (0, 1)])
        self._send_squares()

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the two models."""
        return tuple(trace.model for trace in self.traces)

    @property
    def text(self) -> str:
        """The text that both read."""
        return self.traces[0].text

    @property
    def selected(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Both squares on screen, (words, words) each."""
        return self._square(0), self._square(1)

    @property
    def cut_alike(self) -> list[bool]:
        """For each row, whether both tokenizers cut it at the same characters."""
        pairs = zip(*self._groups, strict=True)
        return [_cuts(self.traces[0], a) == _cuts(self.traces[1], b) for a, b in pairs]

    def _choices(self) -> dict[str, Choices | Each]:
        if not hasattr(self, "_groups"):
            return {}
        shapes = [trace.layers.attention.shape for trace in self.traces]
        return {
            "layers": Each(range(shape[0]) for shape in shapes),
            "heads": Each(range(shape[1]) for shape in shapes),
            "word": range(-1, len(self.names)),
        }

    @traitlets.validate("layers", "heads", "word")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    def _square(self, index: int) -> NDArray[np.float32]:
        trace = self.traces[index]
        weights = data.weights(trace, self.source, self.layers[index], self.heads[index])
        return merge(weights, self._groups[index])

    def _rows_said(self) -> dict[str, Any]:
        return {"names": self.names, "alike": self.cut_alike, "text": self.text}

    def _panel(self, index: int) -> dict[str, Any]:
        trace = self.traces[index]
        shown, prediction = data.labels(trace), trace.prediction
        self_kinds = data.kinds(trace)[1]
        return data.described(trace) | {
            "title": TITLES.get(trace.architecture, trace.model),
            "pieces": [[shown[token] for token in group] for group in self._groups[index]],
            "ids": [trace.tokens.ids[group].tolist() for group in self._groups[index]],
            "kinds": self_kinds,
            "labels": list(prediction.labels),
            "probabilities": prediction.probabilities.tolist(),
            "after": self._after[index].tolist(),
        }

    def _send_squares(self) -> None:
        squares = [pack_array(self._square(index)) for index in (0, 1)]
        self.set_trait("_squares", squares)

    @traitlets.observe("layers", "heads", "source")
    def _chosen(self, _change: object) -> None:
        if self._panels:
            self._send_squares()

    def summary(self) -> str:
        """How often they cut alike, and what each answers."""
        alike = self.cut_alike[1:-1]
        answers = "; ".join(
            f"{TITLES.get(trace.architecture, trace.model)} {trace.prediction.label} "
            f"{answered(trace.prediction)}"
            for trace in self.traces
        )
        return self.strings["summary_compare"].format(
            different=alike.count(False), count=len(alike), answers=answers
        )

    def static_html(self) -> str:
        """The words with both cuts, and both squares, without a script."""
        panels = cast("list[dict[str, Any]]", self._panels)
        pieces = [[" ".join(group) for group in panel["pieces"]] for panel in panels]
        rows = zip(self.names, *pieces, strict=True)
        parts = [_static.table(("word", *(panel["title"] for panel in panels)), rows)]
        if len(self.names) <= 40:
            parts += [
                _static.heatmap(self.names, square, title=panel["title"], above=color)
                for square, panel, color in zip(
                    self.selected, panels, _static.two_colors(*self.traces), strict=True
                )
            ]
        return _static.page(self.summary(), *parts)

    def _pictures(self) -> list[str]:
        panels = cast("list[dict[str, Any]]", self._panels)
        pieces = [[" ".join(group) for group in panel["pieces"]] for panel in panels]
        titles = [panel["title"] for panel in panels]
        cuts = sheets.table(("word", *titles), list(zip(self.names, *pieces, strict=True)))
        one, two = self.selected
        apart = self.strings["difference"].format(one=titles[0], two=titles[1])
        first, second = _static.two_colors(*self.traces)
        return [
            cuts,
            _static.heatmap(self.names, one, title=titles[0], above=first),
            _static.heatmap(self.names, two, title=titles[1], above=second),
            _static.heatmap(self.names, two - one, title=apart, above=second, below=first),
        ]

    def _table_rows(self) -> list[dict[str, Any]]:
        one, two = self.selected
        names = [trace.model for trace in self.traces]
        squares = {names[0]: one, names[1]: two, "difference": two - one}
        return data.square_rows(self.names, **squares)

    def _recorded(self) -> list[Recorded]:
        """Every square of either model."""
        return [self._squares_of(index) for index in (0, 1)]

    def _squares_of(self, index: int) -> Recorded:
        chosen = Recorded(("source", f"layers.{index}", f"heads.{index}"))
        trace = self.traces[index]
        layers, heads = trace.layers.attention.shape[:2]
        known: dict[tuple[str, int, int], int] = {}
        for source, layer, head in product(data.SOURCES, range(layers), range(heads)):
            once = layer if source in ("head", "heads") else 0, head if source == "head" else 0
            if (source, *once) not in known:
                square = merge(data.weights(trace, source, *once), self._groups[index])
                sent = pack_array(square)
                known[source, *once] = chosen.change(**{f"_squares__{index}": sent})
            chosen.add((source, layer, head), known[source, *once])
        return chosen

    def figure(self) -> Any:
        """Both squares and their difference as a ``plotly.graph_objects.Figure``."""
        from ..shared.figures import comparison_figure

        titles = [panel["title"] for panel in cast("list[dict[str, Any]]", self._panels)]
        return comparison_figure(self.names, self.selected, titles)


def _after(trace: Trace, index: int, pipelines: Sequence[Any] | None) -> NDArray[np.float32]:
    """The answers after each layer (L + 1, C); none, (0, C), of a model that is not at hand."""
    if pipelines is not None:
        return pipelines[index].predict_after_layers(trace)
    if trace.model not in BUNDLED:
        return np.zeros((0, len(trace.prediction.labels)), np.float32)
    from ...engine import load

    return load(trace.model).predict_after_layers(trace)


def _cuts(trace: Trace, group: list[int]) -> list[tuple[int, int]]:
    return [trace.tokens.spans[index] for index in group]
