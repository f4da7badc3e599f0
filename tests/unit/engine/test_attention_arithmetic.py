"""What a head does and what attention adds up to, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.engine.attention_analysis import (
    head_kinds,
    hide,
    keep_mass,
    merge,
    rollout,
    word_groups,
)


@pytest.fixture(scope="module")
def roberta():
    return pw.load("roberta")


def test_rollout_is_the_one_worked_out_by_hand():
    # Layer 0 has two heads, whose mean is [[.5,.5,0],[0,1,0],[0,.5,.5]]; half of it and half of
    # the identity is [[.75,.25,0],[0,1,0],[0,.25,.75]]. Layer 1 looks at token 0 alone:
    # [[1,0,0],[.5,.5,0],[.5,0,.5]]. Their product, layer 1 on the left, by hand:
    first = [[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 0], [0, 1, 0]]]
    second = [[[1, 0, 0], [1, 0, 0], [1, 0, 0]]] * 2
    by_hand = [[0.75, 0.25, 0], [0.375, 0.625, 0], [0.375, 0.25, 0.375]]
    np.testing.assert_allclose(rollout(np.array([first, second], np.float32)), by_hand)


def test_rows_of_merged_words_are_sums_over_keys_and_means_over_queries():
    # Tokens 1 and 2 are one word.
    weights = np.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1], [0.5, 0.25, 0.25]], np.float32)
    by_hand = [[0.2, 0.8], [0.3, 0.7]]
    np.testing.assert_allclose(merge(weights, [[0], [1, 2]]), by_hand, atol=1e-7)


def test_rows_of_merged_words_sum_to_one_in_every_head(roberta):
    trace = roberta.trace("Unbelievably untokenizable, naïvely 😀 said.")
    groups = word_groups(trace.tokens)
    assert len(groups) < len(trace.tokens)
    assert [index for group in groups for index in group] == list(range(len(trace.tokens)))
    for layer in trace.layers.attention:
        for weights in layer:
            np.testing.assert_allclose(merge(weights, groups).sum(axis=1), 1, atol=1e-5)


def test_hidden_tokens_go_and_renormalised_rows_sum_to_one():
    weights = np.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1], [0.5, 0.25, 0.25]], np.float32)
    special = (True, False, False)
    np.testing.assert_allclose(hide(weights, special), [[0.8, 0.1], [0.25, 0.25]])
    renormalised = hide(weights, special, renormalise=True)
    np.testing.assert_allclose(renormalised, [[8 / 9, 1 / 9], [0.5, 0.5]], atol=1e-6)


def test_a_row_that_looked_only_at_hidden_tokens_stays_empty():
    weights = np.array([[1, 0], [1, 0]], np.float32)
    assert hide(weights, (True, False), renormalise=True).tolist() == [[0]]


def test_the_largest_weights_that_make_up_the_mass_stay():
    row = np.array([[0.1, 0.6, 0.05, 0.25]], np.float32)
    np.testing.assert_allclose(keep_mass(row, 0.5), [[0, 0.6, 0, 0]])
    np.testing.assert_allclose(keep_mass(row, 0.8), [[0, 0.6, 0, 0.25]])
    np.testing.assert_allclose(keep_mass(row, 1.0), row)


def test_made_up_heads_are_named_after_where_they_look(roberta):
    tokens = roberta.tokenize("Fine, then.")
    count = len(tokens)
    heads = np.zeros((1, 4, count, count), np.float32)
    for query in range(count):
        heads[0, 0, query, max(0, query - 1)] = 1
        heads[0, 1, query, min(count - 1, query + 1)] = 1
        heads[0, 2, query, 0] = 1
        heads[0, 3, query] = 1 / count
    kinds = head_kinds(heads, tokens)
    assert [kinds.kind(0, head) for head in range(4)] == [
        ("previous", pytest.approx(1)),
        ("next", pytest.approx(1)),
        ("first", pytest.approx(1)),
        ("broad", pytest.approx(1)),
    ]
    assert kinds.favourite[0, 2] == 0


def test_punctuation_is_what_has_neither_letter_nor_digit(roberta):
    tokens = roberta.tokenize("Fine, then.")
    heads = np.zeros((1, 1, len(tokens), len(tokens)), np.float32)
    heads[..., tokens.shown.index(",")] = 0.5
    heads[..., tokens.shown.index(".")] = 0.5
    assert head_kinds(heads, tokens).kind(0, 0) == ("punctuation", pytest.approx(1))
