"""Byte-level BPE, RoBERTa's tokenizer: pairs of neighbours merge, the most frequent first.

A word starts as its UTF-8 bytes, each drawn as a printable character: a space is Ġ, and é, which
is two bytes, is Ã©. Then the pair of neighbours that stands highest in the merge table becomes
one piece, again and again, until no pair is in the table. Any text can be written in bytes, so
no unknown token is needed. (Sennrich et al. 2016, arXiv 1508.07909; Radford et al. 2019, GPT-2.)
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from pipeline_widgets.engine.tokenizers.added_tokens import SPACES, AddedToken
from pipeline_widgets.engine.tokenizers.base import Around, Span, SubwordTokenizer, Word
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.engine.tokenizers.unicode_tables import LETTERS, NUMBERS, WHITESPACE
from pipeline_widgets.errors import MissingWeights
from pipeline_widgets.trace import Step

# GPT-2's words: English endings, then letters, numbers or signs, each with the space before them,
# then what is left of the spaces. In their pattern \p{L} and \p{N} stand for the letters and the
# numbers of all scripts; here any of those has become an "a" or a "1" before.
WORDS = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^A-Za-z0-9\s]+|\s+(?!\S)|\s+", re.ASCII
)
SPACE = "Ġ"
LONGEST_EXPLAINED = 128  # bytes; of longer words no steps are kept, each step lists all pieces

Pair = tuple[str, str]


def byte_alphabet() -> dict[int, str]:
    """The printable character for each byte; 188 bytes stand for themselves (Latin-1).

    The other 68, controls and spaces, are drawn as the characters from U+0100 on, in order, which
    makes the space Ġ and the line feed Ċ.
    """
    themselves = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    drawn = (code for code in range(0x100, 0x144))
    return {byte: chr(byte if byte in themselves else next(drawn)) for byte in range(256)}


BYTE_ALPHABET = byte_alphabet()


@dataclass(frozen=True, slots=True)
class ByteRules:
    """The settings of tokenizer.json, by its names."""

    add_prefix_space: bool = False  # "Hello" is read as " Hello"
    trim_offsets: bool = True  # a span leaves out the spaces of its piece ...
    trim_but_prefix: bool = False  # ... but not one that add_prefix_space has put there


class ByteLevelBPE(SubwordTokenizer):
    """A merge table over bytes. ``merges`` are in order: the earlier, the sooner it is done."""

    kind = "byte-level BPE"
    lowers = False

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        merges: Iterable[Pair],
        *,
        around: Around,
        added: Sequence[AddedToken] = (),
        specials: Mapping[str, int] | None = None,
        rules: ByteRules = ByteRules(),
        unknown: str | None = None,
        fuse_unknown: bool = False,
    ) -> None:
        self._ids = vocabulary
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        missing = [piece for piece in map("".join, self._ranks) if piece not in vocabulary]
        if missing:
            raise MissingWeights(
                f"The vocabulary lacks {len(missing)} of the pieces that the merges can give, "
                f"{missing[0]!r} among them. Take vocabulary and merges of one checkpoint."
            )
        self._unknown = unknown if unknown in vocabulary else None
        self._fuse_unknown = fuse_unknown
        self._rules = rules
        super().__init__(vocabulary, around=around, added=added, specials=specials or {})

    def described(self) -> dict[str, Any]:
        """All that another program needs to read texts alike; merges as "left right", in order."""
        merges = [" ".join(pair) for pair in self._ranks]
        return super().described() | {"merges": merges, "rules": asdict(self._rules)}

    def words(self, text: Normalised) -> Iterator[Normalised]:
        """Words with the space before them; the spaces in front of that space stay together."""
        if self._rules.add_prefix_space and not text.text.startswith(" "):
            text = Normalised(" " + text.text, [text.sources[0], *text.sources])
        # The pattern asks only what kind a character is: any letter is "a" to it.
        kinds = text.text if text.text.isascii() else text.text.translate(_KINDS)
        for match in WORDS.finditer(kinds):
            yield text.cut(*match.span())

    def cut_word(self, word: str) -> Word:
        """The word's bytes, merged as far as the table goes."""
        symbols, owners = self._symbols(word)
        pieces, steps = merge(symbols, self._ranks)
        places: list[Span] = []
        stop = 0
        for piece in pieces:
            start, stop = stop, stop + (1 if piece == self._unknown else len(piece))
            places.append((owners[start][0], owners[stop - 1][1]))
        return Word(pieces, tuple(self._ids[piece] for piece in pieces), tuple(places), steps)

    def _symbols(self, word: str) -> tuple[list[str], list[Span]]:
        """The word's bytes as the vocabulary draws them, and the characters each belongs to.

        A vocabulary trained without ``initial_alphabet`` lacks some. Such a byte is the unknown
        token, where there is one, and is left out where there is none.
        """
        symbols: list[str] = []
        owners: list[Span] = []
        for index, character in enumerate(word):
            for byte in character.encode():
                drawn = BYTE_ALPHABET[byte]
                if drawn in self._ids:
                    symbols.append(drawn)
                    owners.append((index, index + 1))
                elif self._unknown is not None:
                    if self._fuse_unknown and symbols and symbols[-1] == self._unknown:
                        owners[-1] = (owners[-1][0], index + 1)
                        continue
                    symbols.append(self._unknown)
                    owners.append((index, index + 1))
        return symbols, owners

    def trim(self, piece: str, span: Span, *, first: bool) -> Span:
        """The span without the piece's spaces, but for one that was put before the text."""
        if not self._rules.trim_offsets:
            return span
        start, end = span
        leading = len(piece) - len(piece.lstrip(SPACE + SPACES))
        trailing = len(piece) - len(piece.rstrip(SPACE + SPACES))
        if leading == 1 and self._rules.trim_but_prefix and (first or start == 0):
            leading = 0
        start = min(start + leading, end)
        return start, max(end - trailing, start)


def merge(
    symbols: Sequence[str], ranks: Mapping[Pair, int]
) -> tuple[tuple[str, ...], tuple[Step, ...]]:
    """Merge the neighbours of lowest rank, the leftmost first, until no pair has a rank.

    A heap hands out the next pair, so that a word of n bytes costs n log n. A pair on it is stale
    once one of its two pieces has grown or been swallowed; its rank no longer fits then.
    """
    pieces = list(symbols)  # "" where a piece was swallowed by the one on its left
    left_of = list(range(-1, len(pieces) - 1))
    right_of = list(range(1, len(pieces) + 1))
    pieces.append("")  # the end, which merges with nothing
    heap = [(ranks[pair], at) for at, pair in enumerate(pairwise(pieces)) if pair in ranks]
    heapq.heapify(heap)
    steps: list[Step] = []
    while heap:
        rank, at = heapq.heappop(heap)
        right = right_of[at]
        pair = (pieces[at], pieces[right])
        if ranks.get(pair) != rank:
            continue
        pieces[at], pieces[right] = "".join(pair), ""
        right_of[at] = right_of[right]
        if right_of[at] < len(symbols):
            left_of[right_of[at]] = at
        for start in (left_of[at], at):
            if start >= 0 and (changed := (pieces[start], pieces[right_of[start]])) in ranks:
                heapq.heappush(heap, (ranks[changed], start))
        if len(symbols) <= LONGEST_EXPLAINED:
            steps.append(Step(*pair, rank, True, tuple(filter(None, pieces))))
    return tuple(filter(None, pieces)), tuple(steps)


class _Kinds(dict[int, str]):
    """A letter, number, space or sign in place of every character beyond ASCII, as asked for."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code < 0x80:
            kind = character
        elif character in LETTERS:
            kind = "a"
        elif character in NUMBERS:
            kind = "1"
        else:
            kind = "\t" if character in WHITESPACE else "!"
        self[code] = kind
        return kind


_KINDS = _Kinds()
