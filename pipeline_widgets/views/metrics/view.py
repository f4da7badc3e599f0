"""How good one or two classifiers are on labelled sentences, down to the sentences themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from ...deprecation import renamed
from ...errors import BadInput
from ...training import metrics
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.packing import pack_array
from ..shared.plot import COLORS
from ..shared.plotly_extra import graph_objects, make_subplots
from ..shared.rounding import fixed
from ..shared.titles import TITLES
from ..shared.view import ECHO_FREE, View
from . import static as drawn
from .static import CURVES
from .strings import METRICS

MOST = 2  # models


class MetricsView(View):
    """``MetricsView("roberta", "distilbert")`` on the bundled held-out sentences.

    A model is a name for ``load()``, a pipeline, or a pair of a name and probabilities (N, 2).
    ``sentences`` have a ``text`` and a ``label`` of 0 or 1; label 1 is the positive one.

    ``threshold`` is the probability from which an answer is positive. ``counts`` are the confusion
    matrices at it, ``selected`` the sentences of the chosen cell, ``shared_errors`` those that all
    models get wrong.
    """

    _esm = link("metrics/view.js")
    _css = style("metrics/view.css")
    _words: ClassVar[dict[str, str]] = METRICS
    _described: ClassVar[tuple[str, ...]] = ("names", "sentences", "threshold")

    _data = traitlets.Dict(read_only=True).tag(sync=True)
    """Sentences, labels, probabilities and curves, as the browser draws them."""
    threshold = traitlets.Float(0.5, min=0.0, max=1.0).tag(**ECHO_FREE)
    """The probability from which on a sentence is called positive."""
    panel = traitlets.Int(0).tag(**ECHO_FREE)
    """Which of the models has its matrix shown, counted from 0."""
    model = renamed("model", "panel", "0.2")
    cell = traitlets.List(traitlets.Int(), [0, 1]).tag(**ECHO_FREE)
    """The chosen cell: [true label, predicted label]; [-1, -1] is the errors of all models."""
    curve = traitlets.Enum(CURVES, "roc").tag(**ECHO_FREE)
    """Which curve is drawn: one of ``CURVES``."""

    def __init__(
        self,
        *models: Any,
        sentences: Iterable[Any] | None = None,
        threshold: float = 0.5,
        curve: str = "roc",
        strings: dict[str, str] | None = None,
    ) -> None:
        models = models or ("roberta", "distilbert")
        if len(models) > MOST:
            raise BadInput(f"MetricsView shows one or two models; got {len(models)}.")
        given = list(_held_out() if sentences is None else sentences)
        self.texts = [one.text if hasattr(one, "text") else one[0] for one in given]
        labels = [one.label if hasattr(one, "label") else one[1] for one in given]
        self.labels: NDArray[np.int64] = np.array(labels, np.int64)
        if set(self.labels.tolist()) != {0, 1}:
            raise BadInput("MetricsView needs sentences of both labels, 0 and 1.")
        read = [_answers(model, self.texts) for model in models]
        self.names = [name for name, _, _ in read]
        self.classes: tuple[str, ...] = next((c for _, c, _ in read if c), ("negative", "positive"))
        self.scores = [scores for _, _, scores in read]
        self.threshold, self.curve = threshold, curve
        missed, alarms = (int(self.counts[0][cell]) for cell in ((1, 0), (0, 1)))
        self.cell = [1, 0] if missed > alarms else [0, 1]  # the mistakes that there are more of
        self.set_trait("_data", self._drawn())
        super().__init__(strings=strings)  # the channel opens with all of this

    def _choices(self) -> dict[str, Choices | Each]:
        return {"panel": range(len(self.names)), "cell": (-1, 0, 1)}

    @traitlets.validate("panel", "cell")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return len(self.texts)

    @property
    def predictions(self) -> list[NDArray[np.int64]]:
        """Each model's answers (N,) at the threshold."""
        return [(scores >= self.threshold).astype(np.int64) for scores in self.scores]

    @property
    def counts(self) -> list[NDArray[np.int64]]:
        """Each model's confusion matrix: rows are true labels, columns predicted ones."""
        return [metrics.confusion_matrix(self.labels, chosen) for chosen in self.predictions]

    @property
    def measures(self) -> list[dict[str, float]]:
        """Each model's accuracy, precision, recall and F1 at the threshold."""
        return [metrics.at_threshold(self.labels, s, self.threshold) for s in self.scores]

    @property
    def selected(self) -> list[str]:
        """The sentences of the chosen cell, the surest answer first."""
        true, chosen = self.cell
        if true < 0:
            return self.shared_errors
        scores = self.scores[self.panel]
        rows = (self.labels == true) & (self.predictions[self.panel] == chosen)
        return self._sorted(np.flatnonzero(rows), scores, rising=not chosen)

    @property
    def shared_errors(self) -> list[str]:
        """The sentences that every model gets wrong, the surest of the chosen model first."""
        wrong = np.all([chosen != self.labels for chosen in self.predictions], axis=0)
        scores = np.abs(self.scores[self.panel] - 0.5)
        return self._sorted(np.flatnonzero(wrong), scores, rising=False)

    def _sorted(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], *, rising: bool
    ) -> list[str]:
        order = np.argsort(scores[rows] if rising else -scores[rows], kind="stable")
        return [self.texts[row] for row in rows[order]]

    def _drawn(self) -> dict[str, Any]:
        return {
            "names": self.names,
            "classes": list(self.classes),
            "texts": self.texts,
            "labels": pack_array(self.labels.astype(np.uint8)),
            "scores": pack_array(np.stack(self.scores).astype(np.float32)),
            "curves": [drawn.curves_of(self.labels, scores) for scores in self.scores],
        }

    def summary(self) -> str:
        """Accuracy and F1 of each model in one sentence."""
        said = [
            self.strings["summary"].format(name=name, **{k: fixed(v, 3) for k, v in found.items()})
            for name, found in zip(self.names, self.measures, strict=True)
        ]
        return " ".join(said)

    def static_html(self) -> str:
        """Measures, confusion matrices and curves, without a script."""
        return drawn.page(self.summary(), self._answers(), self.classes, self.strings)

    def _pictures(self) -> list[str]:
        return drawn.pictures(self._answers(), self.classes, self.strings)

    def _table_rows(self) -> list[dict[str, Any]]:
        return drawn.table_rows(self._answers(), self.threshold)

    def _answers(self) -> list[drawn.Answers]:
        parts = zip(self.names, self.counts, self.measures, self._data["curves"], strict=True)
        return [drawn.Answers(*part) for part in parts]

    def figure(self) -> Any:
        """ROC, precision-recall and calibration as plotly subplots."""
        go = graph_objects()
        titles = [self.strings[f"curve_{curve}"] for curve in CURVES]
        figure: Any = make_subplots(1, 3, subplot_titles=titles)
        for index, (name, found) in enumerate(zip(self.names, self._data["curves"], strict=True)):
            for column, curve in enumerate(CURVES, start=1):
                x, y = found[curve]
                line = {"dash": ("solid", "dash")[index], "color": COLORS[index]}
                trace = go.Scatter(x=x, y=y, name=name, line=line, showlegend=column == 1)
                figure.add_trace(trace, 1, column)
        for column, curve in enumerate(CURVES, start=1):
            figure.update_xaxes(title=self.strings[f"{curve}_x"], row=1, col=column)
            figure.update_yaxes(title=self.strings[f"{curve}_y"], row=1, col=column)
        figure.update_yaxes(range=[0, 1.03])
        return figure


def _held_out() -> Sequence[Any]:
    from ...engine.examples import sentences

    return sentences("held-out")


def _answers(model: Any, texts: Sequence[str]) -> tuple[str, tuple[str, ...], NDArray[np.float64]]:
    """A model's name, its labels, and its probability of label 1 for each sentence."""
    if isinstance(model, tuple | list):
        name, probabilities = model
        return str(name), (), _positive(probabilities, len(texts))
    if isinstance(model, str):
        from ...engine import load

        model = load(model)
    flow = model.flow(texts, max_length=model.limit)
    name = str(TITLES.get(model.name, model.name.rsplit("/", 1)[-1]))
    return name, flow.labels, _positive(flow.probabilities, len(texts))


def _positive(probabilities: ArrayLike, count: int) -> NDArray[np.float64]:
    found = np.asarray(probabilities, np.float64)
    if found.shape == (count, 2):
        found = found[:, 1]
    if found.shape != (count,):
        raise BadInput(
            f"Probabilities have the shape {found.shape}; {count} sentences need ({count}, 2), one "
            "number for each of two labels, or the positive one's alone."
        )
    return found
