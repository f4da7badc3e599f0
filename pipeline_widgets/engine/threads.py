"""Several batches at once, a thread for each.

numpy shares a matrix product among the processor's cores, but nothing else. With many batches it is
faster the other way round: each thread takes a whole batch, and its products stay on its own core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..cores import cores, products_on

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 8  # threads; each holds a batch


def threads_for(backend: str) -> int:
    """How many batches to run at once; torch has threads of its own."""
    if backend == "torch":
        return 1
    return min(_MOST, cores())


def shared(work: Callable[[Item], Result], items: Sequence[Item], threads: int) -> Iterator[Result]:
    """The results in the order of the items. Stop early, and work not yet begun is dropped."""
    threads = min(threads, len(items))
    if threads < 2:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        with products_on(1):
            for future in [pool.submit(work, item) for item in items]:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
