"""Histories: kept, bounded, read back, read from others, and what their numbers say."""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from pipeline_widgets import BadInput, History
from pipeline_widgets.training import EpochRecord, Note, StepRecord, checkpoint_file
from pipeline_widgets.training.observations import standard_error

PAGE = {  # the five-epoch table of the page that this package replaces
    "loss": [0.65, 0.48, 0.35, 0.28, 0.22],
    "val_accuracy": [0.60, 0.75, 0.83, 0.88, 0.91],
}


def run(steps=6, epochs=2):
    history = History("first", settings={"learning_rate": 3e-5, "frozen": ["embeddings"]})
    for step in range(1, steps + 1):
        history.append(StepRecord(step, step / 3, step * 0.1, {"loss": 1 / step}))
        if step % 3 == 0:
            values = {"loss": 0.5, "validation_loss": 0.6, "validation_accuracy": 0.8}
            counts = ((100, 50), (20, 130))
            history.append(EpochRecord(step // 3, step, step * 0.1 + 1, values, counts))
    history.append(Note("stopped", {"at": steps}))
    return history


def epochs(*rows):
    """A history of epochs from (training loss, validation loss) pairs."""
    return History.read([{"loss": a, "val_loss": b} for a, b in rows])


def kinds(history):
    return [observation.kind for observation in history.observations()]


finite = st.floats(allow_nan=False, width=64)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), finite, min_size=1), max_size=30),
    st.integers(2, 9),
)
@example([{"a": math.inf}, {"a": -math.inf}, {"a": 0.0}], 2)
def test_a_history_is_equal_to_itself_after_save_and_load(tmp_path_factory, rows, limit):
    history = History("run", settings={"seed": 1}, limit=limit)
    for step, values in enumerate(rows, start=1):
        history.append(StepRecord(step, math.nan, step / 7, values))
        if step % 4 == 0:
            counts, each = ((1, 2), (3, 4)), tuple(values.values())
            history.append(EpochRecord(step // 4, step, step / 7, values, counts, each))
    path = history.save(tmp_path_factory.mktemp("history") / "run.jsonl")
    again = History.load(path)
    assert again == history
    assert json.dumps(again.lines()) == json.dumps(history.lines())
    assert not list(path.parent.glob("*.part"))


@pytest.mark.parametrize("what", ["history", "state"])
def test_what_is_cut_short_while_it_is_saved_leaves_the_file_as_it_was(tmp_path, monkeypatch, what):
    path = tmp_path / "run"
    history = run()

    def save() -> None:
        if what == "history":
            history.save(path)
            return
        progress = checkpoint_file.Progress(1, 1.0, (), {}, tuple(history.lines()[1:]))
        weights = {"w": np.ones(3, np.float32)}
        checkpoint_file.write(checkpoint_file.RunState(progress, weights, {}, {}), path)

    def cut_short(*args: object, **_options: object) -> None:
        target = next(one for one in args if isinstance(one, Path))
        target.write_text("half a li")
        raise OSError("No space left on device")

    save()
    before = path.read_bytes()
    written: list[str] = []
    opened = Path.open

    def full(self: Path, *args: Any, **options: Any) -> Any:
        file = opened(self, *args, **options)
        if "w" in str(args[:1]):
            written.append(self.name)
            file.write("half a li")
            file.close()
            raise OSError("No space left on device")
        return file

    monkeypatch.setattr(Path, "open", full)
    monkeypatch.setattr(checkpoint_file, "save_file", cut_short)
    with pytest.raises(OSError, match="No space"):
        save()
    assert path.read_bytes() == before
    assert written or what == "state"


def test_a_different_number_or_clock_makes_another_history():
    history, other = run(), run()
    assert history == other
    other.append(StepRecord(7, 2.1, 0.7, {"loss": 1.0}))
    assert history != other
    later = History("first", settings=history.settings)
    later.append(StepRecord(1, 1 / 3, 99.0, {"loss": 1.0}))
    first = History("first", settings=history.settings)
    first.append(StepRecord(1, 1 / 3, 0.1, {"loss": 1.0}))
    assert first != later
    assert first.same_numbers(later)


def test_memory_stays_bounded_and_the_means_stay_right():
    history = History(limit=100)
    values = np.random.default_rng(0).random(1600)
    for step, value in enumerate(values, start=1):
        history.append(StepRecord(step, step / 100, float(step), {"loss": float(value)}))
    assert len(history) <= 100
    steps = history.steps
    width = int(steps["step"][0])
    assert width in (16, 32)
    assert steps["loss"] == pytest.approx(values.reshape(-1, width).mean(axis=1)[: len(history)])
    assert steps["step"].tolist() == list(range(width, 1601, width))


def test_a_history_only_grows():
    history = run()
    with pytest.raises(BadInput, match="only grows"):
        history.append(StepRecord(6, 2.0, 1.0, {"loss": 1.0}))
    with pytest.raises(BadInput, match="only grows"):
        history.append(EpochRecord(1, 6, 1.0, {"loss": 1.0}))
    with pytest.raises(BadInput, match="not a number"):
        history.log(epoch=3, loss="low")


def test_every_record_is_in_the_file_at_once_even_when_the_writer_is_killed(tmp_path):
    path = tmp_path / "run.jsonl"
    code = f"""
import os
from pipeline_widgets import History
history = History("killed", file={str(path)!r})
for step in range(1, 8):
    history.log(step=step, epoch=step / 7, loss=1 / step)
os.kill(os.getpid(), 9)
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -9
    assert History.load(path).steps["loss"].tolist() == [1 / step for step in range(1, 8)]
    with path.open("a") as file:
        file.write('{"kind": "step", "step": 8, "ep')  # a line cut short
    assert len(History.load(path)) == 7


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    first = History("run", file=tmp_path / "run.jsonl")
    first.log(epoch=1, loss=0.5)
    second = History("run", file=tmp_path / "run.jsonl")
    assert (first.file.name, second.file.name) == ("run.jsonl", "run-2.jsonl")
    assert History.load(first.file).epochs_done == 1


def test_a_broken_file_is_refused_with_its_line(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text('{"history": "run", "settings": {}}\nnot json\n{"kind": "note"}\n')
    with pytest.raises(BadInput, match="line 2"):
        History.load(path)
    path.write_text("{}\n{}\n")
    with pytest.raises(BadInput, match="no history"):
        History.load(path)


def test_the_page_s_table_gets_computed_observations():
    history = History.read(PAGE)
    assert kinds(history) == ["first", "falling", "falling", "falling", "falling"]
    texts = [observation.text for observation in history.observations()]
    assert texts[1] == (
        "still falling: training loss 0.65 → 0.48 (−26 %); best so far: validation accuracy 0.75"
    )
    assert history.best.epoch == 5


def test_overfitting_is_said_after_two_rises_and_dated_from_the_lowest_validation_loss():
    history = epochs((0.7, 0.68), (0.5, 0.5), (0.3, 0.55), (0.2, 0.62), (0.1, 0.6))
    assert kinds(history) == ["first", "falling", "one_epoch", "overfitting", "overfitting"]
    assert [seen.since for seen in history.observations()] == [None, None, None, 3, 3]
    assert "one epoch may be noise" in history.observations()[2].text
    assert "from 0.50 to 0.62" in history.observations()[3].text


losses = st.lists(st.floats(0.001, 20), min_size=40, max_size=40)
curves = st.lists(st.tuples(st.floats(0.001, 3), st.floats(0.001, 3)), min_size=1, max_size=9)


@given(losses, losses)
def test_the_standard_error_is_that_of_the_paired_difference(before, after):
    one, two = (EpochRecord(1, 1, 0.0, {}, losses=tuple(given)) for given in (before, after))
    error = standard_error(two, one)
    rise = np.mean(after) - np.mean(before)
    with warnings.catch_warnings():  # equal pairs: no test, and no error either
        warnings.simplefilter("ignore")
        paired = stats.ttest_rel(after, before).statistic
    if error > 1e-9:
        assert rise / error == pytest.approx(paired, rel=1e-6, abs=1e-6)
    assert math.isnan(standard_error(EpochRecord(1, 1, 0.0, {}), one))


def measured(*means, spread):
    """Epochs whose training loss falls and whose 100 validation losses have these means."""
    history = History("measured")
    noise = np.random.default_rng(0).normal(0, spread, (len(means), 100))
    for at, mean in enumerate(means):
        each = mean + noise[at] - noise[at].mean()
        values = {"loss": 1 / (at + 1), "validation_loss": float(each.mean())}
        history.append(EpochRecord(at + 1, at + 1, 0.0, values, losses=tuple(each)))
    return history


def test_a_rise_is_overfitting_only_beyond_the_spread_of_the_sentences():
    assert kinds(measured(0.6, 0.5, 0.55, spread=0.01))[-1] == "overfitting"
    noisy = measured(0.6, 0.5, 0.55, spread=1.0)
    assert kinds(noisy)[-1] == "noise"
    error = standard_error(noisy.epochs[2], noisy.epochs[1])
    assert f"{error:.2f} would be one standard error: may be noise" in noisy.observations()[-1].text


@given(curves)
def test_overfitting_is_never_said_of_one_rise_nor_beside_praise_nor_of_equal_numbers(rows):
    history = epochs(*rows)
    for count, seen in enumerate(history.observations(), start=1):
        shown = re.findall(r"(\S+) (?:→|to) (\S+?)(?: |$)", seen.text)
        if seen.kind != "overfitting":
            continue
        assert "best" not in seen.text
        assert all(before != after for before, after in shown)
        before = [loss for _, loss in rows[:count]]
        rises = [b > a for a, b in itertools.pairwise(before)]
        assert (True, True) in itertools.pairwise(rises)
        assert before[-1] > min(before)


def test_a_goal_without_a_loss_is_told_by_epoch_and_a_gap_is_no_number():
    goals = History.read({"val_accuracy": [0.5, 0.6, 0.7]}).observations()
    moves = ["0.50", "0.50 → 0.60", "0.60 → 0.70"]
    assert [seen.text for seen in goals] == [f"validation accuracy {move}" for move in moves]
    gap = History("gap")
    gap.log(epoch=1, loss=0.7)
    gap.log(epoch=2, loss=0.6, validation_loss=0.65)
    gap.log(epoch=3, loss=0.5, validation_loss=0.7)
    assert not any("nan" in seen.text for seen in gap.observations())


def test_levelling_off_rising_and_diverging_are_told_apart():
    level = epochs((0.5, 0.5), (0.45, 0.495))
    assert kinds(level)[-1] == "level"
    assert "0.50 → 0.49" in level.observations()[-1].text
    assert kinds(epochs((0.5, 0.5), (0.55, 0.6)))[-1] == "one_epoch"
    assert kinds(measured(0.5, 0.6, spread=0.01))[-1] == "overfitting"
    assert kinds(History.read([{"loss": 0.5}, {"loss": 0.55}]))[-1] == "rising"
    diverging = epochs((0.5, 0.5), (0.9, 1.5))
    assert kinds(diverging)[-1] == "diverging"
    assert kinds(epochs((0.5, 0.5), (math.nan, 0.6)))[-1] == "broken"


def test_an_observation_knows_only_the_epochs_before_it():
    rows = [(0.7, 0.68), (0.5, 0.5), (0.3, 0.55), (0.2, 0.4)]
    whole = epochs(*rows).observations()
    for count in range(1, len(rows) + 1):
        assert epochs(*rows[:count]).observations() == whole[:count]


def test_observations_can_be_translated():
    said = History.read(PAGE).observations({"falling": "fällt: {before} → {now}"})
    assert said[1].text.startswith("fällt: 0.65 → 0.48")


def test_any_series_is_kept_by_its_name():
    history = History("gan")
    history.log(epoch=1, generator=2.0, discriminator=0.5)
    history.log(epoch=1, validation_generator=2.5)
    assert history.series == ("generator", "discriminator", "validation_generator")
    assert history.epochs[0].values["validation_generator"] == 2.5


def test_a_list_of_dicts_and_a_csv_are_the_same_history(tmp_path):
    rows = [
        {"step": 1, "epoch": 0.5, "loss": 0.7},
        {"step": 2, "epoch": 1.0, "loss": 0.5},
        {"step": 2, "epoch": 1.0, "eval_loss": 0.55, "eval_acc": 0.75},
    ]
    path = tmp_path / "log.csv"
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, ["step", "epoch", "loss", "eval_loss", "eval_acc", "remark"])
        table.writeheader()
        table.writerows(row | {"remark": "fine"} for row in rows)
    for history in (History.read(rows), History.read(path)):
        assert history.steps["loss"].tolist() == [0.7, 0.5]
        assert history.epochs[0].values == {
            "loss": pytest.approx(0.6),
            "validation_loss": 0.55,
            "validation_accuracy": 0.75,
        }
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="step or epoch"):
        History.read(path)


def test_keras_own_csv_counts_from_0_and_is_counted_from_1(tmp_path):
    path = tmp_path / "keras.csv"
    path.write_text("epoch,accuracy,loss,val_loss\n0,0.6,0.65,0.66\n1,0.7,0.48,0.5\n")
    assert [record.epoch for record in History.read(path).epochs] == [1, 2]


def test_what_is_no_history_is_refused():
    with pytest.raises(BadInput, match="no history"):
        History.read(3)
    with pytest.raises(BadInput, match="no file"):
        History.read("nowhere.csv")


def test_history_and_metrics_import_no_torch():
    code = (
        "import sys, pipeline_widgets as pw; pw.History, pw.training\n"
        "from pipeline_widgets.training import metrics\n"
        "assert not {'torch', 'transformers', 'ipywidgets'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_training_without_torch_says_what_to_install():
    code = """
import sys
sys.modules["torch"] = None
import pipeline_widgets as pw
for name in ("fine_tune", "distill"):
    try:
        getattr(pw.training, name)
    except pw.MissingExtra as error:
        print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.count('pip install "pipeline-widgets[torch]"') == 2
