"""Type a sentence in Jupyter and watch RoBERTa and DistilBERT read it.

>>> import pipeline_widgets as pw
>>> pw.load("roberta").trace("The cat sat on the mat.")  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Each public name and the module that has it; a module is imported on first use (PEP 562).
_HOMES = {
    "AttentionView": "widgets.attention",
    "BadInput": "errors",
    "Challenge": "widgets.challenge",
    "CompareView": "widgets.compare",
    "CostView": "widgets.cost",
    "DropWord": "engine.interventions",
    "EmbeddingView": "widgets.embedding",
    "Flashcards": "widgets.flashcards",
    "Flow": "trace",
    "FlowView": "widgets.flow",
    "History": "training.history",
    "MaskToken": "engine.interventions",
    "MetricsView": "widgets.metrics",
    "MissingExtra": "errors",
    "MissingWeights": "errors",
    "NoNetwork": "errors",
    "Pipeline": "engine.pipeline",
    "PipelineError": "errors",
    "PipelineExplorer": "widgets.explorer",
    "PredictionView": "widgets.prediction",
    "Question": "quizzes.question",
    "Quiz": "widgets.quiz",
    "SwitchOffHeads": "engine.interventions",
    "SwitchOffLayer": "engine.interventions",
    "TokenView": "widgets.tokens",
    "Tokens": "trace",
    "Trace": "trace",
    "TrainingView": "widgets.training",
    "UnknownModel": "errors",
    "UnsupportedArchitecture": "errors",
    "certificate": "quizzes.certificate",
    "examples": "engine.examples",
    "load": "engine",
    "pairs": "engine.examples",
    "sentences": "engine.examples",
}

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll] - names are lazy


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline_widgets' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
