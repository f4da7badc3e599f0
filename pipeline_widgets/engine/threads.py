"""Several batches at once, a thread for each.

numpy shares a matrix product among the processor's cores, but nothing else. With many batches it is
faster the other way round: each thread takes a whole batch, and its products stay on its own core.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 8  # threads; each holds a batch


def threads_for(backend: str) -> int:
    """How many batches to run at once; torch has threads of its own."""
    if backend == "torch":
        return 1
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return min(_MOST, len(affinity(0)) if affinity else os.cpu_count() or 1)


def shared(work: Callable[[Item], Result], items: Sequence[Item], threads: int) -> Iterator[Result]:
    """The results in the order of the items. Stop early, and work not yet begun is dropped."""
    threads = min(threads, len(items))
    if threads < 2:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        with _libraries().limit(limits=1, user_api="blas"):
            for future in [pool.submit(work, item) for item in items]:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


@cache
def _libraries() -> Any:
    return importlib.import_module("threadpoolctl").ThreadpoolController()
