"""How two runs of one model differ: states, attention rows, and the way of the first token.

Shapes are ``trace``'s; "pinned" is the first text, tokens are those of the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..trace import FloatArray, IntArray, Pooled, Record, Trace

if TYPE_CHECKING:
    from .pipeline import Pipeline

ARRIVED = 0.5  # of what the last layer shows: from here on a difference has reached the token


def spread(pinned: Trace, trace: Trace, partners: IntArray) -> FloatArray:
    """How far apart the states of each token and its partner lie after each layer: (L + 1, T).

    The distance of the two vectors divided by the mean of their lengths: 0 is the same state, 1 as
    far apart as they are long, 2 opposite. NaN where a token has no partner.
    """
    own = np.flatnonzero(partners >= 0)
    one, two = pinned.layers.hidden[:, partners[own]], trace.layers.hidden[:, own]
    lengths = (np.linalg.norm(one, axis=-1) + np.linalg.norm(two, axis=-1)) / 2
    distance = np.linalg.norm(two - one, axis=-1)
    found = np.full(trace.layers.hidden.shape[:2], np.nan, np.float32)
    found[:, own] = np.divide(distance, lengths, out=np.zeros_like(distance), where=lengths > 0)
    return found


def reaches_first(spread: FloatArray) -> int | None:
    """The row of ``spread`` (L + 1, T) at which the difference has reached the first token.

    That is where its distance is first half of its largest; row 0 is before the layers, row l after
    layer l - 1. None where the first token's state does not change.
    """
    first = spread[:, 0]
    most = float(np.nanmax(first, initial=0.0))
    return int(np.argmax(first >= ARRIVED * most)) if most > 1e-4 else None


def attention_changes(pinned: Trace, trace: Trace, partners: IntArray) -> FloatArray:
    """How much of each attention row goes elsewhere: (L, H, T), 0 … 1.

    The total variation distance of the two rows, ½ Σ |difference|, over the tokens that both texts
    have; what a row gives to a token without a partner counts as gone elsewhere. NaN for the rows
    of tokens without a partner.
    """
    own = np.flatnonzero(partners >= 0)
    theirs = partners[own]
    one = pinned.layers.attention[:, :, theirs]
    two = trace.layers.attention[:, :, own]
    differences = np.abs(two[..., own] - one[..., theirs]).sum(axis=-1)
    differences += 2 - one[..., theirs].sum(axis=-1) - two[..., own].sum(axis=-1)
    found = np.full(trace.layers.attention.shape[:3], np.nan, np.float32)
    found[..., own] = np.clip(differences / 2, 0, 1)
    return found


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Paths(Record):
    """The first token's way from layer to layer, in both texts, on two directions.

    After each layer its vector goes through the head's dense layer and bend. Along is the direction
    in which the head tells ``labels`` apart: the number is the difference of their two logits, so
    that 0 is the decision line. Across is the direction at right angles to it in which the two
    texts' vectors part most (the first principal direction of their differences).
    """

    pinned: FloatArray  # (L + 1, 2): along, across; row 0 is before the layers
    trace: FloatArray  # (L + 1, 2)
    labels: tuple[
        int, int
    ]  # along is the logit of the first less that of the second, if it has one
    share: float  # of the squared distance between the two paths, what along and across show


def paths(pipeline: Pipeline, pinned: Trace, trace: Trace) -> Paths:
    """Draw the first token's vectors of both texts on the head's own direction and one across."""
    model = pipeline.model
    one, two = (model.pool(run.layers.hidden[:, 0]).activated for run in (pinned, trace))
    rows = _output_rows(pipeline, one)
    labels = _told_apart(pinned, trace)
    apart = rows[:, labels[0]] - (rows[:, labels[1]] if labels[1] != labels[0] else 0)
    weight, offset = apart[1:] - apart[0], float(apart[0])
    along = [vectors @ weight + offset for vectors in (one, two)]
    length = float(np.linalg.norm(weight)) or 1.0
    parting = (two - one).astype(np.float64)
    unit = weight.astype(np.float64) / length
    rest = parting - np.outer(parting @ unit, unit)
    whole = float(np.square(parting).sum())
    direction = np.linalg.svd(rest, full_matrices=False)[2][0] if whole else np.zeros(len(unit))
    across = [vectors @ direction for vectors in (one, two)]
    middle = (across[0].mean() + across[1].mean()) / 2
    sign = -1.0 if across[1][-1] > across[0][-1] else 1.0  # the pinned text ends above
    shown = float(np.square(parting @ unit).sum() + np.square(parting @ direction).sum())
    points = [np.stack([a, sign * (b - middle)], 1) for a, b in zip(along, across, strict=True)]
    first, second = (each.astype(np.float32) for each in points)
    return Paths(first, second, labels, shown / whole if whole else 1.0)


def _output_rows(pipeline: Pipeline, like: FloatArray) -> FloatArray:
    """The head's last layer, read off its answers: bias (row 0), then bias + weight, (1 + D, C)."""
    width = like.shape[-1]
    probes = np.concatenate([np.zeros((1, width)), np.eye(width)]).astype(np.float32)
    return pipeline.model.classify(Pooled(probes, probes, probes, ""))


def _told_apart(pinned: Trace, trace: Trace) -> tuple[int, int]:
    """The two classes between which the texts differ: both winners, or the winner and the next."""
    one, two = (run.prediction.probabilities for run in (pinned, trace))
    first, second = int(np.argmax(one)), int(np.argmax(two))
    others = [label for label in np.argsort(-(one + two), kind="stable") if label != first]
    return first, second if second != first else int(next(iter(others), first))
