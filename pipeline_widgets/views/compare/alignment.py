"""Two tokenizers on one text: the stretches of text on whose ends both agree."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from ...engine.interventions import word_spans
from ...errors import BadInput
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
    last = len(names) - 1
    if last in lost and any(first[index] or second[index] for index in lost):
        kept, lost = [*kept, last], lost[:-1]  # special tokens that only one model has
        names[-1] = next(tokens.pieces[-1] for tokens in (one, two) if any(tokens.special))
    for index in lost:  # a row only one model has joins the closing token's
        first[-1] = [*first[index], *first[-1]]
        second[-1] = [*second[index], *second[-1]]
    return [names[i] for i in kept], [first[i] for i in kept], [second[i] for i in kept]


def over_one_text(one: Tokens, two: Tokens) -> tuple[Tokens, Tokens]:
    """Both tokens with their spans in one text, where each only spells its own.

    Capitals, accents and blanks may differ: what keeps them is the text.

    Raises:
        BadInput: they spell other letters.
    """
    letters, others = _letters(one.text), _letters(two.text)
    if [letter for letter, _ in letters] != [letter for letter, _ in others]:
        raise BadInput(
            f"These tokens spell two texts, {_brief(one.text)} and {_brief(two.text)}; CompareView "
            "aligns one text, letter by letter. [UNK] can't be aligned: AttentionView.from_arrays "
            "shows either alone."
        )
    places = [place for _, place in letters], [place for _, place in others]
    if one.text == one.text.lower() and two.text != two.text.lower():
        return _moved(one, two.text, *places), two
    return one, _moved(two, one.text, places[1], places[0])


def _letters(text: str) -> list[tuple[str, int]]:
    """The letters without case, accents and blanks, and where each stands."""
    return [
        (unicodedata.normalize("NFD", letter)[0].lower(), place)
        for place, letter in enumerate(text)
        if not letter.isspace() and not unicodedata.combining(letter)
    ]


def _moved(tokens: Tokens, text: str, own: list[int], there: list[int]) -> Tokens:
    """``tokens`` with the spans that the same letters have in ``text``."""
    to = dict(zip(own, there, strict=True))
    spans: list[tuple[int, int]] = []
    for start, end in tokens.spans:
        places = [to[place] for place in range(start, end) if place in to]
        spans.append((places[0], places[-1] + 1) if places else (0, 0))
    return replace(tokens, text=text, spans=tuple(spans))


def _brief(text: str) -> str:
    text = text.strip()
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
