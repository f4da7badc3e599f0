"""How many of the processor's cores numpy's matrix products may take."""

from __future__ import annotations

import importlib
import os
from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def products_on(count: int) -> AbstractContextManager[object]:
    """Limit matrix products to ``count`` cores while the block runs."""
    return _libraries().limit(limits=count, user_api="blas")


def one_core_spared() -> AbstractContextManager[object]:
    """Leave a core to whoever draws the result.

    OpenBLAS's threads wait for one another: on two cores shared with a browser, two threads took
    60 to 200 ms for a sentence of 13 tokens, one thread 11 to 18.
    """
    return products_on(max(1, cores() - 1))


@cache
def _libraries() -> Any:
    return importlib.import_module("threadpoolctl").ThreadpoolController()
