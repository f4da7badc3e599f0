"""The whole pipeline under a text box: type, and both models read at every keystroke."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...cores import one_core_spared
from ...errors import BadInput, PipelineError
from ...trace import Trace
from ..difference.pin import WORDS, Pinning
from ..shared.acting_links import read_link
from ..shared.choices import BadTrait, Choices, Each
from ..shared.linker import link, style
from ..shared.titles import title_of
from ..shared.view import ECHO_FREE
from .base import StagesView
from .code import code_of_pair
from .inside import inside
from .panel import clamp
from .story import same_place, story, word_to_start_with

if TYPE_CHECKING:
    from ..live.page import LiveView

EXAMPLE = "The cat sat on the mat."


class Reader(Protocol):
    """What the explorer needs of a model; a ``Pipeline`` is one."""

    name: str
    architecture: str

    def trace(self, text: str, pair: str | None = None) -> Trace:
        """All six stages of ``text``, or of two texts together."""
        ...

    def predict_after_layers(self, trace: Trace) -> NDArray[np.float32]:
        """What the head would say after each layer: (L + 1, C)."""
        ...


class PipelineExplorer(StagesView, Pinning):
    """Type a sentence and watch the models read it, from characters to label.

    ``models`` are one or more names for ``load()`` or loaded pipelines; ``show`` is the one shown
    first, or ``"both"`` for the first two side by side. A name is loaded when it is first shown.
    Without ``layer``, ``head`` and ``token`` the picture opens at a word and at an attention head
    that does something plain to see with it (see ``story``).

    With ``pair``, perhaps "", there are two boxes, for models that read two sentences together;
    attention between the two is summed.

    ``pinned`` is a sentence that stays while another is typed: above the stages stands what differs
    (see ``DifferenceView``), for each model on screen.

    ``hide`` leaves stages, controls or numbers out for a class: any of ``HIDEABLE``.

    ``text``, ``layer``, ``head``, ``token`` and ``opened`` can be set, observed and linked;
    ``trace``, ``traces`` and ``selected`` hand the numbers on screen to the next cell. ``link()``
    says in a short text what is on screen, ``from_link()`` brings it back.
    """

    _described: ClassVar[tuple[str, ...]] = ("text", "models")
    _esm = link("stages/pinned.js")
    _words: ClassVar[dict[str, str]] = StagesView._words | WORDS
    _fetchable: ClassVar[dict[str, tuple[str, ...]]] = StagesView._fetchable | Pinning._fetchable
    _pinned_links: ClassVar[tuple[str, ...]] = ("pinned", "cells", "compared")
    _in_links: ClassVar[tuple[str, ...]] = ("text", "shown", *_pinned_links, *StagesView._in_links)

    _typing = traitlets.Bool(True, read_only=True).tag(sync=True)
    """Whether there is a text box."""
    text = traitlets.Unicode("").tag(**ECHO_FREE)
    """The sentence in the text box."""
    pair = traitlets.Unicode(None, allow_none=True).tag(**ECHO_FREE)
    """The second sentence, in a box of its own; None where there is no such box."""
    _sequence = traitlets.Int(0).tag(**ECHO_FREE)
    """Counts what is typed, so that a late answer is not drawn over a newer one."""
    shown = traitlets.List(traitlets.Int()).tag(sync=True)
    """Which of the models are on screen, by index: [0], [1] or [0, 1]."""
    _names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    _presets = traitlets.Dict(read_only=True).tag(sync=True)
    _status = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(
        self,
        text: str = EXAMPLE,
        *,
        models: Sequence[str | Reader] = ("roberta", "distilbert"),
        pair: str | None = None,
        show: str | None = None,
        layer: int | None = None,
        head: int | None = None,
        token: int | None = None,
        opened: Sequence[str] = ("layers",),
        pinned: str | None = None,
        hide: Sequence[str] = (),
        presets: dict[str, list[str]] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        if isinstance(models, str) or not models:
            raise BadInput('models is a list of names or pipelines, such as ("roberta",)')
        chosen = layer or 0, head or 0, token or 0
        if pair is not None:
            hide = self._for_two(hide, pinned)
        super().__init__(*chosen, opened=opened, hide=hide, strings=strings)
        self._readers: list[str | Reader] = list(models)
        self.set_trait("_names", [_title(model) for model in models])
        own = _presets() if presets is None and pair is None else presets or {}
        self.set_trait("_presets", own)
        self.text, self.pair, self.pinned = text, pair, pinned or ""
        self.shown = self._indices(show)
        self._read()
        self._tell_a_story(layer, head, token)

    def _for_two(self, hide: Sequence[str], pinned: str | None) -> Sequence[str]:
        """Take the script of two boxes along; what there is for one sentence alone is hidden."""
        if pinned:
            raise BadInput("One sentence can be pinned, not a pair; leave out pinned or pair.")
        self._esm = link("stages/paired.js")
        self._css = style("stages/view.css", "shared/pairs.css", "stages/paired.css")
        cast("Any", self)._in_links = (*self._in_links, "pair")
        return hide if isinstance(hide, str) else [*hide, "pin"]

    @classmethod
    def from_link(cls, link: str, **options: Any) -> PipelineExplorer:
        """An explorer that shows what ``link()`` of another one said; ``options`` as ever.

        Raises:
            BadInput: the text is no such link.
        """
        wanted = read_link(link, cls, (*cls._in_links, "pair"))
        options |= {name: wanted.pop(name) for name in ("text", "pair") if name in wanted}
        return cls(**options).open_link(link)

    def _choices(self) -> dict[str, Choices | Each]:
        count = len(getattr(self, "_readers", ()))
        return super()._choices() | ({"shown": range(count)} if count else {})

    @traitlets.validate("pair")
    def _second_box(self, proposal: Any) -> Any:
        value, known = proposal["value"], hasattr(self, "_readers") and bool(self.shown)
        if known and (value is None) != (self.pair is None):
            raise BadTrait(
                "PipelineExplorer: pair belongs to an explorer that was made with one: "
                'PipelineExplorer(text, pair="").'
            )
        return value

    @traitlets.validate("shown")
    def _models_on_screen(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models that can be shown."""
        return tuple(model if isinstance(model, str) else model.name for model in self._readers)

    def _indices(self, show: str | None) -> list[int]:
        if show is None:
            return [0]
        if show == "both" and len(self._readers) > 1:
            return [0, 1]
        if show not in self.models:
            choices = ", ".join(repr(name) for name in (*self.models, "both"))
            raise BadInput(f"show={show!r} is none of {choices}")
        return [self.models.index(show)]

    def _reader(self, index: int) -> Reader:
        """The model at ``index``, loaded now if it was only a name."""
        reader = self._readers[index]
        if isinstance(reader, str):
            from ...engine import load

            self.set_trait("_status", self.strings["loading"].format(model=self._names[index]))
            try:
                reader = load(reader)
            finally:
                self.set_trait("_status", "")
            self._readers[index] = reader
        return reader

    @traitlets.observe("pinned")
    def _pinned_other(self, _change: object) -> None:
        compared = self.comparisons[0].pinned.text if self.comparisons else ""
        if hasattr(self, "_readers") and self.shown and compared != self.pinned:
            self._read()

    @traitlets.observe("text", "pair", "shown")
    def _typed(self, change: Any) -> None:
        if not hasattr(self, "_readers") or not self.shown:
            return
        before, token = self._traces, self.token
        self._read()
        if change["name"] == "shown" and before and self._traces is not before:
            self._keep_place(before[clamp(self.panel, len(before))], token)

    @traitlets.observe("_sequence")
    def _answered(self, _change: object) -> None:
        """Of "a", "ab", "a" only the last may arrive: then nothing is new, but it was asked.

        A text that is new is read in its own turn, which may be after this one.
        """
        known = self._texts_read == (self.text, self.pair)
        if self._traces and known and self._result["sequence"] != self._sequence:
            if self._result["error"]:
                self._read()
            else:
                self._draw()

    def _keep_place(self, before: Trace, token: int) -> None:
        """The same piece of text stays chosen; a head nobody chose gives way to the new model's."""
        self.panel = clamp(self.panel, len(self._traces))
        now = self._traces[self.panel]
        if now.model != before.model:
            self.token = same_place(before.tokens, token, now.tokens)
            if (self.layer, self.head) == self._story:
                self._tell_a_story(None, None, self.token)

    def _tell_a_story(self, layer: int | None, head: int | None, token: int | None) -> None:
        """Choose what nobody has chosen: layer, head and token."""
        trace = self._chosen()[0]
        self._story = self.layer, self.head
        if layer is None and head is None:
            self._story = self.layer, self.head = story(trace)
        if token is None:
            self.token = word_to_start_with(trace.tokens)

    _story = (0, 0)  # the layer and head that the view itself chose
    _texts_read: tuple[str, str | None] | None = None

    def _read(self) -> None:
        """Run the models on screen; what goes wrong is said in the widget, the picture stays."""
        self._texts_read = self.text, self.pair
        try:
            readers = [self._reader(index) for index in self.shown]
            with one_core_spared():  # for the browser
                traces = [self._read_by(reader) for reader in readers]
                pairs = zip(readers, traces, strict=True)
                after = [reader.predict_after_layers(trace) for reader, trace in pairs]
                self._compare_pinned(readers, traces, after)
            self._show(traces, after)
            self._start_patching()
        except PipelineError as error:
            if not self._traces:
                raise
            failed = {"text": self.text, "sequence": self._sequence, "error": str(error)}
            self.set_trait("_result", self._result | failed)

    def _read_by(self, reader: Reader) -> Trace:
        return reader.trace(self.text, self.pair) if self.pair else reader.trace(self.text)

    @traitlets.observe("token", "panel")
    def _another_token(self, _change: object) -> None:
        if "halves" in self.opened and self._traces:
            self._draw()

    def _panels(self, opened: tuple[str, ...]) -> list[dict[str, Any]]:
        panels = super()._panels(opened)
        if {"halves", "mixing"} & set(opened):
            self._send_script("inside")
            chosen = self._traces[clamp(self.panel, len(self._traces))].tokens
            for data, trace, index in zip(panels, self._traces, self.shown, strict=False):
                token = same_place(chosen, self.token, trace.tokens)
                where = {"layer": self.layer, "head": self.head, "token": token}
                data |= inside(self._readers[index], trace, opened, **where)
        return panels

    def _answer_with(self, panels: list[dict[str, Any]]) -> dict[str, Any]:
        typed = {"sequence": self._sequence, "error": ""}
        if self.pair is not None:
            typed |= {"typed": self.text, "pair": self.pair}
            self.set_trait("_codes", code_of_pair(self.text, self.pair))
        return super()._answer_with(panels) | typed | self._differences()

    def static_html(self) -> str:
        """The comparison with the pinned sentence, if there is one, and the stages."""
        return "".join([*self._static_difference(), super().static_html()])

    def _exported(self) -> dict[str, Any]:
        return super()._exported() | self._exported_difference()

    def _later(self) -> dict[str, tuple[str, ...]]:
        names = ("heat", "pin") if self._comparisons else ("heat",)
        return {name: self._fetchable[name] for name in names}

    def _pictures(self) -> list[str]:
        return [*self._difference_pictures(), *super()._pictures()]

    def live_view(self) -> LiveView:
        """The stages of a sentence, and what differs from a pinned one, computed in a page."""
        from ...engine.pipeline import Pipeline
        from ..live.page import LiveView

        readers = [self._reader(index) for index in range(len(self._readers))]
        pipelines = [reader for reader in readers if isinstance(reader, Pipeline)]
        if self.pair is not None:
            raise BadInput(
                "A live page reads one sentence; to_html(path) keeps this pair's picture."
            )
        if len(pipelines) < len(readers):
            raise BadInput("A live page needs loaded pipelines or their names as models.")
        state = self.plain_state() | self._exported_difference()
        state |= {"offline": "live", "_sequence": 0, "_scripts": {}}
        others = ("flow_", "map_", "pair_", "sample_", "strips_")  # words of what isn't here
        state["strings"] = {
            key: word for key, word in self.strings.items() if not key.startswith(others)
        }
        words = ("course", "run_before", "run_until", "run_from", "run_at", "run_between")
        state["pin_words"] = {word: self.strings[f"pin_{word}"] for word in words}
        asks = ("text", "_sequence", "shown", "layer", "head", "token", "panel", "opened")
        return LiveView(
            "explorer",
            (*asks, "_stages", "pinned", "cells", "compared", "pin_words"),
            state,
            pipelines,
            self._names,
            shown=self.shown,
            early={
                "_stages": [stage for stage in ("text", "tokens") if stage in self._stages],
                "_hidden": [*self._hidden, "probabilities"],
                "_summary_key": "summary_tokens",
            },
            later={name: self._fetchable[name] for name in ("guide", "heat", "inside", "pin")},
        )

    def figure(self) -> Any:
        """The chosen head's attention and the label bars as a ``plotly.graph_objects.Figure``."""
        from ..shared.figures import explorer_figure

        trace, layer, head = self._chosen()
        return explorer_figure(trace, layer, head)


def _title(model: str | Reader) -> str:
    return title_of(model if isinstance(model, str) else model.name)


def _presets() -> dict[str, list[str]]:
    from ...engine.examples import examples

    return examples()
