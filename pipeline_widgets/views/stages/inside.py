"""What unfolds inside a layer: its two halves for one token, and the values that a head mixes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.halves import layer_halves
from ...engine.pipeline import Pipeline
from ...trace import Trace
from ..shared.packing import PackedArray, pack_hundredths
from .panel import STRIP, clamp, strip


def inside(
    pipeline: Any, trace: Trace, opened: tuple[str, ...], *, layer: int, head: int, token: int
) -> dict[str, PackedArray]:
    """``halves`` (5, numbers of a strip) and ``mixing`` (T, D / H), where they are open.

    Nothing of a reader that is no pipeline: it has no weights to compute them from.
    """
    whole = pipeline if isinstance(pipeline, Pipeline) else getattr(pipeline, "model", None)
    if not isinstance(whole, Pipeline):
        return {}
    layers, heads = trace.layers.attention.shape[:2]
    layer, head = clamp(layer, layers), clamp(head, heads)
    data: dict[str, PackedArray] = {}
    if "halves" in opened:
        made = layer_halves(whole, trace, layer, clamp(token, len(trace.tokens)))
        parts = (made.came, made.attention, made.between, made.feed_forward, made.left)
        data["halves"] = pack_hundredths(strip(np.stack(parts), STRIP))
    if "mixing" in opened:
        data["mixing"] = pack_hundredths(whole.query_key_value(trace, layer, head).value)
    return data
