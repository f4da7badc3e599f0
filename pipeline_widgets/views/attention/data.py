"""What the browser needs of a trace's attention: the wall in small, one head whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.attention_analysis import KINDS, PLACES, HeadKinds, head_kinds, rollout, word_groups
from ...engine.interventions import (
    DropWord,
    Intervention,
    MaskToken,
    SwitchOffHeads,
    SwitchOffLayer,
    word_spans,
)
from ...errors import BadInput
from ...trace import Trace
from ..shared.offline_page import Recorded
from ..shared.packing import PackedArray, pack_array, pack_weights

MASKS = ("<mask>", "[MASK]")
SIDE = 32  # cells of a thumbnail, at most
SOURCES = ("head", "heads", "layers", "rollout")
SPECIALS = ("shown", "hidden", "renormalised")


def labels(trace: Trace) -> tuple[str, ...]:
    """What each token is called: the text it covers, or the mask token that stands for it."""
    tokens = trace.tokens
    pairs = zip(tokens.pieces, tokens.shown, strict=True)
    return tuple(piece if piece in MASKS else shown.replace("Ġ", "␣") for piece, shown in pairs)


def word_labels(trace: Trace) -> tuple[str, ...]:
    """What each group of ``word_groups`` is called: the text of the word."""
    tokens, names = trace.tokens, labels(trace)
    spans = word_spans(tokens)
    found: list[str] = []
    for group in word_groups(tokens):
        word = tokens.words[group[0]]
        masked = any(tokens.pieces[index] in MASKS for index in group)
        if word is None or masked:
            found.append("".join(names[index] for index in group))
        else:
            found.append(tokens.text[slice(*spans[word])].strip())
    return tuple(found)


def interventions(off: list[list[Any]], trace: Trace) -> list[Intervention]:
    """What the view's list of things left out comes to in the engine."""
    made: list[Intervention] = []
    for kind, *place in off:
        if kind == "head":
            made.append(SwitchOffHeads(*place))
        elif kind == "layer":
            made.append(SwitchOffLayer(*place))
        elif kind == "word":
            made.append(DropWord(*place))
        elif kind == "mask":
            words = enumerate(trace.tokens.words)
            made += [MaskToken(token) for token, word in words if word == place[0]]
        else:
            raise BadInput(f'off has "head", "layer", "word" and "mask", not {kind!r}')
    return made


def described(trace: Trace) -> dict[str, Any]:
    """Everything but the weights: tokens and sizes."""
    tokens = trace.tokens
    layers, heads = trace.layers.attention.shape[:2]
    return {
        "text": tokens.text,
        "model": trace.model,
        "architecture": trace.architecture,
        "shown": list(labels(trace)),
        "grouped": list(word_labels(trace)),
        "words": [-1 if word is None else word for word in tokens.words],
        "special": [int(special) for special in tokens.special],
        "layers": layers,
        "heads": heads,
        "width": trace.layers.hidden.shape[2] // heads,
        "left_out": tokens.left_out,
    }


def thumbnails(attention: NDArray[np.float32]) -> PackedArray:
    """All heads in small (L, H, c, c): a byte for each cell, its share of the head's largest.

    Where T is more than SIDE, a cell is the largest weight of the tokens that it stands for.
    """
    layers, heads, count, _ = attention.shape
    step = -(-count // SIDE)
    small = attention if step == 1 else _largest(_largest(attention, step, 2), step, 3)
    most = small.reshape(layers, heads, -1).max(axis=-1)[..., None, None]
    return pack_array((small * (255 / most) + 0.5).astype(np.uint8), scale=1 / 255)


def _largest(attention: NDArray[np.float32], step: int, axis: int) -> NDArray[np.float32]:
    """The largest of each ``step`` along ``axis``; the last cell may stand for fewer."""

    def every(start: int, end: int | None = None, by: int = 1) -> tuple[slice, ...]:
        return (slice(None),) * axis + (slice(start, end, by),)

    largest = attention[every(0, by=step)].copy()
    for start in range(1, step):
        part = attention[every(start, by=step)]
        cells = largest[every(0, part.shape[axis])]
        np.maximum(cells, part, out=cells)
    return largest


def kinds(trace: Trace) -> tuple[HeadKinds, dict[str, Any]]:
    """What each head does, and the same for the browser."""
    found = head_kinds(trace.layers.attention, trace.tokens)
    values = np.stack([*(found.shares[place] for place in PLACES), found.breadth])
    return found, {
        "names": list(KINDS),
        "codes": pack_array(found.codes.astype(np.uint8)),
        "values": pack_array(values),  # (places and breadth, L, H)
        "favourite": pack_array(found.favourite),
    }


def weights(trace: Trace, source: str, layer: int, head: int) -> NDArray[np.float32]:
    """The square of weights (T, T) that ``source`` names."""
    attention = trace.layers.attention
    if source == "heads":
        return attention[layer].mean(axis=0)
    if source == "layers":
        return attention.mean(axis=(0, 1))
    return rollout(attention) if source == "rollout" else attention[layer, head]


def drawn(trace: Trace, source: str, layer: int, head: int) -> dict[str, Any]:
    """One square of weights for the browser."""
    return {
        "source": source,
        "layer": layer,
        "head": head,
        "weights": pack_array(weights(trace, source, layer, head)),
    }


def square_rows(names: Sequence[str], **squares: NDArray[np.float32]) -> list[dict[str, Any]]:
    """One record for each cell: who looks, at whom, and each square's number."""
    return [
        {"query": query, "key": key}
        | {what: round(float(square[row, column]), 6) for what, square in squares.items()}
        for row, query in enumerate(names)
        for column, key in enumerate(names)
    ]


def recorded(
    trace: Trace, layer: int, vectors: Callable[[int, int], dict[str, Any]] | None
) -> list[Recorded]:
    """Every square that can be chosen, for a page without Python.

    Where all heads would be more than 12 MB, only those of ``layer`` are kept, a byte for a weight.
    """
    layers, heads, count, _ = trace.layers.attention.shape
    few = 2 * layers * heads * count**2 <= 12e6
    squares = Recorded(("source", "layer", "head"))

    def kept(source: str, of_layer: int, head: int) -> int:
        square = drawn(trace, source, of_layer, head)
        if not few:
            square["weights"] = pack_weights(weights(trace, source, of_layer, head))
        return squares.change(_shown=square)

    means = [kept(source, layer, 0) for source in ("layers", "rollout")]
    derived = Recorded(("layer", "head"))
    for number in range(layers) if few else (layer,):
        mean = kept("heads", number, 0)
        for head in range(heads):
            squares.add(("head", number, head), kept("head", number, head))
            for source, change in zip(("heads", "layers", "rollout"), (mean, *means), strict=True):
                squares.add((source, number, head), change)
            if vectors is not None:
                change = derived.change(_vectors=vectors(number, head))
                derived.add((number, head), change)
    return [squares, derived] if vectors is not None else [squares]
