"""A tensor's shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .. import parse_response
from .base import Mark, Question, Rounding, is_blank


@dataclass(frozen=True, repr=False)
class Shape(Question):
    """Type a tensor's shape: ``1000 × 50 × 768``, also with x, *, commas or brackets."""

    kind = "shape"
    wording: ClassVar[Mapping[str, str]] = {"answer_shape": "The shape, such as 12 × 50"}

    _: KW_ONLY
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(all(size >= 0 for size in self.shape), "sizes are not negative")

    def is_empty(self, response: object) -> bool:
        """An empty list is the shape of a single number."""
        return is_blank(response)

    def mark(self, response: object) -> Mark:
        """All or nothing; a wrong number of dimensions is said."""
        sizes = parse_response.shape(response)
        if sizes is None:
            return Mark(None, (("", "Please type sizes with × between them, such as 12 × 50."),))
        if len(sizes) != len(self.shape):
            dimensions = "1 dimension" if len(sizes) == 1 else f"{len(sizes)} dimensions"
            remark = self.otherwise or f"You gave {dimensions}; think again how many there are."
            return Mark(0.0, (("", remark),))
        return Mark(float(sizes == self.shape))

    def right_response(self) -> str:
        """The shape as people write it."""
        return " × ".join(map(str, self.shape)) if self.shape else "()"

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The sizes, however they were written."""
        sizes = parse_response.shape(response)
        return [] if sizes is None else [json.dumps(sizes)]
