"""The whole pipeline under a text box: type, and both models read at every keystroke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...cores import one_core_spared
from ...errors import BadInput, PipelineError
from ...trace import Trace
from ..shared.view import ECHO_FREE
from .base import StagesView
from .panel import TITLES

EXAMPLE = "The cat sat on the mat."


class Reader(Protocol):
    """What the explorer needs of a model; a ``Pipeline`` is one."""

    name: str
    architecture: str

    def trace(self, text: str) -> Trace:
        """All six stages of ``text``."""
        ...

    def predict_after_layers(self, trace: Trace) -> NDArray[np.float32]:
        """What the head would say after each layer: (L + 1, C)."""
        ...


class PipelineExplorer(StagesView):
    """Type a sentence and watch the models read it, from characters to label.

    ``models`` are one or more names for ``load()`` or loaded pipelines; ``show`` is the one shown
    first, or ``"both"`` for the first two side by side. A name is loaded when it is first shown.

    ``text``, ``layer``, ``head``, ``token`` and ``opened`` can be set, observed and linked;
    ``trace``, ``traces`` and ``selected`` hand the numbers on screen to the next cell.
    """

    _described: ClassVar[tuple[str, ...]] = ("text", "models")

    typing = traitlets.Bool(True, read_only=True).tag(sync=True)
    """Whether there is a text box."""
    text = traitlets.Unicode("").tag(**ECHO_FREE)
    """The sentence in the text box."""
    sequence = traitlets.Int(0).tag(**ECHO_FREE)
    shown = traitlets.List(traitlets.Int()).tag(**ECHO_FREE)
    """Which of the models are on screen, by index: [0], [1] or [0, 1]."""
    names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    presets = traitlets.Dict(read_only=True).tag(sync=True)
    status = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(
        self,
        text: str = EXAMPLE,
        *,
        models: Sequence[str | Reader] = ("roberta", "distilbert"),
        show: str | None = None,
        layer: int = 0,
        head: int = 0,
        token: int = 0,
        opened: Sequence[str] = ("layers",),
        presets: dict[str, list[str]] | None = None,
        strings: dict[str, str] | None = None,
    ) -> None:
        if isinstance(models, str) or not models:
            raise BadInput('models is a list of names or pipelines, such as ("roberta",)')
        super().__init__(layer=layer, head=head, token=token, opened=opened, strings=strings)
        self._readers: list[str | Reader] = list(models)
        self.set_trait("names", [_title(model) for model in models])
        self.set_trait("presets", _presets() if presets is None else presets)
        self.text = text
        self.shown = self._indices(show)
        self._read()

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
            from pipeline_widgets import load

            self.set_trait("status", self.strings["loading"].format(model=self.names[index]))
            try:
                reader = load(reader)
            finally:
                self.set_trait("status", "")
            self._readers[index] = reader
        return reader

    @traitlets.observe("text", "shown")
    def _typed(self, _change: object) -> None:
        if hasattr(self, "_readers") and self.shown:
            self._read()

    def _read(self) -> None:
        """Run the models on screen; what goes wrong is said in the widget, the picture stays."""
        try:
            readers = [self._reader(index) for index in self.shown]
            with one_core_spared():  # for the browser
                traces = [reader.trace(self.text) for reader in readers]
            pairs = zip(readers, traces, strict=True)
            self._show(traces, [reader.predict_after_layers(trace) for reader, trace in pairs])
        except PipelineError as error:
            if not self._traces:
                raise
            failed = {"text": self.text, "sequence": self.sequence, "error": str(error)}
            self.set_trait("result", self.result | failed)

    def _result(self, panels: list[dict[str, Any]]) -> dict[str, Any]:
        return super()._result(panels) | {"sequence": self.sequence, "error": ""}

    def figure(self) -> Any:
        """The chosen head's attention and the label bars as a ``plotly.graph_objects.Figure``."""
        from ..shared.figures import explorer_figure

        trace, layer, head = self._chosen()
        return explorer_figure(trace, layer, head)


def _title(model: str | Reader) -> str:
    if isinstance(model, str):
        return TITLES.get(model, model.rsplit("/", 1)[-1])
    return TITLES.get(model.name, model.name.rsplit("/", 1)[-1])


def _presets() -> dict[str, list[str]]:
    from pipeline_widgets import examples

    return examples()
