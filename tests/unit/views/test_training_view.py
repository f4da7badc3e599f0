"""TrainingView without a browser and without torch: what it holds, sends and says."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from xml.etree import ElementTree

import comm
import numpy as np
import pandas as pd
import pytest

import pipeline_widgets as pw
from pipeline_widgets import BadInput, History
from pipeline_widgets.jobs import Throttle
from pipeline_widgets.training import EpochRecord, Note, Replay, StepRecord
from pipeline_widgets.training.records import from_json, to_json
from pipeline_widgets.training.runner import Runner
from pipeline_widgets.views.shared.plot import Axis, smoothed
from pipeline_widgets.views.training.subshell import answer_where_asked

PAGE = {"loss": [0.65, 0.48, 0.35, 0.28, 0.22], "val_accuracy": [0.60, 0.75, 0.83, 0.88, 0.91]}


def made(name="made", steps=60, epochs=3):
    history = History(name, settings={"epochs": epochs})
    for step in range(1, steps + 1):
        history.append(StepRecord(step, step * epochs / steps, step * 0.01, {"loss": 1 / step}))
        if step % (steps // epochs) == 0:
            values = {"loss": 0.5, "validation_loss": 1 / step, "validation_accuracy": 0.5}
            history.append(EpochRecord(step * epochs // steps, step, step * 0.01, values))
    return history


def sent(view):
    """Record every message to the browser as (trait, bytes of its buffers)."""
    messages = []
    original = view.send_state

    def note(key=None):
        messages.append(key)
        original(key)

    view.send_state = note
    return messages


class Slow:
    """A run of which each step waits for its turn."""

    def __init__(self, steps=6):
        self.history, self.steps, self.turn = History("slow"), steps, threading.Semaphore(0)
        self.made = 0

    total_steps = property(lambda self: self.steps)
    done = property(lambda self: self.made == self.steps)

    def __iter__(self):
        return self

    def __next__(self):
        if self.done:
            raise StopIteration
        self.turn.acquire()
        self.made += 1
        record = StepRecord(self.made, self.made / 3, 0.0, {"loss": 1.0})
        self.history.append(record)
        if self.made % 3 == 0:
            record = EpochRecord(self.made // 3, self.made, 0.0, {"loss": 1.0})
            self.history.append(record)
        return record

    def again(self, **changes):
        return Slow(self.steps)


def test_it_takes_whatever_a_history_can_be_read_from():
    view = pw.TrainingView(PAGE, [{"epoch": 1, "loss": 0.5}], made())
    assert view.epochs == [5, 1, 3]
    assert view.state == "recorded"
    with pytest.raises(BadInput, match="up to 4"):
        pw.TrainingView(*[PAGE] * 5)


def test_any_loop_logs_and_the_picture_follows():
    view = pw.TrainingView()
    for epoch in (1, 2, 3):
        for step in range(10):
            view.log(step=10 * epoch + step, epoch=epoch - 1 + step / 10, loss=1 / epoch)
        view.log(epoch=epoch, loss=1 / epoch, validation_loss=1.1 / epoch)
    view.wait()
    assert len(view.history) == 30
    assert view.history.best.epoch == 3
    assert view._news["best"] == 2
    assert "validation loss 0.37" in view.summary()


def test_two_equal_views_are_equal_in_words_and_static_html():
    one, two = pw.TrainingView(made(), PAGE), pw.TrainingView(made(), PAGE)
    assert repr(one) == repr(two) == "TrainingView(names=['made', 'run'], epochs=[3, 5])"
    assert one.static_html() == two.static_html()
    assert "<svg" in one.static_html()
    assert "still falling: training loss 0.65 → 0.48" in one.static_html()
    assert "<script" not in one.static_html()


def test_each_point_is_sent_once_and_seldom():
    view = pw.TrainingView(Replay(made(steps=1000, epochs=5), speed=None))
    messages, news = sent(view), []
    view.observe(lambda change: news.append(change["new"]), "_news")
    view.start()
    assert view.wait(20) == "finished"
    starts = [one["start"] for one in news]
    ends = [one["start"] + one["points"]["shape"][1] for one in news]
    assert starts[1:] == ends[:-1]  # each message goes on where the last one ended
    assert ends[-1] == 1000
    assert messages.count("_whole") == 1  # at the end, for the saved notebook


def test_messages_come_at_most_ten_times_a_second_and_the_last_is_never_lost():
    asked, told, heard = 0, [], threading.Condition()

    def tell():
        with heard:
            told.append(asked)
            heard.notify_all()

    throttle = Throttle(tell)
    began = time.monotonic()
    while time.monotonic() - began < 0.75:
        asked += 1
        throttle.ask()
    with heard:
        assert heard.wait_for(lambda: told[-1] == asked, 10)
    assert 2 <= len(told) <= 2 + (time.monotonic() - began) / 0.1


def test_the_channel_opens_with_all_that_is_drawn(monkeypatch):
    opened, create = [], comm.create_comm
    monkeypatch.setattr(
        comm, "create_comm", lambda **given: opened.append(given) or create(**given)
    )
    view = pw.TrainingView(Replay(made("one")), Replay(made("two")), axis="seconds")
    pw.MetricsView(("A", [0.1, 0.9]), sentences=[("no", 0), ("yes", 1)])
    states = {id(one): one["data"]["state"] for one in opened if "strings" in one["data"]["state"]}
    one, two = states.values()
    assert one["strings"] == view.strings
    assert [run["name"] for run in one["_whole"]["runs"]] == ["one", "two"]
    assert (one["axis"], one["run"], one["text"]) == ("seconds", 0, view.text)
    assert (two["strings"]["threshold"], two["_data"]["names"]) == ("Threshold", ["A"])


def test_each_message_is_numbered_so_that_a_late_one_is_passed_over():
    view = pw.TrainingView(Replay(made(), speed=None))
    serials = [view.get_state("_whole")["_whole"]["serial"]]
    view.observe(lambda change: serials.append(change["new"]["serial"]), "_news")
    view.start()
    view.wait(20)
    serials.append(view.get_state("_whole")["_whole"]["serial"])
    assert len(serials) > 2
    assert serials == sorted(set(serials))


def test_a_browsers_message_goes_to_the_thread_that_it_asked_for():
    comms = pytest.importorskip("ipykernel.comm.comm")
    channel = comms.BaseComm(target_name="training")
    channel._reply_subshell_id = None  # as after a cell, in the thread of cells, has used it
    assert channel._reply_subshell_for({}, "beside") is None  # where a click would wait
    answer_where_asked(channel)
    assert channel._reply_subshell_for({}, "beside") == "beside"
    assert channel._reply_subshell_for({}, None) is None  # no subshells: as ever
    answer_where_asked(None)


def test_a_browser_that_asks_gets_everything():
    view = pw.TrainingView(made(), made("other", steps=30))
    whole = view.get_state("_whole")["_whole"]
    assert [run["points"]["shape"][1] for run in whole["runs"]] == [60, 30]
    names = whole["runs"][0]["names"]
    numbers = np.frombuffer(whole["runs"][0]["points"]["data"], np.float32).reshape(len(names), -1)
    assert numbers[names.index("loss")] == pytest.approx(1 / np.arange(1, 61))


def test_a_browser_that_has_everything_is_not_sent_it_again():
    view = pw.TrainingView(made())
    messages = sent(view)
    view._handle_custom_msg({"do": "whole", "have": [[60, 3, "recorded"]]}, [])
    assert messages == []
    view._handle_custom_msg({"do": "whole", "have": [[59, 2, "recorded"]]}, [])
    assert messages == ["_whole"]


def test_pause_step_stop_and_rewind():
    run = Slow()
    runner = Runner(run, lambda: None)
    runner.step()
    run.turn.release(3)
    assert runner.wait(5) == "paused"
    assert (run.made, run.history.epochs_done) == (3, 1)
    runner.start()
    run.turn.release(1)
    while run.made < 4:
        time.sleep(0.005)
    runner.pause()
    run.turn.release(1)  # the step under way finishes, no other follows
    assert runner.wait(5) == "paused"
    time.sleep(0.05)
    assert run.made == 5
    runner.stop()
    assert runner.state == "stopped"
    assert run.history.notes[-1].text == "stopped"
    runner.rewind()
    assert (runner.state, len(runner.run.history)) == ("ready", 0)
    assert runner.run is not run


def test_a_run_that_fails_says_so_and_keeps_its_numbers():
    class Failing(Slow):
        def __next__(self):
            if self.made == 2:
                raise ValueError("the disk is full")
            return super().__next__()

    run = Failing()
    run.turn.release(5)
    view = pw.TrainingView(run)
    view.start()
    with pytest.raises(ValueError, match="disk is full"):
        view.wait(5)
    assert view.state == "failed"
    assert view.get_state("_whole")["_whole"]["runs"][0]["status"]["error"] == "the disk is full"
    assert len(view.history) == 2


def test_a_replay_ends_equal_to_what_was_recorded_and_can_be_rewound():
    recorded = made()
    view = pw.TrainingView(Replay(recorded, speed=None))
    view.start()
    assert view.wait(10) == "finished"
    assert view.history == recorded
    view.rewind()
    assert view.epochs == [0]
    view.step()
    assert view.wait(10) == "paused"
    assert view.epochs == [1]


def test_a_replay_keeps_its_speed():
    history = History("paced")
    for step in range(1, 6):
        history.append(StepRecord(step, step / 5, step * 0.5, {"loss": 1.0}))
    began = time.monotonic()
    list(Replay(history, speed=10))
    assert 0.25 <= time.monotonic() - began < 1.5
    with pytest.raises(BadInput, match="positive"):
        Replay(history, speed=0)


def paced(steps: int, each: float, name: str = "paced") -> History:
    history = History(name)
    for step in range(1, steps + 1):
        history.append(StepRecord(step, step / steps, step * each, {"loss": 1.0}))
    history.append(EpochRecord(1, steps, steps * each, {"loss": 1.0}))
    return history


def test_a_recording_takes_fifteen_seconds_by_default_and_its_pace_can_be_changed(monkeypatch):
    slept: list[float] = []
    now = [0.0]
    monkeypatch.setattr(
        time, "sleep", lambda seconds: (slept.append(seconds), now.append(now[-1] + seconds))
    )
    monkeypatch.setattr(time, "monotonic", lambda: now[-1])
    for lasts in (0.01, 3.0, 5000.0):
        slept.clear()
        list(Replay(paced(20, lasts / 20)))
        assert sum(slept) == pytest.approx(15)
    replay = Replay(paced(20, 1.0))
    slept.clear()
    for _ in range(10):
        next(replay)
    replay.pace = 4.0
    list(replay)
    assert sum(slept) == pytest.approx(7.5 + 7.5 / 4)


def test_recordings_side_by_side_share_one_clock_and_one_button():
    slow, fast = Replay(paced(30, 0.4, "slow")), Replay(paced(30, 0.1, "fast"))
    view = pw.TrainingView(slow, fast, pace=50)
    view.start()
    assert view.wait(10) == "finished"
    assert [len(history) for history in view.histories] == [30, 30]
    assert (slow.lasts, fast.lasts) == (12.0, 12.0)  # 15 seconds are 12 recorded ones for both
    view.rewind()
    assert [len(history) for history in view.histories] == [0, 0]
    view.pace = 2.0
    assert [runner.run.pace for runner, _ in view._replays] == [2.0, 2.0]


def test_a_recording_says_what_each_epoch_made_of_the_sentences_it_keeps():
    history = made(epochs=3)
    kept = [[[0.6, 0.4], [0.5, 0.5]], [[0.3, 0.7], [0.4, 0.6]]]
    note = {
        "texts": ["One.", "Two."],
        "labels": ["no", "yes"],
        "epochs": [1, 2],
        "probabilities": kept,
    }
    history.append(Note("sentences read", note))
    assert [reading.text for reading in history.readings] == ["One.", "Two."]
    assert history.readings[1].probabilities == ((0.5, 0.5), (0.4, 0.6))
    view = pw.TrainingView(history)
    assert (view._said["text"], view._said["choices"]) == ("One.", ["One.", "Two."])
    view.text = "Two."
    assert view._said["probabilities"] == [[0.5, 0.5], [0.4, 0.6]]
    played = pw.TrainingView(Replay(history, speed=None), text="Two.")
    assert played._said["epochs"] == []
    played.step()
    played.wait(10)
    assert (played._said["epochs"], played._said["probabilities"]) == ([1], [[0.5, 0.5]])


@pytest.mark.parametrize(("function", "threshold"), [("sigmoid", 0.3), ("none", 0.5)])
def test_a_recording_keeps_what_its_head_answers_with(tmp_path, function, threshold):
    history = made(epochs=1)
    note = {"texts": ["One."], "labels": ["a", "b"], "epochs": [1], "probabilities": [[[0.4, 0.7]]]}
    history.append(Note("sentences read", note | {"function": function, "threshold": threshold}))
    said = pw.TrainingView(History.read(history.save(tmp_path / "run.jsonl")))._said
    assert (said["function"], said["threshold"]) == (function, threshold)
    with pytest.raises(pw.BadInput, match="argmax"):
        from_json(to_json(Note("sentences read", note | {"function": "argmax"})))


def test_buttons_of_the_browser_are_heard():
    view = pw.TrainingView(Replay(made(), speed=None))
    view._handle_custom_msg({"do": "step"}, [])
    assert view.wait(10) == "paused"
    view._handle_custom_msg({"do": "start"}, [])
    assert view.wait(10) == "finished"
    view._handle_custom_msg({"do": "nonsense"}, [])


def test_a_keras_callback_counts_epochs_from_1():
    view = pw.TrainingView(History("keras"))
    callback = view.keras_callback()
    callback.on_epoch_end(0, {"loss": 0.65, "val_loss": 0.7})
    callback.on_epoch_end(1, {"loss": 0.48, "val_loss": 0.6})
    assert [record.epoch for record in view.history.epochs] == [1, 2]
    assert view.history.epochs[1].values == {"loss": 0.48, "validation_loss": 0.6}


def test_the_plotly_figure_has_both_series_of_each_run_and_the_chosen_axis():
    figure = pw.TrainingView(made(), PAGE, axis="seconds", scale="log").figure()
    assert len(figure.data) == 5
    assert {trace.line.dash for trace in figure.data} == {"solid", "dash"}
    assert figure.layout.xaxis.title.text == "seconds of computing"
    assert figure.layout.yaxis.type == "log"


def test_fine_tuning_without_torch_names_the_extra_and_the_recorded_runs():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from pipeline_widgets import MissingExtra\n"
        "try:\n    from pipeline_widgets.training import fine_tune\n"
        "except MissingExtra as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert 'pip install "pipeline-widgets[torch]"' in said.stdout
    assert "recorded()" in said.stdout


def test_the_view_needs_no_torch():
    code = (
        "import sys, pipeline_widgets as pw; pw.TrainingView({'loss': [1.0]}).static_html()\n"
        "assert not {'torch', 'transformers', 'plotly'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_svg_has_curves_and_table_and_the_page_the_same_curves(tmp_path):
    view = pw.TrainingView(made("one"), made("two"))
    drawn = ElementTree.parse(view.to_svg(tmp_path / "run.svg")).getroot()
    said = [node.text for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Loss", "A", "B", "epoch", "Observation", "1 ★"} <= set(said)
    lines = {node.get("d") for node in drawn.iter("{http://www.w3.org/2000/svg}path")}
    page = view.static_html()
    curves = [line for line in lines if line.count("L") > 50]  # each batch, and smoothed
    assert len(curves) == 2  # both runs have the same numbers
    assert all(line in page for line in curves)


def test_the_table_has_a_record_for_each_epoch_of_each_run():
    rows = pd.DataFrame(pw.TrainingView(made("one"), PAGE).to_table())
    assert rows["run"].tolist() == ["one"] * 3 + ["run"] * 5
    assert rows["loss"].tolist() == [0.5] * 3 + PAGE["loss"]
    assert rows["best"].tolist() == [True, False, False] + [False] * 4 + [True]
    assert rows["observation"][0] == "training loss 0.50; validation accuracy 0.50"


def test_the_smoothed_line_is_the_mean_that_forgets():
    values = np.array([1.0, np.nan, 3.0])
    assert smoothed(values, 0.5)[[0, 2]] == pytest.approx([1.0, (0.5 * 1 + 3) / 1.5])
    assert np.isnan(smoothed(values, 0.5)[1])


def test_an_axis_has_round_ticks():
    assert Axis(0, 5, whole=True).ticks(5) == [0, 1, 2, 3, 4, 5]
    assert Axis(0, 0.7).ticks(4) == pytest.approx([0, 0.2, 0.4, 0.6])
    assert Axis(0.04, 0.6, log=True).ticks(4) == pytest.approx([0.05, 0.1, 0.2, 0.5])
