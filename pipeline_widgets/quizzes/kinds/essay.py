"""A text of one's own, graded by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .base import UNREADABLE, Mark, Question, Shown


@dataclass(frozen=True, repr=False)
class Essay(Question):
    """Write freely: what is written is kept and collected, and graded by a person."""

    kind = "essay"
    wording: ClassVar[Mapping[str, str]] = {"answer_essay": "Your text"}

    _: KW_ONLY
    lines: int = 8  # of the field
    template: str = ""  # what the field begins with

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(1 <= self.lines <= 100, "an essay's field has 1 to 100 lines")

    def shown_fields(self) -> Shown:
        """The field's height, and what it begins with."""
        return {"lines": self.lines, "template": self.template}

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """Lines to write on."""
        return "<span class='pw-line' style='max-width:none'></span>" * int(shown["lines"])

    def is_empty(self, response: object) -> bool:
        """Whether nothing was written beside the template."""
        untouched = isinstance(response, str) and response.strip() == self.template.strip()
        return super().is_empty(response) or untouched

    def mark(self, response: object) -> Mark:
        """Nothing a program could say."""
        return Mark(None, ungraded=True) if isinstance(response, str) else UNREADABLE
