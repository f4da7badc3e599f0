"""Attention weights of any model as the views take them: arrays of any kind, with their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..trace import FloatArray, Record, Tokens, Trace
from .plain_tokens import read_tokens

_ROUND = 1e-3  # by how much half precision may pass 1
_ASK = (
    "In transformers, output_attentions=True gives them of a model that was loaded with "
    'attn_implementation="eager".'
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attention(Record):
    """Who looks at whom: all weights of a model in one text, or from one text to another."""

    weights: FloatArray  # (L, H, T, K): rows look, columns are looked at
    tokens: Tokens  # (T,), those that look
    keys: Tokens  # (K,), those looked at; ``tokens`` itself where a text looks at itself
    model: str
    architecture: str = ""  # "" where nobody said it

    @classmethod
    def of(cls, trace: Trace) -> Attention:
        """The attention of a trace."""
        weights, tokens = trace.layers.attention, trace.tokens
        return cls(weights, tokens, tokens, trace.model, trace.architecture)

    @property
    def crossed(self) -> bool:
        """Whether one text looks at another, as a decoder does at what its encoder read."""
        return self.keys is not self.tokens

    @property
    def causal(self) -> bool:
        """Whether no token looks at a later one, as in a decoder."""
        if self.crossed or len(self.tokens) < 2:
            return False
        return not np.triu(self.weights.max(axis=(0, 1)), 1).any()

    @property
    def complete(self) -> bool:
        """Whether each row sums to 1, within what half precision rounds."""
        return bool(np.allclose(self.weights.sum(axis=-1), 1, atol=0.02))


def read_attention(
    attention: Any,
    tokens: Sequence[str],
    keys: Sequence[str] | None = None,
    *,
    model: str = "model",
    words: Sequence[int | None] | None = None,
    special: Sequence[bool] | None = None,
    sentence_b_start: int | None = None,
) -> Attention:
    """Weights and tokens as they come from any model.

    ``attention`` is an array, a torch tensor or nested lists: one head (T, K), one layer
    (H, T, K), all layers (L, H, T, K), or a sequence of layers, each perhaps a batch of one.
    ``keys`` are the tokens looked at, where they are others than those that look.

    Raises:
        BadInput: shapes and tokens don't fit, or the numbers are no attention weights.
    """
    weights = _weights(attention)
    rows = read_tokens(tokens, "tokens", words, special, sentence_b_start)
    columns = rows if keys is None else read_tokens(keys, "keys")
    _check_sizes(weights, len(rows), len(columns), crossed=keys is not None)
    _check_numbers(weights)
    return Attention(weights, rows, columns, str(model))


def _weights(attention: Any) -> FloatArray:
    """Any of the forms as (L, H, T, K)."""
    for name in ("attentions", "encoder_attentions"):
        if hasattr(attention, name):
            raise BadInput(f"This is a model's whole output; give its .{name}. {_ASK}")
    if attention is None or _has_none(attention):
        raise BadInput(f"There are no attention weights in it, but None. {_ASK}")
    found = _stacked(attention)
    if found.ndim == 5:
        found = _only_text(found)
    if not 2 <= found.ndim <= 4:
        raise BadInput(
            f"attention has the shape {found.shape}; it is (T, T) for one head, (heads, T, T) for "
            "one layer, (layers, heads, T, T) for all."
        )
    return found.reshape((1,) * (4 - found.ndim) + found.shape)


def _has_none(attention: Any) -> bool:
    return isinstance(attention, (list, tuple)) and any(
        one is None for one in cast("Sequence[Any]", attention)
    )


def _stacked(attention: Any) -> FloatArray:
    """One array; layers that are given one by one are laid on one another."""
    if not isinstance(attention, (list, tuple)):
        return _array(attention)
    layers = [_array(layer) for layer in cast("Sequence[Any]", attention)]
    shapes = list(dict.fromkeys(layer.shape for layer in layers))
    if len(shapes) > 1:
        named = " and ".join(map(str, shapes[:3]))
        raise BadInput(
            f"attention has parts of different shapes: {named}. Give the layers of one run; "
            "of generate(), one step: attentions[0]."
        )
    if not layers:
        raise BadInput(f"attention is empty: it has no layer. {_ASK}")
    return np.stack(layers)


def _array(value: Any) -> FloatArray:
    """Any library's numbers as float32; a tensor may need a gradient, be bfloat16, on a GPU."""
    if hasattr(value, "detach"):
        value = value.detach().float().cpu().numpy()
    try:
        return np.asarray(value, np.float32)
    except (TypeError, ValueError) as error:
        raise BadInput(
            f"attention is no array of numbers, but {type(value).__name__}: {error}. Nested lists "
            "have rows of one length."
        ) from None


def _only_text(found: FloatArray) -> FloatArray:
    """(L, 1, H, T, K) or (1, L, H, T, K) without the axis of the batch."""
    for axis in (1, 0):
        if found.shape[axis] == 1:
            return found[:, 0] if axis else found[0]
    raise BadInput(
        f"attention has the shape {found.shape}: {found.shape[1]} texts in each of "
        f"{found.shape[0]} layers. Give one text: [layer[0] for layer in attention]."
    )


def _check_sizes(weights: FloatArray, rows: int, columns: int, *, crossed: bool) -> None:
    looking, looked_at = weights.shape[2:]
    if not weights.size:
        raise BadInput(f"attention has the shape {weights.shape}: there is nothing in it.")
    given = weights.shape[next((at for at in (0, 1) if weights.shape[at] > 1), 2) :]
    said = f"attention has the shape {given}: {looking} tokens look at {looked_at}"
    if looking != looked_at and not crossed:
        raise BadInput(f"{said}; keys=[…] names those {looked_at}, tokens the {looking} that look.")
    if (rows, columns) == (looking, looked_at):
        return
    if crossed and (columns, rows) == (looking, looked_at):
        raise BadInput(f"{said}, but tokens has {rows} and keys {columns}: turn the two round.")
    has = f"tokens has {rows}" + (f" and keys {columns}" if crossed else "")
    raise BadInput(
        f"{said}, but {has}. Special tokens and padding count: "
        "tokenizer.convert_ids_to_tokens(input_ids[0]) gives as many."
    )


def _check_numbers(weights: NDArray[np.float32]) -> None:
    if not np.isfinite(weights).all():
        raise BadInput("attention has numbers that are not finite (NaN or infinity).")
    least, most = float(weights.min()), float(weights.max())
    if least < 0 or float(weights.sum(axis=-1).max()) > 1 + 20 * _ROUND or most > 1 + _ROUND:
        raise BadInput(
            f"attention has numbers from {least:.3g} to {most:.3g} and rows that sum to "
            f"{float(weights.sum(axis=-1).max()):.3g}; a row of weights has no negative number and "
            "sums to 1. Give them after the softmax, of a model in eval()."
        )
