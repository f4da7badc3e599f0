"""Every head of a trace, one of them whole, and beside it what happens without it."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...deprecation import deprecated
from ...engine.checkpoints.find import BUNDLED
from ...engine.interventions import word_spans
from ...engine.pipeline import Pipeline
from ...engine.plain_attention import Attention, read_attention
from ...errors import BadInput, PipelineError
from ...trace import Trace
from ..shared.choices import BadTrait
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array
from ..shared.titles import title_of
from ..stages.base import StagesView
from . import data
from .effects import Effects
from .pictures import AttentionPictures
from .strings import ATTENTION

if TYPE_CHECKING:
    from ..live.page import LiveView


class AttentionView(AttentionPictures):
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
    _original: Trace | None = None
    _run = 0  # counts the runs shown, so that what belongs to an older one is known

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
    def trace(self) -> Trace:
        """The run on screen, with what was left out in its ``interventions``.

        Raises:
            BadInput: the view was made from arrays.
        """
        if self._ran is None:
            raise BadInput(self.strings["no_run"])
        return self._ran

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._attended.model if hasattr(self, "_attended") else ""

    @property
    def text(self) -> str:
        """The text as it was given; of arrays, as their tokens spell it."""
        if self._original is not None:
            return self._original.text
        return self._attended.tokens.text if hasattr(self, "_attended") else ""

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

    @traitlets.validate("off", "measuring")
    def _needs_a_run(self, proposal: Any) -> Any:
        """What is to be run again needs a model; of arrays nothing was run."""
        if proposal["value"] and hasattr(self, "_attended") and self._ran is None:
            raise BadTrait(self.strings["no_run"])
        return proposal["value"]

    @traitlets.observe("off")
    def _change(self, _change: object) -> None:
        """Run the original text again without what is off."""
        if self._original is None:
            return
        original = self._original
        before = len(self._attended.tokens)
        try:
            without = data.interventions(cast("list[list[Any]]", self.off), original)
            texts = original.pair or (original.text,)
            changed = self.pipeline.trace(*texts, without=without) if without else original
        except PipelineError as error:
            self.set_trait("_status", str(error))
            return
        self._ran, self._attended = changed, Attention.of(changed)
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

    @traitlets.observe("layer", "head", "token", "source", "off")
    def _derive(self, _change: object) -> None:
        """Send the vectors of the chosen head while a row is locked."""
        if self._ran is None or self.token < 0 or self.source != "head":
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
        found = self.pipeline.query_key_value(self.trace, layer, head)
        where = {"layer": layer, "head": head, "run": self._run}
        return where | {"query": pack_array(found.query), "key": pack_array(found.key)}

    @property
    def _can_derive(self) -> bool:
        """Whether the model is there, and its vectors are few enough for a page."""
        return self._pipeline is not None and len(self._attended.tokens) <= 64

    @traitlets.observe("measuring")
    def _measure(self, change: Any) -> None:
        if self._original is None:
            return
        if change["new"]:
            self._measurer.start(self._original)
        else:
            self._measurer.stop()

    def _show_effects(self, found: dict[str, Any]) -> None:
        self.set_trait("_effects", found)

    def _measured(self, error: Exception | None) -> None:
        if error is not None:
            self.set_trait("_status", str(error))
        self.measuring = False

    def live_view(self) -> LiveView:
        """Every square, what happens without something, and the effects, computed in a page."""
        from ...engine.pipeline import Pipeline
        from ..live.page import LiveView  # reads the weights, which nothing else here needs

        trace = self._original
        if trace is None:
            raise BadInput("A live page reads a text; of arrays to_html() keeps what is on screen.")
        pipeline = self.pipeline
        if not isinstance(pipeline, Pipeline):
            raise BadInput("A live page computes with a loaded pipeline: pipeline=load(name).")
        if trace.pair:
            raise BadInput("A live page reads one text, not two; to_html() without live=True does.")
        state = cast("dict[str, Any]", self.get_state())
        state |= {"offline": "live", "measuring": False}
        asks = ("layer", "head", "token", "source", "off", "measuring", "text", "wall_shown")
        state |= {"text": trace.text, "wall_shown": self._with_wall}
        name = title_of(trace.model)
        return LiveView("attention", asks, state, [pipeline], [name])

    def _recorded(self) -> list[Recorded]:
        vectors = self._vectors_of if self._can_derive else None
        return data.recorded(self._attended, self.layer, vectors)
