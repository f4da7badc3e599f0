"""What a model costs on this machine: measured, never quoted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from ...engine.pipeline import Pipeline

QUANTITIES = ("parameters", "layers", "megabytes", "memory", "milliseconds", "accuracy")
ROUNDS = 3

_RSS = """
import sys
import pipeline_widgets as pw
from pipeline_widgets.views.cost.measuring import resident
pw.load("distilbert").trace("warm")
before = resident()
kept = pw.load(sys.argv[1])
kept.trace("The cat sat on the mat.")
print(resident() - before)
"""


def resident() -> float:
    """Megabytes (10^6 bytes) of memory that this process has in use; nan where nobody says."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return kilobytes * 1024 / 1e6


def memory(model: Pipeline) -> float:
    """Megabytes that loading and using a model adds to a Python that has loaded another one."""
    command = [sys.executable, "-c", _RSS, _source(model)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(found.stdout) if found.returncode == 0 and found.stdout else float("nan")


def megabytes(model: Pipeline) -> float:
    """Megabytes (10^6 bytes) of a model's files; of a bundled one, encoder and difference."""
    folders = {model.checkpoint.folder, model.checkpoint.tokenizer_folder}
    files = [file for folder in folders for file in folder.iterdir() if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def milliseconds(models: Sequence[Any], texts: Sequence[str]) -> list[float]:
    """The median time of a sentence for each model, all of them taking turns."""
    times: list[list[float]] = [[] for _ in models]
    for model in models:
        model.trace(texts[0])
    for _ in range(ROUNDS):
        for text in texts:
            for model, found in zip(models, times, strict=True):
                began = perf_counter()
                model.trace(text)
                found.append(1000 * (perf_counter() - began))
    return [median(found) for found in times]


def comparable(models: Sequence[Pipeline], sentences: Iterable[Any]) -> bool:
    """Whether accuracy means something: each model gives one label, and knows the sentences'."""
    most = max((one.label for one in sentences if isinstance(one.label, int)), default=0)
    return all(
        model.config.head.kind == "one label" and len(model.labels) > most for model in models
    )


def accuracy(model: Pipeline, sentences: Iterable[Any]) -> float:
    """The share of sentences, in per cent, whose label the model finds."""
    given = list(sentences)
    chosen = model.flow([one.text for one in given], max_length=model.limit).probabilities
    right = chosen.argmax(1) == [one.label for one in given]
    return 100 * float(right.mean())


def _source(model: Pipeline) -> str:
    from ...engine.checkpoints.find import BUNDLED

    return model.name if model.name in BUNDLED else str(model.checkpoint.folder)
