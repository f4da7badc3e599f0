"""The recorded runs are what their recipe makes with the bundled models."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets import BadInput
from pipeline_widgets.training import StepRecord, recorded
from pipeline_widgets.training.replay import RUNS, names
from recipes import record_runs

# Another processor adds up in another order; after a few steps the digits differ, not the curve.
ALIKE = 0.01


def test_every_recorded_run_has_a_recipe_and_is_small():
    assert names() == sorted(record_runs.NAMES)
    assert all((RUNS / f"{name}.jsonl").stat().st_size < 100_000 for name in names())
    with pytest.raises(BadInput, match="there are distilbert"):
        recorded("nothing")


@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_the_recipe_makes_the_first_steps_again(name):
    was, run = recorded(name), record_runs.NAMES[name]()
    assert was.settings == run.history.settings
    run.validation = None  # the steps alone
    next(run)  # epoch 0
    made = [next(run) for _ in range(5)]
    first = [r for r in was.records() if isinstance(r, StepRecord)][:5]
    for now, then in zip(made, first, strict=True):
        assert now.values["loss"] == pytest.approx(then.values["loss"], abs=ALIKE)
        assert now.values["learning_rate"] == pytest.approx(then.values["learning_rate"], rel=1e-4)


def test_the_recipe_makes_the_overfitting_run_again():
    was, run = recorded("overfitting"), record_runs.overfitting()
    now = record_runs.rounded(run.run())
    for name in ("loss", "validation_loss", "validation_accuracy"):
        difference = np.subtract(was.epoch_column(name)[1:], now.epoch_column(name)[1:])
        assert np.abs(difference).max() < 0.08, name
    assert "overfitting" in [seen.kind for seen in was.observations()]


@pytest.mark.parametrize("name", names())
def test_a_recording_that_keeps_sentences_has_read_them_after_every_epoch(name):
    was = recorded(name)
    if not was.readings and name in ("roberta", "distilbert", "distilled"):
        pytest.skip("recorded before sentences were kept")
    assert tuple(one.text for one in was.readings) == record_runs.SENTENCES
    known = {sentence.text for split in ("train", "held-out") for sentence in pw.sentences(split)}
    for one in was.readings:
        assert one.epochs == tuple(record.epoch for record in was.epochs)
        assert np.sum(one.probabilities, axis=1) == pytest.approx(
            np.ones(len(one.epochs)), abs=1e-3
        )
        assert one.text not in known


def test_the_losses_of_single_sentences_have_the_mean_that_is_recorded():
    for record in recorded("overfitting").epochs:
        assert len(record.losses) == sum(map(sum, record.counts)) == 100
        mean = record.values["validation_loss"]
        assert np.mean(record.losses) == pytest.approx(mean, abs=1e-3)


@pytest.mark.parametrize("name", ["roberta", "distilbert", "distilled"])
def test_the_recorded_curves_are_of_five_whole_epochs(name):
    was = recorded(name)
    assert [record.epoch for record in was.epochs] == [0, 1, 2, 3, 4, 5]
    losses = was.epoch_column("loss")[1:]
    assert all(after < before for before, after in itertools.pairwise(losses))
    assert (
        was.epochs[-1].values["validation_accuracy"] > was.epochs[0].values["validation_accuracy"]
    )
    assert len(was) == was.last_step == 5 * 63
    assert pw.TrainingView(was).summary()
