"""What a classifier's logits mean: one label of several, several labels at once, or one score.

A head is chosen as transformers' text-classification pipeline chooses its function: from the
checkpoint's ``problem_type`` and its number of labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import BadInput, MissingWeights
from ..trace import FloatArray, Function, Prediction
from .arithmetic import softmax

MOST_LABELS = 1_000_000  # that a config.json may promise without naming them
THRESHOLD = 0.5  # from this score on, a label of several holds


@dataclass(frozen=True, slots=True)
class Head:
    """How logits become scores."""

    labels: tuple[str, ...]
    function: Function  # "softmax": one label holds; "sigmoid": each alone; "none": raw numbers
    threshold: float = THRESHOLD

    @property
    def kind(self) -> str:
        """``"one label"``, ``"several labels"`` or ``"one score"``."""
        if self.function == "softmax":
            return "one label"
        return "one score" if len(self.labels) == 1 else "several labels"

    def scores(self, logits: FloatArray) -> FloatArray:
        """The logits (..., C) as what the head answers, (..., C); ``logits`` stay as they are.

        Raises:
            MissingWeights: some logit is no finite number.
        """
        if not np.isfinite(logits).all():
            raise MissingWeights(
                "The model's answer is not a number: its weights are damaged, or grew without "
                "bound in training. Download the files again, or train with a smaller "
                "learning_rate."
            )
        if self.function == "softmax":
            return softmax(logits.copy())
        return sigmoid(logits) if self.function == "sigmoid" else logits.copy()

    def predict(self, logits: FloatArray) -> Prediction:
        """One text's answer from its logits (C,)."""
        return Prediction(logits, self.scores(logits), self.labels, self.function, self.threshold)

    def named(self, labels: Sequence[str]) -> Head:
        """The same head with other names for its labels."""
        names = tuple(map(str, labels))
        if isinstance(labels, str) or len(names) != len(self.labels):
            raise BadInput(
                f"labels names the {len(self.labels)} labels of this checkpoint in their order; "
                f"got {labels!r}."
            )
        if len(set(names)) != len(names):
            raise BadInput(f"labels gives one name twice: {labels!r}.")
        return replace(self, labels=names)


def read_head(config: Mapping[str, Any]) -> Head:
    """The head that a checkpoint's ``config.json`` describes."""
    labels, problem = _labels(config), config.get("problem_type")
    if problem == "regression":
        return Head(labels, "none")
    if problem == "multi_label_classification" or len(labels) == 1:
        return Head(labels, "sigmoid")
    return Head(labels, "softmax")


def sigmoid(logits: FloatArray) -> FloatArray:
    """``1 / (1 + exp(-x))``, number by number, for any size of x."""
    small = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1 / (1 + small), small / (1 + small)).astype(np.float32)


def _labels(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels in the order of their numbers; transformers' own default is LABEL_0, LABEL_1."""
    given: dict[Any, Any] = config.get("id2label") or {}
    named = {int(index): str(label) for index, label in given.items()}
    count = len(named) or int(config.get("num_labels") or config.get("_num_labels") or 2)
    if not 0 < count <= MOST_LABELS:
        raise BadInput(
            f"config.json promises {count} labels, which is no number of labels from 1 to "
            f"{MOST_LABELS:,}. It is damaged or was altered: download the folder again."
        )
    return tuple(named.get(index, f"LABEL_{index}") for index in range(count))
