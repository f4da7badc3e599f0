"""The arithmetic of a transformer, in place and in float32: linear, LayerNorm, softmax, GELU."""

from __future__ import annotations

import numpy as np

from ..trace import FloatArray

# Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.26: erf with an error below 1.5e-7.
_ERF_P = np.float32(0.3275911)
_ERF_A = tuple(
    np.float32(a) for a in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
)
_ROOT_HALF = np.float32(np.sqrt(0.5))
_BLOCK = 1 << 15  # numbers that are bent at a time: the block and its two helpers stay in cache


def linear(x: FloatArray, weight: FloatArray, bias: FloatArray, out: FloatArray) -> FloatArray:
    """``x @ weight.T + bias``: (M, in) to (M, out) by a weight of (out, in)."""
    np.matmul(x, weight.T, out=out)
    out += bias
    return out


def layer_norm(x: FloatArray, scale: FloatArray, shift: FloatArray, epsilon: float) -> FloatArray:
    """Give each row of ``x`` (M, D) mean 0 and variance 1, then scale and shift it; in place."""
    x -= np.add.reduce(x, axis=-1, keepdims=True) / np.float32(x.shape[-1])
    variance = np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[-1])
    x /= np.sqrt(variance + np.float32(epsilon))
    x *= scale
    x += shift
    return x


def softmax(scores: FloatArray) -> FloatArray:
    """Turn each last-axis row into positive weights that sum to 1; in place."""
    scores -= np.maximum.reduce(scores, axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= np.add.reduce(scores, axis=-1, keepdims=True)
    return scores


def gelu(x: FloatArray) -> FloatArray:
    """``x * (1 + erf(x / √2)) / 2``, element by element; in place (``x`` is contiguous)."""
    flat = x.reshape(-1)
    magnitude, tail = np.empty((2, min(_BLOCK, flat.size)), np.float32)
    for start in range(0, flat.size, _BLOCK):
        part = flat[start : start + _BLOCK]
        _gelu_block(part, magnitude[: part.size], tail[: part.size])
    return x


def _gelu_block(x: FloatArray, magnitude: FloatArray, tail: FloatArray) -> None:
    # With z = |x| / √2 and t = 1 / (1 + p z): 1 - erf(z) = (a1 t + … + a5 t⁵) exp(-z²), and so
    # gelu(x) = max(x, 0) - |x| (1 - erf(z)) / 2, which needs no case for the sign of x.
    np.abs(x, out=magnitude)
    np.multiply(magnitude, _ERF_P * _ROOT_HALF, out=tail)
    tail += np.float32(1)
    t = np.reciprocal(tail, out=tail)
    total = t * _ERF_A[0]
    for coefficient in _ERF_A[1:]:
        total += coefficient
        total *= t
    np.maximum(x, np.float32(0), out=x)
    total *= magnitude
    np.square(magnitude, out=magnitude)
    magnitude *= np.float32(-0.5)
    np.exp(magnitude, out=magnitude)
    total *= magnitude
    total *= np.float32(0.5)
    x -= total


def relu(x: FloatArray) -> FloatArray:
    """``max(x, 0)``, element by element; in place."""
    return np.maximum(x, np.float32(0), out=x)
