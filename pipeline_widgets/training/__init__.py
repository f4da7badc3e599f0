"""Training in front of a class: histories and metrics without torch, fine-tuning with it.

``History``, ``Replay`` and the metrics need no torch; ``fine_tune`` and ``distill`` import it when
they are first used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_HOMES = {
    "EpochRecord": "records",
    "History": "history",
    "Note": "records",
    "Observation": "observations",
    "Replay": "recorded",
    "StepRecord": "records",
    "distill": "distill",
    "fine_tune": "fine_tune",
    "metrics": "metrics",
    "recorded": "recorded",
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


_FUNCTIONS = ("distill", "fine_tune", "recorded")  # that share a name with their module


class _Package(ModuleType):
    """Python binds an imported submodule in its package: the functions keep their names."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in _FUNCTIONS):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
