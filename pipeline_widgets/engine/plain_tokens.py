"""Tokens that come without their text, as any tokenizer spells them, put back into words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..errors import BadInput
from ..trace import Tokens
from .attention_analysis import is_punctuation
from .tokenizers.byte_level_bpe import BYTE_ALPHABET

_SPECIAL = re.compile(r"<[^<>\s]+>|\[[A-Z][A-Z0-9_ ]*\]")  # <s>, </s>, <|endoftext|>, [CLS]
_IN_THE_TEXT = frozenset({"<mask>", "[MASK]", "<unk>", "[UNK]"})  # stand for words
_BYTES = {letter: byte for byte, letter in BYTE_ALPHABET.items()}
_BLANKS = "ĠĊĉ"  # a space, a line end and a tab as byte-level tokenizers draw them


def read_tokens(
    pieces: Sequence[str],
    name: str,
    words: Sequence[int | None] | None = None,
    special: Sequence[bool] | None = None,
    sentence_b_start: int | None = None,
) -> Tokens:
    """Tokens of which only the spelling is known: "Ġcat", "▁cat", "##ing" or plain words.

    ``words`` says of which word each is, None for none, as ``BatchEncoding.word_ids()`` does;
    ``special`` which are special. Without them, both are read from the spelling.

    Raises:
        BadInput: not strings, or lists of other lengths.
    """
    found = _strings(pieces, name)
    said = _given(special, "special", found)
    marks = [_looks_special(piece) for piece in found] if said is None else [*map(bool, said)]
    text, spans, starts = _spelled(found, marks)
    kept = _given(words, "words", found)
    covered = [text[start:end] for start, end in spans]
    numbers = _numbered(covered, marks, starts) if kept is None else _ordered(kept)
    marks = [mark or number is None for mark, number in zip(marks, numbers, strict=True)]
    start, sentences = _sentences(marks, spans, sentence_b_start)
    return Tokens(
        text=text,
        pieces=tuple(found),
        ids=np.full(len(found), -1, np.int32),
        spans=tuple((0, 0) if mark else span for span, mark in zip(spans, marks, strict=True)),
        special=tuple(marks),
        words=tuple(numbers),
        pair_start=start,
        sentences=sentences,
        explained=False,
    )


def _strings(pieces: Sequence[str], name: str) -> list[str]:
    found = [pieces] if isinstance(pieces, str) else list(pieces)
    wrong = next((piece for piece in found if not isinstance(piece, str)), None)  # pyright: ignore[reportUnnecessaryIsInstance]
    if isinstance(pieces, str) or wrong is not None:
        given = f"a text, {pieces!r}" if isinstance(pieces, str) else f"{wrong!r} in it"
        raise BadInput(
            f"{name} is a list of strings, one for each token; got {given}. "
            "tokenizer.convert_ids_to_tokens(input_ids[0]) makes one of ids."
        )
    return found


def _given(values: Sequence[object] | None, name: str, pieces: list[str]) -> list[object] | None:
    if values is not None and len(values) != len(pieces):
        raise BadInput(
            f"{name} has {len(values)} entries; there are {len(pieces)} tokens, and each has one."
        )
    return None if values is None else list(values)


def _looks_special(piece: str) -> bool:
    return bool(_SPECIAL.fullmatch(piece)) and piece not in _IN_THE_TEXT


def _spelled(
    pieces: list[str], special: Sequence[bool]
) -> tuple[str, list[tuple[int, int]], list[bool]]:
    """The text that the pieces spell, where each stands in it, and which begin a word."""
    rest = [piece for piece, mark in zip(pieces, special, strict=True) if not mark]
    if any(piece[:1] in _BLANKS for piece in rest if piece) and _in_bytes(rest):
        return _from_bytes(pieces, special)
    sentencepiece = any(piece.startswith("▁") for piece in rest)
    text, spans, starts = "", list[tuple[int, int]](), list[bool]()
    for piece, mark in zip(pieces, special, strict=True):
        if mark:
            spans.append((0, 0))
            starts.append(True)
            continue
        joined = not piece.startswith("▁") if sentencepiece else piece.startswith("##")
        shown = piece.replace("▁", " ").strip(" ") if sentencepiece else piece
        shown = shown.removeprefix("##") if joined and not sentencepiece else shown
        text += "" if joined or not text else " "
        spans.append((len(text), len(text) + len(shown)))
        starts.append(not joined)
        text += shown
    return text, spans, starts


def _in_bytes(pieces: list[str]) -> bool:
    """Whether every piece is written in the byte alphabet, and all together are text."""
    try:
        bytes(_BYTES[letter] for piece in pieces for letter in piece).decode()
    except (KeyError, UnicodeDecodeError):
        return False
    return True


def _from_bytes(
    pieces: list[str], special: Sequence[bool]
) -> tuple[str, list[tuple[int, int]], list[bool]]:
    """The same for pieces of bytes; those that share a character all cover it."""
    data = [
        b"" if mark else bytes(_BYTES[letter] for letter in piece)
        for piece, mark in zip(pieces, special, strict=True)
    ]
    text = b"".join(data).decode()
    places = [place for place, letter in enumerate(text) for _ in letter.encode()]
    spans, starts, at = list[tuple[int, int]](), list[bool](), 0
    for piece, mark in zip(data, special, strict=True):
        first, last = at, at + len(piece)
        at = last
        if mark or not piece:
            spans.append((0, 0))
            starts.append(True)
            continue
        start, end = places[first], places[last - 1] + 1
        blank = len(text[start:end]) - len(text[start:end].lstrip())
        starts.append(blank > 0 or first == 0)
        spans.append((start + blank if start + blank < end else start, end))
    return text, spans, starts


def _ordered(words: Sequence[object]) -> list[int | None]:
    """The words as they are given, numbered from 0."""
    known = [word for word in dict.fromkeys(words) if word is not None]
    return [None if word is None else known.index(word) for word in words]


def _numbered(covered: list[str], special: Sequence[bool], starts: list[bool]) -> list[int | None]:
    """The word of each piece: a new one at each mark and around punctuation."""
    numbers: list[int | None] = []
    word, before = -1, True
    for text, mark, start in zip(covered, special, starts, strict=True):
        marks = is_punctuation(text)
        if mark:
            numbers.append(None)
            before = True
            continue
        if start or word < 0 or marks or before:
            word += 1
        numbers.append(word)
        before = marks
    return numbers


def _sentences(
    special: Sequence[bool], spans: list[tuple[int, int]], second: int | None
) -> tuple[int | None, tuple[int | None, ...]]:
    """Where the second sentence begins in the text, and of which one each token is."""
    if second is None:
        return None, ()
    own = [place for place, mark in enumerate(special) if not mark]
    after = [place for place in own if place >= second]
    if not after or len(after) == len(own):
        raise BadInput(
            f"sentence_b_start={second} leaves a sentence empty: of {len(special)} tokens, numbers "
            f"{own[0] if own else 0} to {own[-1] if own else 0} are no special ones."
        )
    sides = tuple(None if mark else int(place >= second) for place, mark in enumerate(special))
    return spans[after[0]][0], sides
