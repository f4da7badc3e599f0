"""The learner's sentence in a training view: what the model of each epoch makes of it."""

from __future__ import annotations

from typing import Any

import traitlets

from ...trace import Trace
from ...training.history import History
from ..shared.packing import pack_array
from ..shared.view import ECHO_FREE, View
from .epoch_reader import Readings


class EpochReader(View):
    """A view with several runs and one sentence; ``TrainingView`` adds the rest."""

    histories: list[History]
    _readings: Readings

    _said = traitlets.Dict(read_only=True).tag(sync=True)
    """What the models say of the sentence, and the attention on screen."""
    run = traitlets.Int(0).tag(**ECHO_FREE)
    """Which run's table, buttons and sentence are shown."""
    epoch = traitlets.Union([traitlets.Int(), traitlets.Float()], default_value=-1).tag(**ECHO_FREE)
    """The epoch whose model reads the sentence; −1 is the last one."""
    text = traitlets.Unicode("").tag(**ECHO_FREE)
    """The learner's own sentence, which every epoch's model reads."""
    layer = traitlets.Int(-1).tag(**ECHO_FREE)
    """The layer whose attention is shown; −1 is the last."""
    head = traitlets.Int(0).tag(**ECHO_FREE)
    """The head whose attention is shown."""

    @property
    def history(self) -> History:
        """The chosen run's numbers."""
        return self.histories[self.run]

    @property
    def training(self) -> Any:
        """The chosen run itself; None if there is only a record."""
        raise NotImplementedError

    @property
    def trace(self) -> Trace | None:
        """What the model of the epoch on screen makes of the sentence; None while it is read."""
        return self._readings.traces(self.training, self.text).get(int(self._epoch()))

    def _epoch(self) -> float:
        return self.history.epochs_done if self.epoch < 0 else self.epoch

    @traitlets.observe("text", "run")
    def _typed(self, _change: object) -> None:
        if self.histories:
            self._read()

    @traitlets.observe("epoch", "layer", "head")
    def _scrubbed(self, _change: object) -> None:
        if self.histories:
            self._show_readings()

    def _read(self) -> None:
        """Ask for what is not known yet: the epoch on screen first."""
        run = self.training
        places = (float(record.epoch) for record in self.history.epochs)
        epochs = [int(epoch) for epoch in places if epoch.is_integer()]  # that have a model
        if run is None or not hasattr(run, "pipeline") or not epochs:
            return self._show_readings()
        epochs.sort(key=lambda epoch: (epoch != self._epoch(), epoch))
        self._readings.ask(run, self.text, epochs)

    def _show_readings(self) -> None:
        if not hasattr(self.training, "pipeline"):
            return self.set_trait("_said", self._kept())
        traces = self._readings.traces(self.training, self.text)
        trace = traces.get(int(self._epoch()))
        if not traces:
            return
        first = trace or next(iter(traces.values()))
        said: dict[str, Any] = {
            "run": self.run,
            "text": self.text,
            "labels": list(first.prediction.labels),
            "function": first.prediction.function,
            "threshold": first.prediction.threshold,
            "epochs": sorted(traces),
            "probabilities": [traces[e].prediction.probabilities.tolist() for e in sorted(traces)],
            "pieces": list(first.tokens.shown),
            "layers": first.layers.attention.shape[0],
            "heads": first.layers.attention.shape[1],
            "error": self._readings.error,
            "epoch": self._epoch() if trace else -1,
        }
        if trace is not None:
            layer, head = self._attention_at(trace)
            weights = trace.layers.attention[layer, head]
            said |= {
                "attention": pack_array(weights),
                "layer": layer,
                "head": head,
            }
        self.set_trait("_said", said)

    def _kept(self) -> dict[str, Any]:
        """What a recording keeps of the sentence on screen, up to the epoch that was played."""
        kept = getattr(self.training, "recorded", self.history).readings
        played = {record.epoch for record in self.history.epochs}
        if not kept:
            return {}
        reading = next((one for one in kept if one.text == self.text), kept[0])
        pairs = zip(reading.epochs, reading.probabilities, strict=True)
        said = [(epoch, list(found)) for epoch, found in pairs if epoch in played]
        return {
            "run": self.run,
            "text": reading.text,
            "choices": [one.text for one in kept],
            "labels": list(reading.labels),
            "function": reading.function,
            "threshold": reading.threshold,
            "epochs": [epoch for epoch, _ in said],
            "probabilities": [found for _, found in said],
            "error": "",
            "epoch": self._epoch() if self._epoch() in played else -1,
        }

    def _attention_at(self, trace: Trace) -> tuple[int, int]:
        layers, heads = trace.layers.attention.shape[:2]
        layer = self.layer if 0 <= self.layer < layers else layers - 1
        return layer, max(0, min(self.head, heads - 1))
