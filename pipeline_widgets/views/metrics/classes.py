"""Measures of more than two classes, or of several labels at once, and their static pictures."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...rounding import fixed
from ...training import metrics
from ..shared import sheets
from ..shared import svg as _static
from . import static as drawn

AVERAGES: tuple[Literal["macro", "weighted", "micro"], ...] = ("macro", "weighted", "micro")
RATES = ("precision", "recall", "f1")
_MATRIX = 16  # classes of a matrix in a picture
_TOP = (2, 3, 5)


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """What one model says: which classes it gives (N, C), and how good that is."""

    name: str
    truth: NDArray[np.int64]
    chosen: NDArray[np.int64]
    scores: NDArray[np.float64]
    several: bool

    @property
    def found(self) -> metrics.ByClass:
        """Rates of each class."""
        return metrics.by_class(self.truth, self.chosen)

    @property
    def counts(self) -> NDArray[np.int64]:
        """The confusion matrix (C, C); of several labels, two by two for each (C, 2, 2)."""
        if not self.several:
            answers = self.truth.argmax(1), self.chosen.argmax(1)
            return metrics.confusion_matrix(*answers, classes=self.truth.shape[1])
        pairs = zip(self.truth.T, self.chosen.T, strict=True)
        return np.stack([metrics.confusion_matrix(*pair) for pair in pairs])

    @property
    def measures(self) -> dict[str, float]:
        """Accuracy (all labels of a sentence right), averages, and for one label the top k."""
        values = {"accuracy": float((self.truth == self.chosen).all(axis=1).mean())}
        for how in AVERAGES if self.several else AVERAGES[:2]:
            rates = metrics.averaged(self.found, how)
            values |= {f"{how}_{rate}": value for rate, value in rates.items()}
        if not self.several:
            labels, most = self.truth.argmax(1), self.truth.shape[1]
            tops = [k for k in _TOP if k < most]
            values |= {f"top_{k}": metrics.top_k(labels, self.scores, k) for k in tops}
        return values


def tables(
    models: Sequence[Classes], classes: Sequence[str], words: Mapping[str, str]
) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Averages of all models, then the classes of each: a header and rows for each table."""
    names = list(models[0].measures)
    heads = (words["model"], *(measure_said(name, words) for name in names))
    rows = [(one.name, *(fixed(value, 3) for value in one.measures.values())) for one in models]
    made: list[tuple[tuple[str, ...], list[tuple[str, ...]]]] = [(heads, rows)]
    for one in models:
        found = one.found
        lines = [
            (label, str(found.support[k]), *(fixed(getattr(found, rate)[k], 3) for rate in RATES))
            for k, label in enumerate(classes)
        ]
        rates = (words[rate] for rate in RATES)
        made.append(((f"{one.name}: {words['class']}", words["support"], *rates), lines))
    return made


def measure_said(name: str, words: Mapping[str, str]) -> str:
    """``"macro_f1"`` as "macro F1", ``"top_3"`` as "among the first 3"."""
    how, _, what = name.partition("_")
    if how == "top":
        return words["top_k"].format(k=what)
    if not what:
        return words[name]
    return f"{words[how]} {words[what] if what == 'f1' else words[what].lower()}"


def page(
    title: str, models: Sequence[Classes], classes: Sequence[str], words: Mapping[str, str]
) -> str:
    """Averages, each class, and the matrices."""
    made = [_static.table(*table) for table in tables(models, classes, words)]
    return _static.page(title, *made, *matrices(models, classes, words))


def pictures(
    models: Sequence[Classes], classes: Sequence[str], words: Mapping[str, str]
) -> list[str]:
    """The same for print."""
    made = [
        sheets.table(heads, rows, numbers=range(1, len(heads)))
        for heads, rows in tables(models, classes, words)
    ]
    return [*made, *matrices(models, classes, words)]


def matrices(
    models: Sequence[Classes], classes: Sequence[str], words: Mapping[str, str]
) -> list[str]:
    """Each model's confusion matrix, each row as shares of the sentences that truly are so."""
    if models[0].several or len(classes) > _MATRIX:
        return []
    made: list[str] = []
    for place, one in enumerate(models):
        shares = one.counts / np.maximum(one.counts.sum(axis=1, keepdims=True), 1)
        title = f"{words['matrix']}, {one.name}: {words['matrix_rows']}"
        color = drawn.COLORS[place]
        made.append(_static.heatmap(classes, shares.astype("f4"), title=title, above=color))
    return made


def table_rows(models: Sequence[Classes], classes: Sequence[str]) -> list[dict[str, Any]]:
    """A record for each model and class, and one for each model's averages."""
    made: list[dict[str, Any]] = []
    for one in models:
        found = one.found
        made.append({"model": one.name, "class": "", **one.measures})
        made += [
            {"model": one.name, "class": label, "support": int(found.support[k])}
            | {rate: float(getattr(found, rate)[k]) for rate in RATES}
            for k, label in enumerate(classes)
        ]
    return made
