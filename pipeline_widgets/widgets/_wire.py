"""Arrays as the browser can take them. ``static/lib/array.js`` reads what this writes."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray


class Wire(TypedDict):
    """An array in bytes: ``dtype`` is float32, float16, int32, int8 or uint8, little-endian."""

    data: bytes
    dtype: str
    shape: list[int]
    scale: float  # multiply the stored numbers by this


def wire(array: NDArray[np.generic], *, scale: float = 1.0) -> Wire:
    """``array`` as it is: contiguous, little-endian; 64-bit numbers become 32-bit."""
    kinds = {"f8": "<f4", "i8": "<i4"}
    dtype = kinds.get(array.dtype.str[1:], array.dtype.newbyteorder("<").str)
    array = np.ascontiguousarray(array, dtype=dtype)
    return {
        "data": array.tobytes(),
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "scale": scale,
    }


def wire_weights(weights: NDArray[np.float32]) -> Wire:
    """Numbers between 0 and 1 in a byte each: off by at most 1/510 = 0.00196."""
    return wire(np.rint(weights * 255).astype(np.uint8), scale=1 / 255)


def wire_signed(values: NDArray[np.float32]) -> Wire:
    """Signed numbers in a byte each: off by at most 1/254 of the largest magnitude."""
    largest = float(np.abs(values).max(initial=0.0)) or 1.0
    return wire(np.rint(values * (127 / largest)).astype(np.int8), scale=largest / 127)
