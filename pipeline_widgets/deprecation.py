"""Names that go: they work for one more minor version, and say what to write instead."""

from __future__ import annotations

import warnings
from typing import Any


def deprecated(old: str, new: str, since: str) -> None:
    """Warn that ``old`` has been called ``new`` since a version, at the caller's own line."""
    warnings.warn(
        f"{old} is called {new} since version {since}; the old name will go.",
        DeprecationWarning,
        stacklevel=3,
    )


def renamed(old: str, new: str, since: str) -> Any:
    """What a class has in the place of an attribute that got another name: both are one."""

    def read(self: Any) -> Any:
        deprecated(f"{type(self).__name__}.{old}", new, since)
        return getattr(self, new)

    def write(self: Any, value: Any) -> None:
        deprecated(f"{type(self).__name__}.{old}", new, since)
        setattr(self, new, value)

    return property(read, write, doc=f"The old name of ``{new}``.")
