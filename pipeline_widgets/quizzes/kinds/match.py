"""Sides to match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, cast

from ..markup import inline, to_html
from .base import UNREADABLE, Mark, Question, Shown, boxes

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, repr=False)
class Match(Question):
    """Find the right side of each left side; ``extra`` are right sides that fit nowhere."""

    kind = "match"
    dealt = ("rights",)
    wording: ClassVar[Mapping[str, str]] = {"choose": "choose …"}

    _: KW_ONLY
    pairs: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        lefts = [left for left, _ in self.pairs]
        rights = {right for _, right in self.pairs}
        self.require(len(self.pairs) >= 2, "needs at least two pairs")
        self.require(len(set(lefts)) == len(lefts), "two left sides read the same")
        self.require(not rights & set(self.extra), "an extra right side belongs to a pair")

    def shown_fields(self) -> Shown:
        """All sides, the right ones each once."""
        rights = sorted({right for _, right in self.pairs} | set(self.extra))
        return {"lefts": [left for left, _ in self.pairs], "rights": rights}

    @staticmethod
    def short_texts(shown: Shown) -> list[str]:
        """All sides."""
        return [*shown["lefts"], *shown["rights"]]

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """A place before each left side for the letter of its right side."""
        rights = shown["rights"]
        names = [_LETTERS[i] if i < len(_LETTERS) else str(i + 1) for i in range(len(rights))]
        listed = "".join(
            f"<li>{name}. {to_html(inline(right))}</li>"
            for name, right in zip(names, rights, strict=True)
        )
        return f"{boxes('__', shown['lefts'])}<ul class='pw-boxes'>{listed}</ul>"

    def mark(self, response: object) -> Mark:
        """The share of left sides that have their right side."""
        if not isinstance(response, dict):
            return UNREADABLE
        given = cast("dict[object, object]", response)
        wrong = [(left, "✗") for left, right in self.pairs if given.get(left) != right]
        share = 1 - len(wrong) / len(self.pairs)
        return Mark(share, (("", self.otherwise), *wrong) if wrong else ())

    def right_response(self) -> dict[str, str]:
        """Each left side's right side."""
        return dict(self.pairs)

    def right_words(self) -> str:
        """The pairs with arrows between their sides."""
        return "; ".join(f"{left} → {right}" for left, right in self.pairs)
