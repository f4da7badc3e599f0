"""Texts beyond a model's limit, read in windows that overlap, and the windows' answers combined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from ..errors import BadInput
from ..trace import FloatArray, Prediction, Record, Tokens, Trace

Combine = Literal["mean", "surest"]
_LEAST = 1e-7  # a probability that still has a logit


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Windows(Record):
    """A text read window by window.

    ``combine`` says how ``prediction`` comes from the windows' own: ``"mean"`` of their scores, or
    the ``"surest"`` window's (of several labels at once, each label's highest score).
    """

    text: str
    traces: tuple[Trace, ...]  # one for each window; their spans are places in ``text``
    overlap: int  # tokens that a window shares with the one before
    combine: Combine
    prediction: Prediction

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each window's text begins and ends in ``text``."""
        return tuple(_span(trace.tokens) for trace in self.traces)

    @property
    def scores(self) -> FloatArray:
        """Each window's answer: (windows, C)."""
        return np.stack([trace.prediction.scores for trace in self.traces])


def read_windows(
    whole: Tokens, read: Callable[[Tokens], Trace], *, limit: int, overlap: int, combine: Combine
) -> Windows:
    """Read all of a text's tokens, ``limit`` at a time; see ``Pipeline.windows``."""
    if combine not in get_args(Combine):
        raise BadInput(f'combine is "mean" or "surest"; got {combine!r}.')
    traces = tuple(map(read, cut(whole, limit, overlap)))
    answers = [trace.prediction for trace in traces]
    return Windows(whole.text, traces, overlap, combine, combined(answers, combine))


def cut(tokens: Tokens, limit: int, overlap: int) -> list[Tokens]:
    """The windows of at most ``limit`` tokens, special ones around each.

    They are those of transformers' ``stride=overlap, return_overflowing_tokens=True``.
    """
    own = [place for place, sentence in enumerate(tokens.sentences) if sentence is not None]
    size = limit - (len(tokens) - len(own))
    if not 0 <= overlap < size:
        raise BadInput(f"overlap is 0 to {size - 1} tokens for windows of {limit}; got {overlap}.")
    if len(own) <= size:
        return [tokens]
    before, after = range(own[0]), range(own[-1] + 1, len(tokens))
    return [
        _part(tokens, [*before, *own[start : start + size], *after])
        for start in _starts(len(own), size, overlap)
    ]


def combined(answers: list[Prediction], combine: Combine) -> Prediction:
    """One answer of several windows'; its logits are those that would give its scores."""
    first = answers[0]
    if len(answers) == 1:
        return first
    scores = np.stack([answer.scores for answer in answers])
    if combine == "surest" and first.function == "sigmoid" and not first.one_score:
        found = scores.max(axis=0)
    elif combine == "surest":
        return answers[int(scores.max(axis=1).argmax())]
    else:
        found = scores.mean(axis=0)
    return replace(first, scores=found, logits=_logits(found, first))


def _logits(scores: FloatArray, head: Prediction) -> FloatArray:
    if head.function == "none":
        return scores
    safe = np.clip(scores, _LEAST, 1)
    if head.function == "softmax":
        return np.log(safe)
    return np.log(safe) - np.log(np.clip(1 - scores, _LEAST, 1))


def _starts(count: int, size: int, overlap: int) -> Iterator[int]:
    start = 0
    while True:
        yield start
        if start + size >= count:
            return
        start += size - overlap


def _part(tokens: Tokens, kept: list[int]) -> Tokens:
    """Some of the tokens, words counted anew; spans stay places in the whole text."""
    found = dict.fromkeys(tokens.words[place] for place in kept)
    words = [word for word in found if word is not None]
    number: dict[int | None, int | None] = {None: None}
    number |= {word: index for index, word in enumerate(words)}
    return replace(
        tokens,
        pieces=tuple(tokens.pieces[place] for place in kept),
        ids=tokens.ids[kept],
        spans=tuple(tokens.spans[place] for place in kept),
        special=tuple(tokens.special[place] for place in kept),
        words=tuple(number[tokens.words[place]] for place in kept),
        steps=tuple(tokens.steps[word] for word in words) if tokens.steps else (),
        sentences=tuple(tokens.sentences[place] for place in kept),
        types=None if tokens.types is None else tokens.types[kept],
    )


def _span(tokens: Tokens) -> tuple[int, int]:
    pairs = zip(tokens.spans, tokens.sentences, strict=True)
    spans = [span for span, sentence in pairs if sentence is not None]
    return (spans[0][0], spans[-1][1]) if spans else (0, 0)
