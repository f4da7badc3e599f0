"""Waiting for the kernel: ipywidgets holds a second change back until the first is answered."""

from __future__ import annotations

from typing import Any

from tests.browser.lab import OpenNotebook


def eventually(lab: OpenNotebook, expression: str, expected: Any) -> None:
    """Ask the kernel for ``expression`` until it is ``expected``, for ten seconds at most."""
    found = None
    for _ in range(100):
        found = lab.value(expression)
        if found == expected:
            return
        lab.page.wait_for_timeout(100)
    assert found == expected
