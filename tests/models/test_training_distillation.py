"""Distillation: its terms, its weights, and that it is fine-tuning when nobody teaches."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import pipeline_widgets as pw
from pipeline_widgets import BadInput
from pipeline_widgets.training import distill, fine_tune
from pipeline_widgets.training.distillation import soft_loss
from tests.benchmarks import seeds

TRAIN = pw.sentences("train")[:32]
QUICK = {"epochs": 2, "batch_size": 8, "freeze": 2, "max_length": 24}


@pytest.fixture(scope="module")
def teacher():
    return pw.load("roberta")


@pytest.fixture(scope="module")
def run(teacher):
    run = distill("distilbert-encoder", TRAIN, teacher=teacher, **QUICK)
    run.run()
    return run


def test_every_term_is_a_series_and_the_loss_is_their_weighted_mean(run):
    steps, weights = run.history.steps, run.weights
    terms = sum(weights[name] * steps[f"{name}_loss"] for name in weights)
    assert steps["loss"] == pytest.approx(terms / sum(weights.values()), abs=1e-6)
    assert run.history.settings["teacher"] == "roberta"


def test_the_soft_term_is_worked_by_hand():
    student, teacher = torch.tensor([[0.0, 2.0]]), torch.tensor([[0.0, 4.0]])
    p = 1 / (1 + np.exp(-2.0))  # the teacher's second class at temperature 2
    q = 1 / (1 + np.exp(-1.0))  # the student's
    expected = 4 * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))
    assert soft_loss(student, teacher, 2.0).item() == pytest.approx(expected, rel=1e-5)
    assert soft_loss(teacher, teacher, 3.0).item() == pytest.approx(0.0, abs=1e-6)


def test_with_the_labels_alone_it_is_fine_tuning(teacher):
    alone = distill("distilbert-encoder", TRAIN, teacher=teacher, soft=0, cosine=0, **QUICK)
    alone.run()
    plain = fine_tune("distilbert-encoder", TRAIN, **QUICK)
    plain.run()
    assert alone.history.steps["loss"] == pytest.approx(plain.history.steps["loss"], abs=1e-6)


def test_soft_targets_bring_the_student_nearer_to_the_teacher(teacher):
    settings = {**QUICK, "learning_rate": 1e-3, "epochs": 4, "freeze": 0, "dropout": 0.0}
    taught = distill("distilbert-encoder", TRAIN[:16], teacher=teacher, hard=0, **settings)
    taught.run()
    soft = taught.history.steps["soft_loss"]
    assert soft[-2:].mean() < 0.5 * soft[0]


def test_again_keeps_teacher_and_seed(run):
    again = run.again()
    first = next(iter(again)), next(again)
    assert first[1].values == run.history.records()[0].values
    assert run.again(temperature=1.0).temperature == 1.0


def test_a_teacher_of_other_labels_is_refused(teacher, run):
    other = pw.load("roberta")
    other.labels = ("no", "yes")
    with pytest.raises(BadInput, match="differ"):
        distill("distilbert-encoder", TRAIN, teacher=other)
    with pytest.raises(BadInput, match="temperature"):
        distill("distilbert-encoder", TRAIN, teacher=teacher, temperature=0)


def test_the_table_of_seeds_is_worked_by_hand():
    runs = [[[0.5, 0.9], [0.7, 0.9]], [[0.6, 0.8], [0.6, 0.8]], [[0.6, 0.8], [0.8, 0.9]]]
    table = seeds.table(dict(zip(seeds.NAMES, runs, strict=True)))
    lines = [line.split("  ") for line in table.splitlines()]
    cells = [[cell.strip() for cell in line if cell] for line in lines]
    assert cells[0] == ["validation accuracy", "epoch 1", "epoch 2", "last, by seed"]
    assert cells[1] == ["RoBERTa mini", "0.600 ± 0.141", "0.900 ± 0.000", "0.900 0.900"]
    assert cells[4] == ["taught − not taught", "+0.100 ± 0.141", "+0.050 ± 0.071", "+0.000 +0.100"]
