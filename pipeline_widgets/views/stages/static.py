"""The stages of traces outside a notebook: what can be chosen there, pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...trace import Trace
from ..attention.data import square_rows
from ..shared import sheets
from ..shared import svg as _static
from ..shared.answer import answer_bars
from ..shared.offline_page import Recorded
from ..shared.packing import pack_array, pack_weights, pooled
from .panel import THUMB, clamp

_MOST = 12e6  # bytes of weights in a page; beyond, only the chosen layer's heads are kept


def recorded(traces: Sequence[Trace], layer: int) -> list[Recorded]:
    """Every head of the models on screen, and the thumbnails of every layer."""
    chosen = Recorded(("layer", "head"))
    shapes = [trace.layers.attention.shape for trace in traces]
    few = sum(2 * layers * heads * count**2 for layers, heads, count, _ in shapes) <= _MOST
    for number in range(max(shape[0] for shape in shapes)) if few else (layer,):
        layers = [_layer(chosen, trace, index, number) for index, trace in enumerate(traces)]
        for head in range(max(shape[1] for shape in shapes)):
            heads = [_head(chosen, trace, i, number, head) for i, trace in enumerate(traces)]
            chosen.add((number, head), *layers, *heads)
    return [chosen]


def _layer(chosen: Recorded, trace: Trace, index: int, layer: int) -> int:
    attention = trace.layers.attention
    layer, panel = clamp(layer, len(attention)), f"_result__panels__{index}__"
    thumbs = pack_weights(pooled(attention[layer], THUMB))
    return chosen.change(**{f"{panel}layer": layer, f"{panel}thumbs": thumbs})


def _head(chosen: Recorded, trace: Trace, index: int, layer: int, head: int) -> int:
    attention = trace.layers.attention
    layer, head = clamp(layer, len(attention)), clamp(head, attention.shape[1])
    panel = f"_result__panels__{index}__"
    square = pack_array(attention[layer, head])
    return chosen.change(**{f"{panel}head": head, f"{panel}attention": square})


def pictures(traces: Sequence[Trace], stages: Sequence[str], heads: Sequence[str]) -> list[str]:
    """The stages that have a picture in print: tokens, the chosen head, the labels."""
    parts: list[str] = []
    for trace, head in zip(traces, heads, strict=True):
        if "tokens" in stages:
            header = ("token", "text", "in the vocabulary", "id", "from", "to")
            parts.append(
                sheets.table(header, [tuple(row.values())[1:7] for row in token_rows(trace)])
            )
        if "embedding" in stages and "layers" not in stages:
            parts.append(_static.strips(trace.tokens.shown, trace.embedding.normalised))
        if "layers" in stages:
            parts.append(head)
        if "prediction" in stages:
            prediction = trace.prediction
            color = _static.color_of(trace)
            parts.append(answer_bars(prediction, color=color))
    return parts


def token_rows(trace: Trace) -> list[dict[str, Any]]:
    """A record for each token."""
    tokens = trace.tokens
    return [
        {
            "model": trace.model,
            "token": index,
            "text": tokens.shown[index],
            "piece": tokens.pieces[index],
            "id": int(tokens.ids[index]),
            "start": start,
            "end": end,
            "word": tokens.words[index],
            "special": tokens.special[index],
        }
        for index, (start, end) in enumerate(tokens.spans)
    ]


def embedding_rows(trace: Trace) -> list[dict[str, Any]]:
    """A record for each number of each token's vectors."""
    made, names = trace.embedding, trace.tokens.shown
    return [
        {
            "model": trace.model,
            "token": token,
            "text": names[token],
            "position_id": int(made.position_ids[token]),
            "dimension": dimension,
            "token_part": float(made.token[token, dimension]),
            "position_part": float(made.position[token, dimension]),
            "normalised": float(made.normalised[token, dimension]),
        }
        for token in range(len(names))
        for dimension in range(made.token.shape[1])
    ]


def prediction_rows(trace: Trace) -> list[dict[str, Any]]:
    """A record for each label."""
    made = trace.prediction
    numbers = zip(made.labels, made.logits, made.probabilities, strict=True)
    return [
        {"model": trace.model, "label": label, "logit": float(logit), "probability": float(part)}
        for label, logit, part in numbers
    ]


def head_rows(traces: Sequence[Trace], layer: int, head: int) -> list[dict[str, Any]]:
    """A record for each weight of the chosen head."""
    rows: list[dict[str, Any]] = []
    for trace in traces:
        attention = trace.layers.attention
        own, of = clamp(layer, len(attention)), clamp(head, attention.shape[1])
        where = {"model": trace.model, "layer": own, "head": of}
        rows += [where | row for row in square_rows(trace.tokens.shown, weight=attention[own, of])]
    return rows
