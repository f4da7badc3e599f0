"""What training reaches, over three seeds: ``python -m tests.benchmarks seeds``.

Both minis from their encoders on the bundled 1000 + 300 sentences with ``fine_tune``'s defaults,
and the DistilBERT mini taught by the bundled RoBERTa mini. About ten minutes on two idle cores.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from statistics import mean, stdev
from time import perf_counter
from typing import Any

import pipeline_widgets as pw
from pipeline_widgets.training import EpochRecord, distill, fine_tune

SEEDS = (0, 1, 2)
NAMES = ("RoBERTa mini", "DistilBERT mini", "DistilBERT mini, taught")


def measure(
    seeds: Sequence[int] = SEEDS, *, epochs: int = 5, sentences: int | None = None
) -> dict[str, list[list[float]]]:
    """Validation accuracy by model, seed and epoch (from 1); progress goes to the error stream."""
    teacher = pw.load("roberta")
    settings: dict[str, Any] = {"epochs": epochs, "sentences": sentences}
    data = (pw.sentences("train"), pw.sentences("held-out"))
    runs: dict[str, Callable[[int], Any]] = {
        NAMES[0]: lambda seed: fine_tune("roberta-encoder", *data, seed=seed, **settings),
        NAMES[1]: lambda seed: fine_tune("distilbert-encoder", *data, seed=seed, **settings),
        NAMES[2]: lambda seed: distill(
            "distilbert-encoder", *data, teacher=teacher, seed=seed, **settings
        ),
    }
    began, left = perf_counter(), len(runs) * len(seeds)
    found: dict[str, list[list[float]]] = {name: [] for name in runs}
    for seed in seeds:
        for name, make in runs.items():
            accuracies: list[float] = []
            for record in make(seed):
                if isinstance(record, EpochRecord) and record.epoch:
                    accuracies.append(record.values["validation_accuracy"])
                    _say(f"seed {seed}, {name}: epoch {record.epoch}, {accuracies[-1]:.3f}")
            found[name].append(accuracies)
            left -= 1
            _say(f"{perf_counter() - began:.0f} s so far, {left} runs to go")
    return found


def live_run(seed: int) -> float:
    """What the run of lesson 3 reaches: validation accuracy after its third epoch."""
    some, held_out = pw.sentences("train")[:500], pw.sentences("held-out")[:100]
    run = fine_tune("distilbert-encoder", some, held_out, epochs=3, seed=seed)
    return float(run.run().epochs[-1].values["validation_accuracy"])


def table(found: dict[str, list[list[float]]]) -> str:
    """Mean ± standard deviation by epoch, then what each seed ended with."""
    epochs = len(found[NAMES[0]][0])
    header = [
        "validation accuracy",
        *(f"epoch {one + 1}" for one in range(epochs)),
        "last, by seed",
    ]
    lines = [header]
    for name, runs in found.items():
        means = [_spread([run[epoch] for run in runs]) for epoch in range(epochs)]
        lines.append([name, *means, " ".join(f"{run[-1]:.3f}" for run in runs)])
    pairs = zip(found[NAMES[2]], found[NAMES[1]], strict=True)
    gains = [[one - other for one, other in zip(*pair, strict=True)] for pair in pairs]
    signed = [_spread([gain[epoch] for gain in gains], sign="+") for epoch in range(epochs)]
    lines.append(["taught − not taught", *signed, " ".join(f"{gain[-1]:+.3f}" for gain in gains)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _spread(values: Sequence[float], sign: str = "") -> str:
    off = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):{sign}.3f}{off}"


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> int:
    print(table(measure()))
    return 0
