"""Batches side by side: order, errors, an early end."""

from __future__ import annotations

import threading
import time

import pytest

from pipeline_widgets.engine.threads import shared, threads_for


@pytest.mark.parametrize("threads", [1, 3])
def test_results_come_in_the_order_of_the_items(threads):
    def slow_at_first(item: int) -> int:
        time.sleep(0.02 if item == 0 else 0)
        return item * item

    assert list(shared(slow_at_first, range(8), threads)) == [item * item for item in range(8)]


def test_the_work_is_really_shared():
    meeting = threading.Barrier(3, timeout=10)  # passes only if three are there at once
    assert len(list(shared(lambda _: meeting.wait(), range(3), 3))) == 3


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_in_the_work_reaches_the_caller(threads):
    with pytest.raises(ZeroDivisionError):
        list(shared(lambda item: 1 // item, range(3), threads))


def test_stopping_early_drops_what_has_not_begun():
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        time.sleep(0.01)
        return item

    results = shared(work, range(1000), 2)
    assert next(results) == 0
    results.close()
    assert len(begun) < 100


def test_torch_keeps_its_own_threads():
    assert threads_for("torch") == 1
    assert threads_for("numpy") >= 1
