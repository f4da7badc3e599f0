"""What single and multiple choice share: options to tick."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from ..markup import inline, to_html
from .base import Question, Shown, Unsaid


@dataclass(frozen=True, repr=False)
class Option(Unsaid):
    """One thing to tick."""

    text: str
    _: KW_ONLY
    right: bool = False
    feedback: str = ""  # shown to those who ticked it
    code: str = ""
    share: float | None = None  # of the points, from −1 to 1; None: all if right, else by the kind

    @property
    def label(self) -> str:
        """How a response names this option."""
        return "\n".join(part for part in (self.text, self.code) if part)


@dataclass(frozen=True, repr=False)
class Choice(Question):
    """Options, dealt in an order that the seed decides unless ``shuffle`` is off."""

    records: ClassVar[Mapping[str, type]] = {"options": Option}
    dealt = ("options",)
    sign: ClassVar[str] = ""  # an empty box, on paper

    _: KW_ONLY
    options: tuple[Option, ...] = ()
    columns: int = 1
    shuffle: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        labels = [option.label for option in self.options]
        self.require(len(labels) >= 2, "needs at least two options")
        self.require(len(set(labels)) == len(labels), "two options read the same")
        self.require(all(label.strip() for label in labels), "an option is empty")
        shares = [option.share for option in self.options if option.share is not None]
        self.require(all(-1 <= share <= 1 for share in shares), "a share lies between -1 and 1")

    def shown_fields(self) -> Shown:
        """The options without what is right."""
        options = [{"label": o.label, "text": o.text, "code": o.code} for o in self.options]
        return {"options": options, "columns": self.columns, "shuffle": self.shuffle}

    @staticmethod
    def short_texts(shown: Shown) -> list[str]:
        """The options' texts."""
        return [option["text"] for option in shown["options"]]

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """Each option behind an empty box."""
        items = list[str]()
        for option in shown["options"]:
            code = f"<pre><code>{html.escape(option['code'])}</code></pre>"
            text = to_html(inline(option["text"]))
            items.append(f"<li>{cls.sign} {text}{code if option['code'] else ''}</li>")
        return f"<ul class='pw-boxes'>{''.join(items)}</ul>"
