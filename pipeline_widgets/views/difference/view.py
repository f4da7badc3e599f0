"""Two sentences in one model: where they differ, how the difference travels, what carries it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...engine.patching import PartPatching, Patching
from ...engine.pipeline import Pipeline
from ...errors import BadInput
from ...trace import Trace
from ..shared import svg
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.strings import SAVE
from ..shared.view import View
from ..stages.panel import clamp
from . import sentences, static
from .comparison import Comparison
from .patcher import Patcher
from .place import check_pair, checked_place
from .strings import DIFFERENCE

SECTIONS = ("paths", "answers", "attention", "parts", "table")


class DifferenceView(View):
    """``DifferenceView(pinned, trace)``: two runs of one model, stage by stage.

    The first trace is the pinned sentence, the second the one that is compared with it. The square
    "where it acts" fills in the background, the most telling rows first; ``measure()`` waits for
    it. The model is loaded by its name if ``pipeline`` is not handed over.

    ``layer``, ``token`` and ``opened`` can be set, observed and linked; ``selected`` is the answer
    (C,) of the chosen cell, ``patching`` the whole square.
    """

    _esm = link("difference/view.js")
    _css = style("difference/panel.css", "difference/view.css")
    _words: ClassVar[dict[str, str]] = SAVE | DIFFERENCE
    _described: ClassVar[tuple[str, ...]] = ("model", "pinned_text", "text")
    _in_links: ClassVar[tuple[str, ...]] = ("layer", "token", "part", "opened")

    layer = traitlets.Int(-1).tag(sync=True)
    """The chosen row of both squares: -1 is before the layers, else after that layer."""
    token = traitlets.Int(0).tag(sync=True)
    """The chosen token of the new sentence, counted from 0."""
    part = traitlets.List(traitlets.Int(), [-1, -1], minlen=2, maxlen=2).tag(sync=True)
    """The chosen cell of the heads and halves: [row, token], both halves first, the token after the
    last everywhere; [-1, -1] is the strongest."""
    opened = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The sections that are open, of ``SECTIONS``."""
    _difference = traitlets.Dict(read_only=True).tag(sync=True)
    _acts = traitlets.Dict(read_only=True).tag(sync=True)
    _parts = traitlets.Dict(read_only=True).tag(sync=True)
    _status = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(
        self,
        pinned: Trace,
        trace: Trace,
        *,
        pipeline: Pipeline | None = None,
        layer: int | None = None,
        token: int | None = None,
        opened: Sequence[str] = SECTIONS[:-1],
        strings: dict[str, str] | None = None,
    ) -> None:
        unknown = sorted(set(opened) - set(SECTIONS))
        if unknown:
            raise BadInput(
                f"DifferenceView: opened is a list of {', '.join(SECTIONS)}; got {unknown[0]!r}."
            )
        super().__init__(strings=strings)
        self._pipeline = pipeline
        self._run = 0
        self._patcher = Patcher(self._say, lambda said: self.set_trait("_status", said))
        self.opened = list(opened)
        self.show(pinned, trace, layer=layer, token=token)

    def show(
        self,
        pinned: Trace,
        trace: Trace,
        *,
        layer: int | None = None,
        token: int | None = None,
    ) -> None:
        """Draw another pair in the same place."""
        check_pair(pinned, trace)
        if self._pipeline is None or self._pipeline.name != trace.model:
            from ...engine import load

            self._pipeline = load(trace.model)
        reader = self._pipeline
        after = reader.predict_after_layers(pinned), reader.predict_after_layers(trace)
        found = Comparison(reader, pinned, trace, after)
        chosen = checked_place(found, layer, token)
        self._patcher.stop()
        self._comparison = found
        self._run += 1
        with self.hold_sync():
            self.layer, self.token = chosen
            self.set_trait("_status", "")
            self.set_trait("_parts", {})
            self.set_trait("_difference", found.message() | {"run": self._run})
            self.set_trait("_acts", self._acts_now())
        self._patcher.start([found], self._wanted())

    def _choices(self) -> dict[str, Choices | Each]:
        found = self._comparison
        if found is None:
            return {"opened": SECTIONS}
        count = len(found.trace.tokens)
        parts = range(-1, found.trace.layers.attention.shape[1] + 2)
        return {
            "layer": range(-1, found.layers),
            "token": range(count),
            "part": Each((parts, range(-1, count + 1))),
            "opened": SECTIONS,
        }

    @traitlets.validate("layer", "token", "part", "opened")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    _comparison: Comparison | None = None

    @property
    def comparison(self) -> Comparison:
        """Everything that is known of the two runs."""
        return cast("Comparison", self._comparison)

    @property
    def pinned(self) -> Trace:
        """The pinned sentence's run."""
        return self.comparison.pinned

    @property
    def trace(self) -> Trace:
        """The run that is compared with it."""
        return self.comparison.trace

    @property
    def model(self) -> str:
        """The name of the model."""
        return self.trace.model if self._comparison else ""

    @property
    def pinned_text(self) -> str:
        """The pinned sentence."""
        return self.pinned.text if self._comparison else ""

    @property
    def text(self) -> str:
        """The sentence that is compared with it."""
        return self.trace.text if self._comparison else ""

    @property
    def patching(self) -> Patching:
        """The square as far as it is filled; NaN where it is not."""
        return self.comparison.patching

    @property
    def selected(self) -> NDArray[np.float32]:
        """The answer (C,) with the chosen cell's state put back; NaN if it is not read yet."""
        answers = self.comparison.probabilities
        row, token = clamp(self.layer + 1, len(answers)), clamp(self.token, answers.shape[1])
        return answers[row, token]

    def measure(self) -> Patching:
        """Fill the square now and wait for it."""
        self._patcher.stop()
        self.comparison.finish()
        self._say()
        self._patcher.start([self.comparison], self._wanted())
        return self.patching

    def part_patching(self, layer: int) -> PartPatching:
        """What the heads and halves of ``layer`` carry; read now if need be."""
        reader = self.comparison
        if not 0 <= layer < reader.layers:
            raise BadInput(f"{self.model} has layers 0 to {reader.layers - 1}; got layer={layer}.")
        for _ in reader.read_parts(layer):
            pass
        return reader.parts[layer]

    def describe(self, layer: int, token: int) -> str:
        """One cell of the square in words; ``layer`` -1 is before the layers."""
        found = self.comparison
        checked_place(found, layer, token)
        words = sentences.cell(found, layer + 1, token, self.strings)
        return f"{words} {sentences.course(found, self.strings)}".strip()

    def _acts_now(self) -> dict[str, Any]:
        found = self.comparison
        course = sentences.course(found, self.strings)
        return found.acts() | {"course": course, "run": self._run}

    def _say(self) -> None:
        """Tell the browser how far patching has come."""
        found = self.comparison
        parts = found.parts_message(clamp(self.layer, found.layers))
        self.set_trait("_acts", self._acts_now())
        if parts is not None:
            self.set_trait("_parts", parts | {"run": self._run})

    def _wanted(self) -> list[int]:
        """The layers whose parts are to be read: the chosen one, if that section is open."""
        chosen = clamp(self.layer, self.comparison.layers)
        return [chosen] if "parts" in self.opened else []

    @traitlets.observe("layer", "opened")
    def _chosen(self, _change: object) -> None:
        found = self._comparison
        if found is None:
            return
        parts = found.parts_message(clamp(self.layer, found.layers))
        if parts is not None:
            self.set_trait("_parts", parts | {"run": self._run})
        elif self._wanted():
            self._patcher.start([found], self._wanted())

    def summary(self) -> str:
        """Both answers, how many ids differ and where the difference reaches the first token."""
        return sentences.summary(self.comparison, self.strings)

    def static_html(self) -> str:
        """Both texts, both squares and the answers after each layer, without a script."""
        found, words = self.comparison, self.strings
        if found.quick:
            found.finish()
        told = [sentences.course(found, words), words["limits"], words["limits_sources"]]
        parts = [
            static.words(found, words),
            *static.squares(found, words, patched=found.quick),
            f"<p>{svg.escape(' '.join(told if found.quick else told[1:]))}</p>",
            static.answers(found, words),
        ]
        return svg.page(self.summary(), *parts)

    def _pictures(self) -> list[str]:
        self.comparison.finish()
        return static.squares(self.comparison, self.strings, patched=True)

    def _exported(self) -> dict[str, Any]:
        found, layer = self.comparison, clamp(self.layer, self.comparison.layers)
        found.finish()
        self.part_patching(layer)
        parts = cast("dict[str, Any]", found.parts_message(layer))
        run = {"run": self._run}
        return {"_acts": self._acts_now(), "_parts": parts | run}

    def _recorded(self) -> list[Recorded]:
        """The parts of every layer, for a page without Python; of a long text the chosen one's."""
        found, recorded = self.comparison, Recorded(("layer",))
        for layer in range(found.layers):
            if found.quick:
                self.part_patching(layer)
            parts = found.parts_message(layer)
            kept = [] if parts is None else [recorded.change(_parts=parts | {"run": self._run})]
            for row in (-1, 0) if layer == 0 else (layer,):
                recorded.add((row,), *kept)
        return [recorded]

    def _table_rows(self) -> list[dict[str, Any]]:
        """One record for each cell of the squares."""
        found = self.comparison
        found.finish()
        shares, message = found.patching.share, found.message()
        return [
            {
                "layer": row - 1,
                "token": name,
                "partner": message["pinned"]["shown"][partner] if partner >= 0 else None,
                "distance": _cell(found.spread[row, token]),
                "share": _cell(shares[row, token]),
                "probability": _cell(found.probabilities[row, token, message["label"]]),
            }
            for row in range(len(shares))
            for token, (name, partner) in enumerate(
                zip(message["new"]["shown"], message["partners"], strict=True)
            )
        ]

    def close(self) -> None:
        """Close the channel; nothing is read any more."""
        if self._comparison is not None:  # it also ends a view whose making was refused
            self._patcher.stop()
        super().close()


def _cell(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
