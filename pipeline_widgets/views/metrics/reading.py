"""What MetricsView is given: sentences with their labels, and what each model says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from ...trace import Function
from ..shared.titles import title_of

Mode = Literal["binary", "classes", "several"]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """One model's scores (N, C), what it calls itself and its labels; "" and () where unsaid."""

    name: str
    classes: tuple[str, ...]
    scores: NDArray[np.float64]
    function: Function | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Sentences, which classes each truly has (N, C), and what the models say of them.

    Of two classes (``"binary"``) there is one column, the second class's.
    """

    mode: Mode
    texts: list[str]
    classes: tuple[str, ...]
    truth: NDArray[np.int64]  # (N, C), 0 or 1
    models: list[Said]


def read(
    models: Sequence[Any], sentences: Iterable[Any], classes: Sequence[str] | None
) -> Labelled:
    """Ask the models, and put labels and scores side by side."""
    given = list(sentences)
    if not given:
        raise BadInput("There are no sentences; give a list such as sentences('held-out').")
    texts = [one.text if hasattr(one, "text") else one[0] for one in given]
    labels = [one.label if hasattr(one, "label") else one[1] for one in given]
    said = [_said(model, texts) for model in models]
    counts = {one.scores.shape[1] for one in said}
    if len(counts) > 1:
        raise BadInput(f"The models have different numbers of labels: {sorted(counts)}.")
    known = next((one.classes for one in said if one.classes), ())
    names = _names(known if classes is None else classes, counts.pop())
    several = any(_is_list(label) for label in labels) or any(
        one.function == "sigmoid" and len(one.classes) > 1 for one in said
    )
    truth = np.stack([_row(label, names) for label in labels])
    shown = [text if isinstance(text, str) else " ⏎ ".join(text) for text in texts]
    if several or len(names) > 2:
        return Labelled("several" if several else "classes", shown, names, truth, said)
    if truth.sum(axis=0).min() == 0:
        raise BadInput("MetricsView needs sentences of both labels, 0 and 1.")
    said = [Said(one.name, one.classes, one.scores[:, 1:], one.function) for one in said]
    return Labelled("binary", shown, names, truth[:, 1:], said)


def _is_list(label: Any) -> bool:
    return isinstance(label, (list, tuple, set, frozenset, np.ndarray))


def _names(given: Sequence[str], count: int) -> tuple[str, ...]:
    if given and len(given) != count:
        raise BadInput(f"labels names the {count} labels of the models; got {len(given)}.")
    standard = ("negative", "positive") if count == 2 else [f"LABEL_{i}" for i in range(count)]
    return tuple(given) or tuple(standard)


def _row(label: Any, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Which classes a label stands for; an array of 0 and 1 says it itself."""
    row = np.zeros(len(names), np.int64)
    if isinstance(label, np.ndarray):
        values = cast("NDArray[Any]", label)
        if values.shape != row.shape or not np.isin(values, (0, 1)).all():
            raise BadInput(f"A label's array is 0 or 1 for each of {len(names)} labels: {label!r}.")
        return values.astype(np.int64)
    for one in label if _is_list(label) else [label]:
        place = names.index(one) if one in names else one
        if isinstance(place, str) or not 0 <= int(place) < len(names):
            shown = ", ".join(map(repr, names[:8])) + (" …" if len(names) > 8 else "")
            raise BadInput(f"The label {one!r} is none of {shown} and no number of one of them.")
        row[int(place)] = 1
    return row


def _said(model: Any, texts: Sequence[Any]) -> Said:
    """A model's answers; of a pair (name, scores), those."""
    if isinstance(model, tuple | list):
        name, scores = cast("tuple[Any, Any]", model)
        return Said(str(name), (), _columns(scores, len(texts)))
    if isinstance(model, str):
        from ...engine import load

        model = load(model)
    flow = model.flow(texts, max_length=model.limit)
    name = title_of(model.name)
    if flow.function == "none":
        raise BadInput(
            f"{name} gives a score, no label: there is nothing right or wrong to count. "
            "FlowView shows what it answers."
        )
    classes = flow.labels if len(flow.labels) > 1 else ()
    return Said(name, classes, _columns(flow.scores, len(texts)), flow.function)


def _columns(scores: Any, count: int) -> NDArray[np.float64]:
    """Scores as (N, C); one column alone is the positive label's."""
    found = np.asarray(scores, np.float64)
    if found.shape == (count, 1):
        found = found[:, 0]
    if found.shape == (count,):
        found = np.stack([1 - found, found], axis=1)
    if found.ndim != 2 or len(found) != count or found.shape[1] < 2:
        raise BadInput(
            f"Probabilities have the shape {found.shape}; {count} sentences need ({count}, labels),"
            " a number for each label, or of two labels the positive one's alone."
        )
    return found
