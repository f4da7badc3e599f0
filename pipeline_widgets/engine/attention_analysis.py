"""What a head does in one text, and attention put together: words, heads, layers, rollout.

All of it is arithmetic on the attention weights of a ``Trace``; no model is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..trace import FloatArray, Tokens

PLACES = ("previous", "next", "itself", "first", "last", "punctuation")
OF_ANOTHER = ("first", "last", "punctuation")  # places in a text that is not one's own
KINDS = (*PLACES, "broad", "content")
BROAD = 0.5  # a head whose rows spread over half of the tokens or more
MOSTLY = 0.4  # share of a head's weight at one place from which it is named after it


@dataclass(frozen=True, slots=True, eq=False)
class HeadKinds:
    """Where the weight of each head goes, as means over the tokens that look."""

    shares: dict[str, FloatArray]  # by PLACES or OF_ANOTHER: (L, H), each in 0 … 1
    breadth: FloatArray  # (L, H): tokens that a row spreads over, as a share of all of them
    favourite: NDArray[np.int32]  # (L, H): the token that gets most weight in all

    @property
    def names(self) -> tuple[str, ...]:
        """What a head may be called: its places, "broad" and "content"."""
        return (*self.shares, "broad", "content")

    @property
    def codes(self) -> NDArray[np.intp]:
        """The name of each head (L, H), as an index into ``names``."""
        stacked, names = np.stack(list(self.shares.values())), self.names
        other = np.where(self.breadth >= BROAD, names.index("broad"), names.index("content"))
        return np.where(stacked.max(axis=0) >= MOSTLY, stacked.argmax(axis=0), other)

    def kind(self, layer: int, head: int) -> tuple[str, float]:
        """The head's name, one of ``names``, and the number behind it."""
        name = self.names[int(self.codes[layer, head])]
        if name == "broad":
            return name, float(self.breadth[layer, head])
        return name, float(max(share[layer, head] for share in self.shares.values()))


def head_kinds(attention: FloatArray, tokens: Tokens, *, crossed: bool = False) -> HeadKinds:
    """Measure all heads of one text: attention (L, H, T, T).

    A row's breadth is 1 / Σ w², the number of tokens it would spread over if it were even, divided
    by T. "previous" leaves out the first token, which has none, and "next" the last. ``crossed``
    attention (L, H, T, K) goes to another text, whose ``tokens`` these are: it has no "previous",
    "next" and "itself".
    """
    count = attention.shape[-1]
    received = attention.mean(axis=-2)  # (L, H, T)
    marks = np.array([is_punctuation(text) for text in tokens.shown]) & ~np.array(tokens.special)
    squares = np.einsum("lhqk,lhqk->lhq", attention, attention)
    shares = {
        "previous": _diagonal(attention, -1),
        "next": _diagonal(attention, 1),
        "itself": _diagonal(attention, 0),
        "first": received[..., 0],
        "last": received[..., -1],
        "punctuation": received[..., marks].sum(axis=-1),
    }
    widths = np.divide(1, squares, out=np.zeros_like(squares), where=squares > 0)  # padding: 0
    return HeadKinds(
        shares={name: shares[name] for name in (OF_ANOTHER if crossed else PLACES)},
        breadth=widths.mean(axis=-1) / count,
        favourite=received.argmax(axis=-1).astype(np.int32),
    )


def is_punctuation(text: str) -> bool:
    """Whether a sub-word has no letter and no digit in it."""
    return bool(text.strip()) and not any(character.isalnum() for character in text)


def _diagonal(attention: FloatArray, offset: int) -> FloatArray:
    diagonal = np.diagonal(attention, offset, axis1=-2, axis2=-1)
    return diagonal.mean(axis=-1) if diagonal.shape[-1] else np.zeros(diagonal.shape[:-1], "f4")


def rollout(attention: FloatArray) -> FloatArray:
    """How much of each token reaches each other one through all layers: (T, T), rows sum to 1.

    In each layer the heads are averaged, half of the weight is given to the residual connection
    (A + I) / 2, and the layers are multiplied. Source: Abnar & Zuidema 2020, arXiv 2005.00928.
    """
    count = attention.shape[-1]
    reached = np.eye(count, dtype=np.float32)
    for layer in attention:
        reached = (layer.mean(axis=0) + np.eye(count, dtype=np.float32)) @ reached / 2
    return reached


def word_groups(tokens: Tokens) -> list[list[int]]:
    """The tokens of each word, in order; a special token is a group of its own."""
    groups: list[list[int]] = []
    before: int | None = None
    for index, word in enumerate(tokens.words):
        if word is None or word != before:
            groups.append([])
        groups[-1].append(index)
        before = word
    return groups


def merge(
    weights: FloatArray,
    groups: Sequence[Sequence[int]],
    keys: Sequence[Sequence[int]] | None = None,
) -> FloatArray:
    """Attention between words from that between sub-words: (T, K) to (words, words).

    Summed over the keys of a word (all that is looked at), averaged over its queries (who looks),
    so that each row still sums to 1; an empty group's is 0. ``keys`` are the groups of another
    text that is looked at.
    Source: Clark et al. 2019, arXiv 1906.04341, section 4.1.
    """
    rows = _members(groups, weights.shape[0])
    columns = rows if keys is None else _members(keys, weights.shape[1])
    return (rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)) @ weights @ columns.T


def _members(groups: Sequence[Sequence[int]], count: int) -> FloatArray:
    """(groups, count), 1 where a token is of a group."""
    one = np.zeros((len(groups), count), np.float32)
    for index, group in enumerate(groups):
        one[index, list(group)] = 1
    return one


def between(
    weights: FloatArray, rows: Sequence[int | None], columns: Sequence[int | None] | None = None
) -> FloatArray:
    """Of two sentences, where each one's tokens look: (2, 3), rows sum to 1 where weights' do.

    ``rows`` and ``columns`` say of which sentence a token is, 0 or 1; None for the special ones.
    Row: the sentence that looks, averaged over its tokens; columns: the share that goes to the
    first sentence, the second, and to special tokens.
    """
    places = [[2 if side is None else side for side in sides] for sides in (rows, columns or rows)]
    looking, seen = (np.eye(3, dtype=np.float32)[side] for side in places)
    counts = np.maximum(looking.sum(axis=0)[:2, None], 1)
    return looking.T[:2] @ weights @ seen / counts


def hide(
    weights: FloatArray,
    hidden: Sequence[bool],
    keys: Sequence[bool] | None = None,
    *,
    renormalise: bool = False,
) -> FloatArray:
    """``weights`` without the rows and columns that are ``hidden``; ``keys``: columns of their own.

    Renormalised, each row is divided by what is left of it, so that it sums to 1 again.
    """
    keep = ~np.array(hidden, np.bool_)
    left = weights[np.ix_(keep, keep if keys is None else ~np.array(keys, np.bool_))]
    if not renormalise:
        return left
    sums = left.sum(axis=-1, keepdims=True)
    return np.divide(left, sums, out=np.zeros_like(left), where=sums > 0)


def keep_mass(weights: FloatArray, mass: float) -> FloatArray:
    """Each row's largest weights that together make up ``mass`` of it; the others are zero."""
    order = np.argsort(-weights, axis=-1, kind="stable")
    sorted_weights = np.take_along_axis(weights, order, axis=-1)
    before = np.cumsum(sorted_weights, axis=-1) - sorted_weights
    kept = np.where(before < mass * weights.sum(axis=-1, keepdims=True), sorted_weights, 0)
    result = np.zeros_like(weights)
    np.put_along_axis(result, order, kept.astype(weights.dtype), axis=-1)
    return result
