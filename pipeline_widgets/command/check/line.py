"""One line of ``check``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Line:
    """What was looked at, what was found, and what to do if that is not well.

    A "problem" prevents the lessons; a "note" says what else could be had.
    """

    status: Literal["ok", "note", "problem"]
    what: str
    found: str
    cure: str = ""
