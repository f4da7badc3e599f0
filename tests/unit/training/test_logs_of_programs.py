"""Logs as named programs write them: Lightning, fastai, livelossplot, TensorBoard and others."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipeline_widgets import History
from tests.unit.training.test_logs import validation, write


def test_lightning_counts_from_0_in_steps_and_epochs(tmp_path):
    rows = ["epoch,step,train_loss_epoch,train_loss_step,val_acc,val_loss"]
    for epoch in range(2):
        for step in range(50 * epoch + 9, 50 * epoch + 50, 10):
            rows.append(f"{epoch},{step},,{1 / (step + 1):.4f},,")
        rows.append(f"{epoch},{50 * epoch + 49},,,0.{6 + epoch},0.{5 - epoch}")
        rows.append(f"{epoch},{50 * epoch + 49},0.{4 - epoch},,,")
    place = tmp_path / "lightning_logs" / "version_3"
    place.mkdir(parents=True)
    write(place, "metrics.csv", "\n".join(rows))
    (tmp_path / "lightning_logs" / "version_2").mkdir()
    write(
        tmp_path / "lightning_logs" / "version_2", "metrics.csv", "epoch,step,train_loss\n0,1,9\n"
    )
    history = History.read(tmp_path)
    assert history.points("validation_loss") == [(49, 1, 0.5), (99, 2, 0.4)]
    steps = history.steps
    assert steps["step"].tolist() == [9, 19, 29, 39, 49, 59, 69, 79, 89, 99]
    assert steps["epoch"] == pytest.approx(np.arange(1, 11) / 5)
    assert [record.values["loss"] for record in history.epochs] == [0.4, 0.3]
    assert history.best.epoch == 2


def test_fastai_writes_minutes_and_seconds_of_each_epoch(tmp_path):
    text = "epoch,train_loss,valid_loss,accuracy,time\n0,0.7,0.6,0.7,04:39\n1,0.5,0.5,0.8,04:40\n"
    history = History.read(write(tmp_path, "history.csv", text))
    assert validation(history) == [(1, 0.6), (2, 0.5)]
    assert [record.seconds for record in history.epochs] == [279, 559]
    assert history.left_out == ()


def test_simpletransformers_writes_evaluations_by_step(tmp_path):
    text = "global_step,train_loss,mcc,eval_loss\n100,0.7,0.2,0.6\n200,0.5,0.4,0.5\n"
    write(tmp_path, "training_progress_scores.csv", text)
    history = History.read(tmp_path)
    assert [(step, value) for step, _, value in history.points("validation_loss")] == [
        (100, 0.6), (200, 0.5),
    ]  # fmt: skip
    assert history.best.step == 200
    assert [seen.kind for seen in history.observations()] == ["first", "falling"]


def test_livelossplot_keeps_items():
    item = lambda step, value: SimpleNamespace(step=step, value=value)  # noqa: E731
    logs = {"loss": [item(0, 0.7), item(1, 0.6)], "val_loss": [item(0, 0.8), item(1, 0.7)]}
    plot = SimpleNamespace(logger=SimpleNamespace(log_history=logs))
    assert validation(History.read(plot)) == [(1, 0.8), (2, 0.7)]


def test_weights_and_biases_name_the_run_in_each_column(tmp_path):
    text = (
        '"Step","one - eval/loss","one - eval/loss__MIN","one - eval/loss__MAX","two - eval/loss"\n'
        '"10","0.7","0.7","0.7","0.9"\n"20","0.6","0.6","0.6","0.8"\n'
    )
    history = History.read(write(tmp_path, "wandb.csv", text))
    assert [value for _, _, value in history.points("validation_loss")] == [0.7, 0.6]
    assert history.left_out == ("two: another run",)
    clock = {"_step": 1, "_runtime": 5.0, "_timestamp": 1.7e9}
    row = clock | {"train/loss": 0.6, "train/epoch": 0.5, "train/global_step": 50}
    frame = History.read(pd.DataFrame([row]))
    assert frame.points("loss") == [(50, 0.5, 0.6)]
    assert frame.series == ("loss",)


def test_tensorboard_s_csvs_are_one_run(tmp_path):
    head = "Wall time,Step,Value\n"
    write(tmp_path, "run-train-tag-epoch_loss.csv", head + "1700000000,0,0.7\n1700000010,1,0.6\n")
    write(
        tmp_path, "run-validation-tag-epoch_loss.csv", head + "1700000001,0,0.8\n1700000011,1,0.7\n"
    )
    history = History.read(tmp_path)
    assert [value for _, _, value in history.points("validation_loss")] == [0.8, 0.7]
    assert [value for _, _, value in history.points("loss")] == [0.7, 0.6]
    alone = History.read(tmp_path / "run-train-tag-epoch_loss.csv")
    assert alone.points("loss")[1][::2] == (1, 0.6)


def test_event_files_are_read_by_tensorboard_itself(tmp_path):
    tensorboard = pytest.importorskip("torch.utils.tensorboard")
    with tensorboard.SummaryWriter(tmp_path / "run") as writer:
        for step in range(1, 4):
            writer.add_scalar("train/loss", 1 / step, step)
        writer.add_scalar("eval/loss", 0.5, 3)
    history = History.read(tmp_path)
    assert [step for step, _, _ in history.points("loss")] == [1, 2, 3]
    assert history.points("validation_loss")[0][::2] == (3, 0.5)


def test_a_table_of_a_model_s_page_is_read(tmp_path):
    text = """| Training Loss | Epoch | Step | Validation Loss | Accuracy |
|:-------------:|:-----:|:----:|:---------------:|:--------:|
| No log        | 1.0   | 100  | 0.7             | 0.8      |
| 0.5           | 2.0   | 200  | 0.6             | 0.85     |
"""
    history = History.read(write(tmp_path, "card.md", text))
    assert history.points("validation_loss") == [(100, 1, 0.7), (200, 2, 0.6)]
    assert history.points("loss") == [(200, 2, 0.5)]


def test_json_lines_without_a_head_of_ours(tmp_path):
    lines = [
        {"epoch": epoch, "train": {"loss": loss}, "val": {"loss": loss + 0.1}, "bbox": [1, 2]}
        for epoch, loss in enumerate((0.7, 0.6))
    ]
    text = "\n".join(map(json.dumps, lines)) + "\nnot json\n"
    history = History.read(write(tmp_path, "log.txt.jsonl", text))
    assert validation(history) == [(1, pytest.approx(0.8)), (2, pytest.approx(0.7))]
    assert history.left_out[0] == "line 3: no JSON object"
    assert any(said.startswith("bbox") for said in history.left_out)
