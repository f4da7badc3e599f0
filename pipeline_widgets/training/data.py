"""Labelled sentences as arrays, and the batches of each epoch; no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..trace import IntArray

POOL = 8  # batches whose sentences are sorted by length together


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """Labelled sentences as token ids, padded at the end."""

    texts: tuple[str, ...]
    ids: NDArray[np.int64]  # (N, T)
    lengths: IntArray  # (N,)
    labels: NDArray[Any]  # (N,), or (N, C) where several may hold at once

    def __len__(self) -> int:
        return len(self.texts)

    def batch(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids (B, T) and attention mask (B, T), no wider than the longest of these rows."""
        lengths = self.lengths[rows]
        longest = int(lengths.max())
        mask = (np.arange(longest) < lengths[:, None]).astype(np.int64)
        return self.ids[rows, :longest], mask


def read_sentences(
    given: Iterable[Any],
    encode: Callable[[str], IntArray],
    *,
    read: Callable[[Any], Any],
    dtype: type[np.generic],
    padding_id: int,
) -> Sentences:
    """Tokenize labelled sentences.

    ``given`` has objects with ``text`` and ``label`` (as ``sentences()`` gives them), dicts with
    these keys, or (text, label) pairs; ``read`` makes of a label what is trained on.
    """
    pairs = [_pair(one) for one in given]
    if not pairs:
        raise BadInput("There are no sentences; give a list such as sentences('train').")
    ids = [encode(text) for text, _ in pairs]
    lengths = np.array([len(row) for row in ids], np.int32)
    padded = np.full((len(ids), int(lengths.max())), padding_id, np.int64)
    for row, found in zip(padded, ids, strict=True):
        row[: len(found)] = found
    numbers = np.array([read(label) for _, label in pairs], dtype)
    return Sentences(tuple(text for text, _ in pairs), padded, lengths, numbers)


def plan_epoch(
    lengths: IntArray, *, batch_size: int, seed: int, epoch: int
) -> list[NDArray[np.int64]]:
    """The rows of each batch of one epoch: shuffled, with similar lengths together.

    Shuffled sentences are sorted by length in pools of ``POOL`` batches, so that little is padded,
    and the batches are shuffled again. The same seed and epoch give the same plan.
    """
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), POOL * batch_size):
        pool = order[start : start + POOL * batch_size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    return [batches[index] for index in random.permutation(len(batches))]


def plan_evaluation(lengths: IntArray, *, batch_size: int) -> list[NDArray[np.int64]]:
    """All rows once, sorted by length."""
    order = np.argsort(lengths, kind="stable")
    return [order[at : at + batch_size] for at in range(0, len(order), batch_size)]


def _pair(one: Any) -> tuple[str, Any]:
    if isinstance(one, Mapping):
        found: tuple[Any, Any] = (one.get("text"), one.get("label"))  # pyright: ignore
    elif hasattr(one, "text"):
        found = (one.text, getattr(one, "label", None))
    else:
        found = tuple(one) if isinstance(one, list | tuple) else (None, None)  # pyright: ignore
    if len(found) != 2 or not isinstance(found[0], str) or found[1] is None:
        raise BadInput(
            f"{one!r} is no labelled sentence; give (text, label) pairs, dicts with text and "
            "label, or sentences('train')."
        )
    return found


def one_label(label: Any, labels: Sequence[str]) -> int:
    """The number of a label, which is given by name or number."""
    if label in labels:
        return labels.index(label)
    if not isinstance(label, int | np.integer) or not 0 <= label < len(labels):
        raise BadInput(
            f"The label {label!r} is none of {', '.join(map(repr, labels))} and no number from 0 "
            f"to {len(labels) - 1}."
        )
    return int(cast(int, label))
