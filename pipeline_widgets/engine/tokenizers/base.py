"""What both tokenizers share: special tokens, words, spans, the limit of a model.

A subclass says how a text is normalised, where its words end and how a word is cut into pieces;
everything else is here. A word's pieces and steps are remembered, so that a keystroke costs only
the word that is being typed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from pipeline_widgets.engine.tokenizers.added_tokens import AddedToken, AddedTokens, Match
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.errors import BadInput
from pipeline_widgets.trace import Step, Tokens

CACHED_WORDS = 4096
LONGEST_CACHED_WORD = 128  # characters; a pasted page without a space must not fill the memory

Span = tuple[int, int]


class Tokenizer(Protocol):
    """What the engine asks of a tokenizer."""

    @property
    def kind(self) -> str:
        """``"byte-level BPE"`` or ``"WordPiece"``."""
        ...

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every piece and its id, special tokens included."""
        ...

    @property
    def specials(self) -> Mapping[str, int]:
        """The ids of the special tokens, by role: cls, sep, pad, unk, mask."""
        ...

    def encode(self, text: str, *, max_length: int | None = None) -> Tokens:
        """The tokens of a text, special tokens around it, at most ``max_length`` in all."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """One word cut into pieces; ``places`` count the word's own characters."""

    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    places: tuple[Span, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One token; a special token that frames the text covers none of it and is in no word."""

    piece: str
    id: int
    span: Span = (0, 0)
    word: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """The special tokens that are put before and after every text."""

    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()

    def __len__(self) -> int:
        return len(self.before) + len(self.after)


class SubwordTokenizer(ABC):
    """A vocabulary and the way from a text to its ids.

    ``vocabulary`` maps pieces to ids; ``added`` are the tokens that are recognised when they are
    typed, such as ``<mask>``; ``around`` are the special tokens that frame every text.
    """

    kind: str

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        *,
        around: Around,
        added: Sequence[AddedToken],
        specials: Mapping[str, int],
    ) -> None:
        self.vocabulary = {**vocabulary, **{token.content: token.id for token in added}}
        self.specials = dict(specials)
        self._around = around
        self._added = AddedTokens(added, normalise=self.normalise)
        self._cached_word = lru_cache(maxsize=CACHED_WORDS)(self.cut_word)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.vocabulary)} pieces)"

    def encode(self, text: str, *, max_length: int | None = None) -> Tokens:
        """The tokens of ``text`` with special tokens around it.

        A text that gives more than ``max_length`` tokens, special ones included, is cut at its
        end, and ``left_out`` says by how many. Half of a surrogate pair, as a text box can hold
        while an emoji is being typed, is read as U+FFFD.
        Raises `BadInput` if ``text`` is no string or the limit has no room for the special tokens.
        """
        text = readable(text)
        inner, steps = self._rows(text)
        kept = self._within(inner, max_length)
        rows = (*self._around.before, *kept, *self._around.after)
        words_kept = {row.word for row in kept}
        return Tokens(
            text=text,
            pieces=tuple(row.piece for row in rows),
            ids=np.array([row.id for row in rows], dtype=np.int32),
            spans=tuple(row.span for row in rows),
            special=tuple(row.word is None for row in rows),
            words=tuple(row.word for row in rows),
            steps=tuple(steps[: len(words_kept)]),
            left_out=len(inner) - len(kept),
        )

    def _within(self, rows: list[Row], max_length: int | None) -> list[Row]:
        if max_length is None:
            return rows
        room = max_length - len(self._around)
        if room < 0:
            raise BadInput(
                f"max_length={max_length} has no room for the {len(self._around)} special tokens; "
                f"give {len(self._around)} or more."
            )
        return rows[:room]

    def _rows(self, text: str) -> tuple[list[Row], list[tuple[Step, ...]]]:
        rows: list[Row] = []
        steps: list[tuple[Step, ...]] = []
        for part in self._added.split(text):
            if isinstance(part, Match):
                span = self.trim(part.covered, part.span, first=not rows)
                rows.append(Row(part.token.content, part.token.id, span, len(steps)))
                steps.append(())
                continue
            for word in self.words(part):
                cut = self._cut(word.text)
                for piece, number, place in zip(cut.pieces, cut.ids, cut.places, strict=True):
                    span = self.trim(piece, word.span(*place), first=not rows)
                    rows.append(Row(piece, number, span, len(steps)))
                steps.append(cut.steps)
        return rows, steps

    def _cut(self, word: str) -> Word:
        return self._cached_word(word) if len(word) <= LONGEST_CACHED_WORD else self.cut_word(word)

    def normalise(self, text: Normalised) -> Normalised:
        """The text as the vocabulary would spell it; byte-level BPE leaves it alone."""
        return text

    def trim(self, piece: str, span: Span, *, first: bool) -> Span:
        """The span without the spaces that the piece covers; WordPiece pieces cover none."""
        return span

    @abstractmethod
    def words(self, text: Normalised) -> Iterator[Normalised]:
        """The words that are cut into pieces one by one."""

    @abstractmethod
    def cut_word(self, word: str) -> Word:
        """The pieces of one word and the steps that lead to them."""


def readable(text: object) -> str:
    """The text if it is a string; halves of surrogate pairs joined, lone ones made U+FFFD."""
    if not isinstance(text, str):
        raise BadInput(f"A text to read must be a str, not {type(text).__name__}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
