"""Live questions about two sentences in one model: where they differ and how far that reaches.

Each is a function of a pinned trace, another of the same model and a seeded generator; None where
the pair can't carry it. What is right is measured on the two traces, so it is right for any pair.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from pipeline_widgets.engine.difference import ARRIVED, spread
from pipeline_widgets.engine.text_alignment import align
from pipeline_widgets.errors import BadInput
from pipeline_widgets.rounding import fixed
from pipeline_widgets.trace import Trace

from ..kinds import NumberAnswer, Numeric, Option, Question, SingleChoice, TokenChoice
from .text import code, model_name, quoted, token

CLEAR = 0.05  # how far a number must lie from the next to be asked for
MOST = 16  # rows that are offered as choices

PairMaker = Callable[[Trace, Trace, random.Random], Question | None]


def reaches_first(pinned: Trace, trace: Trace, chance: random.Random) -> Question | None:
    """At which layer the difference reaches the first token."""
    first = spread(pinned, trace, align(pinned.tokens, trace.tokens).partners)[:, 0]
    most = float(np.nanmax(first, initial=0.0))
    if most < CLEAR or np.abs(first / most - ARRIVED).min() < CLEAR or len(first) > MOST:
        return None
    right = int(np.argmax(first >= ARRIVED * most))
    names = ["before the layers", *(f"after layer {layer}" for layer in range(len(first) - 1))]
    numbers = ", ".join(map(fixed, first))
    return SingleChoice(
        f"{model_name(trace)} reads {quoted(pinned)} and {quoted(trace)}. At which layer does the "
        f"difference reach the first token, {code(trace.tokens.shown[0])}? (Its two states are "
        "there first at least half as far apart as they ever are.)",
        options=tuple(Option(name, right=row == right) for row, name in enumerate(names)),
        shuffle=False,
        hints=("A head has to carry it there: look at the first column of the spread map.",),
        explanation=f"{names[right].capitalize()}: its states are {numbers} apart, row by row.",
        difficulty="hard",
        lesson="04-deep-dive",
    )


def ids_changed(pinned: Trace, trace: Trace, chance: random.Random) -> Question | None:
    """How many tokens of the second sentence are not in the first at their place."""
    partners = align(pinned.tokens, trace.tokens).partners
    ids, theirs = trace.tokens.ids, pinned.tokens.ids
    same = sum(int(p >= 0 and theirs[p] == own) for own, p in zip(ids, partners, strict=True))
    return Numeric(
        f"{model_name(trace)} has read {quoted(pinned)}. How many of the {len(ids)} ids of "
        f"{quoted(trace)} are new: put in, or others than those they replace?",
        answers=(NumberAnswer(len(ids) - same),),
        hints=("Special tokens are the same in both.",),
        explanation=f"{len(ids) - same}: the other {same} have a partner with the same id.",
        lesson="02-learn",
    )


def farthest_token(pinned: Trace, trace: Trace, chance: random.Random) -> Question | None:
    """Which token's state has moved furthest after one layer."""
    partners = align(pinned.tokens, trace.tokens).partners
    apart = np.nan_to_num(spread(pinned, trace, partners), nan=-1.0)
    rows = list(range(1, len(apart)))
    chance.shuffle(rows)
    for row in rows:
        best, second = np.argsort(-apart[row], kind="stable")[:2]
        if apart[row, best] - apart[row, second] >= CLEAR:
            return TokenChoice(
                f"{quoted(pinned)} became {quoted(trace)}. Which token's state has moved furthest "
                f"after layer {row - 1} of {model_name(trace)}?",
                tokens=trace.tokens.shown,
                right=(int(best),),
                hints=(f"Find the darkest cell in the row of layer {row - 1} of the spread map.",),
                explanation=f"{token(trace, int(best))}, by {fixed(apart[row, best])} of its "
                f"length; next is {token(trace, int(second))} with {fixed(apart[row, second])}.",
                lesson="04-deep-dive",
            )
    return None


PAIR_KINDS: dict[str, PairMaker] = {
    maker.__name__.replace("_", " "): maker
    for maker in (reaches_first, ids_changed, farthest_token)
}


def ask_pair(pinned: Trace, trace: Trace, *, about: str | None = None, seed: int = 0) -> Question:
    """A question about two runs of one model; without ``about``, the seed chooses its kind.

    Raises `BadInput` if ``about`` is none of ``PAIR_KINDS``, the runs are of two models, or this
    pair can't carry it.
    """
    if about is not None and about not in PAIR_KINDS:
        raise BadInput(f"No question on a pair is about {about!r}; there are {list(PAIR_KINDS)}.")
    if pinned.model != trace.model:
        raise BadInput(f"A pair is two runs of one model, not of {pinned.model} and {trace.model}.")
    names = [about] if about is not None else list(PAIR_KINDS)
    random.Random(f"pair {seed}").shuffle(names)
    for name in names:
        question = PAIR_KINDS[name](pinned, trace, random.Random(f"{name} {seed}"))
        if question is not None:
            return question
    raise BadInput(f"This pair can't carry a question about {about!r}; try another.")
