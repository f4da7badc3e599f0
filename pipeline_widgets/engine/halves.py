"""What a layer does to one token, in two halves: attention is added, then the feed-forward network.

Source: "Attention Is All You Need", arXiv 1706.03762, section 3.1; both models normalise after each
sum (post-LN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..trace import FloatArray, Record, Trace

if TYPE_CHECKING:
    from .pipeline import Pipeline


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerHalves(Record):
    """One token's way through a layer: (D,) each."""

    came: FloatArray
    """What came into the layer."""
    attention: FloatArray
    """What its heads gathered and mixed; added to ``came``."""
    between: FloatArray
    """The LayerNorm of that sum."""
    feed_forward: FloatArray
    """What the feed-forward network makes of ``between``; added to it."""
    left: FloatArray
    """The LayerNorm of that sum: what leaves the layer."""


def layer_halves(pipeline: Pipeline, trace: Trace, layer: int, token: int) -> LayerHalves:
    """What ``layer`` does to ``token``.

    Raises:
        BadInput: there is no such layer.
    """
    pipeline.check_layer(layer)
    came = trace.layers.hidden[layer, token][None]
    weights = trace.layers.attention[layer, :, token]  # (H, T)
    values = (pipeline.query_key_value(trace, layer, head).value for head in range(len(weights)))
    gathered = np.concatenate([row @ value for row, value in zip(weights, values, strict=True)])
    added, between = pipeline.model.mix(layer, came, gathered[None])
    left, thought = pipeline.model.finish_layer(layer, came, gathered[None])
    return LayerHalves(came[0], added[0], between[0], thought[0], left[0])
