"""Recall cards and when to show them again: Leitner's boxes, by hand or from a quiz."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline_widgets.errors import BadInput

from .bank import Bank
from .identity import digest, slug
from .store import Entry, Journal

DAYS = (0, 1, 3, 7, 14)  # how long a card rests in box 1, 2, …
_NAMELESS = ("cards-", "cards-cards")  # what older versions called decks with no Latin letters
SOON = 3  # cards before one that was not known comes again


@dataclass(frozen=True)
class Card:
    """Two sides, both Markdown."""

    front: str
    back: str
    id: str = ""

    def __repr__(self) -> str:
        return f"Card({self.front!r}, …)"


def from_bank(bank: Bank) -> tuple[Card, ...]:
    """A card for each question whose answer can be put into words."""
    cards = list[Card]()
    for question in bank.questions:
        words = question.right_words()
        if words:
            code = f"\n\n```\n{question.code}\n```" if question.code else ""
            back = "\n\n".join(part for part in (words, question.explanation) if part)
            cards.append(Card(question.prompt + code, back, question.id))
    return tuple(cards)


def from_markdown(text: str) -> tuple[str, tuple[Card, ...]]:
    """Title ("" without one) and cards: ``## front``, and the text below it is the back."""
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    cards = list[Card]()
    for number, block in enumerate(re.split(r"^## ", text, flags=re.MULTILINE)[1:], start=1):
        front, _, back = block.partition("\n")
        if not back.strip():
            line = text[: text.index(f"## {block}")].count("\n") + 1
            raise BadInput(f"line {line}: the card {front.strip()!r} has no text below it.")
        cards.append(Card(front.strip(), back.strip("\n"), f"c{number}-{slug(front)[:24]}"))
    if not cards:
        raise BadInput("line 1: no card; each begins with a heading such as '## What is …?'.")
    return (title[1].strip() if title else ""), tuple(cards)


def card_print(card: Card) -> str:
    """A digest of what the card asks."""
    return digest(card.front, 16)


def deck_print(cards: Iterable[Card]) -> str:
    """A digest that tells a deck without a title from others."""
    return digest("\n".join(sorted(map(card_print, cards))))


@dataclass
class Deck:
    """Cards in boxes 1 to 5. Known: one box on. Not known: back to box 1, and soon again."""

    cards: tuple[Card, ...]
    journal: Journal | None = None
    seed: int = 0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    box: dict[str, int] = field(default_factory=dict[str, int])
    due: dict[str, datetime] = field(default_factory=dict[str, datetime])
    queue: list[str] = field(default_factory=list[str])
    trouble: str = ""
    elsewhere: str = ""  # where answers are kept instead of where they were wished to be

    def __post_init__(self) -> None:
        self.by_id = {card.id: card for card in self.cards}
        if len(self.by_id) < len(self.cards):
            raise BadInput("Two cards have the same id.")
        self.box = dict.fromkeys(self.by_id, 1)
        for entry in self.journal.entries() if self.journal else []:
            if self._is_about(entry) and entry.verdict in ("known", "unknown"):
                self._move(entry.question, entry.verdict == "known", _time(entry.time))
        self.begin()

    def _is_about(self, entry: Entry) -> bool:
        """Whether an entry is about a card of this deck; those of older versions knew no more."""
        card = self.by_id.get(entry.question)
        if card is None or entry.face:
            return card is not None and entry.face == card_print(card)
        named = self.journal is None or self.journal.former not in _NAMELESS
        return named or not re.fullmatch(r"c\d+-?", card.id)

    def begin(self, *, everything: bool = False) -> None:
        """Queue the cards that are due (or all), those of low boxes first, else by the seed."""
        moment = self.now()
        ids = [id for id in self.by_id if everything or self.due.get(id, moment) <= moment]
        random.Random(f"cards {self.seed}").shuffle(ids)
        self.queue = sorted(ids, key=lambda id: self.box[id])

    @property
    def current(self) -> Card | None:
        """The card to show, or None when all are done for now."""
        return self.by_id[self.queue[0]] if self.queue else None

    @property
    def counts(self) -> list[int]:
        """How many cards lie in each box."""
        boxes = list(self.box.values())
        return [boxes.count(number) for number in range(1, len(DAYS) + 1)]

    @property
    def next_due(self) -> datetime | None:
        """When the first of the resting cards is due."""
        return min(self.due.values(), default=None)

    def answer(self, known: bool) -> None:
        """Move the current card by whether it was known, and turn to the next."""
        if not self.queue:
            return
        id = self.queue.pop(0)
        moment = self.now()
        self._move(id, known, moment)
        if not known:
            self.queue.insert(min(SOON, len(self.queue)), id)
        self._keep(id, known, moment)

    def _move(self, id: str, known: bool, moment: datetime) -> None:
        self.box[id] = min(self.box[id] + 1, len(DAYS)) if known else 1
        self.due[id] = moment + timedelta(days=DAYS[self.box[id] - 1])

    def _keep(self, id: str, known: bool, moment: datetime) -> None:
        if self.journal is None:
            return
        entry = Entry(
            quiz=self.journal.quiz,
            learner=self.journal.learner,
            question=id,
            response=None,
            points=0.0,
            maximum=0.0,
            verdict="known" if known else "unknown",
            attempt=self.box[id],
            face=card_print(self.by_id[id]),
            time=moment.isoformat(timespec="milliseconds"),
        )
        try:
            self.journal.append(entry)
            self.trouble, self.elsewhere = "", str(self.journal.elsewhere or "")
        except OSError as error:
            self.trouble = f"{self.journal.path}: {error.strerror or error}"


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
