"""What a picture opens with: a word, and an attention head of which one can see what it does."""

from __future__ import annotations

import numpy as np

from ...engine.attention_analysis import head_kinds
from ...trace import Tokens, Trace

_PLAIN = 0.6  # share of a head's weight at one place from which its story is plain to see
_PLACES = ("previous", "next", "punctuation")  # in the order in which they are looked for


def story(trace: Trace) -> tuple[int, int]:
    """A layer and a head that look at one plain place in this text; (0, 0) if none does.

    The first layers' heads of this kind are the ones that model cards name: the token before, the
    token after, the punctuation.
    """
    shares = head_kinds(trace.layers.attention, trace.tokens).shares
    for place in _PLACES:
        layer, head = np.unravel_index(shares[place].argmax(), shares[place].shape)
        if shares[place][layer, head] >= _PLAIN:
            return int(layer), int(head)
    return 0, 0


def word_to_start_with(tokens: Tokens) -> int:
    """The second word, which has another before it; else the first word, else token 0."""
    starts = [
        index
        for index, word in enumerate(tokens.words)
        if word is not None and (index == 0 or tokens.words[index - 1] != word)
    ]
    return (starts[1:2] or starts[:1] or [0])[0]


def same_place(before: Tokens, token: int, now: Tokens) -> int:
    """The token of another tokenizer's reading of the text that covers the place of ``token``."""
    token = max(0, min(token, len(before) - 1))
    if before.special[token]:
        return 0 if token == 0 else len(now) - 1
    start, end = before.spans[token]
    places = [
        index
        for index, (first, last) in enumerate(now.spans)
        if not now.special[index] and first < end and last > start
    ]
    return (places or [0])[0]
