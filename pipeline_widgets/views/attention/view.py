"""Every head of a trace, one of them whole, and beside it what happens without it."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from ...deprecation import deprecated
from ...engine.interventions import word_spans
from ...engine.pipeline import Pipeline
from ...engine.plain_attention import Attention, read_attention
from ...errors import BadInput
from ...trace import Trace
from ..shared.linker import link, style
from ..stages.base import StagesView
from . import data
from .asked_of_model import AskedOfModel
from .effects import Effects
from .strings import ATTENTION

if TYPE_CHECKING:
    pass


class AttentionView(AskedOfModel):
    """The chosen head large, its layer's heads in a row; all heads and their effects unfold.

    ``AttentionView(trace)`` loads the trace's model by its name when the learner asks for something
    that needs it (effects, switching off, the query and the key); ``pipeline`` hands it over.
    ``AttentionView.follow(explorer)`` shows what an explorer reads, as it is typed, and
    ``AttentionView.from_arrays(attention, tokens)`` the weights of any other model.

    ``layer``, ``head`` and ``token`` (the locked row, -1 for none) can be set, observed and linked,
    as can ``opened``, what is unfolded: "what_if", "heads" (not with ``wall=False``), "options".
    ``selected`` is the square on screen, ``trace`` the run on screen, changed or not.
    """

    _esm = link("attention/view.js")
    _css = style("attention/view.css", "shared/pairs.css")
    _words: ClassVar[dict[str, str]] = ATTENTION
    _described: ClassVar[tuple[str, ...]] = ("model", "text", "layer", "head")
    _in_links: ClassVar[tuple[str, ...]] = (
        *("layer", "head", "token", "key", "source", "words", "specials", "drawing"),
        *("off", "opened"),
    )
    _followed: tuple[StagesView, Callable[[object], None]] | None = None

    def __init__(
        self,
        trace: Trace | Attention,
        *,
        pipeline: Pipeline | None = None,
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
        self._measurer = Effects(lambda: self.pipeline, self._show_effects, self._measured)
        self.layer, self.head, self.opened = layer, head, list(opened)
        self.show(trace)
        self.token = token

    @classmethod
    def from_arrays(
        cls,
        attention: Any,
        tokens: Sequence[str],
        keys: Sequence[str] | None = None,
        *,
        model: str = "Attention",
        words: Sequence[int | None] | None = None,
        special: Sequence[bool] | None = None,
        sentence_b_start: int | None = None,
        **options: Any,
    ) -> AttentionView:
        """A view of attention weights alone, of any model; nothing is loaded or asked for.

        ``attention`` is a numpy array, a torch tensor or nested lists: one head (T, K), one layer
        (H, T, K), all layers (L, H, T, K), or a sequence of layers, each perhaps a batch of one,
        as transformers' ``attentions``, ``decoder_attentions`` and ``cross_attentions`` are.
        ``tokens`` are the T tokens that look, as ``convert_ids_to_tokens`` gives them, and ``keys``
        the K looked at where those are others: a decoder's tokens and its encoder's.

        ``words`` says of which word each token is (``BatchEncoding.word_ids()``), ``special`` which
        are special tokens; without them, both are read from how the tokens are spelled. Where
        there are two sentences, ``sentence_b_start`` is the token with which the second begins.
        ``model`` is what the view calls them; ``options`` are those of ``AttentionView``.

        What needs the model is not there: the answer, effects, switching off, query and key.

        Raises:
            BadInput: shapes and tokens don't fit, or the numbers are no attention weights.
        """
        return cls(
            read_attention(
                attention,
                tokens,
                keys,
                model=model,
                words=words,
                special=special,
                sentence_b_start=sentence_b_start,
            ),
            **options,
        )

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

    @property
    def text(self) -> str:
        """The text as it was given; of arrays, as their tokens spell it."""
        if self._original is not None:
            return self._original.text
        return self._attended.tokens.text if hasattr(self, "_attended") else ""

    def show(self, trace: Trace | Attention) -> None:
        """Draw another trace in the same place; nothing is left out of it yet."""
        if not isinstance(trace, (Trace, Attention)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(
                "AttentionView takes a trace: AttentionView(pipeline.trace(text)); weights of "
                "another model go into AttentionView.from_arrays(attention, tokens)"
            )
        run = trace if isinstance(trace, Trace) else None
        attention = Attention.of(trace) if isinstance(trace, Trace) else trace
        layers, heads = attention.weights.shape[:2]
        if self._pipeline is not None and self._pipeline.name != attention.model:
            self._pipeline = None
        for what, index, count in (("layer", self.layer, layers), ("head", self.head, heads)):
            if not 0 <= index < count and not hasattr(self, "_attended"):
                raise BadInput(f"{trace.model} has {what}s 0 to {count - 1}; got {what}={index}.")
        with self.hold_sync():
            self.layer, self.head = min(self.layer, layers - 1), min(self.head, heads - 1)
            self.off = []
            self._original = self._ran = run
            self._attended = attention
            self.token = self.key = -1
            if self.source not in data.sources(attention):
                self.source = "head"
            self._measurer.forget()
            self._show_effects({})
            self.measuring = False
            self._draw()

    def _draw(self) -> None:
        """Send the run on screen: tokens, wall, the chosen square, the answer."""
        attention, run = self._attended, self._ran
        self._run += 1
        self._kinds, said = data.kinds(attention)
        wall = {"thumbs": data.thumbnails(attention.weights)} if self._with_wall else {}
        changed, before = run is not self._original, self._original
        self.set_trait("_wall", said | wall)
        self.set_trait("_panels", data.described(attention) | {"changed": changed})
        self.set_trait("_answer", self._answer_of(before, run) if before and run else {})
        self._send_square()

    def _answer_of(self, before: Trace, after: Trace) -> dict[str, Any]:
        rows = (before, after) if after is not before else (before,)
        return {
            "labels": list(before.prediction.labels),
            "function": before.prediction.function,
            "threshold": before.prediction.threshold,
            "probabilities": [run.prediction.probabilities.tolist() for run in rows],
            "words": [before.text[start:end].strip() for start, end in word_spans(before.tokens)],
        }

    def _send_square(self) -> None:
        square = data.drawn(self._attended, self.source, self.layer, self.head)
        self._sent = (self._run, self.source, self.layer, self.head)
        self.set_trait("_shown", square)

    @traitlets.observe("layer", "head", "source")
    def _chosen(self, _change: object) -> None:
        if self._run and self._sent != (self._run, self.source, self.layer, self.head):
            self._send_square()
