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
    "AttentionView": "views.attention.view",
    "BadInput": "errors",
    "Challenge": "views.quiz.challenge",
    "CompareView": "views.compare.view",
    "CostView": "views.cost.view",
    "DifferenceView": "views.difference.view",
    "DropWord": "engine.interventions",
    "EmbeddingView": "views.stages.embedding",
    "Flashcards": "views.quiz.flashcards",
    "Flow": "trace",
    "FlowView": "views.dataset.view",
    "History": "training.history",
    "MaskToken": "engine.interventions",
    "MetricsView": "views.metrics.view",
    "MissingExtra": "errors",
    "MissingWeights": "errors",
    "NoNetwork": "errors",
    "Pipeline": "engine.pipeline",
    "PipelineError": "errors",
    "PipelineExplorer": "views.stages.explorer",
    "PredictionView": "views.stages.prediction",
    "Question": "quizzes.question",
    "Quiz": "views.quiz.quiz",
    "SwitchOffHeads": "engine.interventions",
    "SwitchOffLayer": "engine.interventions",
    "TokenView": "views.stages.tokens",
    "Tokens": "trace",
    "Trace": "trace",
    "TrainingView": "views.training.view",
    "UnknownModel": "errors",
    "UnsupportedArchitecture": "errors",
    "acting_link": "views.shared.acting_links",
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
