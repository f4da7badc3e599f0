"""Every head of a trace, one of them whole, and beside it what happens without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...deprecation import deprecated
from ...engine.attention_analysis import hide, merge, word_groups
from ...engine.checkpoints.find import BUNDLED
from ...engine.interventions import word_spans
from ...errors import BadInput, PipelineError
from ...trace import Trace
from ..shared import svg as _static
from ..shared.answer import answer_bars, answered
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array
from ..shared.rounding import fixed, share
from ..shared.titles import TITLES
from ..stages.base import StagesView
from . import data
from .effects import Effects
from .strings import ATTENTION
from .traits import AttentionTraits


class AttentionView(AttentionTraits):
    """The chosen head large, its layer's heads in a row; all heads and their effects unfold.

    ``AttentionView(trace)`` loads the trace's model by its name when the learner asks for something
    that needs it (effects, switching off, the query and the key); ``pipeline`` hands it over.
    ``AttentionView.follow(explorer)`` shows what an explorer reads, as it is typed.

    ``layer``, ``head`` and ``token`` (the locked row, -1 for none) can be set, observed and linked,
    as can ``opened``, what is unfolded: "what_if", "heads" (not with ``wall=False``), "options".
    ``selected`` is the square on screen, ``trace`` the run on screen, changed or not.
    """

    _esm = link("attention/view.js")
    _css = style("attention/view.css")
    _words: ClassVar[dict[str, str]] = ATTENTION
    _described: ClassVar[tuple[str, ...]] = ("model", "text", "layer", "head")
    _in_links: ClassVar[tuple[str, ...]] = (
        *("layer", "head", "token", "key", "source", "words", "specials", "drawing"),
        *("off", "opened"),
    )
    _followed: tuple[StagesView, Callable[[object], None]] | None = None

    def __init__(
        self,
        trace: Trace,
        *,
        pipeline: Any = None,
        layer: int = 0,
        head: int = 0,
        token: int = -1,
        wall: bool = True,
        opened: Sequence[str] = (),
        strings: dict[str, str] | None = None,
    ) -> None:
        super().__init__(strings=strings)
        self._pipeline = pipeline
        self._with_wall = wall
        self._original: Trace | None = None
        self._measurer = Effects(lambda: self.pipeline, self._show_effects, self._measured)
        self._run = 0  # counts the runs shown, so that what belongs to an older one is known
        self.layer, self.head, self.opened = layer, head, list(opened)
        self.show(trace)
        self.token = token

    @classmethod
    def follow(cls, explorer: StagesView, *, panel: int = 0, **options: Any) -> AttentionView:
        """A view of what ``explorer`` reads, drawn anew with every keystroke.

        ``panel`` is which of the models on screen, where there are two. ``close()`` lets go of
        the explorer.
        """
        if "lane" in options:
            deprecated("lane, of AttentionView.follow(),", "panel", "0.2")
            panel = int(options.pop("lane"))

        def current() -> Trace:
            return explorer.traces[min(panel, len(explorer.traces) - 1)]

        view = cls(current(), **options)

        def read(_change: object) -> None:
            if current() is not view._original:
                view.show(current())

        explorer.observe(read, "_result")
        view._followed = (explorer, read)
        return view

    def close(self) -> None:
        """Let go of an explorer that is followed, stop measuring, and leave the screen."""
        if self._followed is not None:
            explorer, read = self._followed
            explorer.unobserve(read, "_result")
            self._followed = None
        self.measuring = False
        super().close()

    def _choices(self) -> dict[str, Choices | Each]:
        trace: Trace | None = getattr(self, "_original", None)
        if trace is None:
            return {}
        layers, heads = trace.layers.attention.shape[:2]
        tokens = range(-1, len(self._trace.tokens))
        return {"layer": range(layers), "head": range(heads), "token": tokens, "key": tokens}

    @traitlets.validate("layer", "head", "token", "key")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def trace(self) -> Trace:
        """The run on screen, with what was left out in its ``interventions``."""
        return self._trace

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._original.model if self._original else ""

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self._original.text if self._original else ""

    @property
    def selected(self) -> NDArray[np.float32]:
        """The square on screen, rows look: (T, T), or (words, words); each row sums to 1."""
        weights = data.weights(self._trace, self.source, self.layer, self.head)
        special = list(self._trace.tokens.special)
        if self.words:
            groups = word_groups(self._trace.tokens)
            weights, special = merge(weights, groups), [special[group[0]] for group in groups]
        if self.specials == "shown":
            return weights
        return hide(weights, special, renormalise=self.specials == "renormalised")

    @property
    def head_effects(self) -> NDArray[np.float32]:
        """How far the winner's probability moves without each head: (L, H); NaN: not measured."""
        return self._measurer.heads

    @property
    def word_effects(self) -> NDArray[np.float32]:
        """How much the winner's probability moves without each word: (words,)."""
        return self._measurer.words

    def measure(self) -> NDArray[np.float32]:
        """Measure all effects and wait for them; returns ``head_effects``."""
        self.measuring = True
        self._measurer.wait()
        return self.head_effects

    def show(self, trace: Trace) -> None:
        """Draw another trace in the same place; nothing is left out of it yet."""
        if not isinstance(trace, Trace):
            raise BadInput("AttentionView takes a trace: AttentionView(pipeline.trace(text))")
        layers, heads = trace.layers.attention.shape[:2]
        if self._pipeline is not None and self._pipeline.name != trace.model:
            self._pipeline = None
        for what, index, count in (("layer", self.layer, layers), ("head", self.head, heads)):
            if not 0 <= index < count and self._original is None:
                raise BadInput(f"{trace.model} has {what}s 0 to {count - 1}; got {what}={index}.")
        self._original = self._trace = trace
        with self.hold_sync():
            self.layer, self.head = min(self.layer, layers - 1), min(self.head, heads - 1)
            self.token = self.key = -1
            self.off = []
            self._measurer.forget()
            self._show_effects({})
            self.measuring = False
            self._draw()

    @traitlets.observe("off")
    def _change(self, _change: object) -> None:
        """Run the original text again without what is off."""
        if getattr(self, "_original", None) is None:
            return
        original = cast("Trace", self._original)
        before = len(self._trace.tokens)
        try:
            without = data.interventions(cast("list[list[Any]]", self.off), original)
            texts = original.pair or (original.text,)
            changed = self.pipeline.trace(*texts, without=without) if without else original
        except PipelineError as error:
            self.set_trait("_status", str(error))
            return
        self._trace = changed
        with self.hold_sync():
            if len(changed.tokens) != before:
                self.token = self.key = -1
            self._draw()

    @property
    def pipeline(self) -> Any:
        """The model, loaded now if it was not handed over and comes with the package.

        Raises:
            BadInput: It does neither; no other is looked for, on the hub or elsewhere.
        """
        if self._pipeline is None:
            from ...engine import load

            if self.model not in BUNDLED:
                raise BadInput(self.strings["no_model"].format(model=self.model))

            self.set_trait("_status", self.strings["loading"].format(model=self.model))
            self._pipeline = load(self.model)
            self.set_trait("_status", "")
        return self._pipeline

    def _draw(self) -> None:
        """Send the run on screen: tokens, wall, the chosen square, the answer."""
        trace, original = self._trace, cast("Trace", self._original)
        self._run += 1
        self._kinds, said = data.kinds(trace)
        wall = {"thumbs": data.thumbnails(trace.layers.attention)} if self._with_wall else {}
        self.set_trait("_wall", said | wall)
        self.set_trait("_panels", data.described(trace) | {"changed": trace is not original})
        self.set_trait("_answer", self._answer_of(original, trace))
        self._send_square()

    def _answer_of(self, before: Trace, after: Trace) -> dict[str, Any]:
        rows = (before, after) if after is not before else (before,)
        return {
            "labels": list(before.prediction.labels),
            "probabilities": [run.prediction.probabilities.tolist() for run in rows],
            "words": [before.text[start:end].strip() for start, end in word_spans(before.tokens)],
        }

    def _send_square(self) -> None:
        square = data.drawn(self._trace, self.source, self.layer, self.head)
        self._sent = (self._run, self.source, self.layer, self.head)
        self.set_trait("_shown", square)

    @traitlets.observe("layer", "head", "source")
    def _chosen(self, _change: object) -> None:
        if getattr(self, "_original", None) is None:
            return
        if self._sent != (self._run, self.source, self.layer, self.head):
            self._send_square()

    @traitlets.observe("layer", "head", "token", "source", "off")
    def _derive(self, _change: object) -> None:
        """Send the vectors of the chosen head while a row is locked."""
        if getattr(self, "_original", None) is None or self.token < 0 or self.source != "head":
            return
        if self._pipeline is None and self.model not in BUNDLED:
            return
        where = {"layer": self.layer, "head": self.head, "run": self._run}
        if {name: self._vectors.get(name) for name in where} == where:
            return
        try:
            self.set_trait("_vectors", self._vectors_of(self.layer, self.head))
        except PipelineError as error:
            self.set_trait("_status", str(error))

    def _vectors_of(self, layer: int, head: int) -> dict[str, Any]:
        found = self.pipeline.query_key_value(self._trace, layer, head)
        where = {"layer": layer, "head": head, "run": self._run}
        return where | {"query": pack_array(found.query), "key": pack_array(found.key)}

    @property
    def _can_derive(self) -> bool:
        """Whether the model is there, and its vectors are few enough for a page."""
        return self._pipeline is not None and len(self._trace.tokens) <= 64

    @traitlets.observe("measuring")
    def _measure(self, change: Any) -> None:
        if getattr(self, "_original", None) is None:
            return
        if change["new"]:
            self._measurer.start(cast("Trace", self._original))
        else:
            self._measurer.stop()

    def _show_effects(self, found: dict[str, Any]) -> None:
        self.set_trait("_effects", found)

    def _measured(self, error: Exception | None) -> None:
        if error is not None:
            self.set_trait("_status", str(error))
        self.measuring = False

    def describe(self, layer: int, head: int) -> str:
        """One line on what a head does in this text, computed from its weights."""
        name, value = self._kinds.kind(layer, head)
        names = data.labels(self._trace)
        return self.strings[f"kind_{name}"].format(
            value=share(value) if name == "broad" else fixed(value),
            first=names[0],
            last=names[-1],
            favourite=names[int(self._kinds.favourite[layer, head])],
        )

    def summary(self) -> str:
        """The chosen head and the answer, in one sentence."""
        trace = self._trace
        return self.strings["summary_attention"].format(
            model=TITLES.get(trace.architecture, trace.model),
            count=len(trace.tokens),
            layer=self.layer,
            head=self.head,
            kind=self.describe(self.layer, self.head),
            label=trace.prediction.label,
            confidence=answered(trace.prediction),
        )

    def static_html(self) -> str:
        """The chosen head as a heatmap and the answer as bars, without a script."""
        trace, color = self._trace, _static.color_of(self._trace)
        parts: list[str] = []
        if len(trace.tokens) <= 64:
            title = _static.head_title(trace, self.layer, self.head)
            square = trace.layers.attention[self.layer, self.head]
            parts.append(_static.heatmap(data.labels(trace), square, title=title, above=color))
        prediction = trace.prediction
        parts.append(answer_bars(prediction, color=color))
        return _static.page(self.summary(), *parts)

    def _pictures(self) -> list[str]:
        prediction, color = self._trace.prediction, _static.color_of(self._trace)
        square = _static.heatmap(self.labels, self.selected, title=self.summary(), above=color)
        return [square, answer_bars(prediction, color=color)]

    def _table_rows(self) -> list[dict[str, Any]]:
        return data.square_rows(self.labels, weight=self.selected)

    def _recorded(self) -> list[Recorded]:
        vectors = self._vectors_of if self._can_derive else None
        return data.recorded(self._trace, self.layer, vectors)

    def figure(self) -> Any:
        """The square on screen and the answer as a ``plotly.graph_objects.Figure``."""
        from ..shared.figures import attention_figure

        return attention_figure(self.labels, self.selected, self._trace, self.summary())

    @property
    def labels(self) -> tuple[str, ...]:
        """What the rows and columns of ``selected`` are called."""
        names: Sequence[str] = data.labels(self._trace)
        special = list(self._trace.tokens.special)
        if self.words:
            groups = word_groups(self._trace.tokens)
            special = [special[group[0]] for group in groups]
            names = data.word_labels(self._trace)
        shown = self.specials == "shown"
        return tuple(
            name for name, hidden in zip(names, special, strict=True) if shown or not hidden
        )
