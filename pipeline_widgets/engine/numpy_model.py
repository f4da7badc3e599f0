"""The forward pass of BERT and its relatives in numpy: embed, attend, pool, classify.

This is the fast form, for whole batches. ``as_in_the_papers`` is the one to read: the same numbers
from one text, ``softmax(q @ k.T / sqrt(d)) @ v``. Where the families differ, their record in
``architectures`` says how.

Shapes: ``T`` tokens, ``D`` width, ``L`` layers, ``H`` heads, ``C`` classes. Every method takes one
text, as written, or a batch of texts, with ``B`` in front of ``T``; a batch is padded at its end
and comes with a mask. Inside, a text is a matrix with a row for each token, and a batch is its
texts' rows under one another: (N, D), N = B T, and a few empty rows up to a multiple of 4, for
which it multiplies up to a fifth faster.

All numbers are float32. erf is approximated with an error below 1.5e-7, so that hidden states and
logits agree with transformers' to about 1e-5.

Sources: RoBERTa, arXiv 1907.11692; the layer, "Attention Is All You Need", arXiv 1706.03762.
"""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingWeights
from ..trace import Embedding, FloatArray, IntArray, Layers, Pooled, QueryKeyValue
from .arithmetic import ACTIVATIONS, layer_norm, linear, softmax
from .checkpoints.config import ModelConfig
from .checkpoints.matched import TensorSource
from .checkpoints.missing import without_masked_head
from .checkpoints.weights import LayerWeights, Linear, MaskedHead, Norm, read_weights

BoolArray = NDArray[np.bool_]


class NumpyModel:
    """An encoder of any family with its heads."""

    backend: ClassVar[str] = "numpy"

    def __init__(self, config: ModelConfig, tensors: TensorSource, *, name: str) -> None:
        self.config = config
        self.weights = read_weights(tensors, config, name=name)
        self.parameters = self.weights.parameters
        self.classifies = self.weights.classifier is not None
        self.fills = self.weights.masked is not None

    def position_ids(self, ids: IntArray) -> IntArray:
        """Each token's place: counted from 0, or in RoBERTa from 2, with padding at 1."""
        if self.config.family.positions == "from zero":
            return np.broadcast_to(np.arange(ids.shape[-1], dtype=np.int32), ids.shape)
        real = ids != self.config.padding_id
        return (np.cumsum(real, axis=-1) * real + self.config.padding_id).astype(np.int32)

    def embed(self, ids: IntArray, types: IntArray | None = None) -> Embedding:
        """Look up what each token (T,) and each position means, add the two and normalise.

        BERT adds a third vector, which says whether the token is of the first or the second
        sentence: ``types`` (T,) is 0 or 1.
        """
        position_ids = self.position_ids(ids)
        token = self.weights.token_rows(ids)
        position = self.weights.position[position_ids]
        total = np.add(token, position)
        kind = None
        if self.weights.token_type is not None:
            types = np.zeros_like(ids) if types is None else types
            kind = self.weights.token_type[types]
            total += kind
        _normalise(total, self.weights.embedding_norm, self.config)
        types = None if kind is None else types
        return Embedding(token, position, position_ids, total, kind, types)

    def attend(
        self,
        embedding: Embedding,
        mask: BoolArray | None = None,
        *,
        keep: BoolArray | None = None,
    ) -> Layers:
        """Run all layers, keeping every hidden state and every attention weight.

        ``mask`` (B, T) is true for real tokens, false for padding. ``keep`` (L, H) is false for
        heads that are switched off: their weights are still given, what they gather is zero.
        """
        start = embedding.normalised
        layers, heads = self.config.layers, self.config.heads
        rows = _rows(start)
        hidden = np.empty((layers + 1, *rows.shape), np.float32)
        attention = np.empty((layers, *_attention_shape(start, heads)), np.float32)
        hidden[0] = rows
        for index, layer in enumerate(self.weights.layers):
            looked = attention[index], hidden[index + 1]
            on = None if keep is None else keep[index]
            _layer(hidden[index], layer, self.config, mask, *looked, keep=on)
        by_token = hidden[:, : _count(start)].reshape(layers + 1, *start.shape)
        return Layers(by_token, attention if start.ndim == 3 else attention[:, 0])

    def encode(self, embedding: Embedding, mask: BoolArray | None = None) -> FloatArray:
        """Run all layers for the last hidden state (T, D) alone; nothing on the way is kept."""
        start = embedding.normalised
        hidden = _rows(start)
        attention = np.empty(_attention_shape(start, self.config.heads), np.float32)
        for layer in self.weights.layers:
            hidden = _layer(hidden, layer, self.config, mask, attention, np.empty_like(hidden))
        return hidden[: _count(start)].reshape(start.shape)

    def encode_from(
        self, layer: int, hidden: FloatArray, *, keep: BoolArray | None = None
    ) -> FloatArray:
        """Run ``layer`` and those after it on the states before it: (B, T, D) to (B, D).

        What comes back is the last state of the first token alone, which the head reads.
        ``keep`` (B, H) says for each text which heads of ``layer`` stay on.
        """
        rows = _rows(hidden)
        attention = np.empty(_attention_shape(hidden, self.config.heads), np.float32)
        *others, last = self.weights.layers[layer:]
        for weights in others:
            out = np.empty_like(rows)
            rows = _layer(rows, weights, self.config, None, attention, out, keep=keep)
            keep = None
        out = _rows(hidden[:, 0])  # in the last layer no other token's state is asked for
        return _layer(rows, last, self.config, None, attention[:, :, :1], out, keep=keep)[
            : len(hidden)
        ]

    def mix(
        self, layer: int, hidden: FloatArray, gathered: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """What the attention half of ``layer`` adds to each state, and the state then, normalised.

        ``hidden`` (T, D) is what came into the layer, ``gathered`` (T, D) what its heads gathered;
        (T, D) each.
        """
        weights = self.weights.layers[layer]
        x, seen = _rows(hidden), _rows(gathered)
        back = weights.attention_output
        added = linear(seen, back.weight, back.bias, out=np.empty_like(x))
        mixed = _normalise(added + x, weights.attention_norm, self.config)
        return added[: len(hidden)], mixed[: len(hidden)]

    def finish_layer(
        self,
        layer: int,
        hidden: FloatArray,
        gathered: FloatArray,
        *,
        added: FloatArray | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """Take what the heads gathered through the rest of ``layer``, token by token.

        ``hidden`` (T, D) is what came into the layer, ``gathered`` (T, D) what its heads gathered,
        side by side. Returns the states after the layer and what its feed-forward half added to
        them, (T, D) each; ``added`` (T, D) is put in the place of the latter.
        """
        weights = self.weights.layers[layer]
        x, seen = _rows(hidden), _rows(gathered)
        back = weights.attention_output
        mixed = linear(seen, back.weight, back.bias, out=np.empty_like(x))
        mixed += x
        _normalise(mixed, weights.attention_norm, self.config)
        if added is None:
            half = _feed_forward(mixed, weights, self.config, np.empty_like(x))
        else:
            half = _rows(added)
        out = _normalise(half + mixed, weights.feed_forward_norm, self.config)
        return out[: len(hidden)], half[: len(hidden)]

    def pool(self, first: FloatArray) -> Pooled:
        """Take the vector at position 0 (D,) through the head's dense layer and its activation."""
        dense = first @ self.weights.dense.weight.T + self.weights.dense.bias
        activation = self.config.family.head_activation
        activated = np.tanh(dense) if activation == "tanh" else np.maximum(dense, np.float32(0))
        return Pooled(first, dense, activated, activation)

    def classify(self, pooled: Pooled) -> FloatArray:
        """One logit for each class, (C,)."""
        return pooled.activated @ self.weights.output.weight.T + self.weights.output.bias

    @cached_property
    def _masked_head(self) -> MaskedHead:
        if self.weights.masked is None:
            raise MissingWeights(without_masked_head(self.weights.name))
        return self.weights.masked()

    def fill(self, hidden: FloatArray) -> FloatArray:
        """A logit for each entry of the vocabulary, from hidden states (N, D): (N, V)."""
        head = self._masked_head
        activation = self.config.family.masked.activation or self.config.activation
        x = np.ascontiguousarray(hidden)
        wide = linear(x, head.dense.weight, head.dense.bias, out=np.empty_like(x))
        ready = _normalise(ACTIVATIONS[activation](wide), head.norm, self.config)
        return ready @ head.decoder.weight.T + head.decoder.bias

    def query_key_value(self, hidden: FloatArray, *, layer: int, head: int) -> QueryKeyValue:
        """The three vectors of each token (T, D / H) in one head, from the layer's input (T, D)."""
        fused = self.weights.layers[layer].query_key_value
        width, size = self.config.width, self.config.head_width
        starts = (part * width + head * size for part in range(3))
        rows = (slice(start, start + size) for start in starts)
        return QueryKeyValue(*(hidden @ fused.weight[row].T + fused.bias[row] for row in rows))


def _layer(
    x: FloatArray,
    layer: LayerWeights,
    config: ModelConfig,
    mask: BoolArray | None,
    attention: FloatArray,
    out: FloatArray,
    *,
    keep: BoolArray | None = None,
) -> FloatArray:
    """Each token looks at the others, then goes through a wider layer; each time add, normalise.

    ``x`` is (N, D); ``attention`` (B, H, Q, T) is filled, a row for each query: the first Q tokens
    of each text look at all T. ``out`` has a row for each of those. ``keep``, (H,) or (B, H), is
    false for heads whose part of the output is zero.
    """
    texts, heads, queries, count = attention.shape
    looking = x
    if queries < count:
        looking = _rows(x[: texts * count].reshape(texts, count, -1)[:, :queries])
    seen = _self_attention(looking, x, layer, mask, attention)
    if keep is not None:
        by_head = seen[: texts * queries].reshape(texts, queries, heads, -1)
        by_head *= keep.reshape(-1, 1, heads, 1)
    back = layer.attention_output
    mixed = linear(seen, back.weight, back.bias, out=np.empty_like(looking))
    mixed += looking
    _normalise(mixed, layer.attention_norm, config)
    _feed_forward(mixed, layer, config, out)
    out += mixed
    return _normalise(out, layer.feed_forward_norm, config)


def _self_attention(
    looking: FloatArray,
    x: FloatArray,
    layer: LayerWeights,
    mask: BoolArray | None,
    attention: FloatArray,
) -> FloatArray:
    """Each looking token's weighted mean of all tokens' values, the heads side by side: (N, D)."""
    texts, heads, queries, count = attention.shape
    width = x.shape[1]
    size = width // heads
    query, key, value = _projected(looking, x, layer.query_key_value)
    query *= np.float32(size**-0.5)
    real = slice(texts * count)  # without the empty rows
    key, value = (
        one[real].reshape(texts, count, heads, size).swapaxes(1, 2) for one in (key, value)
    )
    query = query[: texts * queries].reshape(texts, queries, heads, size).swapaxes(1, 2)
    np.matmul(query, key.swapaxes(-1, -2), out=attention)  # each side is (B, H, T, size)
    if mask is not None:
        attention += np.where(mask, np.float32(0), np.finfo(np.float32).min)[:, None, None, :]
    softmax(attention)
    seen = np.zeros_like(looking)
    by_head = seen[: texts * queries].reshape(texts, queries, heads, size).swapaxes(1, 2)
    np.matmul(attention, value, out=by_head)
    return seen


def _projected(
    looking: FloatArray, x: FloatArray, fused: Linear
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The queries of the looking tokens, the keys and the values of all: (N, D) each."""
    width = x.shape[1]
    first = 0 if looking is x else width
    made = np.empty((len(x), 3 * width - first), np.float32)
    linear(x, fused.weight[first:], fused.bias[first:], out=made)
    key, value = made[:, -2 * width : -width], made[:, -width:]
    if looking is x:
        return made[:, :width], key, value
    query = np.empty_like(looking)
    return linear(looking, fused.weight[:width], fused.bias[:width], out=query), key, value


def _feed_forward(
    x: FloatArray, layer: LayerWeights, config: ModelConfig, out: FloatArray
) -> FloatArray:
    """Each token for itself through a wider layer and back: (N, D) to (N, D)."""
    wide = np.empty((len(x), config.inner), np.float32)
    linear(x, layer.feed_forward_in.weight, layer.feed_forward_in.bias, out=wide)
    active = ACTIVATIONS[config.activation](wide)
    return linear(active, layer.feed_forward_out.weight, layer.feed_forward_out.bias, out=out)


def _normalise(x: FloatArray, norm: Norm, config: ModelConfig) -> FloatArray:
    return layer_norm(x, norm.scale, norm.shift, config.layer_norm_epsilon)


def _rows(states: FloatArray) -> FloatArray:
    """States (T, D) or (B, T, D) as rows (N, D), filled up with empty ones."""
    count = _count(states)
    rows = np.zeros((-(-count // 4) * 4, states.shape[-1]), np.float32)
    rows[:count] = states.reshape(count, -1)
    return rows


def _count(states: FloatArray) -> int:
    """How many tokens are in states (T, D) or (B, T, D)."""
    return states.size // states.shape[-1]


def _attention_shape(start: FloatArray, heads: int) -> tuple[int, int, int, int]:
    """(B, H, T, T) for an embedding of (T, D) or (B, T, D)."""
    count = start.shape[-2]
    return (_count(start) // count, heads, count, count)
