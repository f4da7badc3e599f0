"""MetricsView with any number of classes and with several labels at once; scikit-learn decides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import pipeline_widgets as pw
from pipeline_widgets.training import metrics

RATES = ("precision", "recall", "f1")
NAMES = ("contradiction", "neutral", "entailment", "none of them")


def drawn(seed: int, count: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """True classes and scores with ties, as rounded probabilities have."""
    random = np.random.default_rng(seed)
    scores = random.dirichlet(np.ones(classes), count).round(1)
    return random.integers(0, classes, count), scores


shapes = {"seed": st.integers(0, 10**6), "count": st.integers(2, 40), "classes": st.integers(3, 8)}


@settings(max_examples=40, deadline=None)
@given(**shapes)
def test_rates_of_classes_are_scikit_learns(seed, count, classes):
    labels, scores = drawn(seed, count, classes)
    chosen = scores.argmax(axis=1)
    one_hot = np.eye(classes, dtype=int)
    found = metrics.by_class(one_hot[labels], one_hot[chosen])
    every = list(range(classes))
    expected = sk.precision_recall_fscore_support(labels, chosen, labels=every, zero_division=0)
    for rate, values in zip((*RATES, "support"), expected, strict=True):
        assert getattr(found, rate) == pytest.approx(values)
    for how in ("macro", "weighted", "micro"):
        values = sk.precision_recall_fscore_support(labels, chosen, average=how, zero_division=0)
        ours = metrics.averaged(found, how)
        assert [ours[rate] for rate in RATES] == pytest.approx(values[:3])
    for k in range(1, classes):
        assert metrics.top_k(labels, scores, k) == pytest.approx(
            sk.top_k_accuracy_score(labels, scores, k=k, labels=every)
        )


@settings(max_examples=40, deadline=None)
@given(**shapes)
def test_rates_of_several_labels_are_scikit_learns(seed, count, classes):
    random = np.random.default_rng(seed)
    truth, chosen = random.integers(0, 2, (2, count, classes))
    found = metrics.by_class(truth, chosen)
    for how in ("micro", "weighted"):
        values = sk.precision_recall_fscore_support(truth, chosen, average=how, zero_division=0)
        assert list(metrics.averaged(found, how).values()) == pytest.approx(values[:3])


def view_of_classes(seed=3):
    labels, one = drawn(seed, 40, 4)
    _, two = drawn(seed + 1, 40, 4)
    pairs = [(f"sentence {i}", int(label)) for i, label in enumerate(labels)]
    return labels, (one, two), pw.MetricsView(
        ("A", one), ("B", two), sentences=pairs, labels=NAMES
    )  # fmt: skip


def test_a_view_of_classes_counts_as_scikit_learn_does():
    labels, scores, view = view_of_classes()
    for given_, counts, found in zip(scores, view.counts, view.measures, strict=True):
        chosen = given_.argmax(axis=1)
        assert counts.tolist() == sk.confusion_matrix(labels, chosen).tolist()
        assert found["accuracy"] == pytest.approx(sk.accuracy_score(labels, chosen))
        for how in ("macro", "weighted"):
            assert found[f"{how}_f1"] == pytest.approx(sk.f1_score(labels, chosen, average=how))
        assert found["top_2"] == pytest.approx(sk.top_k_accuracy_score(labels, given_, k=2))
    assert view.classes == NAMES
    assert view.summary().startswith("A: accuracy 0.")
    for label in range(4):
        view.label = label
        for given_, curve in zip(scores, view._curves, strict=True):
            area = sk.roc_auc_score(labels == label, given_[:, label])
            assert curve["areas"]["roc"] == pytest.approx(area, abs=1e-4)


def test_a_cell_of_classes_lists_its_sentences():
    labels, scores, view = view_of_classes()
    chosen = scores[0].argmax(axis=1)
    seen = 0
    for true in range(4):
        for said in range(4):
            view.cell = [true, said]
            rows = np.flatnonzero((labels == true) & (chosen == said))
            assert sorted(view.selected) == sorted(f"sentence {row}" for row in rows)
            seen += len(rows)
    assert seen == 40
    view.cell = [-1, -1]
    both = (chosen != labels) & (scores[1].argmax(axis=1) != labels)
    assert len(view.selected) == both.sum()


def test_several_labels_at_once_at_any_threshold():
    random = np.random.default_rng(0)
    truth, scores = random.integers(0, 2, (30, 5)), random.random((30, 5))
    names = ["joy", "love", "anger", "fear", "surprise"]
    told = [
        (f"sentence {i}", [names[k] for k in np.flatnonzero(row)]) for i, row in enumerate(truth)
    ]
    view = pw.MetricsView(("A", scores), sentences=told, labels=names)
    as_arrays = pw.MetricsView(
        ("A", scores), sentences=[(text, row) for (text, _), row in zip(told, truth, strict=True)]
    )
    for threshold in (0.2, 0.5, 0.9):
        view.threshold = as_arrays.threshold = threshold
        chosen = (scores >= threshold).astype(int)
        found = view.measures[0]
        assert found == as_arrays.measures[0]
        assert found["accuracy"] == pytest.approx(sk.accuracy_score(truth, chosen))
        for how in ("macro", "weighted", "micro"):
            for rate, of in zip(
                RATES, (sk.precision_score, sk.recall_score, sk.f1_score), strict=True
            ):
                expected = of(truth, chosen, average=how, zero_division=0)
                assert found[f"{how}_{rate}"] == pytest.approx(expected)
        assert view.counts[0].tolist() == sk.multilabel_confusion_matrix(truth, chosen).tolist()
    view.threshold, view.label, view.cell = 0.5, 2, [1, 0]
    missed = np.flatnonzero((truth[:, 2] == 1) & (scores[:, 2] < 0.5))
    assert view.selected == [f"sentence {i}" for i in missed[np.argsort(scores[missed, 2])]]


def test_static_twins_and_tables_name_every_label(tmp_path):
    view = view_of_classes()[2]
    page = view.static_html()
    assert all(name in page for name in (*NAMES, "macro F1", "among the first 2"))
    assert "macro F1" in view.to_svg(tmp_path / "a.svg").read_text("utf-8")
    assert len(view.to_table()) == 2 * (1 + len(NAMES))
    assert "none of them" in view.to_html(tmp_path / "a.html").read_text("utf-8")


def test_what_does_not_fit_is_said():
    scores = np.full((2, 3), 1 / 3)
    for sentences, models, words in (
        ([("a", 3), ("b", 0)], [("A", scores)], "The label 3 is none of 'LABEL_0'"),
        ([("a", "joy"), ("b", 0)], [("A", scores)], "The label 'joy' is none of"),
        ([("a", 1), ("b", 0)], [("A", scores), ("B", scores[:, :2])], "different numbers"),
        ([("a", 1)], [("A", scores)], "1 sentences need"),
        ([], [("A", scores)], "no sentences"),
    ):
        with pytest.raises(pw.BadInput, match=words):
            pw.MetricsView(*models, sentences=sentences)
    with pytest.raises(pw.BadInput, match="labels names the 3 labels"):
        pw.MetricsView(("A", scores), sentences=[("a", 1), ("b", 0)], labels=["no", "yes"])
