"""The live run of lesson 3 is large enough to learn from.

The median of three seeds, which takes minutes, is a row of ``python -m tests.benchmarks training``.
"""

from __future__ import annotations

from tests.benchmarks.seeds import live_run


def test_the_live_run_of_lesson_3_learns():
    assert live_run(seed=0) >= 0.78
