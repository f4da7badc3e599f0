"""What a fine-tuning run can be told, and the knobs that a class turns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import BadInput


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides a run, beside the weights and sentences it starts from."""

    epochs: int = 5
    batch_size: int = 16
    learning_rate: float = 1e-4
    weight_decay: float = 0.01
    dropout: float | None = None  # None: as the checkpoint says
    freeze: int | None = 0  # None: nothing; 0: the embeddings; n: also the layers below n
    warmup: float = 0.06  # share of all steps over which the learning rate rises
    max_length: int = 50  # tokens, special tokens included
    seed: int = 0
    sentences: int | None = None  # of the training set, from its start; None: all
    bfloat16: bool = False

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadInput(f"{name} goes from {low} to {high}; got {value!r}.")

    def but(self, **changes: Any) -> Settings:
        """The same settings with some changed."""
        known = {field.name for field in dataclasses.fields(self)}
        if unknown := changes.keys() - known:
            names = ", ".join(sorted(known))
            raise BadInput(f"There is no setting {unknown.pop()!r}; there are {names}.")
        return dataclasses.replace(self, **changes)

    def plain(self) -> dict[str, Any]:
        """As a dict that JSON can write."""
        return dataclasses.asdict(self)

    def rate(self, step: int, total: int) -> float:
        """The learning rate of a step (from 0): linearly up during the warm-up, then down to 0."""
        warm = int(self.warmup * total)
        if step < warm:
            return self.learning_rate * step / max(1, warm)
        return self.learning_rate * max(0.0, (total - step) / max(1, total - warm))


_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 10_000),
    "batch_size": (1, 4096),
    "learning_rate": (0.0, 10.0),
    "weight_decay": (0.0, 10.0),
    "dropout": (0.0, 0.95),
    "freeze": (0, 1000),
    "warmup": (0.0, 1.0),
    "max_length": (3, 100_000),
    "sentences": (2, 100_000_000),
}


def knobs(
    settings: Settings, *, layers: int, sentences: int, dropout: float
) -> list[dict[str, Any]]:
    """What a class may turn: a name, the value now, the choices. Frozen layers are counted."""
    frozen = 0 if settings.freeze is None else settings.freeze
    return [
        _knob("learning_rate", settings.learning_rate, [1e-6, 1e-5, 2e-5, 5e-5, 1e-4, 3e-4, 1e-3]),
        _knob("dropout", dropout, [0.0, 0.1, 0.2, 0.3, 0.5]),
        _knob("weight_decay", settings.weight_decay, [0.0, 0.01, 0.1, 0.3]),
        _knob("sentences", settings.sentences or sentences, _sizes(sentences)),
        _knob("freeze", frozen, [*range(layers + 1)]),
    ]


def _knob(name: str, value: float, choices: Sequence[float]) -> dict[str, Any]:
    return {"name": name, "value": value, "choices": sorted({*choices, value})}


def _sizes(sentences: int) -> list[int]:
    return [*(size for size in (16, 50, 100, 200, 500, 1000) if size < sentences), sentences]
