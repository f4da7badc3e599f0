"""Things to put in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .base import UNREADABLE, Mark, Question, Shown, boxes, strings


@dataclass(frozen=True, repr=False)
class Order(Question):
    """Put ``items`` (given here in the right order) in order."""

    kind = "order"
    dealt = ("items",)
    wording: ClassVar[Mapping[str, str]] = {
        "answer_order": "Put in order, first at the top",
        "move_up": "Move {item} up",
        "move_down": "Move {item} down",
        "moved": "{item} is now {place} of {count}",
    }

    _: KW_ONLY
    items: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(len(self.items) >= 2, "needs at least two items")
        self.require(len(set(self.items)) == len(self.items), "two items read the same")

    def shown_fields(self) -> Shown:
        """The items."""
        return {"items": list(self.items)}

    def given_away(self, shown: Shown) -> bool:
        """Whether the items were dealt in the right order."""
        return tuple(shown["items"]) == self.items

    @staticmethod
    def short_texts(shown: Shown) -> list[str]:
        """The items."""
        return shown["items"]

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """A place for a number before each item."""
        return boxes("__", shown["items"])

    def mark(self, response: object) -> Mark:
        """Of all pairs, those in order less those out of order: a coin's order earns 0."""
        items = strings(response)
        if items is None or sorted(items) != sorted(self.items):
            return UNREADABLE
        place = [self.items.index(item) for item in items]
        pairs = [(a, b) for i, a in enumerate(place) for b in place[i + 1 :]]
        share = 2 * sum(a < b for a, b in pairs) / len(pairs) - 1
        wrong = [
            (item, "✗") for item, right in zip(items, self.items, strict=True) if item != right
        ]
        return Mark(share, (("", self.otherwise), *wrong) if wrong else ())

    def right_response(self) -> list[str]:
        """The items in their order."""
        return list(self.items)

    def right_words(self) -> str:
        """The items with arrows between them."""
        return " → ".join(item.replace("\n", " ") for item in self.items)
