"""WordPiece, BERT's tokenizer: the longest piece that fits, from the left.

The text is cleaned, lower-cased and split at spaces and punctuation. Of each word the longest
beginning that is in the vocabulary becomes a piece; the rest is looked up in the same way, as
``##rest``. If nothing fits at some point, the whole word is ``[UNK]``.
(Wu et al. 2016, arXiv 1609.08144; Devlin et al. 2018, arXiv 1810.04805.)

Unlike byte-level BPE:
- a space is no part of a piece, and runs of spaces leave no trace;
- capitals and accents are gone, so different texts may give the same ids;
- pieces are looked up, not merged, so no merge table is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline_widgets.engine.tokenizers.added_tokens import AddedToken
from pipeline_widgets.engine.tokenizers.base import Around, Span, SubwordTokenizer, Word
from pipeline_widgets.engine.tokenizers.bert_normaliser import UNCASED, BertRules, normalise
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.engine.tokenizers.unicode_tables import PUNCTUATION, WHITESPACE
from pipeline_widgets.errors import MissingWeights
from pipeline_widgets.trace import Step

LONGEST_EXPLAINED = 128  # characters; of longer words not every end is tried

# A punctuation mark is a word of its own.
WORDS = re.compile(
    f"[{PUNCTUATION.pattern}]|[^{PUNCTUATION.pattern}{WHITESPACE.pattern}]+",
)


class WordPiece(SubwordTokenizer):
    """A vocabulary of beginnings and of continuations, which start with ``continuation``.

    Words of more than ``longest_word`` characters are not even tried.
    """

    kind = "WordPiece"

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        *,
        around: Around,
        added: Sequence[AddedToken] = (),
        specials: Mapping[str, int] | None = None,
        rules: BertRules = UNCASED,
        unknown: str = "[UNK]",
        continuation: str = "##",
        longest_word: int = 100,
    ) -> None:
        if unknown not in vocabulary:
            raise MissingWeights(
                f"A WordPiece vocabulary needs its unknown token {unknown!r}; this one has none. "
                "Take the vocab.txt that belongs to the checkpoint."
            )
        self._ids = vocabulary
        self._rules = rules
        self.lowers = rules.lowercase
        self._unknown = unknown
        self._continuation = continuation
        self._longest_word = longest_word
        marked = len(continuation)
        self._lengths = (
            sorted({len(piece) for piece in vocabulary}, reverse=True),
            sorted(
                {len(piece) - marked for piece in vocabulary if len(piece) > marked}, reverse=True
            ),
        )
        super().__init__(vocabulary, around=around, added=added, specials=specials or {})

    def described(self) -> dict[str, Any]:
        """All that another program needs to read texts alike."""
        return super().described() | {
            "rules": asdict(self._rules),
            "unknown": self._unknown,
            "continuation": self._continuation,
            "longest_word": self._longest_word,
        }

    def normalise(self, text: Normalised) -> Normalised:
        """Cleaned, ideographs apart, accents stripped, lower-cased, as the rules say."""
        return normalise(text, rules=self._rules)

    def words(self, text: Normalised) -> Iterator[Normalised]:
        """The stretches between spaces, punctuation marks apart."""
        for match in WORDS.finditer(text.text):
            yield text.cut(*match.span())

    def _stops(self, start: int, end: int, inside: bool) -> Iterable[int]:
        """Where a piece that begins at ``start`` may end, the farthest first.

        A settings file may allow words of any length: in one that is not drawn step by step, ends
        are left out that no piece of the vocabulary can reach.
        """
        if end <= LONGEST_EXPLAINED:
            return range(end, start, -1)
        return (start + length for length in self._lengths[inside] if start + length <= end)

    def cut_word(self, word: str) -> Word:
        """The longest pieces from the left; each try is a step, found or not."""
        pieces: tuple[str, ...] = ()
        places: list[Span] = []
        steps: list[Step] = []
        start = 0
        while start < len(word) <= self._longest_word:
            for stop in self._stops(start, len(word), bool(start)):
                piece = (self._continuation if start else "") + word[start:stop]
                if piece in self._ids:
                    pieces += (piece,)
                    places.append((start, stop))
                    steps.append(Step(piece, "", -1, True, pieces))
                    start = stop
                    break
                steps.append(Step(piece, "", -1, False, pieces))
            else:  # nothing fits
                break
        if start < len(word):
            pieces, places = (self._unknown,), [(0, len(word))]
        return Word(
            pieces, tuple(self._ids[piece] for piece in pieces), tuple(places), tuple(steps)
        )
