"""What each head and each word does to the answer: it is left out, and the text is read again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..errors import BadInput
from ..trace import FloatArray, Trace
from .interventions import texts_without, word_spans
from .pipeline import Pipeline

_ATTENTION_LIMIT = 1 << 24  # attention weights of a layer held at a time: 64 MB


def head_effects(pipeline: Pipeline, trace: Trace) -> Iterator[tuple[int, int, FloatArray]]:
    """What the answer would be with each head off, one head at a time.

    Yields ``(layer, first_head, scores)`` with (heads, C) scores, from the last layer to the first;
    stop when you have enough. Nothing below a head changes when it is switched off, so each run
    starts from ``trace.layers.hidden[layer]``.
    """
    if trace.interventions:
        raise BadInput("head_effects() needs a trace on which nothing was changed")
    heads, count = trace.layers.attention.shape[1], len(trace.tokens)
    off = ~np.eye(heads, dtype=np.bool_)
    size = max(1, min(heads, _ATTENTION_LIMIT // (heads * count**2)))
    for layer in reversed(range(len(trace.layers.attention))):
        for first in range(0, heads, size):
            keep = off[first : first + size]
            hidden = np.broadcast_to(
                trace.layers.hidden[layer], (len(keep), *trace.layers.hidden.shape[1:])
            )
            last = pipeline.model.encode_from(layer, hidden, keep=keep)
            logits = pipeline.model.classify(pipeline.model.pool(last))
            yield layer, first, pipeline.config.head.scores(logits)


def word_effects(pipeline: Pipeline, trace: Trace) -> FloatArray:
    """What the answer would be without each word, one word at a time: (words, C)."""
    spans = word_spans(trace.tokens)
    if not spans:
        return np.zeros((0, len(pipeline.labels)), np.float32)
    texts = [texts_without(trace.tokens, [span]) for span in spans]
    sentences = [one[0] if len(one) == 1 else (one[0], one[1]) for one in texts]
    return pipeline.flow(sentences, max_length=pipeline.limit).scores
