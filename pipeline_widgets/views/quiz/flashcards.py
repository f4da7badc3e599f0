"""Recall cards: look, think, turn, say whether you knew it; the boxes do the rest."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import traitlets

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import bank as banks
from pipeline_widgets.quizzes import cards as decks
from pipeline_widgets.quizzes import markup as prose
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.cards import Card, Deck
from pipeline_widgets.quizzes.formats import card_files
from pipeline_widgets.quizzes.formats.imported import Remark
from pipeline_widgets.quizzes.identity import slug
from pipeline_widgets.quizzes.store import Journal
from pipeline_widgets.text_files import read_text

from ..shared.linker import link, style
from ..shared.view import View
from .strings import ENGLISH

Listed = Bank | Sequence[Card] | Sequence[tuple[str, str]] | Sequence[Mapping[str, str]]
Cards = Listed | str | Path
_REMARKS = 3  # that are told one by one


class Flashcards(View):
    """Cards with a front and a back, shown by Leitner's boxes (1, 3, 7 and 14 days apart).

    ``cards`` are pairs of Markdown texts, dicts with a front and a back, `Card` s, a quiz's `Bank`,
    or a file: .md, .csv, .tsv, .txt (Anki, Quizlet), .json (jupytercards). What was known is kept
    in ``folder`` and there again next time.
    """

    _esm = link("quiz/flashcards.js")
    _css = style("quiz/quiz.css", "quiz/flashcards.css")
    _words: ClassVar[dict[str, str]] = ENGLISH
    _described = ("title", "count")

    title = traitlets.Unicode(read_only=True).tag(sync=True)
    """What the set of cards is called."""
    _card = traitlets.Dict(read_only=True).tag(sync=True)
    """The card on the screen; its back only after it was turned; empty when all are done."""
    boxes = traitlets.List(read_only=True).tag(sync=True)
    """How many cards lie in box 1, 2, …"""
    _days = traitlets.Int(0, read_only=True).tag(sync=True)
    """In how many days the next card is due, when all are done."""
    _trouble = traitlets.Unicode("", read_only=True).tag(sync=True)
    _elsewhere = traitlets.Unicode("", read_only=True).tag(sync=True)
    _notice = traitlets.Unicode("", read_only=True).tag(sync=True)
    """What has to be said of the file that the cards come from."""

    def __init__(
        self,
        cards: Cards,
        *,
        title: str | None = None,
        seed: int = 0,
        folder: str | Path | None = None,
        learner: str | None = None,
        save: bool = True,
        strings: dict[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(strings=strings)
        self.left_out: tuple[Remark, ...] = ()
        """What the file has that is no card here, by line."""
        if isinstance(cards, (str, Path)):
            found, cards, self.left_out = _file(cards)
            title = title or found
        self.set_trait("_notice", self._opening())
        self.set_trait("title", title or (cards.title if isinstance(cards, Bank) else "Cards"))
        titled = title is not None or isinstance(cards, Bank)
        deck = _cards(cards)
        journal = None
        if save:
            name = f"cards {self.title if titled else decks.deck_print(deck)}"
            former = f"cards-{slug(self.title)}"
            journal = Journal(name, learner=learner, folder=folder, former=former)
        self.deck = Deck(deck, journal, seed, now)
        self._turned = False
        self._publish()
        self.on_msg(self._hear)

    @classmethod
    def from_markdown(cls, text: str, **settings: Any) -> Self:
        """Cards from Markdown: ``## front`` and below it the back."""
        title, cards = decks.from_markdown(text)
        return cls(cards, **{"title": title or None, **settings})  # pyright: ignore[reportArgumentType]

    @classmethod
    def lesson(cls, name: str = "09-recall", **settings: Any) -> Self:
        """Cards made of the questions that come with a lesson."""
        return cls(banks.lesson(name), **settings)

    @property
    def count(self) -> int:
        """How many cards there are."""
        return len(self.deck.cards)

    def flip(self) -> None:
        """Turn the card on the screen."""
        self._turned = True
        self._publish()

    def answer(self, known: bool) -> None:
        """Say whether the card on the screen was known, and take the next."""
        self._turned = False
        self.deck.answer(known)
        self._publish()

    def export(self, path: str | Path) -> Path:
        """Write the cards as a table that Anki and Quizlet import, or as jupytercards' .json."""
        path, pairs = Path(path), [(card.front, card.back) for card in self.deck.cards]
        if path.suffix == ".json":
            plain = [{"front": front, "back": back} for front, back in pairs]
            path.write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
        else:
            path.write_text(card_files.write(pairs), encoding="utf-8")
        return path

    def _opening(self) -> str:
        if not self.left_out:
            return ""
        more = len(self.left_out) - _REMARKS
        remarks = "; ".join(map(str, self.left_out[:_REMARKS])) + (f"; +{more}" if more > 0 else "")
        return self.strings["cards_left_out"].format(remarks=remarks)

    def summary(self) -> str:
        """How many cards there are."""
        return f"{self.title}: {self.count} cards."

    def static_html(self) -> str:
        """The fronts as a list; the backs stay in Python."""
        fronts = "".join(
            f"<li>{prose.to_html(prose.blocks(card.front))}</li>" for card in self.deck.cards
        )
        return f"<div><h3>{html.escape(self.title)}</h3><ol>{fronts}</ol></div>"

    def _publish(self) -> None:
        card = self.deck.current
        shown: dict[str, Any] = {}
        if card is not None:
            shown = {
                "id": card.id,
                "front": prose.blocks(card.front),
                "box": self.deck.box[card.id],
                "left": len(self.deck.queue),
            }
            if self._turned:
                shown["back"] = prose.blocks(card.back)
        with self.hold_sync():
            self.set_trait("_card", shown)
            self.set_trait("boxes", self.deck.counts)
            self.set_trait("_trouble", self.deck.trouble)
            self.set_trait("_elsewhere", self.deck.elsewhere)
            due = self.deck.next_due
            if due is not None:
                rest = (due - self.deck.now()).total_seconds() / 86400
                self.set_trait("_days", max(0, round(rest)))

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        act = content.get("act") if isinstance(content, dict) else None
        if act == "flip":
            self.flip()
        elif act == "answer" and self._turned:
            self.answer(bool(content.get("known")))
        elif act == "all":
            self._turned = False
            self.deck.begin(everything=True)
            self._publish()


def _cards(cards: Listed) -> tuple[Card, ...]:
    if isinstance(cards, Bank):
        return decks.from_bank(cards)
    made = list[Card]()
    for number, card in enumerate(cards, start=1):
        if not isinstance(card, Card):
            found = card_files.from_dicts([card])
            if found.left_out:
                raise BadInput(f"Card {number}: {found.left_out[0].why}; it is {card!r}.")
            card = Card(*found.pairs[0])
        made.append(card if card.id else Card(card.front, card.back, f"c{number}"))
    if not made:
        raise BadInput("There is no card.")
    return tuple(made)


def _file(path: str | Path) -> tuple[str | None, tuple[Card, ...], tuple[Remark, ...]]:
    """Title (None without one) and cards of a file, and what of it is no card."""
    if Path(path).suffix.lower() in (".md", ".markdown"):
        title, cards = decks.from_markdown(read_text(path, "The cards "))
        return title or None, cards, ()
    found = card_files.read(path)
    pairs = enumerate(found.pairs, start=1)
    cards = tuple(Card(front, back, f"c{n}-{slug(front)[:24]}") for n, (front, back) in pairs)
    title = found.title if found.title != Path(path).stem else None
    return title, cards, tuple(found.left_out)
