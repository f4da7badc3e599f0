"""Activation patching: the state that, put back, brings a pinned sentence's answer back.

Two sentences run; then the second runs again with the hidden state of one token, after one layer,
taken from the first. How much of the change of the answer comes back says what that place carries.

Read it with its limits: what comes back from one place does not say that the place is needed, nor
that it works alone. Several places may carry the same, a later layer may make good for an earlier
one, and shares of different places do not add up to 1 (Zhang & Nanda 2023, arXiv 2309.16042).

Sources: Vig et al. 2020, arXiv 2004.12265 (causal mediation by heads and neurons); Meng et al.
2022, arXiv 2202.05262 (states restored one by one, layer by token). Shapes are ``trace``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadInput
from ..trace import FloatArray, IntArray, Record, Trace
from .text_alignment import align

if TYPE_CHECKING:
    from .pipeline import Pipeline

PARTS = ("attention", "feed-forward")  # the halves of a layer, after its heads
_AT_ONCE = 8e9  # multiplications at a time: enough to fill a processor, a tenth of a second's work
_ALIKE = 1e-5  # changes so near are equal: of two classes both change by the same
_UNCHANGED = 1e-6  # a change of the answer below this is rounding


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Patching(Record):
    """The answers of a text's run with one state taken from the pinned text's run."""

    probabilities: FloatArray
    """(L + 1, T, C): the answer with ``hidden[l, t]`` taken from the pinned text at the partner of
    token ``t``; ``l`` = 0 is before the layers. NaN where token ``t`` has no partner."""
    share: FloatArray
    """(L + 1, T): the share of the change that comes back, in the probability of ``label``: 0 is
    the text's own answer, 1 the pinned one; below 0 or above 1 it went further. NaN where there is
    no partner, and everywhere if the answers are the same."""
    partners: IntArray
    """(T,): the token of the pinned text that stands for each token, -1 for none."""
    label: int
    """The class whose probability changes most, in which ``share`` counts."""
    pinned: FloatArray
    """(C,): the pinned text's answer."""
    answer: FloatArray
    """(C,): the text's own answer."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PartPatching(Record):
    """The answers with what a part of one layer adds taken from the pinned text's run.

    The H heads come first (what a head gathers, before the heads are mixed), then the two halves,
    ``PARTS`` (what the attention or the feed-forward half adds to the token).
    """

    layer: int
    probabilities: FloatArray
    """(H + 2, T, C): the answer with that part taken over at token ``t`` alone."""
    share: FloatArray
    """(H + 2, T): of the change of the answer, as in ``Patching``."""
    everywhere: FloatArray
    """(H + 2, C): the answer with that part taken over at every token that has a partner."""
    everywhere_share: FloatArray
    """(H + 2,): the same as a share."""


def patch(pipeline: Pipeline, pinned: Trace, trace: Trace) -> Patching:
    """Put each state of ``pinned`` into the run of ``trace``, one at a time.

    Raises:
        BadInput: the traces are not both this pipeline's, or something was left out of one.
    """
    check(pipeline, pinned, trace)
    partners = align(pinned.tokens, trace.tokens).partners
    found = empty(trace)
    for layer in range(len(found)):
        for tokens, probabilities in patch_row(pipeline, pinned, trace, partners, layer):
            found[layer, tokens] = probabilities
    return patching(pinned, trace, partners, found)


def empty(trace: Trace) -> FloatArray:
    """The answers (L + 1, T, C) of which none is known yet."""
    shape = (*trace.layers.hidden.shape[:2], len(trace.prediction.probabilities))
    return np.full(shape, np.nan, np.float32)


def patching(
    pinned: Trace, trace: Trace, partners: IntArray, probabilities: FloatArray
) -> Patching:
    """The record of these answers (L + 1, T, C), all of them or those known so far."""
    answers = pinned.prediction.probabilities, trace.prediction.probabilities
    label = changed_label(*answers)
    share = shares(probabilities, *answers, label)
    return Patching(probabilities, share, partners, label, *answers)


def changed_label(pinned: FloatArray, answer: FloatArray) -> int:
    """The class (of C) whose probability changes most; of equals the pinned text's winner."""
    change = np.abs(pinned - answer)
    winner = int(np.argmax(pinned))
    return winner if change[winner] >= change.max() - _ALIKE else int(np.argmax(change))


def shares(
    probabilities: FloatArray, pinned: FloatArray, answer: FloatArray, label: int
) -> FloatArray:
    """Which part of the change from ``pinned`` to ``answer`` comes back: (..., C) to (...)."""
    change = float(pinned[label]) - float(answer[label])
    if abs(change) < _UNCHANGED:
        return np.full(probabilities.shape[:-1], np.nan, np.float32)
    return ((probabilities[..., label] - answer[label]) / np.float32(change)).astype(np.float32)


def row_order(layers: int) -> list[int]:
    """The rows 0 … ``layers`` of the square, the most telling first.

    The last row costs nothing and says where the answer is read, the first where the texts differ;
    then always the row that is farthest from those known, of equals the deeper, which is cheaper.
    """
    known = [layers, *([0] if layers else [])]
    while len(known) <= layers:
        rest = [row for row in range(layers + 1) if row not in known]
        known.append(max(rest, key=lambda row: (min(abs(row - one) for one in known), row)))
    return known


def patch_row(
    pipeline: Pipeline, pinned: Trace, trace: Trace, partners: IntArray, layer: int
) -> Iterator[tuple[list[int], FloatArray]]:
    """One row of the square, in pieces: (tokens, their answers (tokens, C)).

    Tokens whose states differ most come first. A state that is the same in both runs is not run
    again, nor, after the last layer, one that the head does not read.
    """
    before, after = pinned.layers.hidden[layer], trace.layers.hidden[layer]
    with_partner = np.flatnonzero(partners >= 0)
    distance = np.abs(before[partners[with_partner]] - after[with_partner]).sum(axis=1)
    order = np.argsort(-distance, kind="stable")
    last = layer == len(trace.layers.hidden) - 1
    idle = [int(t) for t, d in zip(with_partner, distance, strict=True) if not d or (last and t)]
    if idle:
        yield idle, np.tile(trace.prediction.probabilities, (len(idle), 1))
    tokens = [int(with_partner[k]) for k in order if int(with_partner[k]) not in set(idle)]
    for some in _pieces(pipeline, layer, tokens, len(trace.tokens)):
        states = before[partners[some]]
        yield some, _answers(pipeline, trace, layer, [[token] for token in some], states[:, None])


def put_back(
    pipeline: Pipeline,
    pinned: Trace,
    trace: Trace,
    layer: int,
    tokens: Iterable[int] | None = None,
) -> FloatArray:
    """The answer (C,) with the states of several tokens at once, all if not said, taken over.

    Tokens without a partner keep their own state.
    """
    check(pipeline, pinned, trace)
    partners = align(pinned.tokens, trace.tokens).partners
    chosen = range(len(partners)) if tokens is None else tokens
    some = [token for token in chosen if partners[token] >= 0]
    states = pinned.layers.hidden[layer][partners[some]]
    return _answers(pipeline, trace, layer, [some], states[None])[0]


def patch_parts(pipeline: Pipeline, pinned: Trace, trace: Trace, layer: int) -> PartPatching:
    """Take over what each head and each half of ``layer`` adds, token by token and everywhere.

    Raises:
        BadInput: there is no such layer, or the traces do not fit (see ``patch``).
    """
    check(pipeline, pinned, trace)
    pipeline.check_layer(layer)
    partners = align(pinned.tokens, trace.tokens).partners
    shape = (trace.layers.attention.shape[1] + len(PARTS), *empty(trace).shape[1:])
    found, everywhere = np.full(shape, np.nan, np.float32), np.empty(shape[::2], np.float32)
    for part, tokens, answers in part_rows(pipeline, pinned, trace, partners, layer):
        if tokens is None:
            everywhere[part] = answers[0]
        else:
            found[part, tokens] = answers
    return parts(pinned, trace, layer, found, everywhere)


def parts(
    pinned: Trace, trace: Trace, layer: int, probabilities: FloatArray, everywhere: FloatArray
) -> PartPatching:
    """The record of these answers."""
    answers = pinned.prediction.probabilities, trace.prediction.probabilities
    label = changed_label(*answers)
    found = [shares(one, *answers, label) for one in (probabilities, everywhere)]
    return PartPatching(layer, probabilities, found[0], everywhere, found[1])


def part_rows(
    pipeline: Pipeline, pinned: Trace, trace: Trace, partners: IntArray, layer: int
) -> Iterator[tuple[int, list[int] | None, FloatArray]]:
    """The parts of a layer one by one: (part, tokens, their answers); tokens None is everywhere.

    The halves come first, then the heads.
    """
    some = [int(token) for token in np.flatnonzero(partners >= 0)]
    heads = trace.layers.attention.shape[1]
    states_after = _states_after(pipeline, pinned, trace, layer, some, partners[some])
    for part in (heads, heads + 1, *range(heads)):
        states = states_after(part)
        yield part, None, _answers(pipeline, trace, layer + 1, [some], states[None])
        last = layer + 1 == len(trace.layers.hidden) - 1
        places = [k for k, token in enumerate(some) if not (last and token)]
        if len(places) < len(some):
            idle = [token for token in some if token]
            yield part, idle, np.tile(trace.prediction.probabilities, (len(idle), 1))
        for few in _pieces(pipeline, layer + 1, places, len(trace.tokens)):
            tokens = [some[k] for k in few]
            runs = [[token] for token in tokens]
            yield part, tokens, _answers(pipeline, trace, layer + 1, runs, states[few][:, None])


def check(pipeline: Pipeline, pinned: Trace, trace: Trace) -> None:
    """Raise BadInput unless both traces are whole runs of this pipeline."""
    for one in (pinned, trace):
        if not isinstance(one, Trace):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(f"patch() takes two traces, not {type(one).__name__}")
        if one.model != pipeline.name:
            raise BadInput(
                f"patch() compares two runs of one model; {one!r} is no run of {pipeline.name}. "
                f"Make it with this pipeline: pipeline.trace({one.text!r})"
            )
        if one.interventions:
            raise BadInput("patch() needs traces on which nothing was left out")


def _pieces(
    pipeline: Pipeline, layer: int, tokens: Sequence[int], count: int
) -> Iterator[list[int]]:
    """The tokens in batches whose runs from ``layer`` on are some ``_AT_ONCE`` multiplications."""
    config = pipeline.config
    for_one = count * config.width * (4 * config.width + 2 * config.inner + 2 * count)
    size = max(1, int(_AT_ONCE / (2 * for_one * max(1, config.layers - layer))))
    for first in range(0, len(tokens), size):
        yield list(tokens[first : first + size])


def _answers(
    pipeline: Pipeline,
    trace: Trace,
    layer: int,
    runs: Sequence[Sequence[int]],
    states: FloatArray,
) -> FloatArray:
    """The answer (runs, C) of ``trace`` from ``layer`` on, in each run with other states.

    ``states`` (runs, n, D) stand at the n tokens that each of ``runs`` names.
    """
    hidden = np.repeat(trace.layers.hidden[layer][None], len(runs), axis=0)
    for own, tokens, replaced in zip(hidden, runs, states, strict=True):
        own[list(tokens)] = replaced
    under_last = layer < len(trace.layers.hidden) - 1
    first = pipeline.model.encode_from(layer, hidden) if under_last else hidden[:, 0]
    logits = pipeline.model.classify(pipeline.model.pool(first))
    return pipeline.config.head.scores(logits)


def _states_after(
    pipeline: Pipeline,
    pinned: Trace,
    trace: Trace,
    layer: int,
    tokens: list[int],
    partners: IntArray,
) -> Callable[[int], FloatArray]:
    """For a part of ``layer`` the states (tokens, D) after it, with what the part adds pinned.

    Past the attention weights a layer works token by token, so only these tokens change.
    """
    model, heads = pipeline.model, trace.layers.attention.shape[1]
    theirs = _gathered(pipeline, pinned, layer)[partners]
    ours = _gathered(pipeline, trace, layer)[tokens]
    hidden = trace.layers.hidden[layer][tokens]
    _, added = model.finish_layer(layer, pinned.layers.hidden[layer][partners], theirs)
    size = theirs.shape[1] // heads

    def states(part: int) -> FloatArray:
        if part == heads + 1:
            return model.finish_layer(layer, hidden, ours, added=added)[0]
        own = slice(None) if part == heads else slice(part * size, (part + 1) * size)
        gathered = ours.copy()
        gathered[:, own] = theirs[:, own]
        return model.finish_layer(layer, hidden, gathered)[0]

    return states


def _gathered(pipeline: Pipeline, trace: Trace, layer: int) -> FloatArray:
    """What the heads of a layer gather for each token, side by side: (T, D)."""
    weights = trace.layers.attention[layer]
    values = (pipeline.query_key_value(trace, layer, head).value for head in range(len(weights)))
    return np.concatenate([one @ value for one, value in zip(weights, values, strict=True)], axis=1)
