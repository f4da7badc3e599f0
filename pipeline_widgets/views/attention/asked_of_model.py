"""What an attention view asks its model for: a run without something, effects, query and key."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...engine.checkpoints.find import BUNDLED
from ...engine.pipeline import Pipeline
from ...engine.plain_attention import Attention
from ...errors import BadInput, PipelineError
from ...trace import Trace
from ..shared.choices import BadTrait
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array
from ..shared.titles import title_of
from . import data
from .effects import Effects
from .pictures import AttentionPictures

if TYPE_CHECKING:
    from ..live.page import LiveView


class AskedOfModel(AttentionPictures):
    """The run on screen and its model, which is loaded when it is first needed."""

    _pipeline: Pipeline | None
    _measurer: Effects
    _with_wall: bool
    _original: Trace | None = None
    _run = 0  # counts the runs shown, so that what belongs to an older one is known

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._attended.model if hasattr(self, "_attended") else ""

    def _draw(self) -> None:
        raise NotImplementedError

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
    def pipeline(self) -> Pipeline:
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
        from ..live.page import LiveView  # reads the weights, which nothing else here needs

        trace = self._original
        if trace is None:
            raise BadInput("A live page reads a text; of arrays to_html() keeps what is on screen.")
        pipeline = self.pipeline
        if not isinstance(pipeline, Pipeline):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput("A live page computes with a loaded pipeline: pipeline=load(name).")
        if trace.pair:
            raise BadInput("A live page reads one text, not two; to_html() without live=True does.")
        state = self.plain_state()
        state |= {"offline": "live", "measuring": False}
        asks = ("layer", "head", "token", "source", "off", "measuring", "text", "wall_shown")
        state |= {"text": trace.text, "wall_shown": self._with_wall}
        name = title_of(trace.model)
        return LiveView("attention", asks, state, [pipeline], [name])

    def _recorded(self) -> list[Recorded]:
        vectors = self._vectors_of if self._can_derive else None
        return data.recorded(self._attended, self.layer, vectors)
