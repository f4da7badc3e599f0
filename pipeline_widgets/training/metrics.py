"""How good a classifier's answers are: counts, rates, curves; equal to scikit-learn's, no torch.

``labels`` are the true classes (N,), ``predictions`` the chosen ones (N,), ``scores`` the
probability of the positive class (N,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import BadInput

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points of a curve, one for each threshold: an answer is positive from that score on."""

    x: Floats
    y: Floats
    thresholds: Floats
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Of the sentences given about this probability, how many are positive."""

    predicted: Floats  # mean probability of each bin that has sentences
    observed: Floats  # share of them that is positive
    counts: Counts
    error: float  # mean distance of the two, weighted by counts


def confusion_matrix(labels: ArrayLike, predictions: ArrayLike, *, classes: int = 2) -> Counts:
    """Counts (classes, classes): rows are the true classes, columns the predicted ones."""
    true, chosen = _pair(labels, predictions)
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (true.astype(int), chosen.astype(int)), 1)
    return matrix


def accuracy(labels: ArrayLike, predictions: ArrayLike) -> float:
    """The share of right answers."""
    true, chosen = _pair(labels, predictions)
    return int(np.count_nonzero(true == chosen)) / len(true)


def precision(labels: ArrayLike, predictions: ArrayLike, *, positive: int = 1) -> float:
    """Of the answers that say ``positive``, the share that is right; 0 if there is none."""
    true, chosen = _pair(labels, predictions)
    return _share((true == positive) & (chosen == positive), chosen == positive)


def recall(labels: ArrayLike, predictions: ArrayLike, *, positive: int = 1) -> float:
    """Of the truly ``positive``, the share that was found; 0 if there is none."""
    true, chosen = _pair(labels, predictions)
    return _share((true == positive) & (chosen == positive), true == positive)


def f1(labels: ArrayLike, predictions: ArrayLike, *, positive: int = 1) -> float:
    """The harmonic mean of precision and recall; 0 if both are."""
    found = precision(labels, predictions, positive=positive)
    kept = recall(labels, predictions, positive=positive)
    return 2 * found * kept / (found + kept) if found + kept else 0.0


def roc_curve(labels: ArrayLike, scores: ArrayLike) -> Curve:
    """False-positive rate against true-positive rate, from no positive answer to all.

    The first threshold is infinite. ``area`` is the chance that a positive sentence scores higher
    than a negative one.
    """
    true, positives, negatives, thresholds = _cumulated(labels, scores)
    rising: Floats = np.concatenate([[0.0], positives / _at_least_one(true.sum(), "positive")])
    falling: Floats = np.concatenate([[0.0], negatives / _at_least_one((~true).sum(), "negative")])
    cuts: Floats = np.concatenate([[np.inf], thresholds])
    return Curve(falling, rising, cuts, _area(falling, rising))


def precision_recall_curve(labels: ArrayLike, scores: ArrayLike) -> Curve:
    """Recall against precision, thresholds rising; the last point (0, 1) has no threshold.

    ``area`` is the average precision: the sum of precision times gain in recall.
    """
    true, positives, negatives, thresholds = _cumulated(labels, scores)
    found = np.concatenate([(positives / (positives + negatives))[::-1], [1.0]])
    kept = np.concatenate([(positives / _at_least_one(true.sum(), "positive"))[::-1], [0.0]])
    return Curve(kept, found, thresholds[::-1], float(-np.sum(np.diff(kept) * found[:-1])))


def calibration(labels: ArrayLike, scores: ArrayLike, *, bins: int = 10) -> Calibration:
    """Sentences in ``bins`` equal stretches of probability; empty stretches are left out."""
    true, given = _pair(labels, scores)
    edges = np.linspace(0.0, 1.0, bins + 1)
    places = np.searchsorted(edges[1:-1], given)
    counts = np.bincount(places, minlength=bins)
    full = counts > 0
    predicted = np.bincount(places, given, bins)[full] / counts[full]
    observed = np.bincount(places, true == 1, bins)[full] / counts[full]
    weights = counts[full] / len(given)
    return Calibration(
        predicted, observed, counts[full], float(np.sum(weights * np.abs(predicted - observed)))
    )


def at_threshold(labels: ArrayLike, scores: ArrayLike, threshold: float) -> dict[str, float]:
    """Accuracy, precision, recall and F1 if an answer is positive from ``threshold`` on."""
    true, given = _pair(labels, scores)
    chosen = (given >= threshold).astype(int)
    measures = {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
    return {name: measure(true, chosen) for name, measure in measures.items()}


def _pair(labels: ArrayLike, others: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    true, other = np.asarray(labels), np.asarray(others)
    if true.shape != other.shape or true.ndim != 1 or not len(true):
        raise BadInput(
            f"Labels and answers must be two lists of the same length, not empty; they have the "
            f"shapes {true.shape} and {other.shape}."
        )
    return true, other


def _share(right: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    count = int(among.sum())
    return int(right.sum()) / count if count else 0.0


def _cumulated(
    labels: ArrayLike, scores: ArrayLike
) -> tuple[NDArray[np.bool_], Counts, Counts, Floats]:
    """Positives and negatives found at each distinct score, from the highest down."""
    true, given = _pair(labels, scores)
    truth = np.asarray(true == 1)
    order = np.argsort(-given, kind="stable")
    ordered = given[order]
    ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    positives = np.cumsum(truth[order])[ends]
    return truth, positives, ends + 1 - positives, ordered[ends].astype(np.float64)


def _at_least_one(count: int, what: str) -> int:
    if not count:
        raise BadInput(f"A curve needs {what} sentences; there is none among the labels.")
    return int(count)


def _area(x: Floats, y: Floats) -> float:
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


@dataclass(frozen=True, slots=True, eq=False)
class ByClass:
    """Rates of each class against all others, (C,) each; 0 where nothing is to be divided."""

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts  # sentences that truly have it
    predicted: Counts  # sentences that are said to have it
    right: Counts


def by_class(truth: ArrayLike, chosen: ArrayLike) -> ByClass:
    """Precision, recall and F1 of each class, from 0 or 1 for who has it and is said to: (N, C)."""
    true, said = np.asarray(truth, np.int64), np.asarray(chosen, np.int64)
    if true.shape != said.shape or true.ndim != 2 or not len(true):
        raise BadInput(
            "Truth and answers must be two arrays (sentences, classes) of one shape, not empty; "
            f"they have the shapes {true.shape} and {said.shape}."
        )
    right, support, predicted = (part.sum(axis=0) for part in (true * said, true, said))
    return _rates(right, support, predicted)


def averaged(found: ByClass, how: Literal["macro", "weighted", "micro"]) -> dict[str, float]:
    """Precision, recall and F1 over all classes that occur in the truth or in the answers.

    ``"macro"`` counts each class alike, ``"weighted"`` by its support, ``"micro"`` each decision.
    """
    if how == "micro":
        sums = (part.sum(keepdims=True) for part in (found.right, found.support, found.predicted))
        found, weights = _rates(*sums), np.ones(1)
    elif how == "weighted":
        weights = found.support.astype(np.float64)
    else:
        weights = ((found.support > 0) | (found.predicted > 0)).astype(np.float64)
    whole = max(float(weights.sum()), 1e-12)
    rates = {"precision": found.precision, "recall": found.recall, "f1": found.f1}
    return {name: float(rate @ weights) / whole for name, rate in rates.items()}


def top_k(labels: ArrayLike, scores: ArrayLike, k: int) -> float:
    """The share of sentences whose true class is among the ``k`` with the highest scores (N, C)."""
    true, given = np.asarray(labels, np.int64), np.asarray(scores, np.float64)
    first = np.argsort(given, axis=1, kind="stable")[:, ::-1][:, :k]
    return float((first == true[:, None]).any(axis=1).mean())


def _rates(right: Counts, support: Counts, predicted: Counts) -> ByClass:
    precision = right / np.maximum(predicted, 1)
    recall = right / np.maximum(support, 1)
    f1 = 2 * right / np.maximum(support + predicted, 1)
    return ByClass(precision, recall, f1, support, predicted, right)
