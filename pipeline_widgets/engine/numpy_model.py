"""RoBERTa's and DistilBERT's forward pass in numpy, to be read: embed, attend, pool, classify.

Shapes: ``T`` tokens, ``D`` width, ``L`` layers, ``H`` heads, ``C`` classes. Every method takes one
text, as written, or a batch of texts, with ``B`` in front of ``T``; a batch is padded at its end
and comes with a mask. Inside, a text is a matrix (D, T), one column for each token, and a batch is
its texts' columns side by side; the arrays that come out are views of these, turned round. A few
empty columns fill the matrix up to a multiple of 4, for which it multiplies up to a fifth faster.

All numbers are float32. erf is approximated with an error below 1.5e-7, so that hidden states and
logits agree with transformers' to about 1e-5.

Sources: RoBERTa, arXiv 1907.11692; the layer, "Attention Is All You Need", arXiv 1706.03762.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..trace import Embedding, FloatArray, IntArray, Layers, Pooled, QueryKeyValue
from .arithmetic import gelu, layer_norm, linear, relu, softmax
from .config import ModelConfig
from .weights import LayerWeights, Norm, TensorSource, read_weights

BoolArray = NDArray[np.bool_]


class NumpyModel:
    """RoBERTa."""

    backend: ClassVar[str] = "numpy"
    head_activation: ClassVar[str] = "tanh"

    def __init__(self, config: ModelConfig, tensors: TensorSource, *, name: str) -> None:
        self.config = config
        self.weights = read_weights(tensors, config, name=name)
        self.parameters = self.weights.parameters

    def position_ids(self, ids: IntArray) -> IntArray:
        """RoBERTa counts its tokens from 2 and gives padding the position 1."""
        real = ids != self.config.padding_id
        return (np.cumsum(real, axis=-1) * real + self.config.padding_id).astype(np.int32)

    def embed(self, ids: IntArray) -> Embedding:
        """Look up what each token (T,) and each position means, add the two and normalise."""
        position_ids = self.position_ids(ids)
        token = self.weights.token_rows(ids)
        position = self.weights.position[position_ids]
        columns = np.add(token, position).reshape(-1, self.config.width).T.copy()
        _normalise(columns, self.weights.embedding_norm, self.config)
        return Embedding(token, position, position_ids, columns.T.reshape(token.shape))

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
        columns = _columns(start)
        hidden = np.empty((layers + 1, *columns.shape), np.float32)
        attention = np.empty((layers, *_attention_shape(start, heads)), np.float32)
        hidden[0] = columns
        for index, layer in enumerate(self.weights.layers):
            looked = attention[index], hidden[index + 1]
            on = None if keep is None else keep[index]
            _layer(hidden[index], layer, self.config, mask, *looked, keep=on)
        by_token = hidden.swapaxes(1, 2)[:, : start.size // len(columns)]
        by_token = by_token.reshape(layers + 1, *start.shape)
        by_query = attention.swapaxes(-1, -2)
        return Layers(by_token, by_query if start.ndim == 3 else by_query[:, 0])

    def encode(self, embedding: Embedding, mask: BoolArray | None = None) -> FloatArray:
        """Run all layers for the last hidden state (T, D) alone; nothing on the way is kept."""
        start = embedding.normalised
        hidden = _columns(start)
        attention = np.empty(_attention_shape(start, self.config.heads), np.float32)
        for layer in self.weights.layers:
            hidden = _layer(hidden, layer, self.config, mask, attention, np.empty_like(hidden))
        return hidden.T[: start.size // len(hidden)].reshape(start.shape)

    def encode_from(
        self, layer: int, hidden: FloatArray, *, keep: BoolArray | None = None
    ) -> FloatArray:
        """Run ``layer`` and those after it on the states before it, (B, T, D) to (B, T, D).

        ``keep`` (B, H) says for each text which heads of ``layer`` stay on.
        """
        columns = _columns(hidden)
        attention = np.empty(_attention_shape(hidden, self.config.heads), np.float32)
        for weights in self.weights.layers[layer:]:
            out = np.empty_like(columns)
            columns = _layer(columns, weights, self.config, None, attention, out, keep=keep)
            keep = None
        return columns.T[: hidden.size // len(columns)].reshape(hidden.shape)

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
        x, seen = _columns(hidden), _columns(gathered)
        mixed = linear(weights.mix.weight, seen, weights.mix.bias, out=np.empty_like(x))
        mixed += x
        _normalise(mixed, weights.mix_norm, self.config)
        if added is None:
            half = _feed_forward(mixed, weights, self.config, np.empty_like(x))
        else:
            half = _columns(added)
        out = _normalise(half + mixed, weights.narrow_norm, self.config)
        return out.T[: len(hidden)], half.T[: len(hidden)]

    def pool(self, first: FloatArray) -> Pooled:
        """Take the vector at position 0 (D,) through the head's dense layer and its bend."""
        dense = first @ self.weights.dense.weight.T + self.weights.dense.bias
        return Pooled(first, dense, self._bend(dense), self.head_activation)

    def classify(self, pooled: Pooled) -> FloatArray:
        """One logit for each class, (C,)."""
        return pooled.activated @ self.weights.output.weight.T + self.weights.output.bias

    def query_key_value(self, hidden: FloatArray, *, layer: int, head: int) -> QueryKeyValue:
        """The three vectors of each token (T, D / H) in one head, from the layer's input (T, D)."""
        fused = self.weights.layers[layer].query_key_value
        width, size = self.config.width, self.config.head_width
        starts = (part * width + head * size for part in range(3))
        rows = (slice(start, start + size) for start in starts)
        return QueryKeyValue(*(hidden @ fused.weight[row].T + fused.bias[row] for row in rows))

    @staticmethod
    def _bend(dense: FloatArray) -> FloatArray:
        return np.tanh(dense)


class NumpyDistilBert(NumpyModel):
    """DistilBERT, where it differs from RoBERTa (arXiv 1910.01108).

    - positions count from 0, padding included;
    - there is no token-type row (``weights.Names``);
    - the head bends with ReLU, not tanh.
    """

    head_activation: ClassVar[str] = "relu"

    def position_ids(self, ids: IntArray) -> IntArray:
        """DistilBERT counts from 0."""
        return np.broadcast_to(np.arange(ids.shape[-1], dtype=np.int32), ids.shape)

    @staticmethod
    def _bend(dense: FloatArray) -> FloatArray:
        return np.maximum(dense, np.float32(0))


MODELS: dict[str, type[NumpyModel]] = {"roberta": NumpyModel, "distilbert": NumpyDistilBert}


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

    ``x`` and ``out`` are (D, B T); ``attention`` (B, H, T, T) is filled, a column for each query;
    ``keep``, (H,) or (B, H), is false for heads whose part of the output is zero.
    """
    seen = _self_attention(x, layer, mask, attention)
    if keep is not None:
        texts, heads, count, _ = attention.shape
        by_head = seen[:, : texts * count].reshape(heads, len(x) // heads, texts, count)
        by_head *= keep.reshape(-1, heads).T[:, None, :, None]
    mixed = linear(layer.mix.weight, seen, layer.mix.bias, out=np.empty_like(x))
    mixed += x
    _normalise(mixed, layer.mix_norm, config)
    _feed_forward(mixed, layer, config, out)
    out += mixed
    return _normalise(out, layer.narrow_norm, config)


def _self_attention(
    x: FloatArray, layer: LayerWeights, mask: BoolArray | None, attention: FloatArray
) -> FloatArray:
    """Each token's weighted mean of all tokens' values, the heads one under the other: (D, B T)."""
    texts, heads, count, _ = attention.shape
    width = len(x)
    size = width // heads
    fused = layer.query_key_value
    projected = np.empty((3 * width, x.shape[1]), np.float32)
    linear(fused.weight, x, fused.bias, out=projected)
    real = slice(texts * count)  # without the empty columns
    by_head = projected[:, real].reshape(3, heads, size, texts, count).transpose(0, 3, 1, 2, 4)
    query, key, value = by_head  # (B, H, size, T) each
    query *= np.float32(size**-0.5)
    np.matmul(key.swapaxes(-1, -2), query, out=attention)
    if mask is not None:
        attention += np.where(mask, np.float32(0), np.finfo(np.float32).min)[:, None, :, None]
    softmax(attention, axis=-2)
    seen = np.zeros_like(x)
    by_head = seen[:, real].reshape(heads, size, texts, count).transpose(2, 0, 1, 3)
    np.matmul(value, attention, out=by_head)
    return seen


def _feed_forward(
    x: FloatArray, layer: LayerWeights, config: ModelConfig, out: FloatArray
) -> FloatArray:
    """Each token for itself through a wider layer, a bend and back: (D, B T) to (D, B T)."""
    wide = np.empty((config.inner, x.shape[1]), np.float32)
    linear(layer.widen.weight, x, layer.widen.bias, out=wide)
    bend = gelu if config.activation == "gelu" else relu
    return linear(layer.narrow.weight, bend(wide), layer.narrow.bias, out=out)


def _normalise(x: FloatArray, norm: Norm, config: ModelConfig) -> FloatArray:
    return layer_norm(x, norm.scale, norm.shift, config.layer_norm_epsilon)


def _columns(states: FloatArray) -> FloatArray:
    """States (T, D) or (B, T, D) as a matrix of columns (D, B T), filled up with empty ones."""
    rows = states.reshape(-1, states.shape[-1])
    columns = np.zeros((rows.shape[1], -(-len(rows) // 4) * 4), np.float32)
    columns[:, : len(rows)] = rows.T
    return columns


def _attention_shape(start: FloatArray, heads: int) -> tuple[int, int, int, int]:
    """(B, H, T, T) for an embedding of (T, D) or (B, T, D)."""
    count = start.shape[-2]
    return (start.size // (count * start.shape[-1]), heads, count, count)
