"""What happens without it: a word dropped, a token masked, heads switched off.

``pipeline.trace(text, without=[DropWord("not"), SwitchOffHeads(3, 5)])`` runs the text so changed;
``effects`` measures what each head and each word does to the answer. A head that is switched off
adds nothing: its part of the layer's attention output is zero before the heads are mixed (Michel
et al. 2019, "Are Sixteen Heads Really Better than One?", arXiv 1905.10650).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..trace import Tokens
from .checkpoints.config import ModelConfig, check_layer
from .tokenizers import Tokenizer

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DropWord:
    """Leave a word out of the text, as if it had not been typed.

    ``word`` is its number in ``tokens.words``, or the word itself; then ``occurrence`` counts those
    that read alike, from 0.
    """

    word: int | str
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class MaskToken:
    """Put the mask token in place of token ``token``, counted in the text as it was given."""

    token: int


@dataclass(frozen=True, slots=True)
class SwitchOffHeads:
    """Let one head, or several of a layer, add nothing."""

    layer: int
    heads: int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SwitchOffLayer:
    """Let no head of a layer add anything; the rest of the layer stays."""

    layer: int


Intervention = DropWord | MaskToken | SwitchOffHeads | SwitchOffLayer


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What interventions come to: the tokens to read, the heads that stay on, and the words."""

    tokens: Tokens
    keep: BoolArray | None  # (L, H); None is all
    said: tuple[str, ...]


def prepare(
    tokens: Tokens,
    without: Sequence[Intervention],
    tokenizer: Tokenizer,
    config: ModelConfig,
    *,
    name: str,
) -> Change:
    """Apply ``without`` to the tokens of a text; ``name`` is the model's, for what is refused.

    Raises:
        BadInput: there is no such word, token, layer or head.
    """
    if isinstance(without, (DropWord, MaskToken, SwitchOffHeads, SwitchOffLayer)):
        raise BadInput(f"without is a list of interventions: without=[{without!r}]")
    spans = word_spans(tokens)
    dropped = [_word(spans, tokens, item) for item in without if isinstance(item, DropWord)]
    masked = [_token(tokens, item) for item in without if isinstance(item, MaskToken)]
    said = [f"without {_quoted(tokens, spans[word])}" for word in dropped]
    said += [f"token {token} ({tokens.shown[token]}) masked" for token in masked]
    keep, said_of_heads = _heads(config, without, name)
    changed = tokens
    if dropped:
        texts = texts_without(tokens, [spans[word] for word in dropped])
        changed = tokenizer.encode(*texts, max_length=config.max_length)
    if masked:
        gone = [word for word in dropped if word in {tokens.words[token] for token in masked}]
        if gone:
            raise BadInput(f"{_quoted(tokens, spans[gone[0]])} is dropped; it cannot be masked too")
        places = [_moved(tokens, token, [spans[word] for word in dropped]) for token in masked]
        changed = _masked(tokenizer, changed, places)
    return Change(changed, keep, (*said, *said_of_heads))


def word_spans(tokens: Tokens) -> list[tuple[int, int]]:
    """Where each word of ``tokens.words`` stands in the text, as (start, end)."""
    spans: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(tokens.words, tokens.spans, strict=True):
        if word is not None:
            first, last = spans.get(word, (start, end))
            spans[word] = (min(first, start), max(last, end))
    return [spans[word] for word in sorted(spans)]


def without_spans(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` without these stretches; each takes the space before it along, or the one after."""
    for start, end in reversed(_widened(text, spans)):
        text = text[:start] + text[end:]
    return text


def texts_without(tokens: Tokens, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The text, or the two of a pair, without these stretches of ``tokens.text``."""
    text, start = tokens.text, tokens.pair_start
    if start is None:
        return (without_spans(text, spans),)
    first = [span for span in spans if span[0] < start]
    second = [(one - start, end - start) for one, end in spans if one >= start]
    return without_spans(text[: start - 1], first), without_spans(text[start:], second)


def _word(spans: list[tuple[int, int]], tokens: Tokens, item: DropWord) -> int:
    if isinstance(item.word, str):
        alike = [
            index
            for index, (start, end) in enumerate(spans)
            if tokens.text[start:end].strip() == item.word
        ]
        if item.occurrence < len(alike):
            return alike[item.occurrence]
        raise BadInput(
            f"{item.word!r} is a word of {tokens.text!r} {len(alike)} times; "
            f"there is no occurrence {item.occurrence}. DropWord(number) takes a word by its place."
        )
    if not 0 <= item.word < len(spans):
        raise BadInput(f"the text has words 0 to {len(spans) - 1}; got word={item.word!r}")
    return item.word


def _token(tokens: Tokens, item: MaskToken) -> int:
    if not 0 <= item.token < len(tokens):
        raise BadInput(f"the text has tokens 0 to {len(tokens) - 1}; got token={item.token!r}")
    if tokens.special[item.token]:
        raise BadInput(f"token {item.token} is {tokens.pieces[item.token]}; mask one of the text")
    return item.token


def _quoted(tokens: Tokens, span: tuple[int, int]) -> str:
    return f"“{tokens.text[span[0] : span[1]].strip()}”"


def _widened(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches of text that go when these words go, from left to right."""
    stretches: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if start and text[start - 1].isspace():
            start -= 1
        elif not start and text[end : end + 1].isspace():
            end += 1
        stretches.append((start, end))
    return stretches


def _moved(tokens: Tokens, token: int, dropped: list[tuple[int, int]]) -> tuple[int, int, int]:
    """The token's span in the shortened text, and which of the pieces on that span it is."""
    start, end = tokens.spans[token]
    before = [span for span in dropped if span[0] < start]
    shift = len(tokens.text) - len("\n".join(texts_without(tokens, before)))
    alike = [index for index, span in enumerate(tokens.spans) if span == (start, end)]
    return start - shift, end - shift, alike.index(token)


def _masked(tokenizer: Tokenizer, tokens: Tokens, places: list[tuple[int, int, int]]) -> Tokens:
    ids, pieces = tokens.ids.copy(), list(tokens.pieces)
    if "mask" not in tokenizer.specials:
        raise BadInput("this tokenizer has no mask token to put in the place of another")
    mask = tokenizer.specials["mask"]
    name = next(piece for piece, number in tokenizer.vocabulary.items() if number == mask)
    for start, end, nth in places:
        found = [
            index
            for index, (first, last) in enumerate(tokens.spans)
            if first < end and last > start and not tokens.special[index]
        ]
        exact = [index for index in found if tokens.spans[index] == (start, end)]
        for index in [exact[nth]] if nth < len(exact) else found:
            ids[index], pieces[index] = mask, name
    return replace(tokens, ids=ids, pieces=tuple(pieces))


def _heads(
    config: ModelConfig, without: Sequence[Intervention], name: str
) -> tuple[BoolArray | None, list[str]]:
    """Which heads stay on (L, H), and what is said of those that don't."""
    layers, heads = config.layers, config.heads
    keep, said = np.ones((layers, heads), np.bool_), list[str]()
    for item in without:
        if isinstance(item, SwitchOffLayer):
            check_layer(config, item.layer, name=name)
            keep[item.layer] = False
            said.append(f"attention of layer {item.layer} off")
        elif isinstance(item, SwitchOffHeads):
            off = (item.heads,) if isinstance(item.heads, int) else item.heads
            for head in off:
                check_layer(config, item.layer, head, name=name)
            keep[item.layer, list(off)] = False
            names = ", ".join(map(str, off))
            said.append(f"layer {item.layer}, head {names} off")
    return (None if keep.all() else keep), said
