"""The forward pass of one text as the papers write it: to be read, and slow.

A row for each of the ``T`` tokens, a matrix times its transpose, one head after the other.
``numpy_model`` computes the same numbers for whole batches and in place, which is faster; a test
holds the two together.

    from pipeline_widgets.engine.as_in_the_papers import forward

    pipeline = pw.load("roberta")
    hidden, attention, logits = forward(pipeline.model, pipeline.tokenize("A film.").ids)

Sources: "Attention Is All You Need", arXiv 1706.03762 (the layer; its d_model is ``D`` here);
BERT, 1810.04805 (the embedding, LayerNorm after each half); GELU, 1606.08415.
"""

from __future__ import annotations

import math

import numpy as np

from ..trace import FloatArray, IntArray
from .checkpoints.config import ModelConfig
from .checkpoints.weights import LayerWeights, Linear, Norm
from .numpy_model import NumpyModel


def forward(
    model: NumpyModel, ids: IntArray, types: IntArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ids (T,) to hidden states (L + 1, T, D), attention (L, H, T, T) and logits (C,)."""
    config, weights = model.config, model.weights
    x = embed(model, ids, types)
    hidden, attention = [x], list[FloatArray]()
    for layer in weights.layers:
        x, looked = encoder_layer(x, layer, config)
        hidden.append(x)
        attention.append(looked)
    first = x[0]  # what stands at <s> or [CLS] answers for the whole text
    bend = np.tanh if config.family.head_activation == "tanh" else relu
    logits = linear(bend(linear(first, weights.dense)), weights.output)
    return np.stack(hidden), np.stack(attention), logits


def embed(model: NumpyModel, ids: IntArray, types: IntArray | None = None) -> FloatArray:
    """LayerNorm(token + position), and in BERT + which sentence: (T,) to (T, D)."""
    weights = model.weights
    total = weights.token_rows(ids) + weights.position[model.position_ids(ids)]
    if weights.token_type is not None:
        total = total + weights.token_type[np.zeros_like(ids) if types is None else types]
    return layer_norm(total, weights.embedding_norm, model.config.layer_norm_epsilon)


def encoder_layer(
    x: FloatArray, layer: LayerWeights, config: ModelConfig
) -> tuple[FloatArray, FloatArray]:
    """LayerNorm(x + MultiHead(x)), then LayerNorm(x + FFN(x)); and who looked at whom."""
    heads, looked = multi_head(x, layer, config.heads)
    x = layer_norm(x + heads, layer.attention_norm, config.layer_norm_epsilon)
    wide = activation(linear(x, layer.feed_forward_in), config.activation)
    narrow = linear(wide, layer.feed_forward_out)
    return layer_norm(x + narrow, layer.feed_forward_norm, config.layer_norm_epsilon), looked


def multi_head(x: FloatArray, layer: LayerWeights, heads: int) -> tuple[FloatArray, FloatArray]:
    """Concat(head_1, …, head_H) W_O, (T, D), and each head's weights, (H, T, T)."""
    queries, keys, values = np.split(linear(x, layer.query_key_value), 3, axis=-1)  # (T, D) each
    found, looked = list[FloatArray](), list[FloatArray]()
    for q, k, v in zip(
        np.split(queries, heads, axis=-1),  # (T, d) each, d = D / H
        np.split(keys, heads, axis=-1),
        np.split(values, heads, axis=-1),
        strict=True,
    ):
        weights = softmax(q @ k.T / math.sqrt(q.shape[-1]))  # row: the token that looks
        found.append(weights @ v)
        looked.append(weights)
    return linear(np.concatenate(found, axis=-1), layer.attention_output), np.stack(looked)


def linear(x: FloatArray, layer: Linear) -> FloatArray:
    """X Wᵀ + b."""
    return x @ layer.weight.T + layer.bias


def softmax(scores: FloatArray) -> FloatArray:
    """exp(s) / Σ exp(s) along each row."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def layer_norm(x: FloatArray, norm: Norm, epsilon: float) -> FloatArray:
    """(x - mean) / √(variance + ε) · scale + shift, token by token."""
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + np.float32(epsilon)) * norm.scale + norm.shift


def activation(x: FloatArray, name: str) -> FloatArray:
    """What bends the feed-forward network, by transformers' name."""
    if name == "gelu":
        return (x * (1 + _erf(x / math.sqrt(2))) / 2).astype(np.float32)
    if name == "relu":
        return relu(x)
    if name in ("silu", "swish"):
        return (x / (1 + np.exp(-x))).astype(np.float32)
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return (x * (1 + np.tanh(inner)) / 2).astype(np.float32)


def relu(x: FloatArray) -> FloatArray:
    """max(x, 0)."""
    return np.maximum(x, np.float32(0))


_erf = np.vectorize(math.erf, otypes=[np.float64])
