"""What a head is trained for: one label of several, several labels at once, or a number.

The losses are those transformers chooses by ``problem_type``: cross-entropy; binary cross-entropy
of each label; the squared error of the raw score.
"""

# torch is only partly typed
# pyright: reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ..engine.heads import Head
from ..errors import BadInput
from . import metrics
from .data import one_label

Answers = NDArray[np.float64]


class Objective:
    """One label: cross-entropy, accuracy, a confusion matrix."""

    dtype: type[np.generic] = np.int64

    def __init__(self, head: Head) -> None:
        self.head = head

    def read(self, label: Any) -> Any:
        """A sentence's label as it is trained on."""
        return one_label(label, self.head.labels)

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The mean loss of a batch."""
        return nn.functional.cross_entropy(logits, labels)

    def right(self, logits: Tensor, labels: Tensor) -> Tensor | None:
        """Which answers are right (B,); None where an answer is never right or wrong."""
        return logits.argmax(-1) == labels

    def scores(self, logits: Tensor) -> Answers:
        """Logits (N, C) as what the head answers."""
        return logits.double().softmax(-1).cpu().numpy()

    def measure(
        self, logits: Tensor, labels: NDArray[Any]
    ) -> tuple[dict[str, float], tuple[tuple[int, ...], ...], Answers]:
        """Measures by name, counts [true][predicted] if there are any, each sentence's loss."""
        found = self.scores(logits)
        chosen = found.argmax(1)
        each = -np.log(np.maximum(found[np.arange(len(labels)), labels], 1e-12))
        matrix = metrics.confusion_matrix(labels, chosen, classes=found.shape[1])
        return (
            {"accuracy": metrics.accuracy(labels, chosen)},
            tuple(map(tuple, matrix.tolist())),
            each,
        )


class SeveralLabels(Objective):
    """Each label alone; an answer is right where all of a sentence's labels are."""

    dtype = np.float32

    def read(self, label: Any) -> Any:
        """0 or 1 for each label, from a list of names or numbers, or from such an array."""
        names = self.head.labels
        if isinstance(label, np.ndarray):
            row = cast("NDArray[Any]", label)
            if row.shape != (len(names),) or not np.isin(row, (0, 1)).all():
                raise BadInput(f"A label's array is 0 or 1 for each of {len(names)} labels.")
            return row.astype(np.float32)
        row = np.zeros(len(names), np.float32)
        listed = isinstance(label, (list, tuple, set, frozenset))
        for one in cast("Sequence[Any]", label) if listed else [label]:
            row[one_label(one, names)] = 1
        return row

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The mean over all labels of all sentences."""
        return nn.functional.binary_cross_entropy_with_logits(logits, labels)

    def right(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Whether all labels of a sentence are right."""
        return ((logits.sigmoid() >= self.head.threshold) == (labels > 0)).all(-1)

    def scores(self, logits: Tensor) -> Answers:
        """Each label's own probability."""
        return logits.double().sigmoid().cpu().numpy()

    def measure(
        self, logits: Tensor, labels: NDArray[Any]
    ) -> tuple[dict[str, float], tuple[tuple[int, ...], ...], Answers]:
        """Accuracy of whole sentences, and F1 over all decisions (micro)."""
        found = self.scores(logits)
        chosen = found >= self.head.threshold
        accuracy = float((chosen == (labels > 0)).all(axis=1).mean())
        f1 = metrics.averaged(metrics.by_class(labels, chosen), "micro")["f1"]
        safe = np.clip(np.where(labels > 0, found, 1 - found), 1e-12, 1)
        return {"accuracy": accuracy, "f1": f1}, (), -np.log(safe).mean(axis=1)


class OneScore(Objective):
    """A number: the squared error of the raw score; nothing is right or wrong."""

    dtype = np.float32

    def read(self, label: Any) -> Any:
        """The number."""
        if isinstance(label, bool) or not isinstance(label, (int, float, np.number)):
            raise BadInput(f"This checkpoint gives a score, so a label is a number; got {label!r}.")
        return float(cast("float", label))

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The mean squared error."""
        return nn.functional.mse_loss(logits[:, 0], labels)

    def right(self, logits: Tensor, labels: Tensor) -> None:
        """Nothing."""

    def scores(self, logits: Tensor) -> Answers:
        """The score, through a sigmoid where the checkpoint says so."""
        raw = logits.double()
        return (raw.sigmoid() if self.head.function == "sigmoid" else raw).cpu().numpy()

    def measure(
        self, logits: Tensor, labels: NDArray[Any]
    ) -> tuple[dict[str, float], tuple[tuple[int, ...], ...], Answers]:
        """Each sentence's squared error."""
        return {}, (), np.square(logits.double().cpu().numpy()[:, 0] - labels)


def objective(head: Head) -> Objective:
    """What a checkpoint's head is trained for."""
    kinds = {"one label": Objective, "several labels": SeveralLabels, "one score": OneScore}
    return kinds[head.kind](head)
