"""Any number of options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from .base import UNREADABLE, Mark, Rounding, is_blank, strings
from .options import Choice, Option


@dataclass(frozen=True, repr=False)
class MultipleChoice(Choice):
    """Check boxes: any number is right; wrong ticks cost, so ticking everything earns nothing."""

    kind = "multiple"
    sign = "☐"

    def is_empty(self, response: object) -> bool:
        """Ticking nothing may be the right answer: only no list at all is empty."""
        return is_blank(response)

    def mark(self, response: object) -> Mark:
        """The share of right options ticked less the share of wrong options ticked.

        Where options say their shares, the sum of those ticked.
        """
        ticked = strings(response)
        if ticked is None or not set(ticked) <= {option.label for option in self.options}:
            return UNREADABLE
        chosen = [option for option in self.options if option.label in ticked]
        if any(option.share is not None for option in self.options):
            shares = (_share(option) for option in chosen)
            return Mark(sum(shares), tuple((option.label, option.feedback) for option in chosen))
        right = sum(option.right for option in self.options)
        wrong = len(self.options) - right
        hits = sum(option.right for option in chosen)
        false = len(chosen) - hits
        share = (hits / right if right else 1.0) - (false / wrong if wrong else 0.0)
        return Mark(share, tuple((option.label, option.feedback) for option in chosen))

    def right_response(self) -> list[str]:
        """The right options' labels."""
        return [option.label for option in self.options if option.right]

    def right_words(self) -> str:
        """The right options on one line."""
        return "; ".join(label.replace("\n", " ") for label in self.right_response())

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The same in whatever order the boxes were ticked."""
        if isinstance(response, (list, tuple)):
            response = sorted(set(map(str, cast("list[object]", response))))
        return super().spellings(response, rounding)


def _share(option: Option) -> float:
    return float(option.right) if option.share is None else option.share
