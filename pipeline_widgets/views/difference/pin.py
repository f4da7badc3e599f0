"""A pinned sentence beside the one that is typed: what a view needs to compare the two."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar, cast

import traitlets

from ...engine.examples import pairs
from ...trace import FloatArray, Trace
from ..shared.view import View
from ..stages.panel import clamp
from . import sentences, static
from .comparison import Comparison
from .patcher import Patcher
from .place import place
from .strings import DIFFERENCE

WORDS = {f"pin_{key}": words for key, words in DIFFERENCE.items()}
"""The words of the comparison, under names of their own among a view's words."""


class Pinning(View):
    """A view on which a sentence can be pinned; it is compared with each trace on screen."""

    _fetchable: ClassVar[dict[str, tuple[str, ...]]] = {
        "pin": ("difference/pin.js", "difference/panel.css", "difference/pin.css")
    }

    pinned = traitlets.Unicode("").tag(sync=True)
    """The pinned sentence; "" if none is."""
    cells = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    """For each model on screen the chosen cell of its squares and of its heads and halves: [row,
    token, part, token], with -1 for what nobody has chosen."""
    compared = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The sections of the comparison that are open."""
    _pairs = traitlets.List(read_only=True).tag(sync=True)
    _acts = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("_pairs")
    def _preset_pairs(self) -> list[dict[str, str]]:
        return [asdict(pair) for pair in pairs()]

    _comparisons: tuple[Comparison, ...] = ()
    _compared: tuple[dict[str, Any], ...] = ()  # what the browser is told of each
    _pin_run = 0
    _pin_read: tuple[str, dict[str, tuple[Trace, FloatArray]]] = "", {}

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The pinned sentence beside what is on screen, one for each model; empty if none is."""
        return self._comparisons

    def _compare_pinned(
        self, readers: Sequence[Any], traces: Sequence[Trace], after: Sequence[FloatArray]
    ) -> None:
        """Compare the pinned sentence with these traces; what ran before is stopped."""
        self._patcher.stop()
        self._pin_run += 1
        self._comparisons = ()
        if self.pinned:
            self._send_script("pin")
            together = zip(readers, traces, after, strict=True)
            self._comparisons = tuple(
                Comparison(reader, theirs, trace, (before, now))
                for reader, trace, now in together
                for theirs, before in (self._pinned_run(reader),)
            )
        self._compared = tuple(
            one.message() | {"place": list(place(one))} for one in self._comparisons
        )

    def _pinned_run(self, reader: Any) -> tuple[Trace, FloatArray]:
        """The pinned sentence in this model, read once."""
        if self._pin_read[0] != self.pinned:
            self._pin_read = self.pinned, {}
        known = self._pin_read[1]
        if reader.name not in known:
            trace = reader.trace(self.pinned)
            known[reader.name] = trace, reader.predict_after_layers(trace)
        return known[reader.name]

    def _differences(self) -> dict[str, Any]:
        """What a result says of the pinned sentence."""
        return {"differences": list(self._compared), "run": self._pin_run}

    def _start_patching(self) -> None:
        """Fill the squares in the background."""
        if self._comparisons:
            self._tell()
            self._patcher.start(self._comparisons, self._wanted())

    def _wanted(self) -> list[int]:
        if "parts" not in self.compared:
            return []
        return [self._layer(index) for index in range(len(self._comparisons))]

    def _layer(self, index: int) -> int:
        """The layer whose parts a panel shows: the one that made the chosen row."""
        one = self._comparisons[index]
        cells = self.cells
        chosen = cells[index][0] if index < len(cells) and cells[index] else -1
        return clamp((place(one)[0] if chosen < 0 else chosen) - 1, one.layers)

    @property
    def _patcher(self) -> Patcher:
        if self._own_patcher is None:
            self._own_patcher = Patcher(self._tell, lambda said: self.set_trait("_status", said))
        return self._own_patcher

    _own_patcher: Patcher | None = None

    def _tell(self) -> None:
        """Tell the browser how far patching has come."""
        words = self._pin_words()
        panels = [
            one.acts()
            | {"course": sentences.course(one, words), "parts": one.parts_message(self._layer(k))}
            for k, one in enumerate(self._comparisons)
        ]
        self.set_trait("_acts", {"run": self._pin_run, "panels": panels})

    @traitlets.observe("cells", "compared")
    def _parts_wanted(self, _change: object) -> None:
        if self._comparisons and "parts" in self.compared:
            self._start_patching()

    def _pin_words(self) -> dict[str, str]:
        return {key: cast("str", self.strings[f"pin_{key}"]) for key in DIFFERENCE}

    def _static_difference(self) -> list[str]:
        """The comparison without a script, as parts of a static page."""
        words = self._pin_words()
        parts: list[str] = []
        for one in self._comparisons:
            if one.quick:
                one.finish()
            parts.append(static.words(one, words))
            parts += static.squares(one, words, patched=one.quick)
        return parts

    def _difference_pictures(self) -> list[str]:
        """The squares as SVGs."""
        for one in self._comparisons:
            one.finish()
        words = self._pin_words()
        found = (static.squares(one, words, patched=True) for one in self._comparisons)
        return [picture for pictures in found for picture in pictures]

    def _exported_difference(self) -> dict[str, Any]:
        """The squares in full, for a page without Python."""
        for index, one in enumerate(self._comparisons):
            one.finish()
            if "parts" in self.compared:
                for _ in one.read_parts(self._layer(index)):
                    pass
        if self._comparisons:
            self._tell()
        return {"_acts": dict(self._acts)}

    def close(self) -> None:
        """Close the channel; nothing is read any more."""
        if self._own_patcher is not None:
            self._own_patcher.stop()
        super().close()
