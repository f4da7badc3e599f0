"""Tokens to click."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, cast

from .. import parse_response
from .base import UNREADABLE, Mark, Question, Rounding, Shown


@dataclass(frozen=True, repr=False)
class TokenChoice(Question):
    """Click the right token (``several``: tokens) among ``tokens``."""

    kind = "token"
    wording: ClassVar[Mapping[str, str]] = {"token": "{token}, position {position}"}

    _: KW_ONLY
    tokens: tuple[str, ...] = ()
    right: tuple[int, ...] = ()
    several: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        inside = all(0 <= index < len(self.tokens) for index in self.right)
        self.require(bool(self.right) and inside, "the right tokens are positions in tokens")

    def shown_fields(self) -> Shown:
        """The tokens."""
        return {"tokens": list(self.tokens), "several": self.several}

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """The tokens in a row."""
        cells = "".join(f"<td><code>{html.escape(token)}</code></td>" for token in shown["tokens"])
        return f"<table><tr>{cells}</tr></table>"

    def mark(self, response: object) -> Mark:
        """With ``several``: the share of right tokens chosen less the share of wrong ones."""
        picked = positions(response)
        if picked is None or any(not 0 <= index < len(self.tokens) for index in picked):
            return UNREADABLE
        chosen, right = set(picked), set(self.right)
        if not self.several:
            return Mark(float(len(chosen) == 1 and chosen <= right))
        wrong = len(self.tokens) - len(right)
        false = len(chosen - right) / wrong if wrong else 0.0
        return Mark(len(chosen & right) / len(right) - false)

    def right_response(self) -> list[int]:
        """The right positions; without ``several`` the first of them."""
        return list(self.right) if self.several else [self.right[0]]

    def right_words(self) -> str:
        """The right tokens with their positions."""
        return ", ".join(f"`{self.tokens[i]}` (position {i})" for i in self.right)

    def right_responses(self) -> list[list[int]]:
        """Without ``several`` each right token for itself."""
        return [list(self.right)] if self.several else [[index] for index in self.right]

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The same in whatever order the tokens were chosen."""
        if isinstance(response, (list, tuple)):
            response = sorted(set(map(str, cast("list[object]", response))))
        return super().spellings(response, rounding)


def positions(response: object) -> list[int] | None:
    """A response that is a list of whole numbers, or None."""
    sizes = None if isinstance(response, str) else parse_response.shape(response)
    return None if sizes is None else list(sizes)
