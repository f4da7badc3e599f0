"""What the browser needs of a trace's attention: the wall in small, one head whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...engine.attention_analysis import HeadKinds, head_kinds, rollout, word_groups
from ...engine.interventions import (
    DropWord,
    Intervention,
    MaskToken,
    SwitchOffHeads,
    SwitchOffLayer,
    word_spans,
)
from ...engine.plain_attention import Attention
from ...errors import BadInput
from ...trace import Tokens, Trace
from ..shared.offline_page import Recorded
from ..shared.packing import PackedArray, pack_array, pack_weights
from ..shared.titles import TITLES, title_of

MASKS = ("<mask>", "[MASK]")
BLANKS = str.maketrans("Ġ▁", "␣␣")
SIDE = 32  # cells of a thumbnail, at most
Source = Literal["head", "heads", "layers", "rollout"]
SOURCES: tuple[Source, ...] = ("head", "heads", "layers", "rollout")
SPECIALS = ("shown", "hidden", "renormalised")


def labels(tokens: Tokens) -> tuple[str, ...]:
    """What each token is called: the text it covers, or the mask token that stands for it."""
    pairs = zip(tokens.pieces, tokens.shown, strict=True)
    return tuple(piece if piece in MASKS else shown.translate(BLANKS) for piece, shown in pairs)


def word_labels(tokens: Tokens) -> tuple[str, ...]:
    """What each group of ``word_groups`` is called: the text of the word."""
    names = labels(tokens)
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


def described(attention: Attention) -> dict[str, Any]:
    """Everything but the weights: tokens and sizes."""
    tokens = attention.tokens
    layers, heads = attention.weights.shape[:2]
    return {
        "text": tokens.text,
        "model": attention.model,
        "title": title_of(attention.model),
        "architecture": attention.architecture,
        "family": TITLES.get(attention.architecture, attention.model),
        **_side(tokens),
        "keys": _side(attention.keys) if attention.crossed else {},
        "sentences": sides(tokens) if tokens.pair_start is not None else [],
        "causal": attention.causal,
        "complete": attention.complete,
        "sources": list(sources(attention)),
        "layers": layers,
        "heads": heads,
        "left_out": tokens.left_out,
    }


def sides(tokens: Tokens) -> list[int]:
    """Of which sentence each token is, 0 or 1; -1 for special ones."""
    return [-1 if side is None else side for side in tokens.sentences]


def _side(tokens: Tokens) -> dict[str, Any]:
    """The tokens of the rows, or of the columns where those are others."""
    return {
        "shown": list(labels(tokens)),
        "grouped": list(word_labels(tokens)),
        "words": [-1 if word is None else word for word in tokens.words],
        "special": [int(special) for special in tokens.special],
    }


def sources(attention: Attention) -> tuple[str, ...]:
    """What may be drawn: means where there are several, the rollout where a text reads itself."""
    layers, heads = attention.weights.shape[:2]
    several = {
        "head": True,
        "heads": heads > 1,
        "layers": layers > 1,
        "rollout": layers > 1 and not attention.crossed,
    }
    return tuple(source for source in SOURCES if several[source])


def thumbnails(attention: NDArray[np.float32]) -> PackedArray:
    """All heads in small (L, H, r, c): a byte for each cell, its share of the head's largest.

    Where there are more than SIDE tokens, a cell is the largest weight of those it stands for.
    """
    layers, heads, *counts = attention.shape
    step = -(-max(counts) // SIDE)
    small = attention if step == 1 else _largest(_largest(attention, step, 2), step, 3)
    most = np.maximum(small.reshape(layers, heads, -1).max(axis=-1), 1e-6)[..., None, None]
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


def kinds(attention: Attention) -> tuple[HeadKinds, dict[str, Any]]:
    """What each head does, and the same for the browser."""
    found = head_kinds(attention.weights, attention.keys, crossed=attention.crossed)
    values = np.stack([*found.shares.values(), found.breadth])
    return found, {
        "names": list(found.names),
        "codes": pack_array(found.codes.astype(np.uint8)),
        "values": pack_array(values),  # (places and breadth, L, H)
        "favourite": pack_array(found.favourite),
    }


def weights(attention: Attention, source: str, layer: int, head: int) -> NDArray[np.float32]:
    """The square of weights (T, K) that ``source`` names."""
    every = attention.weights
    if source == "heads":
        return every[layer].mean(axis=0)
    if source == "layers":
        return every.mean(axis=(0, 1))
    return rollout(every) if source == "rollout" else every[layer, head]


def drawn(attention: Attention, source: str, layer: int, head: int) -> dict[str, Any]:
    """One square of weights for the browser."""
    return {
        "source": source,
        "layer": layer,
        "head": head,
        "weights": pack_array(weights(attention, source, layer, head)),
    }


def square_rows(
    names: Sequence[str], keys: Sequence[str] | None = None, **squares: NDArray[np.float32]
) -> list[dict[str, Any]]:
    """One record for each cell: who looks, at whom, and each square's number."""
    return [
        {"query": query, "key": key}
        | {what: round(float(square[row, column]), 6) for what, square in squares.items()}
        for row, query in enumerate(names)
        for column, key in enumerate(names if keys is None else keys)
    ]


def recorded(
    attention: Attention, layer: int, vectors: Callable[[int, int], dict[str, Any]] | None
) -> list[Recorded]:
    """Every square that can be chosen, for a page without Python.

    Where all heads would be more than 12 MB, only those of ``layer`` are kept, a byte for a weight.
    """
    layers, heads = attention.weights.shape[:2]
    few = 2 * attention.weights.size <= 12e6
    squares = Recorded(("source", "layer", "head"))

    def kept(source: str, of_layer: int, head: int) -> int:
        square = drawn(attention, source, of_layer, head)
        if not few:
            square["weights"] = pack_weights(weights(attention, source, of_layer, head))
        return squares.change(_shown=square)

    others = [source for source in sources(attention) if source != "head"]
    means = {name: kept(name, layer, 0) for name in others if name != "heads"}
    derived = Recorded(("layer", "head"))
    for number in range(layers) if few else (layer,):
        means |= {name: kept(name, number, 0) for name in others if name == "heads"}
        for head in range(heads):
            squares.add(("head", number, head), kept("head", number, head))
            for source, change in means.items():
                squares.add((source, number, head), change)
            if vectors is not None:
                change = derived.change(_vectors=vectors(number, head))
                derived.add((number, head), change)
    return [squares, derived] if vectors is not None else [squares]
