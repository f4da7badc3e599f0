"""A text on its way through a tokenizer that never forgets where its characters came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Normalised:
    """Some text, and for each of its characters the index of the typed character behind it.

    Lower-casing İ gives two characters with one source; stripping an accent leaves a source out.
    """

    text: str
    sources: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Normalised:
        """A typed text: every character is its own source."""
        return cls(text, range(len(text)))

    def cut(self, start: int, stop: int) -> Normalised:
        """The part from character ``start`` up to ``stop``."""
        return Normalised(self.text[start:stop], self.sources[start:stop])

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Where the characters from ``start`` up to ``stop`` stand in the typed text."""
        return self.sources[start], self.sources[stop - 1] + 1

    def rewrite(self, rule: Callable[[str], str]) -> Normalised:
        """Every character replaced by what ``rule`` makes of it: none, one or several."""
        characters: list[str] = []
        sources: list[int] = []
        for character, source in zip(self.text, self.sources, strict=True):
            replacement = rule(character)
            characters.append(replacement)
            sources.extend([source] * len(replacement))
        return Normalised("".join(characters), sources)
