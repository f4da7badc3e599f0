"""Of two models, the two heads that do the same: where a comparison begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...engine.attention_analysis import head_kinds, merge
from ...engine.plain_attention import Attention

_IDLE = ("first", "last", "broad")  # what many heads do, whatever the text


Groups = list[list[int]]


def matching(
    sides: tuple[Attention, Attention],
    groups: tuple[Groups, Groups],
    keys: tuple[Groups, Groups],
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Layer and head of either model whose squares of words are most alike, by correlation.

    Heads that look at a separator or everywhere are passed over where others are left. ``groups``
    are each model's tokens of the shared rows, ``keys`` of the shared columns.
    """
    one, places_of_one = _squares(sides[0], groups[0], keys[0])
    two, places_of_two = _squares(sides[1], groups[1], keys[1])
    alike = _centred(one) @ _centred(two).T
    first, second = divmod(int(alike.argmax()), len(two))
    return places_of_one[first], places_of_two[second]


def _squares(
    side: Attention, groups: Groups, keys: Groups
) -> tuple[NDArray[np.float32], list[tuple[int, int]]]:
    """The squares of a model's telling heads (heads, words²), and where those heads are."""
    attention = side.weights
    layers, heads = attention.shape[:2]
    found = head_kinds(attention, side.keys, crossed=side.crossed)
    places = [(layer, head) for layer in range(layers) for head in range(heads)]
    telling = [place for place in places if found.kind(*place)[0] not in _IDLE] or places
    return np.stack([merge(attention[place], groups, keys).ravel() for place in telling]), telling


def _centred(squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row with mean 0 and length 1."""
    rows = squares - squares.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
