"""Record training runs with the bundled models, for lessons and for machines without torch.

    python -m recipes runs [NAME ...]

writes `bundled/runs/NAME.jsonl`: defaults and seed 0, the two minis, the student with a teacher,
a run that overfits on purpose, and three that cure it, each by one change. Numbers are rounded to
five digits. Each run keeps what the model of every epoch says of `SENTENCES`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import pipeline_widgets as pw
from pipeline_widgets.training import EpochRecord, History, Note, StepRecord, distill, fine_tune
from pipeline_widgets.training.records import READ
from pipeline_widgets.training.replay import RUNS

OVERFITTING: dict[str, Any] = {
    "sentences": 48,
    "epochs": 8,
    "learning_rate": 4e-4,
    "dropout": 0.0,
    "weight_decay": 0.0,
}
CURES: dict[str, dict[str, Any]] = {
    "slower": {"learning_rate": 1e-4},
    "dropout": {"dropout": 0.3},
    "more": {"sentences": 400},
}

# None of them is among the sentences that are learned from or measured on.
SENTENCES = (
    "The plot was thin, but I loved every minute of it.",
    "The waiter was not friendly.",
    "The waiter was friendly.",
    "Not a bad book, once the first hundred pages are behind you.",
    "I wanted to love this lamp. The lamp did not love me.",
    "A slow start, a superb ending.",
    "The soup was cold, but the waiter saved the evening.",
    "What a warm and funny film!",
    "I would not go there again, even for free.",
    "The cat sat on the mat.",
)


def roberta() -> Any:
    """RoBERTa mini, as `fine_tune` has it by default."""
    return fine_tune("roberta-encoder", *_split())


def distilbert() -> Any:
    """DistilBERT mini, as `fine_tune` has it by default."""
    return fine_tune("distilbert-encoder", *_split())


def distilled() -> Any:
    """DistilBERT mini, taught by the bundled RoBERTa classifier.

    That teacher has seen more than the thousand sentences. One that was tuned on them alone is so
    sure of each that its answers say no more than the labels, and the student gains nothing.
    """
    name = "DistilBERT mini, taught"
    return distill("distilbert-encoder", *_split(), teacher=pw.load("roberta"), name=name)


def overfitting(cure: str = "") -> Any:
    """DistilBERT mini on few sentences, fast and undamped: training falls, validation rises.

    ``cure`` names the one change of ``CURES``.
    """
    train, held_out = _split()
    settings = OVERFITTING | CURES.get(cure, {})
    name = _CURED[cure]
    return fine_tune("distilbert-encoder", train, held_out[:100], name=name, **settings)


_CURED = {
    "": "Patient: 48 sentences",
    "slower": "Learning rate 1e-4",
    "dropout": "Dropout 0.3",
    "more": "400 sentences",
}

NAMES: dict[str, Callable[[], Any]] = {
    "roberta": roberta,
    "distilbert": distilbert,
    "distilled": distilled,
    "overfitting": overfitting,
    **{f"overfitting-{cure}": partial(overfitting, cure) for cure in CURES},
}


def readings(run: Any, texts: Sequence[str] = SENTENCES) -> Note:
    """What the model of each epoch says of some sentences: a score for each label."""
    epochs = [record.epoch for record in run.history.epochs]
    models = [run.pipeline(epoch) for epoch in epochs]
    said = [[model.trace(text).prediction.probabilities for text in texts] for model in models]
    found = np.array(said, float).round(4).tolist()  # (epochs, sentences, labels)
    kept = {"texts": list(texts), "labels": list(run.start.labels), "epochs": epochs}
    head = models[0].config.head
    kept |= {"probabilities": found, "function": head.function, "threshold": head.threshold}
    return Note(READ, kept)


def rounded(history: History) -> History:
    """The same history in five digits: a third of the bytes."""
    small = History(history.name, settings=history.settings)
    for record in history.records():
        if isinstance(record, Note):
            small.append(record)
            continue
        values = {name: _five(value) for name, value in record.values.items()}
        seconds = round(record.seconds, 2)
        if isinstance(record, StepRecord):
            small.append(StepRecord(record.step, _five(record.epoch), seconds, values))
        else:
            losses = tuple(round(loss, 3) for loss in record.losses)
            place = (record.epoch, record.step, seconds)
            small.append(EpochRecord(*place, values, record.counts, losses))
    return small


def main(arguments: list[str] | None = None) -> None:
    """Record the named runs, or all."""
    parser = argparse.ArgumentParser(prog="python -m recipes runs", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    parser.add_argument("--out", type=Path, default=RUNS)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    for name in given.names or NAMES:
        run = NAMES[name]()
        history = run.run()
        history.append(readings(run))
        path = rounded(history).save(given.out / f"{name}.jsonl")
        print(f"{path}: {history!r}, {history.epochs[-1].seconds:.0f} s")
        for record, seen in zip(history.epochs, history.observations(), strict=True):
            print(record.epoch, {k: round(v, 3) for k, v in record.values.items()}, seen.text)


def _split() -> tuple[list[Any], list[Any]]:
    return pw.sentences("train"), pw.sentences("held-out")


def _five(value: float) -> float:
    return float(f"{value:.5g}")


if __name__ == "__main__":
    main()
