"""One model's column of the picture: the slices of a Trace that are on screen, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...trace import STAGES, Tokens, Trace
from ..shared.packing import PackedArray, pack_array, pack_hundredths, pack_patterns, pooled
from ..shared.titles import TITLES, title_of

STRIP = 32  # numbers of a vector that a strip shows
NARROW_STRIP = 8  # the same in the stack of layers
THUMB = 30  # cells a side of a head's thumbnail, as many as it has pixels


def strip(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """``count`` numbers of each vector, evenly spaced: (..., D) becomes (..., count)."""
    step = max(1, vectors.shape[-1] // count)
    return vectors[..., ::step][..., :count]


def clamp(index: int, length: int) -> int:
    """``index`` moved into 0 … length − 1."""
    return max(0, min(index, length - 1))


def placed(tokens: Tokens) -> list[tuple[int, int]]:
    """The tokens' spans; separators between two sentences stand at the line end between them."""
    start, spans = tokens.pair_start, list(tokens.spans)
    if start is None or {0, 1} - set(tokens.sentences):
        return spans
    first, second = (tokens.sentences.index(side) for side in (0, 1))
    for index in range(first, second):
        if tokens.special[index] and spans[index] == (0, 0):
            spans[index] = start - 1, start
    return spans


def panel(
    trace: Trace,
    after_layers: NDArray[np.float32],
    *,
    layer: int,
    head: int,
    open_stages: tuple[str, ...],
    drawn_stages: tuple[str, ...] = STAGES,
) -> dict[str, Any]:
    """What the browser draws of one trace.

    Spans count code points; the browser cuts the text by them. The attention of the chosen head
    goes as it is (T, T); its siblings in the layer as patterns (H, T, T), for the thumbnails.
    """
    tokens = trace.tokens
    layers, heads = trace.layers.attention.shape[:2]
    layer, head = clamp(layer, layers), clamp(head, heads)
    data: dict[str, Any] = {
        "model": trace.model,
        "title": title_of(trace.model),
        "architecture": trace.architecture,
        "pieces": list(tokens.pieces),
        "ids": tokens.ids.tolist(),
        "spans": [edge for span in placed(tokens) for edge in span],
        "words": [-1 if word is None else word for word in tokens.words],
        "left_out": tokens.left_out,
        "kind": tokens.tokenizer,
        "lowered": tokens.lowered,
        "explained": tokens.explained,
        "family": TITLES.get(trace.architecture, trace.architecture),
        "position": int(trace.embedding.position_ids[0]) if len(tokens) else 0,
        "types": trace.embedding.token_type is not None,
        "ms": {name: round(value, 1) for name, value in trace.milliseconds.items()},
        "logits": trace.prediction.logits.tolist(),  # unrounded, like every number that is read
        "probabilities": trace.prediction.probabilities.tolist(),
        "labels": list(trace.prediction.labels),
        "function": trace.prediction.function,
        "threshold": trace.prediction.threshold,
        "after": after_layers.tolist(),
        "layer": layer,
        "head": head,
        "width": trace.layers.hidden.shape[2],
        "layers": layers,
        "heads": heads,
    }
    if tokens.pair_start is not None:
        data["sentences"] = [-1 if side is None else side for side in tokens.sentences]
        data["token_types"] = [] if tokens.types is None else tokens.types.tolist()
    if {"embedding", "layers"} & set(drawn_stages):
        data["hidden"] = pack_hundredths(strip(trace.layers.hidden, NARROW_STRIP))
    if "layers" in open_stages:
        data["attention"] = pack_array(trace.layers.attention[layer, head])
        data["thumbs"] = pack_patterns(pooled(trace.layers.attention[layer], THUMB))
    if "tokens" in open_stages:
        data["steps"] = [
            [[step.left, step.right, step.rank, step.found] for step in word]
            for word in tokens.steps
        ]
    if "embedding" in open_stages:
        embedding = trace.embedding
        parts = (embedding.token, embedding.position, embedding.normalised)
        if embedding.token_type is not None:
            parts = (*parts[:2], embedding.token_type, parts[2])
        data["embedding"] = [_vectors(part, True) for part in parts]
        data["position_ids"] = embedding.position_ids.tolist()
    if "pooled" in drawn_stages:
        made = trace.pooled
        data["activation"] = made.activation
        vectors = np.stack([made.first, made.dense, made.activated])
        data["pooled"] = _vectors(vectors, "pooled" in open_stages)
    return data


def _vectors(vectors: NDArray[np.float32], exact: bool) -> PackedArray:
    """A strip of each vector: as it is where more than two decimals are shown."""
    numbers = strip(vectors, STRIP)
    return pack_array(numbers) if exact else pack_hundredths(numbers)
