"""The forward pass of BERT and its relatives in numpy: embed, attend, pool, classify.

This is the fast form, for whole batches. ``as_in_the_papers`` is the one to read: the same numbers
from one text, ``softmax(q @ k.T / sqrt(d)) @ v``. Where the families differ, their record in
``architectures`` says how.

Shapes: ``T`` tokens, ``D`` width, ``L`` layers, ``H`` heads, ``C`` classes. Every method takes one
text, as written, or a batch of texts, with ``B`` in front of ``T``; a batch is padded at its end
and comes with a mask. Inside, a text is a matrix with a row for each token, and a batch is its
texts' rows under one another: (N, D), N = B T, and a few empty rows up to a multiple of 4, for
which it multiplies up to a fifth faster. Where a text meets a weight matrix its tokens are columns,
``W x + b``: a large matrix is read once, as it lies, and two cores share it.

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
        added = _rows_of(seen.T, weights.attention_output)
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
        mixed = _rows_of(seen.T, weights.attention_output, x)
        _normalise(mixed, weights.attention_norm, self.config)
        if added is None:
            half = _rows_of(_wide(mixed, weights, self.config), weights.feed_forward_out)
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
        dense = ACTIVATIONS[activation](_rows_of(x.T, head.dense))
        ready = _normalise(dense, head.norm, self.config)
        return _rows_of(ready.T, head.decoder)

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
    texts, _, queries, count = attention.shape
    looking = x
    if queries < count:
        looking = _rows(x[: texts * count].reshape(texts, count, -1)[:, :queries])
    seen = _self_attention(looking, x, layer, mask, attention, keep)
    mixed = _rows_of(seen, layer.attention_output, looking)
    _normalise(mixed, layer.attention_norm, config)
    _rows_of(_wide(mixed, layer, config), layer.feed_forward_out, mixed, out=out)
    return _normalise(out, layer.feed_forward_norm, config)


def _self_attention(
    looking: FloatArray,
    x: FloatArray,
    layer: LayerWeights,
    mask: BoolArray | None,
    attention: FloatArray,
    keep: BoolArray | None,
) -> FloatArray:
    """Each looking token's weighted mean of all tokens' values, heads one below another: (D, N)."""
    texts, heads, queries, count = attention.shape
    width = x.shape[1]

    def by_head(columns: FloatArray, tokens: int) -> FloatArray:
        """(D, N) as (B, H, D / H, T), a view."""
        each = columns[:, : texts * tokens].reshape(heads, width // heads, texts, tokens)
        return each.transpose(2, 0, 1, 3)

    query, key, value = _projected(looking, x, layer.query_key_value)
    query *= np.float32((width // heads) ** -0.5)
    np.matmul(by_head(query, queries).swapaxes(2, 3), by_head(key, count), out=attention)
    if mask is not None:
        attention += np.where(mask, np.float32(0), np.finfo(np.float32).min)[:, None, None, :]
    softmax(attention)
    seen = np.zeros((width, len(looking)), np.float32)
    gathered = by_head(seen, queries)
    np.matmul(by_head(value, count), attention.swapaxes(2, 3), out=gathered)
    if keep is not None:
        gathered *= keep.reshape(-1, heads, 1, 1)
    return seen


def _projected(
    looking: FloatArray, x: FloatArray, fused: Linear
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The queries of the looking tokens, the keys and the values of all: (D, N) each."""
    width = x.shape[1]
    if looking is x:
        made = linear(fused.weight, x.T, fused.bias)
        return made[:width], made[width : 2 * width], made[2 * width :]
    query = linear(fused.weight[:width], looking.T, fused.bias[:width])
    made = linear(fused.weight[width:], x.T, fused.bias[width:])
    return query, made[:width], made[width:]


def _wide(x: FloatArray, layer: LayerWeights, config: ModelConfig) -> FloatArray:
    """The activations in the middle of the feed-forward network: (N, D) to (inner, N)."""
    inner = layer.feed_forward_in
    return ACTIVATIONS[config.activation](linear(inner.weight, x.T, inner.bias))


def _rows_of(
    columns: FloatArray,
    by: Linear,
    added: FloatArray | None = None,
    *,
    out: FloatArray | None = None,
) -> FloatArray:
    """``W x + b``, (in, N) to rows (N, out), with ``added`` (N, out) on top."""
    product = by.weight @ columns
    rows = np.add(product.T, by.bias if added is None else added, out=out, order="C")
    if added is not None:
        rows += by.bias
    return rows


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
