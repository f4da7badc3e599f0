"""BPE over characters, as BERTweet and PhoBERT write it: ``vocab.txt`` and ``bpe.codes``.

Unlike byte-level BPE:
- words are what stands between spaces, and a space is part of no piece;
- the last piece of a word is plain, the ones before it end in ``@@``;
- pieces that the vocabulary lacks are ``<unk>``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline_widgets.engine.tokenizers import classes
from pipeline_widgets.engine.tokenizers.added_tokens import AddedToken
from pipeline_widgets.engine.tokenizers.base import Around, Row, Span, SubwordTokenizer, Word
from pipeline_widgets.engine.tokenizers.byte_level_bpe import merge
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.errors import MissingExtra
from pipeline_widgets.text_files import read_bytes

_WORDS = re.compile(r"\S+\n?")
_END = "</w>"


class FastBPE(SubwordTokenizer):
    """A vocabulary and the merges that lead to it, the earlier the sooner."""

    kind = "BPE"
    lowers = False

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        merges: list[tuple[str, str]],
        *,
        roles: Mapping[str, str],
        settings: Mapping[str, Any],
    ) -> None:
        self._ids = vocabulary
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._unknown = roles["unk"]
        added = [
            AddedToken(entry["content"], entry["id"], normalized=entry.get("normalized", False))
            for entry in classes.added_tokens(vocabulary, roles, settings)
        ]
        ids = {**vocabulary, **{token.content: token.id for token in added}}
        cls, sep = (Row(roles[role], ids[roles[role]]) for role in ("cls", "sep"))
        super().__init__(
            vocabulary,
            around=Around((cls,), (sep,), between=(sep, sep)),
            added=added,
            specials={role: ids[piece] for role, piece in roles.items() if piece in ids},
        )
        self._tidy = _tweet_normaliser() if settings.get("normalization") else None

    def read(self, text: object) -> str:
        """The text as it is read; of a tweet, names, links and emoji by their kind."""
        plain = super().read(text)
        return self._tidy(plain) if self._tidy else plain

    def share(self, first: int, second: int, room: int) -> list[int]:
        """As transformers' tokenizers in Python do it: of two equally long ones the second."""
        odd, half = room % 2, room // 2
        if min(first, second) > half:
            return [half + odd, half]
        return super().share(first, second, room)

    def words(self, text: Normalised) -> Iterator[Normalised]:
        """The stretches between spaces; a line end stays with the word before it."""
        for match in _WORDS.finditer(text.text):
            yield text.cut(*match.span())

    def cut_word(self, word: str) -> Word:
        """The word's characters, merged as far as the table goes."""
        merged, steps = merge([*word[:-1], word[-1] + _END], self._ranks)
        *parts, last = merged
        pieces = [*(part + "@@" for part in parts), last.removesuffix(_END)]
        places: list[Span] = []
        stop = 0
        for piece in (*parts, last.removesuffix(_END)):
            start, stop = stop, stop + len(piece)
            places.append((start, stop))
        known = tuple(piece if piece in self._ids else self._unknown for piece in pieces)
        return Word(known, tuple(self._ids[piece] for piece in known), tuple(places), steps)


def read_fast_bpe(folder: Path, settings: Mapping[str, Any]) -> FastBPE:
    """The tokenizer of BERTweet and PhoBERT from its two files."""
    roles = classes.role_names(settings, classes.ROBERTA_ROLES)
    vocabulary: dict[str, int] = {}
    for role in ("bos", "pad", "eos", "unk"):
        vocabulary.setdefault(roles[role], len(vocabulary))
    for line in _lines(folder / "vocab.txt"):
        piece = line.rpartition(" ")[0]
        if piece:
            vocabulary[piece] = len(vocabulary)
    merges = [tuple(line.split()[:-1]) for line in _lines(folder / "bpe.codes")]
    pairs = [(pair[0], pair[1]) for pair in merges if len(pair) == 2]
    return FastBPE(vocabulary, pairs, roles=roles, settings=settings)


def _lines(path: Path) -> list[str]:
    text = read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    return [line.strip() for line in text.split("\n") if line.strip()]


def _tweet_normaliser() -> Any:
    """Make of a tweet what BERTweet was trained on, by transformers' own rules."""
    try:
        module = importlib.import_module("transformers.models.bertweet.tokenization_bertweet")
    except ImportError as error:
        raise MissingExtra(
            "This tokenizer rewrites tweets first, as its settings say (normalization); that needs "
            'transformers: pip install "pipeline-widgets[torch]".'
        ) from error
    tokenizer: Any = module.BertweetTokenizer
    own = tokenizer.__new__(tokenizer)
    own.special_puncts = {"’": "'", "…": "..."}
    own.tweetPreprocessor = module.TweetTokenizer()
    own.demojizer = _demojizer()
    return own.normalizeTweet


def _demojizer() -> Any:
    try:
        return importlib.import_module("emoji").demojize
    except ImportError:
        return None
