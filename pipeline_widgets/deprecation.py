"""Names that go: they work for one more minor version, and say what to write instead."""

from __future__ import annotations

import warnings


def deprecated(old: str, new: str, since: str) -> None:
    """Warn that ``old`` has been called ``new`` since a version, at the caller's own line."""
    warnings.warn(
        f"{old} is called {new} since version {since}; the old name will go.",
        DeprecationWarning,
        stacklevel=3,
    )
