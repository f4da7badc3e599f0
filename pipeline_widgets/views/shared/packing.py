"""Arrays as the browser can take them. ``array.js`` reads what this writes."""

# what it is made with is only partly typed
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


class PackedArray(TypedDict):
    """An array in bytes; ``dtype`` is float32, float16, int32, int16, int8, uint8 or uint4."""

    data: bytes
    dtype: str
    shape: list[int]
    scale: float  # multiply the stored numbers by this


def pack_array(array: NDArray[np.generic], *, scale: float = 1.0) -> PackedArray:
    """``array`` as it is: contiguous, little-endian; 64-bit numbers become 32-bit."""
    kinds = {"f8": "<f4", "i8": "<i4"}
    dtype = kinds.get(array.dtype.str[1:], array.dtype.newbyteorder("<").str)
    array = np.ascontiguousarray(array, dtype=dtype)
    return {
        "data": array.tobytes(),
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "scale": float(f"{scale:.6g}"),
    }


def pack_weights(weights: NDArray[np.float32]) -> PackedArray:
    """Numbers between 0 and 1 in a byte each: off by at most 1/510 = 0.00196."""
    return pack_array(np.rint(weights * 255).astype(np.uint8), scale=1 / 255)


def pooled(weights: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Maps (H, T, T) of at most ``side`` cells a side: cells that would share one keep the largest.

    Row i goes to row ⌊i·side / T⌋, and columns likewise.
    """
    count = weights.shape[-1]
    if count <= side:
        return weights
    edges = np.flatnonzero(np.diff(np.arange(count) * side // count, prepend=-1))
    rows = np.maximum.reduceat(weights, edges, axis=-2)
    return np.maximum.reduceat(rows, edges, axis=-1)


def pack_patterns(weights: NDArray[np.float32]) -> PackedArray:
    """Maps (H, T, T) for thumbnails: each in 16 steps of its own largest weight, two to a byte."""
    largest = weights.max(axis=(1, 2), keepdims=True, initial=1e-6)
    steps = np.rint(weights * (15 / largest)).astype(np.uint8).ravel()
    pairs = np.append(steps, np.zeros(steps.size % 2, np.uint8)).reshape(-1, 2)
    packed = pack_array(pairs[:, 0] * 16 + pairs[:, 1], scale=1 / 15)
    packed["dtype"], packed["shape"] = "uint4", list(weights.shape)
    return packed


def pack_hundredths(values: NDArray[np.float32]) -> PackedArray:
    """Numbers to be read with two decimals, rounded here once (a half away from zero).

    Two bytes each; what lies beyond ±327.67 becomes that.
    """
    hundreds = np.abs(values.astype(np.float64)) * 100
    rounded = np.copysign(np.minimum(np.floor(hundreds + 0.5), 32767), values)
    return pack_array(rounded.astype(np.int16), scale=0.01)


def pack_signed(values: NDArray[np.float32]) -> PackedArray:
    """Signed numbers in a byte each: off by at most 1/254 of the largest magnitude."""
    largest = float(np.abs(values).max(initial=0.0)) or 1.0
    return pack_array(np.rint(values * (127 / largest)).astype(np.int8), scale=largest / 127)
