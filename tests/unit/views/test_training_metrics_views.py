"""MetricsView and CostView without a browser: the numbers, the sentences, the words."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

import pipeline_widgets as pw
from pipeline_widgets import BadInput
from pipeline_widgets.views.cost.measuring import QUANTITIES
from pipeline_widgets.views.cost.view import CostView

PAIRS = [("good", 1), ("fine", 1), ("poor", 0), ("bad", 0), ("odd", 1), ("meh", 0)]
FIRST = [0.9, 0.6, 0.2, 0.7, 0.4, 0.1]
SECOND = [0.8, 0.3, 0.6, 0.55, 0.2, 0.3]


def drawn(path):
    """The words and the paths of an SVG."""
    root = ElementTree.parse(path).getroot()
    nodes = lambda kind: root.iter(f"{{http://www.w3.org/2000/svg}}{kind}")  # noqa: E731
    return [node.text for node in nodes("text")], [node.get("d") for node in nodes("path")]


@pytest.fixture
def view():
    models = (("A", FIRST), ("B", np.stack([1 - np.array(SECOND), SECOND], axis=1)))
    return pw.MetricsView(*models, sentences=PAIRS)


def test_counts_and_measures_are_scikit_learns_at_any_threshold(view):
    labels = [label for _, label in PAIRS]
    for threshold in (0.0, 0.25, 0.5, 0.65, 1.0):
        view.threshold = threshold
        for scores, counts, found in zip((FIRST, SECOND), view.counts, view.measures, strict=True):
            chosen = [int(score >= threshold) for score in scores]
            assert counts.tolist() == sk.confusion_matrix(labels, chosen, labels=[0, 1]).tolist()
            assert found["f1"] == pytest.approx(sk.f1_score(labels, chosen, zero_division=0))


def test_a_cell_lists_its_sentences_the_surest_first(view):
    assert view.selected == ["bad"]  # truly 0, said 1
    view.cell = [1, 1]
    assert view.selected == ["good", "fine"]
    view.panel = 1
    view.cell = [0, 1]
    assert view.selected == ["poor", "bad"]


def test_the_errors_that_both_share(view):
    assert view.shared_errors == ["bad", "odd"]
    view.cell = [-1, -1]
    assert view.selected == view.shared_errors


def test_the_bundled_models_answer_as_their_pipelines_do():
    some = pw.sentences("held-out")[:12]
    view = pw.MetricsView("distilbert", sentences=some)
    pipeline = pw.load("distilbert")
    said = [pipeline.trace(one.text).prediction.probabilities[1] for one in some]
    assert view.scores[0] == pytest.approx(said, abs=1e-4)
    assert view.classes == pipeline.labels


def test_views_are_deterministic_and_have_a_static_twin(view):
    again = pw.MetricsView(("A", FIRST), ("B", SECOND), sentences=PAIRS)
    assert repr(again) == repr(view)
    assert again.static_html() == view.static_html()
    assert "A: accuracy 0.667" in view.summary()
    assert len(view.figure().data) == 6


def test_the_svg_and_the_page_have_the_same_matrices_and_curves(view, tmp_path):
    said, lines = drawn(view.to_svg(tmp_path / "metrics.svg"))
    assert {"ROC", "Calibration", "true-positive rate", "truly", "said positive"} <= set(said)
    counts = [count for matrix in view.counts for count in matrix.ravel().tolist()]
    shown = [said[k - 1] for k, word in enumerate(said) if word in ("✓ right", "✗ wrong")]
    assert shown == list(map(str, counts))
    page = view.static_html()
    assert all(line in page for line in lines if line.count("L") > 2)


def test_the_table_has_a_record_for_each_model(view):
    rows = pd.DataFrame(view.to_table())
    labels = [label for _, label in PAIRS]
    assert rows["model"].tolist() == ["A", "B"]
    assert rows["accuracy"].tolist() == pytest.approx([one["accuracy"] for one in view.measures])
    areas = [sk.roc_auc_score(labels, scores) for scores in (FIRST, SECOND)]
    assert rows["roc_area"].tolist() == pytest.approx(areas, abs=1e-4)
    cells = rows[["true_negatives", "false_positives", "false_negatives", "true_positives"]]
    assert cells.to_numpy().tolist() == [one.ravel().tolist() for one in view.counts]


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(BadInput, match="one or two models"):
        pw.MetricsView("a", "b", "c", sentences=PAIRS)
    with pytest.raises(BadInput, match="both labels"):
        pw.MetricsView(("A", [0.1]), sentences=[("only", 1)])
    with pytest.raises(BadInput, match="shape"):
        pw.MetricsView(("A", [0.1, 0.2]), sentences=PAIRS)


@pytest.fixture(scope="module")
def cost():
    view = CostView(sentences=pw.sentences("held-out")[:20])
    view.wait(120)
    return view


def test_what_it_costs_is_measured_and_what_is_known_is_exact(cost):
    figures = cost.wait()
    assert figures["layers"] == [6.0, 3.0]
    loaded = [pw.load(name) for name in ("roberta", "distilbert")]
    assert figures["parameters"] == [model.parameters / 1e6 for model in loaded]
    some = pw.sentences("held-out")[:20]
    right = sum(
        pw.load("roberta").trace(s.text).prediction.label == ("negative", "positive")[s.label]
        for s in some
    )
    assert figures["accuracy"][0] == pytest.approx(100 * right / 20)
    assert figures["megabytes"][0] > figures["megabytes"][1] > 10
    assert figures["memory"][0] > figures["memory"][1] > 10
    assert figures["milliseconds"][0] > figures["milliseconds"][1] > 0  # twice the layers
    assert cost.smaller == pytest.approx(1 - figures["parameters"][1] / figures["parameters"][0])


def test_the_papers_figures_stand_beside_with_what_they_refer_to(cost):
    page = cost.static_html()
    for fact in (
        "66.4 million against 109.5 million of BERT",
        "410 s against 668 s",
        "77.0 against 79.5",
    ):
        assert fact in page
    assert "No paper times it against RoBERTa" in page
    assert repr(cost) == "CostView(names=['RoBERTa', 'DistilBERT'])"


def test_what_it_costs_in_print_and_as_records(cost, tmp_path):
    said, _ = drawn(cost.to_svg(tmp_path / "cost.svg"))
    parameters = [f"{value:.1f} million" for value in cost.figures["parameters"]]
    assert {*parameters, "RoBERTa", "DistilBERT", "In the papers"} <= set(said)
    assert cost.static_html().count("<rect") == 2 + 2 * len(cost.figures)  # the key, the bars
    rows = pd.DataFrame(cost.to_table())
    figures = [cost.figures[quantity] for quantity in QUANTITIES]
    assert rows["RoBERTa"].tolist() == [one for one, _ in figures]
    ratios = [f"{two / one:.2f}" for one, two in figures]
    assert [f"{ratio:.2f}" for ratio in rows["ratio"]] == ratios
    assert len(cost.figure().data[0].y) == len(rows)
