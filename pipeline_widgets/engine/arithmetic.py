"""The arithmetic of a transformer, in place and in float32: linear, LayerNorm, softmax, GELU.

A text is a matrix with one row for each token, and one column where it meets a weight matrix.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..trace import FloatArray

# Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.26: erf with an error below 1.5e-7.
_ERF_P = 0.3275911
_ERF_A = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)

# The same for gelu, where erf is halved and its argument is x / √2.
_GELU_P = np.float32(_ERF_P / np.sqrt(2))
_GELU_A = tuple(np.float32(a / 2) for a in _ERF_A)
_BLOCK = 1 << 16  # numbers taken at a time, so that they and their three helpers stay in cache


def linear(weight: FloatArray, x: FloatArray, bias: FloatArray) -> FloatArray:
    """``weight @ x + bias``: (out, in) times (in, N) to (out, N)."""
    product = weight @ x
    product += bias[:, None]
    return product


def layer_norm(x: FloatArray, scale: FloatArray, shift: FloatArray, epsilon: float) -> FloatArray:
    """Give each row of ``x`` (..., D) mean 0 and variance 1, then scale and shift; in place."""
    width = x.shape[-1]
    average = _average(width)
    x -= x @ average
    variance = np.square(x) @ average
    variance += np.float32(epsilon)
    x /= np.sqrt(variance, out=variance)
    x *= scale
    x += shift
    return x


@cache
def _average(width: int) -> FloatArray:
    """What a row is multiplied with for its mean."""
    return np.full((width, 1), 1 / width, np.float32)


def softmax(scores: FloatArray) -> FloatArray:
    """Turn scores (..., T) into positive weights that sum to 1 along the last axis; in place."""
    scores -= np.maximum.reduce(scores, axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores @ np.ones((scores.shape[-1], 1), np.float32)  # many short sums, in one product
    return scores


def gelu(x: FloatArray) -> FloatArray:
    """``x (1 + erf(x / √2)) / 2``, number by number; in place (``x`` is contiguous)."""
    flat = x.reshape(-1)
    helpers = np.empty((3, min(_BLOCK, flat.size)), np.float32)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        _gelu_block(block, *helpers[:, : block.size])
    return x


def _gelu_block(x: FloatArray, size: FloatArray, t: FloatArray, tail: FloatArray) -> None:
    # 7.1.26 says 1 - erf(z) = (a1 t + … + a5 t⁵) exp(-z²) with t = 1 / (1 + p z), for z ≥ 0. With
    # z = |x| / √2, gelu(x) = x / 2 + |x| (1 / 2 - (1 - erf(z)) / 2), for either sign of x.
    np.abs(x, out=size)
    np.multiply(size, _GELU_P, out=t)
    t += np.float32(1)
    np.reciprocal(t, out=t)
    np.multiply(t, _GELU_A[0], out=tail)
    for coefficient in _GELU_A[1:]:
        tail += coefficient
        tail *= t
    np.square(x, out=t)
    t *= np.float32(-0.5)
    tail *= np.exp(t, out=t)
    np.subtract(np.float32(0.5), tail, out=tail)
    tail *= size
    x *= np.float32(0.5)
    x += tail


def relu(x: FloatArray) -> FloatArray:
    """``max(x, 0)``, number by number; in place."""
    return np.maximum(x, np.float32(0), out=x)


def gelu_new(x: FloatArray) -> FloatArray:
    """GELU by its tanh formula, ``x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2``; in place."""
    bent = np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x))
    bent += np.float32(1)
    x *= bent
    x *= np.float32(0.5)
    return x


def silu(x: FloatArray) -> FloatArray:
    """``x / (1 + exp(-x))``, number by number; in place."""
    x *= np.float32(0.5) * (np.float32(1) + np.tanh(np.float32(0.5) * x))
    return x


ACTIVATIONS = {  # by transformers' names
    "gelu": gelu,
    "relu": relu,
    "gelu_new": gelu_new,
    "gelu_fast": gelu_new,
    "gelu_pytorch_tanh": gelu_new,
    "silu": silu,
    "swish": silu,
}
