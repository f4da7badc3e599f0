"""A map of a sentence's tokens, or of a set of sentences, from the embedding to the last layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.pca import cosines, facing, principal
from ...rounding import fixed
from ...trace import Trace
from ..shared.packing import pack_array, pack_hundredths
from ..shared.plotly_extra import graph_objects


def steps(trace: Trace) -> list[NDArray[np.float32]]:
    """The tokens' vectors (T, D) without position, normalised, and after each layer: L + 2."""
    return [trace.embedding.token, *trace.layers.hidden]


def sentence_steps(traces: Sequence[Trace]) -> list[NDArray[np.float32]]:
    """The sentences' vectors (N, D): the tokens' mean before the layers, then position 0."""
    before = [np.stack([trace.embedding.token.mean(axis=0) for trace in traces])]
    first = [np.stack([trace.layers.hidden[0].mean(axis=0) for trace in traces])]
    layers = len(traces[0].layers.attention)
    after = [
        np.stack([trace.layers.hidden[layer + 1, 0] for trace in traces]) for layer in range(layers)
    ]
    return [*before, *first, *after]


def projected(
    vectors: Sequence[NDArray[np.float32]], dimensions: int = 2
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Places (steps, N, dimensions) and shares (steps, dimensions), each step facing the last."""
    places: list[NDArray[np.float32]] = []
    shares: list[NDArray[np.float32]] = []
    for points in vectors:
        place, share = principal(points, dimensions)
        places.append(facing(place, places[-1]) if places else place)
        shares.append(share)
    return np.stack(places), np.stack(shares)


def drawn(vectors: Sequence[NDArray[np.float32]], names: Sequence[str]) -> dict[str, Any]:
    """What the browser draws: places, shares, cosines (within 0.004) and names."""
    places, shares = projected(vectors)
    return {
        "places": pack_array(places),
        "shares": shares.astype(float).tolist(),
        "cosines": pack_hundredths(np.stack([cosines(points) for points in vectors])),
        "names": list(names),
    }


def labels_of(traces: Sequence[Trace]) -> list[int]:
    """The index of each trace's winning label."""
    return [int(np.argmax(trace.prediction.probabilities)) for trace in traces]


def figure(
    vectors: NDArray[np.float32], names: Sequence[str], groups: Sequence[str], dimensions: int
) -> Any:
    """One step's map in plotly, in two or three dimensions."""
    go = graph_objects()

    places, shares = principal(vectors, dimensions)
    axes = [
        f"PC {index + 1}: {fixed(100 * share, 0)} % of the variance"
        for index, share in enumerate(shares)
    ]
    points = go.Figure()
    for group in dict.fromkeys(groups):
        chosen = [index for index, name in enumerate(groups) if name == group]
        columns = np.round(places[chosen].astype(float), 4).T
        text = [names[index] for index in chosen]
        options = {"mode": "markers+text", "text": text, "name": group}
        if dimensions == 3:
            x, y, z = columns
            points.add_trace(go.Scatter3d(x=x, y=y, z=z, **options))
        else:
            x, y = columns
            points.add_trace(go.Scatter(x=x, y=y, textposition="top center", **options))
    if dimensions == 3:
        scene = dict(zip(("xaxis_title", "yaxis_title", "zaxis_title"), axes, strict=True))
        points.update_layout(scene=scene)
    else:
        points.update_layout(xaxis_title=axes[0], yaxis_title=axes[1])
    points.update_layout(showlegend=len(set(groups)) > 1)
    return points
