"""The live run of lesson 3: large enough to learn, whatever the seed."""

from __future__ import annotations

import statistics

import pipeline_widgets as pw
from pipeline_widgets.training import fine_tune


def test_the_live_run_of_lesson_3_learns_with_the_median_of_three_seeds():
    some, held_out = pw.sentences("train")[:500], pw.sentences("held-out")[:100]
    reached = []
    for seed in range(3):
        run = fine_tune("distilbert-encoder", some, held_out, epochs=3, seed=seed)
        reached.append(run.run().epochs[-1].values["validation_accuracy"])
    assert statistics.median(reached) >= 0.78, reached
