"""Two tokenizers on one text: which token belongs to which shared word."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.trace import Tokens
from pipeline_widgets.views.compare.alignment import both, groups, shared_words

ROBERTA, DISTILBERT = pw.load("roberta"), pw.load("distilbert")

# Words, runs of spaces, signs that either model may lose, letters of several bytes.
PARTS = ["a", "don't", "café", "😀", "  ", "   ", " ", "\u200d", "\u200b", "\ufeff", "न", "!", "un"]
texts = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


def tokens(text: str, *spans: tuple[int, int]) -> Tokens:
    """A model's tokens that cover ``spans``, each a word, with a special one on either side."""
    count = len(spans) + 2
    return Tokens(
        text=text,
        pieces=("<s>", *(text[start:end] or "Ġ" for start, end in spans), "</s>"),
        ids=np.arange(count, dtype=np.int32),
        spans=((0, 0), *spans, (0, 0)),
        special=(True, *[False] * len(spans), True),
        words=(None, *range(len(spans)), None),
    )


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 3), (5, 9)], [[0], [1], [2], [3]]),
        ([(0, 3), (4, 4), (5, 9)], [[0], [1, 2], [3], [4]]),  # one that covers nothing
        ([(0, 3), (4, 4), (5, 5), (5, 9)], [[0], [1, 2, 3], [4], [5]]),
        ([(0, 0), (0, 3), (5, 9), (9, 9)], [[0], [1, 2], [3, 4], [5]]),
        ([(0, 1), (1, 3), (5, 7), (7, 7), (7, 9)], [[0], [1, 2], [3, 4, 5], [6]]),
        ([(0, 3)], [[0], [1], [], [2]]),  # cut before the second word
    ],
)
def test_a_token_that_covers_nothing_joins_the_word_before_it(
    spans: list[tuple[int, int]], expected: list[list[int]]
) -> None:
    assert groups(tokens("One  more", *spans), [(0, 3), (5, 9)]) == expected


@settings(max_examples=150)
@given(texts)
def test_every_token_is_in_the_row_whose_characters_it_covers(text: str) -> None:
    one, two = ROBERTA.tokenize(text), DISTILBERT.tokenize(text)
    words = shared_words(one, two)
    assert all(a[1] <= b[0] for a, b in pairwise(words))
    for found in (one, two):
        rows = groups(found, words)
        assert sorted(index for row in rows for index in row) == list(range(len(found)))
        before = 1 if words else 0
        for index in range(1, len(found) - 1):
            start, end = found.spans[index]
            inside = [row for row, (a, b) in enumerate(words, 1) if a <= start < end <= b]
            (before,) = inside or [before]
            assert index in rows[before]


@settings(max_examples=100)
@given(texts)
def test_both_models_have_a_token_in_every_row_and_none_is_lost(text: str) -> None:
    one, two = ROBERTA.tokenize(text), DISTILBERT.tokenize(text)
    names, first, second = both(one, two)
    assert len(names) == len(first) == len(second)
    assert all(first)
    assert all(second)
    for found, rows in ((one, first), (two, second)):
        assert sorted(index for row in rows for index in row) == list(range(len(found)))
