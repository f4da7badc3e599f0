"""Vectors of many numbers on a plane: principal components, and how alike two vectors are."""

from __future__ import annotations

import numpy as np

from ..trace import FloatArray


def principal(points: FloatArray, dimensions: int = 2) -> tuple[FloatArray, FloatArray]:
    """The first principal components of points (N, D): (N, dimensions), and their shares.

    A share is the part of all variance that lies along a component. Fewer points than dimensions
    leave the last components zero.
    """
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(points), dimensions))
    shares = np.zeros(dimensions)
    found = min(dimensions, len(sizes))
    places[:, :found] = left[:, :found] * sizes[:found]
    total = float(np.square(sizes).sum())
    if total > 0:
        shares[:found] = np.square(sizes[:found]) / total
    return places.astype(np.float32), shares.astype(np.float32)


def facing(places: FloatArray, before: FloatArray) -> FloatArray:
    """``places`` with each component's sign chosen to lie near ``before``: both are right."""
    signs = np.sign((places * before).sum(axis=0))
    return (places * np.where(signs == 0, 1, signs)).astype(np.float32)


def cosines(points: FloatArray) -> FloatArray:
    """The cosine of the angle between any two of the points (N, D): (N, N)."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    directions = points / np.where(lengths == 0, 1, lengths)
    return np.clip(directions @ directions.T, -1, 1).astype(np.float32)
