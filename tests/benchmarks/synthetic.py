"""A trace of any size with made-up numbers: what a base checkpoint's would weigh."""

from __future__ import annotations

import numpy as np

import pipeline_widgets as pw
from pipeline_widgets.trace import Embedding, Layers, Pooled, Prediction, Tokens


def synthetic_trace(*, layers: int, heads: int, tokens: int, width: int = 768) -> pw.Trace:
    """Softmax of random scores in every head; the words are numbers."""
    random = np.random.default_rng(7)
    scores = random.standard_normal((layers, heads, tokens, tokens), dtype=np.float32) * 2
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    words = [f"w{index}" for index in range(tokens - 2)]
    ends = np.cumsum([len(word) + 1 for word in words])
    spans = [
        (int(end) - len(word) - 1, int(end) - 1) for word, end in zip(words, ends, strict=True)
    ]
    vectors = random.standard_normal((tokens, width), dtype=np.float32)
    read = Tokens(
        text=" ".join(words),
        pieces=("<s>", *words, "</s>"),
        ids=np.arange(tokens, dtype=np.int32),
        spans=((0, 0), *spans, (0, 0)),
        special=(True, *(False for _ in words), True),
        words=(None, *range(len(words)), None),
    )
    first = vectors[0]
    return pw.Trace(
        model="roberta",
        architecture="roberta",
        text=read.text,
        tokens=read,
        embedding=Embedding(vectors, vectors, read.ids, vectors),
        layers=Layers(np.broadcast_to(vectors, (layers + 1, tokens, width)), scores),
        pooled=Pooled(first, first, first, "tanh"),
        prediction=Prediction(
            np.array([-1, 1], np.float32), np.array([0.12, 0.88], np.float32), ("no", "yes")
        ),
    )
