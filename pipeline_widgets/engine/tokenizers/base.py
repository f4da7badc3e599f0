"""What both tokenizers share: special tokens, words, spans, the limit of a model.

A subclass says how a text is normalised, where its words end and how a word is cut into pieces;
everything else is here. A word's pieces and steps are remembered, so that a keystroke costs only
the word that is being typed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from pipeline_widgets.engine.tokenizers.added_tokens import AddedToken, AddedTokens, Match
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.errors import BadInput, MissingWeights
from pipeline_widgets.trace import Step, Tokens

CACHED_WORDS = 4096
LONGEST_CACHED_WORD = 128  # characters; a pasted page without a space must not fill the memory
CHARACTERS = (24, 64)  # for each token of the limit: of a longer text only the beginning is read
_LEAST = 256  # tokens of a limit for which texts are read, however low it is

SEPARATORS = ("cls", "sep", "bos", "eos", "pad")  # they frame and part texts, typed or not

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

    @property
    def explained(self) -> bool:
        """Whether ``Tokens.steps`` says how each word was cut."""
        ...

    def encode(
        self, text: str, pair: str | None = None, *, max_length: int | None = None
    ) -> Tokens:
        """The tokens of a text, or of two, special tokens around, at most ``max_length`` in all."""
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

    def after(self, characters: int, words: int) -> Row:
        """The same token behind so many characters and words."""
        start, end = self.span
        word = None if self.word is None else self.word + words
        return Row(self.piece, self.id, (start + characters, end + characters), word)


@dataclass(frozen=True, slots=True)
class Around:
    """The special tokens before and after every text, and between the two of a pair."""

    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()
    between: tuple[Row, ...] = ()
    types: tuple[int, int] = (0, 0)  # the token type of the first text's part, and the second's

    def __len__(self) -> int:
        return len(self.before) + len(self.after)


class SubwordTokenizer(ABC):
    """A vocabulary and the way from a text to its ids.

    ``vocabulary`` maps pieces to ids; ``added`` are the tokens that are recognised when they are
    typed, such as ``<mask>``; ``around`` are the special tokens that frame every text.
    """

    kind: str
    explained = True
    lowers: bool | None = None  # whether capitals are lost; None: not known

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        *,
        around: Around,
        added: Sequence[AddedToken],
        specials: Mapping[str, int],
    ) -> None:
        self.vocabulary = {**vocabulary, **{token.content: token.id for token in added}}
        frame = (*around.before, *around.between, *around.after)
        check_ids([*self.vocabulary.values(), *(row.id for row in frame)])
        self.specials = dict(specials)
        self.separators = frozenset(
            self.specials[role] for role in SEPARATORS if role in self.specials
        )
        self._around = around
        self._added = AddedTokens(added, normalise=self.normalise)
        self._cached_word = lru_cache(maxsize=CACHED_WORDS)(self.cut_word)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.vocabulary)} pieces)"

    def described(self) -> dict[str, Any]:
        """All that another program needs to read texts alike, as data."""
        return {
            "kind": self.kind,
            "vocabulary": self.vocabulary,
            "added": [asdict(token) for token in self._added.tokens],
            "before": [[row.piece, row.id] for row in self._around.before],
            "after": [[row.piece, row.id] for row in self._around.after],
            "separators": sorted(self.separators),
            "mask": self._mask(),
        }

    def _mask(self) -> list[Any] | None:
        """The mask token, [piece, id], if there is one."""
        number = self.specials.get("mask")
        pieces = (piece for piece, one in self.vocabulary.items() if one == number)
        return None if number is None else [next(pieces), number]

    def encode(
        self, text: str, pair: str | None = None, *, max_length: int | None = None
    ) -> Tokens:
        """The tokens of ``text`` with special tokens around it, and of ``pair`` after them.

        What gives more than ``max_length`` tokens, special ones included, is cut: a text at its
        end, of two the longer first, as transformers does; ``left_out`` says by how many, in round
        numbers where a text is far too long. An empty ``pair`` is none. Half of a
        surrogate pair, as a text box can hold while an emoji is being typed, is read as U+FFFD.
        Raises `BadInput` if ``text`` is no string or the limit has no room for the special tokens.
        """
        texts = [self.read(one) for one in ((text, pair) if pair else (text,))]
        parts = [self._beginning(one, max_length) for one in texts]
        cuts = [(rows, one) for rows, one, _ in parts]
        frame = len(self._around) + (len(self._around.between) if len(texts) == 2 else 0)
        shares = [len(rows) for rows, _ in cuts]
        room = sum(shares) if max_length is None else _room(frame, max_length)
        if sum(shares) > room:
            shares = [room] if len(shares) == 1 else self.share(shares[0], shares[1], room)
        kept = [rows[:share] for (rows, _), share in zip(cuts, shares, strict=True)]
        steps = [
            one[: len({row.word for row in rows} - {None})]
            for rows, (_, one) in zip(kept, cuts, strict=True)
        ]
        if len(kept) == 2:
            kept[1] = [row.after(len(texts[0]) + 1, len(steps[0])) for row in kept[1]]
        placed = list(self._framed(kept))
        rows = [row for row, _, _ in placed]
        return Tokens(
            text="\n".join(texts),
            pieces=tuple(row.piece for row in rows),
            ids=np.array([row.id for row in rows], dtype=np.int32),
            spans=tuple(row.span for row in rows),
            special=tuple(row.word is None for row in rows),
            words=tuple(row.word for row in rows),
            steps=tuple(step for part in steps for step in part),
            left_out=sum(len(rows) + more for rows, _, more in parts) - sum(shares),
            pair_start=len(texts[0]) + 1 if len(texts) == 2 else None,
            sentences=tuple(sentence for _, sentence, _ in placed),
            types=np.array([kind for _, _, kind in placed], np.int32),
            explained=self.explained,
            tokenizer=self.kind,
            lowered=self.lowers,
        )

    def _framed(self, kept: list[list[Row]]) -> Iterator[tuple[Row, int | None, int]]:
        """All tokens in order, each with the text it is of and its token type."""
        around, types = self._around, self._around.types
        yield from ((row, None, types[0]) for row in around.before)
        for number, rows in enumerate(kept):
            yield from ((row, number, types[number]) for row in rows)
            last = around.after if number == len(kept) - 1 else around.between
            yield from ((row, None, types[number]) for row in last)

    def read(self, text: object) -> str:
        """The text as it is read: a string, with no half of a surrogate pair in it."""
        return readable(text)

    def share(self, first: int, second: int, room: int) -> list[int]:
        """How many tokens of each text stay where both don't fit: the longer one gives first.

        The rule is transformers' ``longest_first``, as its tokenizers library has it.
        """
        short = min(first, second)
        long = short if short > room else max(short, room - short)
        if short + long > room:
            short, long = room // 2, room - room // 2
        return [short, long] if first <= second else [long, short]

    def _beginning(
        self, text: str, most: int | None
    ) -> tuple[list[Row], list[tuple[Step, ...]], int]:
        """The tokens of as much of a text as ``most`` tokens need, and about how many follow."""
        few, many = (max(most or 0, _LEAST) * characters for characters in CHARACTERS)
        if most is None or len(text) <= many:
            return *self._rows(text), 0
        size = few
        rows, steps = self._rows(text[:size])
        if len(rows) <= 2 * most:  # blanks, or a word that is one token
            size = many
            rows, steps = self._rows(text[:size])
        more = max(1, round(len(rows) * (len(text) / size - 1)))
        return rows, steps, int(float(f"{more:.2g}"))

    def _rows(self, text: str) -> tuple[list[Row], list[tuple[Step, ...]]]:
        rows: list[Row] = []
        steps: list[tuple[Step, ...]] = []
        for part in self._added.split(text):
            if isinstance(part, Match):
                span = self.trim(part.covered, part.span, first=not rows)
                if part.token.id in self.separators:
                    rows.append(Row(part.token.content, part.token.id, span))
                    continue
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


def check_ids(numbers: Sequence[Any]) -> None:
    """Raise MissingWeights unless each is the number of a row that a table may have."""
    if set(map(type, numbers)) - {int}:
        odd = next(number for number in numbers if type(number) is not int)
    elif numbers and not 0 <= min(numbers) <= max(numbers) < 2**31:
        odd = min(numbers) if min(numbers) < 0 else max(numbers)
    else:
        return
    raise MissingWeights(
        f"The tokenizer gives a piece the id {str(odd)[:40]}; an id is a whole number from 0 on. "
        "Its files are damaged or were altered: download them again."
    )


def _room(frame: int, max_length: int) -> int:
    """How many tokens fit beside ``frame`` special ones."""
    if max_length < frame:
        raise BadInput(
            f"max_length={max_length} has no room for the {frame} special tokens; give {frame} or "
            "more."
        )
    return max_length - frame


def readable(text: object) -> str:
    """The text if it is a string; halves of surrogate pairs joined, lone ones made U+FFFD."""
    if not isinstance(text, str):
        raise BadInput(f"A text to read must be a str, not {type(text).__name__}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
