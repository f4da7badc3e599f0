"""Two models on one text, word by word: how they cut it, where they look, what they answer."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, ClassVar, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...engine.attention_analysis import merge
from ...engine.checkpoints.find import BUNDLED
from ...engine.pipeline import Pipeline
from ...engine.plain_attention import Attention, read_attention
from ...errors import BadInput
from ...trace import Tokens, Trace
from ..attention import data
from ..attention.strings import COMPARISON
from ..shared import sheets
from ..shared import svg as _static
from ..shared.answer import answered
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array
from ..shared.titles import TITLES, title_of
from ..shared.view import ECHO_FREE, View
from .alignment import both, over_one_text
from .matching import matching


class CompareView(View):
    """``CompareView(one, two)``: two traces of the same text, aligned by character and by word.

    It begins with the two heads that are most alike, unless ``layers`` and ``heads`` name others.
    Attention is summed over the pieces looked at and averaged over the pieces that look, so both
    squares have the same words as rows; the third is the second less the first. ``pipelines`` are
    the two models, for their answers after each layer; they are loaded by name if not given.
    ``CompareView.from_arrays(attentions, tokens)`` compares the weights of any two models.
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
        one: Trace | Attention,
        two: Trace | Attention,
        *,
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
        source: data.Source = "head",
        pipelines: Sequence[Pipeline] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        given = (one, two)
        if not all(isinstance(side, (Trace, Attention)) for side in given):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(
                "CompareView takes two traces: CompareView(a.trace(text), b.trace(text)); weights "
                "of other models go into CompareView.from_arrays(attentions, tokens)"
            )
        self.traces = tuple(side for side in given if isinstance(side, Trace))
        if len({trace.text for trace in self.traces}) > 1:
            raise BadInput("CompareView aligns two traces of the same text; these texts differ")
        super().__init__(strings=strings)
        self._sides = [Attention.of(side) if isinstance(side, Trace) else side for side in given]
        first, second = self._sides
        self.names, *self._groups = both(first.tokens, second.tokens)
        self.key_names, *self._keys = both(first.keys, second.keys)
        self._after = [_after(trace, index, pipelines) for index, trace in enumerate(self.traces)]
        pair = (self._groups[0], self._groups[1]), (self._keys[0], self._keys[1])
        alike = matching((first, second), *pair)
        self.layers = [at for at, _ in alike] if layers is None else list(layers)
        self.heads = [at for _, at in alike] if layers is heads is None else list(heads or (0, 0))
        self.source = source
        self.set_trait("_rows", self._rows_said())
        self.set_trait("_panels", [self._panel(index) for index in (0, 1)])
        self._send_squares()

    @classmethod
    def from_arrays(
        cls,
        attentions: Sequence[Any],
        tokens: Sequence[Sequence[str]],
        keys: Sequence[Sequence[str]] | None = None,
        *,
        models: Sequence[str] = ("first", "second"),
        **options: Any,
    ) -> CompareView:
        """Two models' attention weights of one text, each as ``AttentionView.from_arrays`` has it.

        ``attentions``, ``tokens``, ``keys`` and ``models`` have an entry for each model. The words
        are found by the letters that the tokens spell; capitals and accents may differ.

        Raises:
            BadInput: shapes and tokens don't fit, or the tokens spell two texts.
        """
        given = {"attentions": attentions, "tokens": tokens, "models": models}
        for name, pair in (given | ({} if keys is None else {"keys": keys})).items():
            if isinstance(pair, str) or len(pair) != 2:
                raise BadInput(f"{name} has an entry for each of two models; got {len(pair)}.")
        sides = [
            read_attention(attentions[i], tokens[i], keys[i] if keys else None, model=models[i])
            for i in (0, 1)
        ]
        rows = over_one_text(sides[0].tokens, sides[1].tokens)
        columns = over_one_text(sides[0].keys, sides[1].keys) if keys else rows
        placed = zip(sides, rows, columns, strict=True)
        return cls(*(replace(side, tokens=row, keys=key) for side, row, key in placed), **options)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the two models."""
        return tuple(side.model for side in self._sides)

    @property
    def text(self) -> str:
        """The text that both read."""
        return self._sides[0].tokens.text

    @property
    def selected(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Both squares on screen, (words, words) each."""
        return self._square(0), self._square(1)

    @property
    def cut_alike(self) -> list[bool]:
        """For each row, whether both tokenizers cut it at the same characters."""
        pairs = zip(*self._groups, strict=True)
        one, two = (side.tokens for side in self._sides)
        return [_cuts(one, a) == _cuts(two, b) for a, b in pairs]

    def _choices(self) -> dict[str, Choices | Each]:
        if not hasattr(self, "_groups"):
            return {}
        shapes = [side.weights.shape for side in self._sides]
        offered = [data.sources(side) for side in self._sides]
        return {
            "source": tuple(name for name in offered[0] if name in offered[1]),
            "layers": Each(range(shape[0]) for shape in shapes),
            "heads": Each(range(shape[1]) for shape in shapes),
            "word": range(-1, len(self.names)),
        }

    @traitlets.validate("layers", "heads", "word", "source")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    def _square(self, index: int) -> NDArray[np.float32]:
        side = self._sides[index]
        weights = data.weights(side, self.source, self.layers[index], self.heads[index])
        return merge(weights, self._groups[index], self._keys[index])

    def _rows_said(self) -> dict[str, Any]:
        return {
            "names": self.names,
            "keys": self.key_names,
            "alike": self.cut_alike,
            "text": self.text,
            "sources": list(cast("tuple[str, ...]", self._choices()["source"])),
            **self._counts(),
        }

    def _counts(self) -> dict[str, int]:
        """How many words there are, and how many of them are cut differently."""
        special = self._sides[0].tokens.special
        rows = zip(self.cut_alike, self._groups[0], self._groups[1], strict=True)
        words = [alike for alike, one, two in rows if one and two and not special[one[0]]]
        return {"different": words.count(False), "count": len(words)}

    def _panel(self, index: int) -> dict[str, Any]:
        side = self._sides[index]
        shown = data.labels(side.tokens)
        answer = self._answer(index) if self.traces else {"after": []}
        return data.described(side) | {
            "title": TITLES.get(side.architecture, title_of(side.model)),
            "pieces": [[shown[token] for token in group] for group in self._groups[index]],
            "ids": [side.tokens.ids[group].tolist() for group in self._groups[index]],
            "kinds": data.kinds(side)[1],
            **answer,
        }

    def _answer(self, index: int) -> dict[str, Any]:
        prediction = self.traces[index].prediction
        return {
            "labels": list(prediction.labels),
            "function": prediction.function,
            "threshold": prediction.threshold,
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
        answers = "; ".join(
            f"{TITLES.get(trace.architecture, trace.model)} {trace.prediction.label} "
            f"{answered(trace.prediction)}"
            for trace in self.traces
        )
        key = "summary_compare" if answers else "cuts_note"
        return self.strings[key].format(**self._counts(), answers=answers)

    def static_html(self) -> str:
        """The words with both cuts, and both squares, without a script."""
        panels = cast("list[dict[str, Any]]", self._panels)
        pieces = [[" ".join(group) for group in panel["pieces"]] for panel in panels]
        rows = zip(self.names, *pieces, strict=True)
        parts = [_static.table(("word", *(panel["title"] for panel in panels)), rows)]
        if len(self.names) <= 40:
            parts += [
                _static.heatmap(
                    self.names, square, keys=self.key_names, title=panel["title"], above=color
                )
                for square, panel, color in zip(
                    self.selected, panels, _static.two_colors(*self._sides), strict=True
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
        first, second = _static.two_colors(*self._sides)

        def square(values: NDArray[np.float32], title: str, above: str, below: str = "") -> str:
            colors = {"above": above, "below": below or above}
            return _static.heatmap(self.names, values, keys=self.key_names, title=title, **colors)

        return [
            cuts,
            square(one, titles[0], first),
            square(two, titles[1], second),
            square(two - one, apart, second, first),
        ]

    def _table_rows(self) -> list[dict[str, Any]]:
        one, two = self.selected
        names = [side.model for side in self._sides]
        squares = {names[0]: one, names[1]: two, "difference": two - one}
        return data.square_rows(self.names, self.key_names, **squares)

    def _recorded(self) -> list[Recorded]:
        """Every square of either model."""
        return [self._squares_of(index) for index in (0, 1)]

    def _squares_of(self, index: int) -> Recorded:
        chosen = Recorded(("source", f"layers.{index}", f"heads.{index}"))
        side = self._sides[index]
        layers, heads = side.weights.shape[:2]
        known: dict[tuple[str, int, int], int] = {}
        for source, layer, head in product(self._rows["sources"], range(layers), range(heads)):
            once = layer if source in ("head", "heads") else 0, head if source == "head" else 0
            if (source, *once) not in known:
                weights = data.weights(side, source, *once)
                sent = pack_array(merge(weights, self._groups[index], self._keys[index]))
                known[source, *once] = chosen.change(**{f"_squares__{index}": sent})
            chosen.add((source, layer, head), known[source, *once])
        return chosen

    def figure(self) -> Any:
        """Both squares and their difference as a ``plotly.graph_objects.Figure``."""
        from ..shared.figures import comparison_figure

        titles = [panel["title"] for panel in cast("list[dict[str, Any]]", self._panels)]
        return comparison_figure((self.names, self.key_names), self.selected, titles)


def _after(trace: Trace, index: int, pipelines: Sequence[Pipeline] | None) -> NDArray[np.float32]:
    """The answers after each layer (L + 1, C); none, (0, C), of a model that is not at hand."""
    if pipelines is not None:
        return pipelines[index].predict_after_layers(trace)
    if trace.model not in BUNDLED:
        return np.zeros((0, len(trace.prediction.labels)), np.float32)
    from ...engine import load

    return load(trace.model).predict_after_layers(trace)


def _cuts(tokens: Tokens, group: list[int]) -> list[tuple[int, int]]:
    return [span for span in (tokens.spans[index] for index in group) if span != (0, 0)]
