"""A text between questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .base import Mark, Question, Shown


@dataclass(frozen=True, repr=False)
class TextOnly(Question):
    """Something to read: no answer, no points."""

    kind = "note"
    points: float = 0.0
    least: ClassVar[float] = 0.0
    wording: ClassVar[Mapping[str, str]] = {"go_on_reading": "Continue"}

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """Nothing to write."""
        return ""

    def is_empty(self, response: object) -> bool:
        """To have read it is enough."""
        return False

    def mark(self, response: object) -> Mark:
        """It was read."""
        return Mark(1.0)
