"""The metrics against scikit-learn's, on any labels and scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import calibration as sk_calibration
from sklearn import metrics as sk

from pipeline_widgets import BadInput
from pipeline_widgets.training import metrics

scored = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20).map(lambda part: part / 20)), min_size=2
)
both_classes = scored.filter(lambda pairs: len({label for label, _ in pairs}) == 2)


def arrays(pairs):
    labels, scores = zip(*pairs, strict=True)
    return np.array(labels), np.array(scores)


@given(scored)
def test_counts_and_rates_are_scikit_learns(pairs):
    labels, scores = arrays(pairs)
    chosen = (scores >= 0.5).astype(int)
    matrix = metrics.confusion_matrix(labels, chosen)
    assert matrix.tolist() == sk.confusion_matrix(labels, chosen, labels=[0, 1]).tolist()
    measured = metrics.at_threshold(labels, scores, 0.5)
    assert measured["accuracy"] == pytest.approx(sk.accuracy_score(labels, chosen))
    assert measured["precision"] == pytest.approx(
        sk.precision_score(labels, chosen, zero_division=0)
    )
    assert measured["recall"] == pytest.approx(sk.recall_score(labels, chosen, zero_division=0))
    assert measured["f1"] == pytest.approx(sk.f1_score(labels, chosen, zero_division=0))


@given(both_classes)
def test_the_roc_curve_is_scikit_learns(pairs):
    labels, scores = arrays(pairs)
    curve = metrics.roc_curve(labels, scores)
    x, y, thresholds = sk.roc_curve(labels, scores, drop_intermediate=False)
    assert curve.x == pytest.approx(x)
    assert curve.y == pytest.approx(y)
    assert curve.thresholds.tolist() == thresholds.tolist()
    assert curve.area == pytest.approx(sk.roc_auc_score(labels, scores))


@given(both_classes)
def test_the_precision_recall_curve_is_scikit_learns(pairs):
    labels, scores = arrays(pairs)
    curve = metrics.precision_recall_curve(labels, scores)
    found, kept, thresholds = sk.precision_recall_curve(labels, scores)
    assert curve.y == pytest.approx(found)
    assert curve.x == pytest.approx(kept)
    assert curve.thresholds.tolist() == thresholds.tolist()
    assert curve.area == pytest.approx(sk.average_precision_score(labels, scores))


@given(both_classes, st.sampled_from([5, 10]))
def test_calibration_is_scikit_learns(pairs, bins):
    labels, scores = arrays(pairs)
    found = metrics.calibration(labels, scores, bins=bins)
    observed, predicted = sk_calibration.calibration_curve(labels, scores, n_bins=bins)
    assert found.observed == pytest.approx(observed)
    assert found.predicted == pytest.approx(predicted)
    assert found.counts.sum() == len(labels)


def test_the_error_of_calibration_is_the_hand_worked_mean():
    found = metrics.calibration([1, 0, 1, 1], [0.55, 0.55, 0.95, 0.95], bins=10)
    assert found.error == pytest.approx(0.5 * 0.05 + 0.5 * 0.05)


def test_three_classes_have_a_square_of_three():
    matrix = metrics.confusion_matrix([0, 1, 2, 2], [0, 2, 2, 1], classes=3)
    assert matrix.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 1]]


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(BadInput, match="same length"):
        metrics.accuracy([0, 1], [0])
    with pytest.raises(BadInput, match="negative sentences"):
        metrics.roc_curve([1, 1], [0.2, 0.4])
