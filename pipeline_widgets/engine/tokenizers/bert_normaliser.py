"""BERT's rules for a text before it is cut: four passes, each of which can be switched off."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.engine.tokenizers.unicode_tables import (
    CONTROLS,
    IDEOGRAPHS,
    LATER_COMPOSED,
    LATER_LOWER,
    MARKS,
    OTHER_COMBINING,
    WHITESPACE,
)

CACHED_CHARACTERS = 8192


@dataclass(frozen=True, slots=True)
class BertRules:
    """The settings of tokenizer.json, by its names."""

    clean_text: bool = True
    handle_chinese_chars: bool = True
    strip_accents: bool | None = None  # None: as lowercase says
    lowercase: bool = True


UNCASED = BertRules()  # those of bert-base-uncased, which is DistilBERT's tokenizer


def normalise(text: Normalised, *, rules: BertRules) -> Normalised:
    """The text as BERT's vocabulary would spell it; every character keeps its source."""
    if text.text.isascii() and text.text.isprintable():  # the usual text, in one go
        return Normalised(text.text.lower(), text.sources) if rules.lowercase else text
    if rules.clean_text:
        text = text.rewrite(_cleaned)
    if rules.handle_chinese_chars:
        text = text.rewrite(_spaced_out)
    if rules.lowercase if rules.strip_accents is None else rules.strip_accents:
        text = decompose(text).rewrite(_unless_mark)
    if rules.lowercase:
        text = text.rewrite(_lowered)
    return text


@lru_cache(maxsize=CACHED_CHARACTERS)
def _cleaned(character: str) -> str:
    """Controls go, tabs and line ends become spaces."""
    if character in CONTROLS:
        return ""
    return " " if character in WHITESPACE else character


@lru_cache(maxsize=CACHED_CHARACTERS)
def _unless_mark(character: str) -> str:
    return "" if character in MARKS else character


@lru_cache(maxsize=CACHED_CHARACTERS)
def _lowered(character: str) -> str:
    """Lower-cased alone, so that a final Σ is σ, not ς as in a whole word's ``lower()``."""
    return LATER_LOWER.get(character) or character.lower()


@lru_cache(maxsize=CACHED_CHARACTERS)
def _spaced_out(character: str) -> str:
    """A space on both sides of an ideograph, so that each is a word."""
    return f" {character} " if character in IDEOGRAPHS else character


def decompose(text: Normalised) -> Normalised:
    """Letters and their accents apart (NFD): é becomes e and a combining acute.

    Marks on one letter are put into Unicode's canonical order. Their sources stay in the order in
    which they were typed: the first mark of a letter, after sorting, gets the first source.
    """
    characters: list[tuple[int, str, bool]] = []  # class, character, the first of its source?
    for character in text.text:
        for index, part in enumerate(_decomposed(character)):
            characters.append((_combining_class(part), part, index == 0))
    _sort_marks(characters)
    sources: list[int] = []
    taken = 0
    for _, _, first in characters:
        taken += first
        sources.append(text.sources[taken - 1])
    return Normalised("".join(part for _, part, _ in characters), sources)


def _sort_marks(characters: list[tuple[int, str, bool]]) -> None:
    """Sort, in place, each run of characters whose combining class is not 0."""
    start = 0
    for index, (combining_class, _, _) in enumerate([*characters, (0, "", True)]):
        if combining_class == 0:
            if index - start > 1:
                characters[start:index] = sorted(characters[start:index], key=lambda one: one[0])
            start = index + 1


@lru_cache(maxsize=CACHED_CHARACTERS)
def _decomposed(character: str) -> str:
    if character in LATER_COMPOSED:
        return character
    return unicodedata.normalize("NFD", character)


@lru_cache(maxsize=CACHED_CHARACTERS)
def _combining_class(character: str) -> int:
    known = character in MARKS or character in OTHER_COMBINING
    return unicodedata.combining(character) if known else 0
