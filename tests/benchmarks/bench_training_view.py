"""What a TrainingView sends while a run goes on, and how long a very long one takes."""

from __future__ import annotations

from time import perf_counter

from pipeline_widgets import History
from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row

LIVE = """
import pipeline_widgets as pw
from pipeline_widgets.training import Replay, StepRecord, EpochRecord
history = pw.History("1000 steps", settings={"epochs": 5})
for step in range(1, 1001):
    values = {"loss": 1 / step, "learning_rate": 1e-5}
    history.append(StepRecord(step, step / 200, step * 0.02, values))
    if step % 200 == 0:
        values = {"loss": 0.5, "validation_loss": 0.5, "validation_accuracy": 0.9}
        history.append(EpochRecord(step // 200, step, step * 0.02, values))
view = pw.TrainingView(Replay(history, speed=1.0))
view
"""
LONG = """
import numpy as np
long = pw.History("100,000 steps")
noise = np.random.default_rng(0).normal(0, 0.05, 100_000)
for step in range(1, 100_001):
    values = {"loss": 3 / (3 + step / 9000) + noise[step - 1]}
    long.append(StepRecord(step, step / 1000, step * 0.01, values))
    if step % 1000 == 0:
        values = {"loss": 1.0, "validation_loss": 1.0}
        long.append(EpochRecord(step // 1000, step, step * 0.01, values))
"""
# From running the cell until its last pixels are on their way, one task after the frame.
WATCH = """
async () => {
  const began = performance.now(), before = document.querySelectorAll('.pw-training').length;
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await jupyterapp.commands.execute('notebook:insert-cell-below');
  notebook.activeCell.model.sharedModel.setSource('pw.TrainingView(long)');
  jupyterapp.commands.execute('notebook:run-cell');
  const shown = () => document.querySelectorAll('.pw-training')[before]?.dataset;
  const drawn = () => shown()?.points === '100000';
  while (!drawn()) await new Promise(requestAnimationFrame);
  await new Promise(done => setTimeout(done));
  return performance.now() - began;
}
"""
SCRUB = """
async () => {
  const root = [...document.querySelectorAll('.pw-training')].at(-1), before = root.dataset.painted;
  const began = performance.now();
  root.querySelector('[data-key="epoch-50"]').click();
  while (root.dataset.painted === before) await new Promise(requestAnimationFrame);
  await new Promise(done => setTimeout(done));
  return performance.now() - began;
}
"""


def rows() -> list[Row]:
    """What a run of 1000 steps sends, and how long 100,000 steps take to open and to scrub."""
    with notebook_page([LIVE, LONG], wait_for=".pw-training[data-painted]", height=1400) as lab:
        lab.page.wait_for_timeout(1000)
        lab.kernel_frames.clear()
        began = perf_counter()
        lab.page.get_by_role("button", name="Start", exact=True).click()
        lab.page.wait_for_selector(".pw-training[data-state='finished']", timeout=60_000)
        seconds = perf_counter() - began
        frames = list(lab.kernel_frames)
        half = sum(frames[: len(frames) // 2])
        opened, scrubbed = lab.page.evaluate(WATCH) / 1000, lab.page.evaluate(SCRUB) / 1000
    detail = f"{len(frames)} frames in {seconds:.0f} s; first half {half / sum(frames):.2f}"
    return [
        Row("TrainingView: 1000 steps, all that is sent", 200, sum(frames) / 1000, "KB", detail),
        Row("TrainingView: messages a second", 10, len(frames) / seconds, "", detail),
        Row("TrainingView: 100,000 steps to paint", 1, opened, "s", f"scrub {scrubbed:.2f} s"),
        reading(),
    ]


def reading() -> Row:
    """A Trainer's log of a million steps, evaluated at each five hundredth."""
    log: list[dict[str, float]] = []
    for step in range(1, 1_000_001):
        log.append({"loss": 1.0, "epoch": step / 1e5, "step": step})
        if step % 500 == 0:
            log.append({"eval_loss": 1 / step, "epoch": step / 1e5, "step": step})
    began = perf_counter()
    history = History.read(log)
    seconds = perf_counter() - began
    detail = f"{len(history.points('validation_loss')):,} evaluations kept"
    return Row("a log of 1,000,000 steps, read", 5, seconds, "s", detail)
