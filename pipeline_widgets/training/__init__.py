"""Training in front of a class: histories and metrics without torch, fine-tuning with it.

``History``, ``Replay`` and the metrics need no torch; ``fine_tune`` and ``distill`` import it when
they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "EpochRecord": "records",
    "History": "history",
    "Note": "records",
    "Observation": "observations",
    "Replay": "replay",
    "StepRecord": "records",
    "distill": "distillation",
    "fine_tune": "finetuning",
    "metrics": "metrics",
    "recorded": "replay",
}

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f".{_HOMES[name]}", __name__)
    value = module if name == "metrics" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
