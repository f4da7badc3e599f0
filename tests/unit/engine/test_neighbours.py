"""Neighbours of a word: cosines of the token table, as numpy computes them from the weights."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw


@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_closeness_is_the_cosine_of_the_rows_and_nothing_nearer_is_left_out(name):
    model = pw.load(name)
    found = model.neighbours("good", count=8)
    vocabulary = model.tokenizer.vocabulary
    table = model.model.weights.token_rows(np.arange(len(vocabulary)))
    (own,) = model.tokenize(" good").ids[1:-1]
    units = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    cosines = units @ units[own]
    assert [closeness for _, closeness in found] == sorted((c for _, c in found), reverse=True)
    for piece, closeness in found:
        ids = [vocabulary[form] for form in (piece, f"Ġ{piece}") if form in vocabulary]
        assert closeness == pytest.approx(max(float(cosines[id]) for id in ids), abs=1e-4)
    nearer = {
        piece.lstrip("Ġ")
        for piece, id in vocabulary.items()
        if cosines[id] > found[-1][1] + 1e-4 and piece.lstrip("Ġ").lower() != "good"
    }
    assert nearer <= {piece for piece, _ in found}


def test_a_word_that_is_cut_has_none_and_is_told_why():
    with pytest.raises(pw.BadInput, match="Give a word that stays whole"):
        pw.load("distilbert").neighbours("untokenizable")
