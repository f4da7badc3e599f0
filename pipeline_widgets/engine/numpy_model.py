"""RoBERTa's and DistilBERT's forward pass in numpy, to be read: embed, attend, pool, classify.

Shapes: ``T`` tokens, ``D`` width, ``L`` layers, ``H`` heads, ``C`` classes. Every method takes one
text, as written, or a batch of texts, with ``B`` in front of ``T``; a batch is padded at its end and
comes with a mask. All numbers are float32. erf is approximated with an error below 1.5e-7, so that
hidden states and logits agree with transformers' to about 1e-5.

Source: RoBERTa, arXiv 1907.11692; the layer itself, "Attention Is All You Need", arXiv 1706.03762.
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
        normalised = _normalise(token + position, self.weights.embedding_norm, self.config)
        return Embedding(token, position, position_ids, normalised)

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
        *batch, count, _ = start.shape
        layers, heads = self.config.layers, self.config.heads
        hidden = np.empty((layers + 1, *start.shape), np.float32)
        attention = np.empty((layers, *batch, heads, count, count), np.float32)
        hidden[0] = start
        for index in range(layers):
            on = None if keep is None else keep[index]
            self._layer(index, hidden[index], mask, attention[index], hidden[index + 1], on)
        return Layers(hidden, attention)

    def encode(self, embedding: Embedding, mask: BoolArray | None = None) -> FloatArray:
        """Run all layers for the last hidden state (T, D) alone; nothing on the way is kept."""
        hidden = embedding.normalised
        *batch, count, _ = hidden.shape
        attention = np.empty((*batch, self.config.heads, count, count), np.float32)
        for index in range(self.config.layers):
            hidden = self._layer(index, hidden, mask, attention, np.empty_like(hidden))
        return hidden

    def encode_from(
        self, layer: int, hidden: FloatArray, *, keep: BoolArray | None = None
    ) -> FloatArray:
        """Run ``layer`` and those after it on the states before it, (B, T, D) to (B, T, D).

        ``keep`` (B, H) says for each text which heads of ``layer`` stay on.
        """
        *batch, count, _ = hidden.shape
        attention = np.empty((*batch, self.config.heads, count, count), np.float32)
        for index in range(layer, self.config.layers):
            on = keep if index == layer else None
            out = np.empty(hidden.shape, np.float32)
            hidden = self._layer(index, hidden, None, attention, out, on)
        return hidden

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

    def _layer(
        self,
        index: int,
        x: FloatArray,
        mask: BoolArray | None,
        attention: FloatArray,
        out: FloatArray,
        keep: BoolArray | None = None,
    ) -> FloatArray:
        """One layer: look at the other tokens, then think about each; each time add and normalise.

        ``x`` and ``out`` are (T, D), ``attention`` (H, T, T) is filled; ``keep`` is (H,) or (B, H).
        """
        layer = self.weights.layers[index]
        flat = x.reshape(-1, x.shape[-1])  # the texts of a batch one under the other
        seen = _self_attention(flat, layer, mask, attention, keep)
        mixed = linear(seen, layer.mix.weight, layer.mix.bias, out=np.empty_like(flat))
        mixed += flat
        _normalise(mixed, layer.mix_norm, self.config)
        result = _feed_forward(mixed, layer, self.config, out=out.reshape(flat.shape))
        result += mixed
        _normalise(result, layer.narrow_norm, self.config)
        return out


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


def _self_attention(
    x: FloatArray,
    layer: LayerWeights,
    mask: BoolArray | None,
    attention: FloatArray,
    keep: BoolArray | None,
) -> FloatArray:
    """Each token's weighted mean of all values, the heads side by side: (T, D)."""
    *_, heads, count, _ = attention.shape
    width = x.shape[-1]
    size = width // heads
    fused = layer.query_key_value
    projected = linear(x, fused.weight, fused.bias, out=np.empty((len(x), 3 * width), np.float32))
    by_head = projected.reshape(-1, count, 3, heads, size).transpose(2, 0, 3, 1, 4)
    query, key, value = by_head  # (B, H, T, size) each
    query *= np.float32(size**-0.5)
    weights = attention.reshape(-1, heads, count, count)
    np.matmul(query, key.swapaxes(-1, -2), out=weights)
    if mask is not None:
        weights += np.where(mask, np.float32(0), np.finfo(np.float32).min)[:, None, None, :]
    softmax(weights)
    seen = np.empty((len(x) // count, count, heads, size), np.float32)
    np.matmul(weights, value, out=seen.transpose(0, 2, 1, 3))
    if keep is not None:
        seen *= keep.reshape(-1, 1, heads, 1)
    return seen.reshape(-1, width)


def _feed_forward(
    x: FloatArray, layer: LayerWeights, config: ModelConfig, *, out: FloatArray
) -> FloatArray:
    """Each token for itself through a wider layer, a bend and back: (T, D) to (T, D)."""
    wide = np.empty((len(x), config.inner), np.float32)
    linear(x, layer.widen.weight, layer.widen.bias, out=wide)
    bend = gelu if config.activation == "gelu" else relu
    return linear(bend(wide), layer.narrow.weight, layer.narrow.bias, out=out)


def _normalise(x: FloatArray, norm: Norm, config: ModelConfig) -> FloatArray:
    layer_norm(x.reshape(-1, x.shape[-1]), norm.scale, norm.shift, config.layer_norm_epsilon)
    return x
