"""Memory for matrices that are read one after another."""

from __future__ import annotations

import numpy as np

from ...trace import FloatArray


class Room:
    """Memory for the matrices of one layer, in one piece.

    A short text reads every weight once, from memory: in the large pages that numpy asks for where
    a piece has four megabytes, that takes a few per cent less time.
    """

    def __init__(self, numbers: int) -> None:
        self._free = np.empty(numbers, np.float32)

    def matrix(self, rows: int, columns: int) -> FloatArray:
        """The next (rows, columns), not yet filled."""
        taken, self._free = np.split(self._free, [rows * columns])
        return taken.reshape(rows, columns)

    def holding(self, matrix: FloatArray) -> FloatArray:
        """A copy of the matrix in the next place."""
        held = self.matrix(*matrix.shape)
        held[:] = matrix
        return held
