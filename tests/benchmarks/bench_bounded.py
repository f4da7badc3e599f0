"""Doubling table: the worst growth of each reader's time, over twenty shapes of text."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.benchmarks.row import Row
from tests.benchmarks.shapes import READERS, SHAPES, grown

SIZES = (1_000, 10_000, 100_000)


def rows() -> list[Row]:
    """For each reader, how many times longer ten times the text takes, at most."""
    return [_row(name, read) for name, read in READERS.items()]


def _row(name: str, read: Callable[[str], object]) -> Row:
    worst, where, slowest = 0.0, "", [0.0]
    for shape in SHAPES:
        taken = [_seconds(read, grown(shape, size)) for size in SIZES]
        growth = taken[2] / max(taken[1], 0.005)  # below that, a clock measures itself
        if growth > worst:
            worst, where = growth, shape
        slowest = max(slowest, taken, key=lambda times: times[-1])
    detail = f"{where!r}; slowest {', '.join(f'{seconds:.3f}' for seconds in slowest)} s"
    return Row(f"{name}: time at 10⁵ ÷ at 10⁴ characters", 20, worst, "×", detail)


def _seconds(read: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started
