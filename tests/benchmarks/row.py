"""One line of the table that ``make bench`` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measured figure and the figure it must not exceed."""

    what: str
    must: float
    measured: float
    unit: str = ""  # "s", "MB", "ms"; none for a ratio
    detail: str = ""

    @property
    def passes(self) -> bool:
        """Whether the figure is within its bound."""
        return self.measured <= self.must
