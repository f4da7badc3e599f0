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
        """All or nothing, with the feedback of the option."""
        for option in self.options:
            if response == option.label:
                return Mark(float(option.right), ((option.label, option.feedback),))
        return UNREADABLE

    def right_response(self) -> str | None:
        """The right option's label."""
        return next((option.label for option in self.options if option.right), None)
