"""The map of embeddings against scikit-learn's PCA, and what the view makes of it."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.pca import cosines, facing, principal

decomposition = pytest.importorskip("sklearn.decomposition")
TEXT = "The film was not dull, it was truly superb."


@pytest.fixture(scope="module")
def roberta():
    return pw.load("roberta")


@pytest.fixture(scope="module")
def trace(roberta):
    return roberta.trace(TEXT)


def test_components_and_shares_are_those_of_scikit_learn(trace):
    points = trace.layers.hidden[3]
    places, shares = principal(points, 3)
    reference = decomposition.PCA(3, svd_solver="full").fit(points)
    np.testing.assert_allclose(shares, reference.explained_variance_ratio_, atol=1e-5)
    expected = facing(reference.transform(points).astype(np.float32), places)
    np.testing.assert_allclose(places, expected, atol=1e-3)


def test_two_points_lie_on_one_line_and_equal_points_at_one_place():
    places, shares = principal(np.array([[0.0, 0, 0], [3, 4, 0]], np.float32))
    np.testing.assert_allclose(np.abs(places[:, 0]), [2.5, 2.5], atol=1e-6)
    np.testing.assert_allclose(places[:, 1], 0, atol=1e-6)
    np.testing.assert_allclose(shares, [1, 0], atol=1e-6)
    places, shares = principal(np.ones((3, 4), np.float32))
    assert np.abs(places).max() < 1e-6
    assert shares.tolist() == [0, 0]


def test_cosines_by_hand():
    found = cosines(np.array([[1, 0], [0, 2], [3, 3], [0, 0]], np.float32))
    half = np.sqrt(0.5)
    expected = [[1, 0, half, 0], [0, 1, half, 0], [half, half, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_map_sent_has_a_step_for_the_bare_vectors_the_embedding_and_each_layer(trace):
    view = pw.EmbeddingView(trace, token=4, step=3)
    sent = view._result["panels"][0]["map"]
    assert sent["places"]["shape"] == [8, len(trace.tokens), 2]
    assert len(sent["shares"]) == 8
    similar = view.similarities
    vectors = trace.layers.hidden[2]
    other = vectors[1] @ vectors[4] / np.linalg.norm(vectors[1]) / np.linalg.norm(vectors[4])
    assert similar[4] == pytest.approx(1)
    assert similar[1] == pytest.approx(other, abs=1e-5)


def test_the_figure_has_two_or_three_dimensions_and_says_the_variance(roberta, trace):
    sentences = [roberta.trace(text) for text in ("A fine day.", "Awful.", "Great!", "So dull.")]
    view = pw.EmbeddingView(trace, sentences=sentences, step=7)
    flat, solid = view.figure(dimensions=2), view.figure(dimensions=3)
    places, shares = principal(trace.layers.hidden[6])
    np.testing.assert_allclose(flat.data[0].x, places[:, 0], atol=1e-3)
    assert f"{100 * shares[0]:.0f} %" in flat.layout.xaxis.title.text
    assert len(solid.data[0].z) == len(trace.tokens)
    points = view.figure(dimensions=2, sentences=True)
    assert sum(len(group.x) for group in points.data) == 4
    assert {group.name for group in points.data} == {s.prediction.label for s in sentences}


def test_a_map_that_cannot_be_is_refused(trace):
    with pytest.raises(pw.BadInput, match="no place on one map"):
        pw.EmbeddingView(trace, sentences=[pw.load("distilbert").trace("Good.")])
    with pytest.raises(pw.BadInput, match="2 or 3 dimensions"):
        pw.EmbeddingView(trace).figure(dimensions=4)
    with pytest.raises(pw.BadInput, match="no sentences were given"):
        pw.EmbeddingView(trace).figure(dimensions=2, sentences=True)
