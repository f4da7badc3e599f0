"""Logs as other programs write them: each measurement at its own step and epoch."""

from __future__ import annotations

import json
import math
import random
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipeline_widgets import BadInput, History

TRAINER = [
    {"loss": 0.6, "epoch": 0.5, "step": 5},
    {"eval_loss": 0.61, "epoch": 0.5, "step": 5},
    {"eval_loss": 0.55, "epoch": 1.0, "step": 10},
    {"eval_loss": 0.45, "epoch": 1.5, "step": 15},
    {"eval_loss": 0.5, "epoch": 2.0, "step": 20},
]


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def validation(history, name="validation_loss"):
    return [(epoch, value) for _, epoch, value in history.points(name)]


def test_each_evaluation_inside_an_epoch_keeps_its_place():
    history = History.read(TRAINER)
    assert history.points("validation_loss") == [
        (5, 0.5, 0.61), (10, 1, 0.55), (15, 1.5, 0.45), (20, 2, 0.5),
    ]  # fmt: skip
    assert history.points("loss") == [(5, 0.5, 0.6)]
    assert (history.best.epoch, history.best.step) == (1.5, 15)
    assert not any(seen.kind == "before" for seen in history.observations())
    assert history.epochs_done == 2


def test_many_evaluations_before_the_first_epoch_are_all_kept():
    rows = [{"eval_accuracy": 0.5 + k / 50, "epoch": k / 40, "step": k} for k in range(1, 13)]
    history = History.read(rows)
    assert len(history.points("validation_accuracy")) == 12
    assert history.best.step == 12
    rounded = [row | {"epoch": round(row["epoch"], 1)} for row in rows]  # as older Trainers did
    assert [step for step, _, _ in History.read(rounded).points("validation_accuracy")] == [
        *range(1, 13)
    ]


@pytest.mark.parametrize("form", ["list", "json", "records", "frame", "csv", "folder", "trainer"])
def test_one_log_in_seven_forms_is_one_history(tmp_path, form):
    frame = pd.DataFrame(TRAINER)
    state = {"log_history": TRAINER, "global_step": 20}
    sources = {
        "list": lambda: TRAINER,
        "json": lambda: write(tmp_path, "trainer_state.json", json.dumps(state)),
        "records": lambda: frame.to_dict("records"),
        "frame": lambda: frame,
        "csv": lambda: write(tmp_path, "log.csv", frame.to_csv(index=False)),
        "folder": lambda: write_checkpoints(tmp_path, state),
        "trainer": lambda: SimpleNamespace(state=SimpleNamespace(log_history=TRAINER)),
    }
    history = History.read(sources[form]())
    assert history.same_numbers(History.read(TRAINER))


def write_checkpoints(folder, state):
    for number in (9, 20):
        place = folder / f"checkpoint-{number}"
        place.mkdir()
        rows = state["log_history"] if number == 20 else state["log_history"][:2]
        write(place, "trainer_state.json", json.dumps({"log_history": rows}))
    return folder


def test_a_missing_value_is_not_a_measured_nan(tmp_path):
    keras = write(tmp_path, "log.csv", "epoch,loss,val_loss\n0,.7,nan\n1,.6,.65\n2,.5,nan\n")
    history = History.read(keras)
    assert validation(history) == [(2, 0.65)]
    assert len(history.points("loss")) == 3
    assert not any(seen.kind == "broken" for seen in history.observations())
    gone = write(tmp_path, "gone.csv", "epoch,loss,val_loss\n0,.7,.7\n1,nan,nan\n2,nan,nan\n")
    assert [seen.kind for seen in History.read(gone).observations()][1:] == ["broken", "broken"]
    sparse = History.read([{"loss": 0.5, "step": 1}, {"eval_loss": math.nan, "step": 1}])
    assert sparse.observations()[-1].kind == "broken"


SPARSE = {
    "frame": lambda folder: pd.DataFrame(TRAINER),
    "records": lambda folder: pd.DataFrame(TRAINER).to_dict("records"),
    "lists": lambda folder: pd.DataFrame(TRAINER).to_dict("list"),
    "csv": lambda folder: write(folder, "a.csv", pd.DataFrame(TRAINER).to_csv(index=False)),
    "csv with nan": lambda folder: write(
        folder, "a.csv", pd.DataFrame(TRAINER).to_csv(index=False, na_rep="nan")
    ),
    "german csv": lambda folder: write(
        folder, "a.csv", pd.DataFrame(TRAINER).to_csv(index=False, sep=";", decimal=",")
    ),
    "newest first": lambda folder: TRAINER[::-1],
    "any order": lambda folder: [TRAINER[at] for at in (3, 0, 4, 2, 1)],
    "any order, a frame": lambda folder: pd.DataFrame(TRAINER).sample(frac=1, random_state=3),
}


@pytest.mark.parametrize("form", SPARSE)
def test_a_trainer_s_log_is_the_same_run_in_any_form_and_order(tmp_path, form):
    history, plain = History.read(SPARSE[form](tmp_path)), History.read(TRAINER)
    for name in ("loss", "validation_loss"):
        assert history.points(name) == plain.points(name)
    said = [[seen.text for seen in one.observations()] for one in (history, plain)]
    assert said[0] == said[1]
    assert history.left_out == ()


def test_a_gap_in_words_is_no_measured_nan(tmp_path):
    rows = [
        "epoch,loss,val_loss",
        "0,.7,NaN",
        "1,.6,.65",
        "2,.5,NA",
        "3,.4,null",
        "4,.3,",
        "5,.3,-",
    ]
    history = History.read(write(tmp_path, "log.csv", "\n".join(rows)))
    assert validation(history) == [(2, 0.65)]
    assert not any(seen.kind == "broken" for seen in history.observations())


def test_a_run_ends_at_the_step_that_its_summary_names():
    rows = [
        {"loss": 0.6, "epoch": 0.96, "step": 360},
        {"train_loss": 0.61, "train_runtime": 9.0, "total_flos": 1e9, "epoch": 1, "step": 375},
    ]
    for form in (rows, rows[::-1], pd.DataFrame(rows)):
        history = History.read(form)
        assert history.last_step == 375
        assert history.points("loss") == [(360, 0.96, 0.6)]


def test_measures_on_the_training_set_are_kept_and_the_summary_is_not():
    rows = [
        {"loss": 0.6, "epoch": 1, "step": 9},
        {"train_accuracy": 0.8, "train_runtime": 1.0, "epoch": 1, "step": 9},
        {"train_loss": 0.61, "train_runtime": 9.0, "total_flos": 1e9, "epoch": 1, "step": 9},
    ]
    history = History.read(rows)
    assert history.points("accuracy") == [(9, 1, 0.8)]
    assert history.points("loss") == [(9, 1, 0.6)]
    assert history.left_out == ("row 3: a summary of the whole run",)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("name", ["loss", "train_loss"])
def test_epochs_are_counted_from_one_in_any_form(tmp_path, first, name):
    rows = [{"epoch": first + k, name: 0.7 - k / 10, "val_loss": 0.8 - k / 10} for k in range(3)]
    for source in (rows, write(tmp_path, "l.csv", pd.DataFrame(rows).to_csv(index=False))):
        history = History.read(source)
        assert [record.epoch for record in history.epochs] == [1, 2, 3]
        assert history.best.epoch == 3
        assert history.observations()[0].kind == "first"


def test_an_evaluation_before_the_first_step_stays_before_it():
    rows = [{"eval_loss": 0.7, "epoch": 0, "step": 0}, {"loss": 0.6, "epoch": 1.0, "step": 10}]
    history = History.read([*rows, {"eval_loss": 0.5, "epoch": 1.0, "step": 10}])
    assert [record.epoch for record in history.epochs] == [0, 1]
    assert history.observations()[0].kind == "before"
    keras = History.read(
        [{"epoch": 0, "val_loss": 0.9}, {"epoch": 1, "loss": 0.8, "val_loss": 0.7}]
    )
    assert keras.observations()[0].kind == "before"


@pytest.mark.parametrize(
    "name",
    ["loss", "train_loss", "train/loss", "Loss/train", "Training Loss", "training_loss",
     "train_losses", "loss_step", "train.loss", "epoch_loss", "tr_loss", "train-loss"],
)  # fmt: skip
@pytest.mark.parametrize(
    "other",
    ["val_loss", "eval_loss", "eval/loss", "Loss/val", "Validation Loss", "valid_loss",
     "validation_loss", "test_loss", "val_losses", "dev_loss", "loss/validation"],
)  # fmt: skip
def test_names_of_the_two_losses(name, other):
    history = History.read(
        [{name: 0.6, other: 0.7, "epoch": 1}, {name: 0.5, other: 0.6, "epoch": 2}]
    )
    assert set(history.series) == {"loss", "validation_loss"}


@pytest.mark.parametrize(
    "step", ["step", "global_step", "train/global_step", "Step", "iteration", "_step"]
)
def test_names_of_the_step(step):
    rows = [
        {step: 10, "train/loss": 0.6},
        {step: 20, "train/loss": 0.5},
        {step: 20, "eval/loss": 0.6},
    ]
    history = History.read(rows)
    assert history.points("loss")[1][::2] == (20, 0.5)
    assert history.points("validation_loss")[0][::2] == (20, 0.6)
    assert history.last_step == 20
    assert math.isnan(history.epochs[0].epoch)


def test_several_validation_sets_are_kept_apart_and_one_judges():
    rows = [
        {"eval_near_accuracy": near, "eval_near_runtime": 1, "eval_far_accuracy": far,
         "eval_far_runtime": 1, "epoch": k, "step": 10 * k}
        for k, (near, far) in enumerate([(0.6, 0.8), (0.9, 0.7)], start=1)
    ]  # fmt: skip
    history = History.read(rows)
    assert validation(history, "validation_near_accuracy") == [(1, 0.6), (2, 0.9)]
    assert validation(history, "validation_far_accuracy") == [(1, 0.8), (2, 0.7)]
    assert history.best.epoch == 2
    assert History.read(rows, validation="far").best.epoch == 1
    with pytest.raises(BadInput, match="near, far"):
        History.read(rows, validation="nowhere")
    tested = History.read([{"epoch": 1, "test_loss": 0.9, "val_loss": 0.7, "loss": 1.0}])
    assert validation(tested) == [(1, 0.7)]
    assert validation(tested, "validation_test_loss") == [(1, 0.9)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_tables_of_any_separator_encoding_and_line_end(tmp_path, separator, encoding, ends):
    table = ["epoch,loss,val_loss,Notiz", "1,0.65,0.7,gut", "2,0.5,0.6,größer"]
    lines = [line.replace(",", separator) for line in table]
    history = History.read(write(tmp_path, "log.csv", ends.join(lines) + ends, encoding))
    assert validation(history) == [(1, 0.7), (2, 0.6)]
    assert [text.partition(":")[0] for text in history.left_out] == ["Notiz"]


def test_a_decimal_comma_is_a_point(tmp_path):
    for text in (
        "epoch;loss;val_loss\n1;0,65;0,7\n2;0,5;0,6\n",
        'epoch,loss,val_loss\n1,"0,65","0,7"\n2,"0,5","0,6"\n',
    ):
        assert validation(History.read(write(tmp_path, "log.csv", text))) == [(1, 0.7), (2, 0.6)]
    grouped = write(tmp_path, "g.csv", "step;loss\n1.000;0,7\n2.000;0,612\n")
    assert History.read(grouped).points("loss")[1][::2] == (2000, 0.612)
    several = write(tmp_path, "s.csv", "step;loss;lr\n10;0,7;1.5e-5\n20;0,612;1.25e-5\n")
    assert History.read(several).points("loss")[1][::2] == (20, 0.612)
    with pytest.raises(BadInput, match="decimal comma"):
        History.read(write(tmp_path, "a.csv", "epoch,loss,val_loss\n1,0,65,0,7\n2,0,5,0,6\n"))
    some = History.read(write(tmp_path, "b.csv", "epoch,loss,\n1,0.7,\n2,0,6,5\n3,0.5,\n"))
    assert [value for _, _, value in some.points("loss")] == [0.7, 0.5]
    assert some.left_out == ("row 2: more cells than the head has",)
    thousands = write(tmp_path, "t.csv", 'step,loss\n"1,000",0.7\n"2,000",0.6\n')
    assert [step for step, _, _ in History.read(thousands).points("loss")] == [1000, 2000]


def test_a_run_begun_again_in_the_same_file_is_the_last_one(tmp_path):
    text = "epoch,loss\n0,.9\n1,.8\n2,.7\nepoch,loss\n0,.6\n1,.5\n"
    history = History.read(write(tmp_path, "keras.csv", text))
    assert [value for _, _, value in history.points("loss")] == [0.6, 0.5]
    assert history.left_out == ("rows 1 to 3: an earlier run, for it begins again below them",)


def test_more_names_than_a_log_has_are_refused_at_once(tmp_path):
    wide = write(tmp_path, "wide.csv", f"step,loss{',' * 60_000}\n1,0.7\n2,0.6\n3,0.5\n")
    with pytest.raises(BadInput, match="60002 names"):
        History.read(wide)


def test_two_rows_of_one_step_are_one_step():
    rows = [{"step": 1, "loss": 0.7}, {"step": 1, "learning_rate": 1e-5}, {"step": 2, "loss": 0.6}]
    history = History.read(rows)
    assert history.points("loss") == [
        (1, pytest.approx(math.nan, nan_ok=True), 0.7),
        (2, pytest.approx(math.nan, nan_ok=True), 0.6),
    ]
    assert history.points("learning_rate")[0][2] == 1e-5


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([], "empty"),
        ([{"train_runtime": 3.0, "epoch": 1, "step": 9}], "no series"),
        ({"loss": 0.5, "accuracy": 0.8}, "one measurement"),
        ({"log_history": []}, "empty"),
        ([{"epoch": 1, "remark": "fine"}], "no series"),
    ],
)
def test_what_holds_no_run_is_refused_in_words(source, words):
    with pytest.raises(BadInput, match=words):
        History.read(source)


def test_files_that_hold_no_run_are_refused_in_words(tmp_path):
    for name, text in (("a.csv", ""), ("b.json", "no json"), ("c.json", '{"eval_loss": 0.5}')):
        with pytest.raises(BadInput, match=name):
            History.read(write(tmp_path, name, text))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match=r"trainer_state\.json"):
        History.read(tmp_path / "empty")


@pytest.mark.parametrize("cell", ["1/3", "Epoch 1/3", "abc", "", None])
def test_odd_cells_are_listed_and_stop_nothing(cell):
    history = History.read([{"epoch": cell, "loss": 0.7}, {"epoch": 2, "loss": 0.6}])
    assert (2, 0.6) in [(epoch, value) for _, epoch, value in history.points("loss")]


def test_a_history_with_evaluations_is_the_same_after_save_and_load(tmp_path):
    history = History.read(TRAINER)
    again = History.load(history.save(tmp_path / "run.jsonl"))
    assert again.points("validation_loss") == history.points("validation_loss")
    assert again.points("loss") == history.points("loss")
    assert again == history


def test_adding_steps_in_bulk_is_adding_them_one_by_one():
    chance = random.Random(0)
    for count in (0, 1, 7, 19, 20, 21, 100, 333):
        one, bulk = History(limit=20), History(limit=20)
        loss = np.array([chance.random() for _ in range(count)])
        loss[chance.sample(range(count), count // 5)] = np.nan
        step, nothing = np.arange(1.0, count + 1), np.full(count, np.nan)
        for number, value in zip(step, loss, strict=True):
            one.log(
                step=int(number), seconds=math.nan, **({} if math.isnan(value) else {"loss": value})
            )
        if count:
            bulk.extend_steps({"step": step, "epoch": nothing, "seconds": nothing, "loss": loss})
        assert len(one) == len(bulk)
        assert one.steps["step"].tolist() == bulk.steps["step"].tolist()
        assert one.last_step == bulk.last_step
        if count > 20:
            weights = np.isfinite(one.steps["loss"])
            assert weights.tolist() == np.isfinite(bulk.steps["loss"]).tolist()


def test_all_evaluations_of_a_million_steps_are_kept():
    rows = []
    for step in range(1, 1_000_001):
        rows.append({"loss": 1.0, "epoch": step / 1e5, "step": step})
        if step % 500 == 0:
            rows.append({"eval_loss": 1 / step, "epoch": step / 1e5, "step": step})
    history = History.read(rows)
    seen = history.observations()
    assert len(history.points("validation_loss")) == len(seen) == 2000
    assert len(history) <= 200_000
    assert history.best.step == 1_000_000
