"""Special tokens that somebody types: ``<mask>`` or ``[MASK]`` in a text is one token."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.engine.tokenizers.unicode_tables import WHITESPACE, WORD

SPACES = "".join(chr(code) for code in range(0x3001) if chr(code) in WHITESPACE)


@dataclass(frozen=True, slots=True)
class AddedToken:
    """A token that stands outside the words, with the names that tokenizer.json gives its rules."""

    content: str
    id: int
    single_word: bool = False  # not inside a longer word
    lstrip: bool = False  # swallows the spaces on its left
    rstrip: bool = False  # swallows the spaces on its right
    normalized: bool = False  # looked for in the normalised text, not in the typed one


@dataclass(frozen=True, slots=True)
class Match:
    """An added token found in a text; ``covered`` is its text with the swallowed spaces."""

    token: AddedToken
    covered: str
    span: tuple[int, int]


class AddedTokens:
    """Finds added tokens: first in the typed text, then, for some, in the normalised rest."""

    def __init__(
        self, tokens: Iterable[AddedToken], *, normalise: Callable[[Normalised], Normalised]
    ) -> None:
        self._normalise = normalise
        self.tokens = tokens = tuple(token for token in tokens if token.content)
        self._typed = {token.content: token for token in tokens if not token.normalized}
        self._normalised = {
            normalise(Normalised.of(token.content)).text: token
            for token in tokens
            if token.normalized
        }
        self._any_typed = _AnyOf(self._typed)
        self._any_normalised = _AnyOf(self._normalised)

    def split(self, text: str) -> Iterator[Match | Normalised]:
        """The text in order: added tokens, and the normalised stretches between them."""
        for part in _split(Normalised.of(text), self._any_typed, self._typed):
            if isinstance(part, Match):
                yield part
            else:
                rest = self._normalise(part)
                yield from _split(rest, self._any_normalised, self._normalised)


class _AnyOf:
    """Finds the longest of some contents at each place, however many there are.

    A pattern of all alternatives would try each of them at each place; here each length is.
    """

    def __init__(self, contents: Iterable[str]) -> None:
        self._contents = frozenset(text for text in contents if text)
        self._lengths = sorted({len(text) for text in self._contents}, reverse=True)
        first = {re.escape(text[0]) for text in self._contents}
        self._first = re.compile(f"[{''.join(sorted(first))}]" if first else r"(?!)")

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand in a text, from left to right, none over another."""
        found = self._first.search(text)
        while found:
            start = found.start()
            room = len(text) - start
            stops = (start + length for length in self._lengths if length <= room)
            stop = next((one for one in stops if text[start:one] in self._contents), start)
            if stop > start:
                yield start, stop
            found = self._first.search(text, max(stop, start + 1))


def _split(
    text: Normalised, any_of: _AnyOf, tokens: dict[str, AddedToken]
) -> Iterator[Match | Normalised]:
    done = 0
    for start, stop in any_of.spans(text.text):
        token = tokens[text.text[start:stop]]
        if token.single_word and _inside_a_word(text.text, start, stop):
            continue
        if token.lstrip:
            start = max(len(text.text[:start].rstrip(SPACES)), done)
        if token.rstrip:
            stop = len(text.text) - len(text.text[stop:].lstrip(SPACES))
        if done < start:
            yield text.cut(done, start)
        yield Match(token, text.text[start:stop], text.span(start, stop))
        done = stop
    if done < len(text.text):
        yield text.cut(done, len(text.text))


def _inside_a_word(text: str, start: int, stop: int) -> bool:
    return any(one in WORD for one in (*text[start - 1 : start], *text[stop : stop + 1]))
