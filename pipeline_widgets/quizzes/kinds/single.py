"""One option of several."""

from __future__ import annotations

from dataclasses import dataclass

from .base import UNREADABLE, Mark
from .options import Choice


@dataclass(frozen=True, repr=False)
class SingleChoice(Choice):
    """Radio buttons: one option is right (none, in an opinion poll)."""

    kind = "single"
    sign = "○"

    def __post_init__(self) -> None:
        super().__post_init__()
        right = sum(option.right for option in self.options)
        self.require(right <= 1, f"{right} options are right; use MultipleChoice")

    def mark(self, response: object) -> Mark:
        """The share of the option (all or nothing unless it says another), with its feedback."""
        for option in self.options:
            if response == option.label:
                share = float(option.right) if option.share is None else option.share
                return Mark(share, ((option.label, option.feedback),))
        return UNREADABLE

    def right_response(self) -> str | None:
        """The right option's label."""
        return next((option.label for option in self.options if option.right), None)
