"""How good one or two classifiers are on labelled sentences, down to the sentences themselves."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from ...deprecation import renamed
from ...engine.pipeline import Pipeline
from ...errors import BadInput
from ...rounding import fixed
from ...training import metrics
from ..shared.choices import Choices, Each
from ..shared.linker import link, style
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array
from ..shared.plot import COLORS
from ..shared.plotly_extra import graph_objects, make_subplots
from ..shared.view import ECHO_FREE, View
from . import classes as many
from . import static as drawn
from .reading import read
from .static import CURVES, CurveName
from .strings import METRICS

MOST = 2  # models


class MetricsView(View):
    """``MetricsView("roberta", "distilbert")`` on the bundled held-out sentences.

    A model is a name for ``load()``, a pipeline, or a pair of a name and probabilities (N, C).
    ``sentences`` have a ``text`` and a ``label``: a number or a name, or a list of them where
    several labels may hold at once. ``labels`` names them, where the models don't.

    Of two labels, label 1 is the positive one, and ``threshold`` the probability from which an
    answer is positive; of several labels at once, from which each holds. Of more labels the
    likeliest is the answer. ``counts`` are the confusion matrices, ``measures`` accuracy and
    averages, ``selected`` the sentences of the chosen cell, ``shared_errors`` those that all
    models get wrong. ``label`` is the one that curves, and several labels' matrices, are drawn of.
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
    label = traitlets.Int(0).tag(**ECHO_FREE)
    """Of more than two labels, the one that is drawn against the others."""
    _curves = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        *models: str | Pipeline | tuple[str, object],
        sentences: Iterable[object] | None = None,
        labels: Sequence[str] | None = None,
        threshold: float = 0.5,
        curve: CurveName = "roc",
        strings: dict[str, str] | None = None,
    ) -> None:
        models = models or ("roberta", "distilbert")
        if len(models) > MOST:
            raise BadInput(f"MetricsView shows one or two models; got {len(models)}.")
        self._given = read(models, _held_out() if sentences is None else sentences, labels)
        self.texts = self._given.texts
        self.names = [one.name for one in self._given.models]
        self.classes = self._given.classes
        self.threshold, self.curve = threshold, curve
        self.label = int(self._given.truth.sum(axis=0).argmax())
        self.cell = self._worst()
        self.set_trait("_curves", self._curves_of_label())
        self.set_trait("_data", self._drawn())
        super().__init__(strings=strings)  # the channel opens with all of this

    @property
    def labels(self) -> NDArray[np.int64]:
        """The true labels (N,); of several at once, 1 for each that holds (N, C)."""
        truth = self._given.truth
        if self._given.mode == "several":
            return truth
        return truth[:, 0] if self._given.mode == "binary" else truth.argmax(axis=1)

    @property
    def scores(self) -> list[NDArray[np.float64]]:
        """Each model's probabilities (N, C); of two labels, the positive one's (N,)."""
        binary = self._given.mode == "binary"
        return [one.scores[:, 0] if binary else one.scores for one in self._given.models]

    def _worst(self) -> list[int]:
        """The cell with most mistakes."""
        if self._given.mode != "classes":
            missed, alarms = (int(self._two_by_two(0)[cell]) for cell in ((1, 0), (0, 1)))
            return [1, 0] if missed > alarms else [0, 1]
        wrong = self.counts[0] * (1 - np.eye(len(self.classes), dtype=np.int64))
        return [int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape)]

    def _two_by_two(self, model: int) -> NDArray[np.int64]:
        """The matrix of the chosen label against the others, at the threshold."""
        truth, chosen = self._given.truth, self._chosen(model)
        return metrics.confusion_matrix(truth[:, self.label], chosen[:, self.label])

    def _chosen(self, model: int) -> NDArray[np.int64]:
        """Which labels a model gives each sentence: (N, C), 0 or 1."""
        scores = self._given.models[model].scores
        if self._given.mode != "classes":
            return (scores >= self.threshold).astype(np.int64)
        return np.eye(scores.shape[1], dtype=np.int64)[scores.argmax(axis=1)]

    def _choices(self) -> dict[str, Choices | Each]:
        columns = self._given.truth.shape[1]
        cells = columns if self._given.mode == "classes" else 2
        return {
            "panel": range(len(self.names)),
            "cell": range(-1, cells),
            "label": range(columns),
        }

    @traitlets.validate("panel", "cell", "label")
    def _in_range(self, proposal: Any) -> Any:
        return self._checked(proposal)

    @traitlets.observe("label")
    def _another_label(self, _change: object) -> None:
        if self._data:
            self.set_trait("_curves", self._curves_of_label())

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return len(self.texts)

    @property
    def predictions(self) -> list[NDArray[np.int64]]:
        """Each model's answers: (N,), or of several labels at once (N, C), at the threshold."""
        chosen = [self._chosen(model) for model in range(len(self.names))]
        if self._given.mode == "several":
            return chosen
        return [one[:, 0] if one.shape[1] == 1 else one.argmax(axis=1) for one in chosen]

    @property
    def counts(self) -> list[NDArray[np.int64]]:
        """Each model's confusion matrix: rows are true labels, columns predicted ones.

        Of several labels at once, one for each label: (C, 2, 2).
        """
        if self._given.mode == "binary":
            return [self._two_by_two(model) for model in range(len(self.names))]
        return [one.counts for one in self._classes()]

    @property
    def measures(self) -> list[dict[str, float]]:
        """Each model's accuracy, precision, recall and F1; of more labels, their averages."""
        if self._given.mode != "binary":
            return [one.measures for one in self._classes()]
        return [metrics.at_threshold(self.labels, s, self.threshold) for s in self.scores]

    @property
    def by_class(self) -> list[metrics.ByClass]:
        """Each model's precision, recall and F1 of each label."""
        return [one.found for one in self._classes()]

    def _classes(self) -> list[many.Classes]:
        truth, several = self._given.truth, self._given.mode == "several"
        return [
            many.Classes(one.name, truth, self._chosen(k), one.scores, several)
            for k, one in enumerate(self._given.models)
        ]

    @property
    def selected(self) -> list[str]:
        """The sentences of the chosen cell, the surest answer first."""
        true, said = self.cell
        if true < 0:
            return self.shared_errors
        scores, chosen = self._given.models[self.panel].scores, self._chosen(self.panel)
        if self._given.mode == "classes":
            rows = (self.labels == true) & (chosen[:, said] == 1)
            return self._sorted(np.flatnonzero(rows), scores[:, said], rising=False)
        at = self.label
        rows = (self._given.truth[:, at] == true) & (chosen[:, at] == said)
        return self._sorted(np.flatnonzero(rows), scores[:, at], rising=not said)

    @property
    def shared_errors(self) -> list[str]:
        """The sentences that every model gets wrong, the surest of the chosen model first."""
        every = [self._chosen(model) for model in range(len(self.names))]
        wrong = np.all([(one != self._given.truth).any(axis=1) for one in every], axis=0)
        scores = self._given.models[self.panel].scores
        sure = scores.max(axis=1) if self._given.mode == "classes" else np.abs(scores - 0.5).max(1)
        return self._sorted(np.flatnonzero(wrong), sure, rising=False)

    def _sorted(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], *, rising: bool
    ) -> list[str]:
        order = np.argsort(scores[rows] if rising else -scores[rows], kind="stable")
        return [self.texts[row] for row in rows[order]]

    def _curves_of_label(self) -> list[dict[str, Any]]:
        """Each model's curves of the chosen label; none where all sentences have it, or none."""
        truth = self._given.truth[:, self.label]
        if truth.min() == truth.max():
            return []
        every = (one.scores[:, self.label] for one in self._given.models)
        return [drawn.curves_of(truth, scores) for scores in every]

    def _drawn(self) -> dict[str, Any]:
        scores = np.stack([one.scores for one in self._given.models])
        return {
            "mode": self._given.mode,
            "names": self.names,
            "classes": list(self.classes),
            "texts": self.texts,
            "truth": pack_array(self._given.truth.astype(np.uint8)),
            "scores": pack_array(scores.astype(np.float32)),
        }

    def summary(self) -> str:
        """Accuracy and F1 of each model in one sentence."""
        binary = self._given.mode == "binary"
        key, rate = ("summary", "f1") if binary else ("summary_many", "macro_f1")
        return " ".join(
            self.strings[key].format(
                name=name, accuracy=fixed(found["accuracy"], 3), f1=fixed(found[rate], 3)
            )
            for name, found in zip(self.names, self.measures, strict=True)
        )

    def static_html(self) -> str:
        """Measures, confusion matrices and curves, without a script."""
        if self._given.mode != "binary":
            return many.page(self.summary(), self._classes(), self.classes, self.strings)
        return drawn.page(self.summary(), self._answers(), self.classes, self.strings)

    def _pictures(self) -> list[str]:
        if self._given.mode != "binary":
            return many.pictures(self._classes(), self.classes, self.strings)
        return drawn.pictures(self._answers(), self.classes, self.strings)

    def _table_rows(self) -> list[dict[str, Any]]:
        if self._given.mode != "binary":
            return many.table_rows(self._classes(), self.classes)
        return drawn.table_rows(self._answers(), self.threshold)

    def _recorded(self) -> list[Recorded]:
        """The curves of every label."""
        if self._given.mode == "binary":
            return []
        kept, chosen = Recorded(("label",)), self.label
        for label in range(len(self.classes)):
            self.label = label
            kept.add((label,), kept.change(_curves=self._curves_of_label()))
        self.label = chosen
        return [kept]

    def _answers(self) -> list[drawn.Answers]:
        parts = zip(self.names, self.counts, self.measures, self._curves, strict=True)
        return [drawn.Answers(*part) for part in parts]

    def figure(self) -> Any:
        """ROC, precision-recall and calibration as plotly subplots."""
        go = graph_objects()
        titles = [self.strings[f"curve_{curve}"] for curve in CURVES]
        figure: Any = make_subplots(1, 3, subplot_titles=titles)
        for index, (name, found) in enumerate(zip(self.names, self._curves, strict=False)):
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
