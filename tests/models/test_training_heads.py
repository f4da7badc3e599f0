"""Fine-tuning of heads that give several labels or a score: transformers' own losses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers
from sklearn import metrics as sk

import pipeline_widgets as pw
from pipeline_widgets.training import fine_tune
from pipeline_widgets.views.training.view import TrainingView
from tests.models.checkpoints import make

NAMES = {0: "joy", 1: "anger", 2: "fear"}
SEVERAL = {"problem_type": "multi_label_classification", "id2label": NAMES}
TRAIN = [("so happy", ["joy"]), ("so cross and so afraid", ["anger", "fear"]), ("a table", [])] * 6
SCORED = [("a fine film", 4.5), ("a poor film", 1.0), ("a film", 3)] * 6


def reference(folder, texts, labels):
    """The loss that transformers computes for a batch."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(texts, return_tensors="pt", padding=True)
    with torch.inference_mode():
        output = model(**inputs, labels=torch.tensor(labels))
    return float(output.loss), output.logits


def test_several_labels_are_trained_as_transformers_does(tmp_path):
    folder = make(tmp_path, **SEVERAL)
    rows = [[float(name in labels) for name in NAMES.values()] for _, labels in TRAIN]
    loss, logits = reference(folder, [text for text, _ in TRAIN], rows)
    run = fine_tune(pw.load(folder), TRAIN, TRAIN, epochs=3, learning_rate=0.01, dropout=0.0)
    values = next(run).values
    assert values["validation_loss"] == pytest.approx(loss, abs=1e-4)
    chosen = (logits.sigmoid() >= 0.5).numpy().astype(int)
    truth = np.array(rows, int)
    assert values["validation_accuracy"] == pytest.approx(sk.accuracy_score(truth, chosen))
    micro = sk.f1_score(truth, chosen, average="micro", zero_division=0)
    assert values["validation_f1"] == pytest.approx(micro)
    history = run.run()
    assert history.epochs[-1].values["validation_loss"] < loss
    answer = run.pipeline().trace("so happy").prediction
    assert (answer.function, answer.labels) == ("sigmoid", tuple(NAMES.values()))
    assert "accuracy" in TrainingView(run).static_html().lower()


def test_a_score_is_trained_by_its_squared_error(tmp_path):
    folder = make(tmp_path, num_labels=1, problem_type="regression")
    loss, _ = reference(folder, [t for t, _ in SCORED], [[float(v)] for _, v in SCORED])
    run = fine_tune(pw.load(folder), SCORED, SCORED, epochs=2, learning_rate=0.01, dropout=0.0)
    values = next(run).values
    assert values["validation_loss"] == pytest.approx(loss, rel=1e-4)
    assert "validation_accuracy" not in values
    history = run.run()
    assert history.epochs[-1].values["validation_loss"] < loss
    assert "accuracy" not in history.epochs[-1].values
    assert TrainingView(run).summary()


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [
        (SEVERAL, ["joy", "envy"], "'envy' is none of 'joy', 'anger', 'fear'"),
        (SEVERAL, np.array([0, 2, 0]), "0 or 1 for each of 3"),
        (
            {"num_labels": 1, "problem_type": "regression"},
            "high",
            "is a number; got 'high'",
        ),
    ],
)
def test_a_label_that_the_head_has_not_is_said(tmp_path, kind, label, words):
    pipeline = pw.load(make(tmp_path, **kind))
    with pytest.raises(pw.BadInput, match=words):
        fine_tune(pipeline, [("a film", label)])
