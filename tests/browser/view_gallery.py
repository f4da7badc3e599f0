"""One of each view, as a learner might meet it, made anew for each test that asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np

import pipeline_widgets as pw
from pipeline_widgets.views.cost import measuring
from tests.unit.quiz_samples import SAMPLES

TEXT = "It was not unfriendly 😀, don't go!"


@cache
def models() -> tuple[pw.Pipeline, pw.Pipeline]:
    return pw.load("roberta"), pw.load("distilbert")


@cache
def traces() -> tuple[pw.Trace, pw.Trace]:
    one, two = models()
    return one.trace(TEXT), two.trace(TEXT)


def attention(**options: Any) -> pw.AttentionView:
    view = pw.AttentionView(traces()[0], pipeline=models()[0], layer=1, head=8, **options)
    if "what_if" in view.opened:
        view.measure()
    return view


def compare(**options: Any) -> pw.CompareView:
    return pw.CompareView(*traces(), pipelines=models(), **options)


def flow() -> pw.FlowView:
    texts = [one.text for one in pw.sentences("train")[:8]]
    return pw.FlowView(*(model.flow(texts) for model in models()))


def metrics(count: int = 300) -> pw.MetricsView:
    """Two models that are made up: the second is less sure."""
    some, chance = pw.sentences("held-out")[:count], np.random.default_rng(0)
    labels = np.array([one.label for one in some])
    scores = [
        np.clip(labels * 0.5 + 0.25 + chance.normal(0, spread, len(labels)), 0.01, 0.99)
        for spread in (0.16, 0.26)
    ]
    names = ("RoBERTa mini", "DistilBERT mini")
    return pw.MetricsView(*zip(names, scores, strict=True), sentences=some)


def cost() -> pw.CostView:
    """With times and memory that are the same on every machine, and take none."""
    memory = {"roberta": 77.0, "distilbert": 37.0}
    with (
        patch.object(measuring, "milliseconds", lambda *_: [40.0, 21.0]),
        patch.object(measuring, "memory", lambda model: memory[model.name]),
    ):
        view = pw.CostView(*models(), sentences=pw.sentences("held-out")[:8])
        view.wait()
    return view


def fill(text: str = "The <mask> was good, but I <mask> it.", **options: Any) -> pw.FillView:
    return pw.FillView(text, models=models(), k=5, **options)


def quiz() -> pw.Quiz:
    made = pw.Quiz(list(SAMPLES), title="All kinds", save=False)
    made.submit("single", "RoBERTa-base")
    return made


def cards() -> pw.Flashcards:
    return pw.Flashcards([("one", "eins"), ("two", "zwei")], save=False)


def challenge() -> pw.Challenge:
    return pw.Challenge.lesson(save=False)


class Kept:
    """A model that reads each text once and takes no time: its times are the same in every run."""

    def __init__(self, model: pw.Pipeline) -> None:
        self.model = model
        self.read: dict[str, pw.Trace] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def trace(self, text: str) -> pw.Trace:
        if text not in self.read:
            self.read[text] = self.model.trace(text)
        return self.read[text]


def explorer(**options: Any) -> pw.PipelineExplorer:
    return pw.PipelineExplorer(TEXT, models=[Kept(model) for model in models()], **options)


def training() -> pw.TrainingView:
    """Two runs, the second of which overfits."""
    runs = []
    for name, rise in (("patient", 0.0), ("48: learning rate 0.0004", 0.06)):
        run = pw.History(name)
        for epoch in range(1, 7):
            for step in range(6 * epoch - 5, 6 * epoch + 1):
                run.log(step=step, epoch=step / 6, seconds=step / 2, loss=0.7 / step**0.5)
            fallen = {"loss": 0.7 / epoch, "accuracy": 1 - 0.5 / epoch}
            held_out = {"validation_loss": 0.6 / epoch**0.5 + rise * epoch}
            run.log(epoch=epoch, seconds=3.0 * epoch, **fallen, **held_out)
        runs.append(run)
    return pw.TrainingView(*runs, text="Never again.")


def difference(**options: Any) -> pw.DifferenceView:
    view = pw.DifferenceView(
        *(models()[0].trace(text) for text in ("The film was good.", "The film was not good.")),
        pipeline=models()[0],
        **options,
    )
    view._patcher.wait()
    return view


def predict() -> pw.Predict:
    guess = pw.Predict("How many of the *300* are right?", ["half", "most", "all"], save=False)
    guess.make("most")
    with guess:
        print("275 of 300")
    return guess


VIEWS: dict[str, Callable[[], Any]] = {
    "attention": attention,
    "attention-unfolded": lambda: attention(opened=["what_if", "heads", "options"], token=3),
    "compare": compare,
    "flow": flow,
    "metrics": metrics,
    "cost": cost,
    "fill": fill,
    "quiz": quiz,
    "cards": cards,
    "challenge": challenge,
    "explorer": lambda: explorer(show="both"),
    "tokens": lambda: pw.TokenView(*traces(), opened=("tokens",)),
    "embedding": lambda: pw.EmbeddingView(traces()[0], token=2),
    "prediction": lambda: pw.PredictionView(traces()[0], opened=("pooled", "prediction")),
    "training": training,
    "windows": lambda: pw.WindowsView(models()[0].windows("The film was not dull. " * 80)),
    "difference": difference,
    "predict": predict,
}
