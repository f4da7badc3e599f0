"""Two tokenizers on one text: the stretches of text on whose ends both agree."""

from __future__ import annotations

from ...engine.interventions import word_spans
from ...trace import Tokens


def shared_words(one: Tokens, two: Tokens) -> list[tuple[int, int]]:
    """The words of both texts as (start, end); words that overlap are taken together."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted([*word_spans(one), *word_spans(two)]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def groups(tokens: Tokens, words: list[tuple[int, int]]) -> list[list[int]]:
    """The tokens of each shared word, with the opening and the closing token around them.

    A token that covers no character of any word joins the word before it. A word of which this
    model has no token, since its text was cut sooner, has an empty group.
    """
    found: list[list[int]] = [[] for _ in range(len(words) + 2)]
    last = len(tokens) - 1
    at = 1
    for index, ((start, end), special) in enumerate(zip(tokens.spans, tokens.special, strict=True)):
        if special:
            found[-1 if index == last else 0].append(index)
            continue
        while at < len(words) and start >= words[at - 1][1] and end > start:
            at += 1
        found[min(at, len(words))].append(index)
    return found


def both(one: Tokens, two: Tokens) -> tuple[list[str], list[list[int]], list[list[int]]]:
    """What the shared rows are called, and the tokens of each of them in either model."""
    words = shared_words(one, two)
    first, second = groups(one, words), groups(two, words)
    names = [one.pieces[0], *(one.text[start:end] for start, end in words), one.pieces[-1]]
    kept = [index for index in range(len(names)) if first[index] and second[index]]
    lost = [index for index in range(len(names)) if index not in kept]
    for index in lost:  # a row only one model has joins the closing token's
        first[-1] = [*first[index], *first[-1]]
        second[-1] = [*second[index], *second[-1]]
    return [names[i] for i in kept], [first[i] for i in kept], [second[i] for i in kept]
