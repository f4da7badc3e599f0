"""TrainingView in a real JupyterLab: its buttons, its curves, its scrubber, a kernel that dies."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from pipeline_widgets.views.shared.offline_page import Recorded, page
from tests.browser.eventually import eventually

START = """
import pipeline_widgets as pw
from pipeline_widgets.training import EpochRecord, Replay, StepRecord

def made(name="made", batches=30, epochs=4, over=0.1):
    history = pw.History(name, settings={"epochs": epochs})
    for step in range(1, batches * epochs + 1):
        part = step / batches
        loss = 0.7 * 0.5**part + 0.02 * (step % 5)
        history.append(StepRecord(step, part, step * 0.1, {"loss": loss}))
        if step % batches == 0:
            values = {"loss": 0.75 * 0.5**part, "accuracy": 1 - 0.5**part / 2,
                      "validation_loss": 0.4 + over * abs(part - 2),
                      "validation_accuracy": 0.9 - 0.05 * abs(part - 2)}
            history.append(EpochRecord(int(part), step, step * 0.1, values))
    return history
"""
TUNED = """
import torch
from pipeline_widgets.training import fine_tune
torch.set_num_threads(1)
run = fine_tune("distilbert-encoder", pw.sentences("train")[:24], pw.sentences("held-out")[:16],
                epochs=2, batch_size=8, freeze=2, learning_rate=3e-3, max_length=24)
run.run()
view = pw.TrainingView(run, text="A warm and funny film.")
view
"""
RUN_WITHOUT_WAITING = """
code => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  jupyterapp.commands.execute('notebook:insert-cell-below').then(() => {
    notebook.activeCell.model.sharedModel.setSource(code);
    jupyterapp.commands.execute('notebook:run-cell');
  });
}
"""
# Resolves when JupyterLab has lost the kernel that is to die and reached the one in its place.
RESTARTED = """
() => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let lost = false;
  window.restarted = new Promise(resolve => kernel.connectionStatusChanged.connect((_, status) => {
    lost ||= status !== 'connected';
    if (lost && status === 'connected') kernel.info.then(() => resolve(true));
  }));
}
"""
WITHOUT_SUBSHELLS = """
jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = 'disabled'
"""
ENDLESS = "import time\nwhile True:\n    time.sleep(0.1)"
SUBSHELLS = "len(get_ipython().kernel.shell_channel_thread.manager.list_subshell())"


def wait_for_the_widgets_subshell(lab):
    """JupyterLab makes it soon after the first widget; a click before that waits for the cell."""
    for _ in range(100):
        if lab.value(SUBSHELLS):
            return
        lab.page.wait_for_timeout(100)
    raise AssertionError("JupyterLab made no subshell for the widgets' messages")


@pytest.fixture
def training(notebook):
    """Open a notebook with this view."""

    def show(view="pw.TrainingView(made())", **options):
        cells = [START, view if "\n" in view else f"view = {view}\nview"]
        return notebook(cells, wait_for=".pw-training[data-painted]", **options)

    return show


def state(lab, name):
    expect(lab.page.locator(".pw-training")).to_have_attribute("data-state", name, timeout=20_000)


def press(lab, name):
    lab.page.get_by_role("button", name=name, exact=True).click()


def run_without_end(lab):
    """Run a cell that only an interrupt ends; its prompt."""
    lab.page.evaluate(RUN_WITHOUT_WAITING, ENDLESS)
    prompt = lab.page.locator(".jp-InputPrompt").last
    expect(prompt).to_have_text("[*]:", timeout=20_000)
    return prompt


def interrupt(lab, prompt):
    lab.page.evaluate("jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(prompt).not_to_have_text("[*]:", timeout=20_000)


def test_buttons_work_while_another_cell_runs(training):
    lab = training("pw.TrainingView(Replay(made(), speed=2))", fresh=True)
    state(lab, "ready")
    wait_for_the_widgets_subshell(lab)
    other = run_without_end(lab)
    press(lab, "Step one epoch")
    state(lab, "running")
    expect(lab.page.locator(".pw-run-where")).to_contain_text("Epoch 1 of 4 · batch")
    expect(lab.page.locator(".pw-run-left")).to_contain_text("left")
    state(lab, "paused")
    expect(lab.page.locator(".pw-run-table tbody tr")).to_have_count(1)
    press(lab, "Go on")
    state(lab, "running")
    press(lab, "Pause")
    state(lab, "paused")
    before = lab.page.locator(".pw-training").get_attribute("data-points")
    press(lab, "Stop")
    state(lab, "stopped")
    assert 30 <= int(before) < 120
    press(lab, "Rewind")
    state(lab, "ready")
    expect(lab.page.locator(".pw-training")).to_have_attribute("data-points", "0")
    expect(lab.page.get_by_text("The first epoch is not finished yet.")).to_be_visible()
    expect(other).to_have_text("[*]:")  # all of this while the other cell ran
    interrupt(lab, other)
    lab.page.evaluate(WITHOUT_SUBSHELLS)  # as in other front ends: a click waits for the cell
    eventually(lab, SUBSHELLS, 0)
    other = run_without_end(lab)
    press(lab, "Step one epoch")
    expect(other).to_have_text("[*]:")
    state(lab, "ready")
    interrupt(lab, other)
    state(lab, "paused")
    expect(lab.page.locator(".pw-run-table tbody tr")).to_have_count(1)


def test_the_scrubber_changes_prediction_and_attention(training):
    lab = training(TUNED)
    state(lab, "finished")
    expect(lab.page.locator(".pw-run-when")).to_have_text("after epoch 2")
    lab.value("view.wait(30)")
    shown: dict[str, tuple[str, str]] = {}
    slider = lab.page.get_by_role("slider", name="Epoch")
    slider.focus()
    for name in ("after epoch 2", "after epoch 1", "before training"):
        expect(lab.page.locator(".pw-run-when")).to_have_text(name)
        lab.value("view.wait(30)")
        probability = lab.value("f'{view.trace.prediction.probabilities[1]:.4f}'")  # as it is sent
        answer = lab.page.locator(".pw-run-answer .pw-mono").nth(1)
        expect(answer).to_have_text(re.compile(r"0\.\d{3}"))
        # rounded once more where it is drawn
        assert float(answer.inner_text()) == pytest.approx(float(probability), abs=0.00056)
        picture = lab.page.locator(".pw-run-heat").evaluate("node => node.toDataURL()")
        shown[name] = (probability, picture)
        lab.page.keyboard.press("ArrowLeft")
    assert len({probability for probability, _ in shown.values()}) == 3
    assert len({picture for _, picture in shown.values()}) > 1
    eventually(lab, "view.epoch", 0)
    box = lab.page.get_by_role("textbox", name="Your sentence")
    box.fill("Never again.")
    expect(lab.page.locator(".pw-run-heat")).to_have_attribute(
        "aria-label", re.compile("never|again")
    )
    eventually(lab, "view.text", "Never again.")
    lab.page.locator("summary").click()
    lab.page.get_by_label("Learning rate").select_option("0.001")
    press(lab, "Run beside")
    expect(lab.page.get_by_role("radio", name="learning rate 0.001")).to_be_visible()
    state(lab, "finished")
    eventually(lab, "view.epochs", [2, 2])
    lab.screenshot("training-beside", ".pw-training")


def test_a_killed_kernel_leaves_the_history_and_the_view_reopens_from_it(training, lab_server):
    live = """
import os
history = pw.History("killed", file="killed.jsonl")
view = pw.TrainingView(history)
for record in made().records():
    if getattr(record, "step", 0) <= 60:
        history.append(record)
view.refresh()
view
"""
    lab = training(live, fresh=True)
    expect(lab.page.locator(".pw-training")).to_have_attribute("data-points", "60")
    lab.page.evaluate(RESTARTED)
    os.kill(lab.value("os.getpid()"), 9)
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()  # "has died": Lab restarts it
    lab.page.evaluate("restarted")
    assert len((lab_server.root / "killed.jsonl").read_text().splitlines()) == 63
    lab.run_cell(
        "import pipeline_widgets as pw\n"
        "again = pw.TrainingView(pw.History.load('killed.jsonl'))\nagain"
    )
    expect(lab.page.locator(".pw-training")).to_have_count(2)  # the old picture stays
    expect(lab.page.locator(".pw-training").last).to_have_attribute("data-points", "60")
    eventually(lab, "again.epochs", [2])
    # A new kernel knows no widgets before its first import: it closes the channel by which
    # JupyterLab asks for them, and JupyterLab says so if it has already closed its own end.
    closed = "Comm not found for comm id"
    lab.console_errors[:] = [error for error in lab.console_errors if closed not in error]


def test_a_view_shown_late_or_twice_has_every_point(training):
    lab = training("pw.TrainingView(Replay(made(), speed=None))")
    lab.run_cell("view.start(); view.wait()")
    lab.run_cell("view")
    for index in (0, 1):
        root = lab.page.locator(".pw-training").nth(index)
        expect(root).to_have_attribute("data-points", "120")
        expect(root.locator(".pw-run-table tbody tr")).to_have_count(4)


def test_a_state_that_comes_late_changes_nothing(chromium, tmp_path):
    """When JupyterLab connects it reads all states: one may come after what is newer."""
    kernel: dict[str, Any] = {}
    exec(START, kernel)
    view = pw.TrainingView(kernel["Replay"](kernel["made"](), speed=None))
    late = view.get_state(["_whole", "_news"])
    view.start().wait(20)
    now = view.get_state()
    view.rewind()
    answers = Recorded(("axis",))
    answers.add(("seconds",), answers.change(**late))
    answers.add(("epochs",), answers.change(_whole=view.get_state("_whole")["_whole"]))
    made = page("TrainingView", now, [answers], fallback="", later={})
    (tmp_path / "late.html").write_text(made, "utf-8")
    shown = chromium.new_page()
    shown.goto((tmp_path / "late.html").as_uri())
    root = shown.locator(".pw-training")
    expect(root).to_have_attribute("data-points", "120")
    painted = int(root.get_attribute("data-painted"))
    shown.get_by_role("radio", name="Seconds").click()
    shown.wait_for_function(
        "painted => document.querySelector('.pw-training').dataset.painted > painted", arg=painted
    )
    expect(root).to_have_attribute("data-points", "120")
    shown.get_by_role("radio", name="Epochs").click()
    expect(root).to_have_attribute("data-points", "0")
    shown.close()


def test_recordings_play_together_at_the_pace_that_is_chosen_and_keep_their_sentences(training):
    view = "pw.TrainingView(*(Replay(recorded('overfitting')) for _ in 'AB'))"
    lab = training(f"from pipeline_widgets.training import recorded\nview = {view}\nview")
    menu = lab.page.get_by_role("combobox", name="A sentence, as the recording read it")
    expect(menu).to_be_visible()
    expect(lab.page.locator("input.pw-run-box")).to_be_hidden()
    assert lab.value("view.run") == 0
    lab.page.get_by_label("Speed").select_option("4")
    eventually(lab, "[one.pace for one in (r.run for r, _ in view._replays)]", [4.0, 4.0])
    press(lab, "Start")
    state(lab, "finished")
    eventually(lab, "view.epochs", [8, 8])
    menu.select_option("The waiter was not friendly.")
    eventually(lab, "view.text", "The waiter was not friendly.")
    eventually(lab, "len(view._said['epochs'])", 9)
    expect(lab.page.locator(".pw-run-p")).to_have_count(9)
    lab.screenshot("training-replayed", ".pw-training")


def test_overfitting_best_epoch_axis_and_scale_are_on_the_picture(training):
    lab = training("pw.TrainingView(made('one'), made('two', over=0.0))")
    picture = lambda: lab.page.locator(".pw-run-canvas").first.evaluate("n => n.toDataURL()")  # noqa: E731
    seen = [picture()]
    for control in ("Seconds", "Log"):
        lab.page.get_by_role("radio", name=control).click()
        lab.page.wait_for_function(
            "before => document.querySelector('.pw-run-canvas').toDataURL() !== before",
            arg=seen[-1],
        )
        seen.append(picture())
    eventually(lab, "(view.axis, view.scale)", ("seconds", "log"))
    lab.page.get_by_role("radio", name="one").click()
    expect(lab.page.locator(".pw-run-table")).to_contain_text("overfitting since epoch 3")
    expect(lab.page.locator(".pw-run-star")).to_have_count(1)
    expect(lab.page.locator(".pw-run-canvas").first).to_have_attribute(
        "aria-label", re.compile(r"one: training loss 0\.38 → 0\.05")
    )


def test_the_keyboard_alone_reaches_every_epoch(training):
    lab = training()
    chart = lab.page.locator(".pw-run-canvas").first
    chart.focus()
    lab.page.keyboard.press("Home")
    expect(lab.page.locator(".pw-run-chosen th")).to_have_text("1")
    lab.page.keyboard.press("ArrowRight")
    expect(lab.page.locator(".pw-run-chosen th")).to_have_text("2 ★")
    eventually(lab, "view.epoch", 2)
    lab.page.locator("[data-key='epoch-3']").focus()
    lab.page.keyboard.press("Enter")
    expect(lab.page.locator(".pw-run-chosen th")).to_have_text("3")
    assert (
        lab.page.locator(".jp-Cell").count() == 2
    )  # no key was taken for a command of the notebook


def test_it_reads_well_and_axe_finds_no_violation(training, axe_violations):
    lab = training(
        "pw.TrainingView(made('RoBERTa mini'), Replay(made('DistilBERT mini')))", height=1400
    )
    root = lab.page.locator(".pw-training")
    for theme, width in (("light", 1250), ("dark", 600)):
        lab.change_theme(theme)
        lab.page.set_viewport_size({"width": width, "height": 1400})
        expect(root).to_have_attribute("data-dark", str(theme == "dark").lower())
        expect(lab.page.locator("#jupyterlab-splash")).to_have_count(0)  # it lies on the picture
        assert root.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
        lab.screenshot(f"training-{theme}-{width}", ".pw-training")
        assert axe_violations(lab.page, ".pw-training") == []
