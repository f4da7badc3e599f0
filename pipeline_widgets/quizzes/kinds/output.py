"""What code prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .. import parse_response
from .base import UNREADABLE, Mark, Question, Rounding


@dataclass(frozen=True, repr=False)
class PredictOutput(Question):
    """Predict what the shown code prints."""

    kind = "output"
    wording: ClassVar[Mapping[str, str]] = {"answer_output": "What it prints (Ctrl+Enter submits)"}

    _: KW_ONLY
    output: str = ""

    def mark(self, response: object) -> Mark:
        """All or nothing, blanks at the ends aside; the first line that differs is named."""
        lines, wanted = parse_response.printed(response), parse_response.printed(self.output)
        if lines is None or wanted is None:
            return UNREADABLE
        if lines == wanted:
            return Mark(1.0)
        pairs = enumerate(zip(lines, wanted, strict=False))
        same = next((i for i, (a, b) in pairs if a != b), min(len(lines), len(wanted)))
        where = f"Line {same + 1} is the first that differs." if len(wanted) > 1 else ""
        return Mark(0.0, (("", self.otherwise or where),))

    def right_response(self) -> str:
        """The output."""
        return self.output

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The lines without blanks at their ends."""
        lines = parse_response.printed(response)
        return [] if lines is None else ["\n".join(lines)]
