"""Two texts side by side, word by word: kept, replaced, put in, left out, and each token's partner.

Words are compared with difflib (Ratcliff & Obershelp's matching blocks), after what both texts
begin and end with in common is set aside, so that an edit in a long text costs no more than its
surroundings. A word is a run of letters, digits and marks; each other visible character, emoji
sequences among them, and each ideograph or kana is a word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np

from ..trace import IntArray, Tokens

Span = tuple[int, int]
SIMILAR = 0.5  # from this ratio on, two words are spellings of each other and paired by letters

_IDEOGRAPH = re.compile(
    "[\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")  # skin tones
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")  # letters of which two make a flag
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One word of either text, or of both."""

    kind: str  # "kept", "replaced", "put in" (new text alone) or "left out" (pinned text alone)
    pinned: Span | None  # (start, end) in the pinned text
    text: Span | None  # (start, end) in the new text
    pinned_tokens: tuple[int, ...] = ()  # the pinned text's tokens of this word
    tokens: tuple[int, ...] = ()  # the new text's


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a text differs from a pinned one."""

    stretches: tuple[Stretch, ...]  # in the order of both texts
    partners: IntArray  # (T,): for each token of the new text the pinned text's token, or -1


def align(pinned: Tokens, tokens: Tokens) -> Alignment:
    """Align two texts, and pair the tokens of the second with those of the first.

    A token has one partner or none. Special tokens are paired in order, as are the tokens of a word
    that was kept or replaced; where two spellings of a word have different numbers of tokens, those
    that share most characters are paired.
    """
    stretches = _stretches(pinned, tokens)
    partners = np.full(len(tokens), -1, np.int32)
    for theirs, ours in _special_pairs(pinned, tokens):
        partners[ours] = theirs
    their_words, our_words = _by_word(pinned, stretches), _by_word(tokens, stretches, new=True)
    whole: list[Stretch] = []
    for stretch, theirs, ours in zip(stretches, their_words, our_words, strict=True):
        whole.append(replace(stretch, pinned_tokens=tuple(theirs), tokens=tuple(ours)))
        if stretch.pinned and stretch.text:
            for one, two in _token_pairs(stretch, pinned, tokens, theirs, ours):
                partners[two] = one
    return Alignment(tuple(whole), partners)


def _words(tokens: Tokens) -> list[Span]:
    """Where the words of the part of the text that was read stand."""
    end = max((end for _, end in tokens.spans), default=0) if tokens.left_out else None
    text, spans = tokens.text[:end], list[Span]()
    for place, character in enumerate(text):
        if character.isspace():
            continue
        if spans and spans[-1][1] == place and _goes_on(text, spans[-1][0], place):
            spans[-1] = spans[-1][0], place + 1
        else:
            spans.append((place, place + 1))
    return spans


def _goes_on(text: str, start: int, place: int) -> bool:
    """Whether the character at ``place`` belongs to the word that began at ``start``."""
    first, before, now = text[start], text[place - 1], text[place]
    if now == _JOINER or _TONE.match(now) or unicodedata.category(now)[0] == "M":
        return True
    if _of_a_word(first):
        inside = now in "'’" and _of_a_word(text[place + 1 : place + 2])
        return _of_a_word(now) or inside
    flag = _FLAG.match(first) and _FLAG.match(now) and place == start + 1
    return before == _JOINER or bool(flag)


def _of_a_word(character: str) -> bool:
    """Whether it is a letter, a digit or an underscore of a script that parts its words."""
    kind = unicodedata.category(character)[0] if character else ""
    return (kind in ("L", "N") or character == "_") and not _IDEOGRAPH.match(character)


def _stretches(pinned: Tokens, tokens: Tokens) -> list[Stretch]:
    theirs, ours = _words(pinned), _words(tokens)
    one = [pinned.text[start:end] for start, end in theirs]
    two = [tokens.text[start:end] for start, end in ours]
    first, last = _in_common(one, two)
    found = [Stretch("kept", *pair) for pair in zip(theirs[:first], ours[:first], strict=True)]
    middle = slice(first, len(one) - last), slice(first, len(two) - last)
    codes = SequenceMatcher(None, one[middle[0]], two[middle[1]], autojunk=False).get_opcodes()
    for kind, a, b, c, d in codes:
        left = theirs[first + a : first + b]
        right = ours[first + c : first + d]
        both = min(len(left), len(right))
        name = "kept" if kind == "equal" else "replaced"
        found += [Stretch(name, *pair) for pair in zip(left, right, strict=False)]
        found += [Stretch("left out", span, None) for span in left[both:]]
        found += [Stretch("put in", None, span) for span in right[both:]]
    tails = zip(theirs[len(one) - last :], ours[len(two) - last :], strict=True)
    return found + [Stretch("kept", *pair) for pair in tails]


def _in_common(one: Sequence[str], two: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the others both end with."""
    shorter = min(len(one), len(two))
    first = next((k for k in range(shorter) if one[k] != two[k]), shorter)
    rest = shorter - first
    last = next((k for k in range(rest) if one[-1 - k] != two[-1 - k]), rest)
    return first, last


def _special_pairs(pinned: Tokens, tokens: Tokens) -> list[tuple[int, int]]:
    theirs = [index for index, special in enumerate(pinned.special) if special]
    ours = [index for index, special in enumerate(tokens.special) if special]
    if len(theirs) == len(ours):
        return list(zip(theirs, ours, strict=True))
    return [(theirs[0], ours[0]), (theirs[-1], ours[-1])] if theirs and ours else []


def _by_word(tokens: Tokens, stretches: Sequence[Stretch], *, new: bool = False) -> list[list[int]]:
    """The tokens of each stretch; one that covers two words belongs to the first of them.

    A token of white space alone belongs to the word after it, or else to the one before.
    """
    found: list[list[int]] = [[] for _ in stretches]
    spans = [(stretch.text if new else stretch.pinned) for stretch in stretches]
    places = [index for index, span in enumerate(spans) if span]
    at = 0
    for index, ((start, end), special) in enumerate(zip(tokens.spans, tokens.special, strict=True)):
        if special or not places:
            continue
        visible = end - len(tokens.text[start:end].lstrip())
        while at < len(places) - 1 and _end(spans[places[at]]) <= visible:
            at += 1
        found[places[at]].append(index)
    return found


def _end(span: Span | None) -> int:
    return span[1] if span else 0


def _token_pairs(
    stretch: Stretch, pinned: Tokens, tokens: Tokens, theirs: list[int], ours: list[int]
) -> list[tuple[int, int]]:
    """The tokens of one word in both texts, paired one to one."""
    if len(theirs) == len(ours):
        return list(zip(theirs, ours, strict=True))
    letters = _letters(stretch, pinned.text, tokens.text)
    if letters is None:
        return list(zip(theirs, ours, strict=False))
    shared = Counter(
        (one, two)
        for one in theirs
        for two in ours
        for a, b in letters
        if _covers(pinned.spans[one], a) and _covers(tokens.spans[two], b)
    )

    def unlike(pair: tuple[int, int]) -> tuple[float, int, int]:
        spans = pinned.spans[pair[0]], tokens.spans[pair[1]]
        lengths = sum(end - start for start, end in spans)
        return -shared[pair] / (lengths - shared[pair]), *pair

    pairs: list[tuple[int, int]] = []
    for one, two in sorted(shared, key=unlike):
        if all(one != left and two != right for left, right in pairs):
            pairs.append((one, two))
    return pairs


def _letters(stretch: Stretch, pinned: str, text: str) -> list[tuple[int, int]] | None:
    """The characters that two spellings of a word share, as places in both texts."""
    (a, b), (c, d) = stretch.pinned or (0, 0), stretch.text or (0, 0)
    matcher = SequenceMatcher(None, pinned[a:b].lower(), text[c:d].lower(), autojunk=False)
    if matcher.ratio() < SIMILAR or len(pinned[a:b].lower()) != b - a:
        return None
    return [
        (a + block.a + k, c + block.b + k)
        for block in matcher.get_matching_blocks()
        for k in range(block.size)
    ]


def _covers(span: Span, place: int) -> bool:
    return span[0] <= place < span[1]
