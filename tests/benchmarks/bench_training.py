"""Training beside a bare PyTorch loop and transformers' Trainer; what the view sends and draws.

All on the bundled 1000 + 300 sentences with `fine_tune`'s defaults. The loop is measured epoch by
epoch, taking turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
import transformers
from playwright.sync_api import sync_playwright

import pipeline_widgets as pw
from pipeline_widgets.training import EpochRecord, fine_tune
from pipeline_widgets.training.data import plan_epoch
from tests.benchmarks.row import Row
from tests.browser.lab import (
    LabServer,
    OpenNotebook,
    find_chromium,
    launch_chromium,
    open_notebook,
)

EPOCHS = 5
ENCODER = "distilbert-encoder"
ALONE = """
import json, sys, time
import pipeline_widgets as pw
from pipeline_widgets.training import fine_tune
run = fine_tune(sys.argv[1], pw.sentences("train"), pw.sentences("held-out"))
run.run()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
megabytes = int(status["VmHWM"].split()[0]) * 1024 / 1e6
print(json.dumps([run.seconds, megabytes, run.history.epochs[-1].values["validation_accuracy"]]))
"""
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
    """All of the training's rows."""
    transformers.utils.logging.disable_progress_bar()
    return [*loops(), *alone(), *browser()]


def loops() -> list[Row]:
    """Ours with a view attached, and Trainer, each by turns with a bare loop on our batches.

    One thread does all of a turn: OpenMP keeps threads for every thread that computes, which spin
    for a while after each use and slow down another's.
    """
    run = fine_tune(ENCODER, pw.sentences("train"), pw.sentences("held-out"), epochs=EPOCHS)
    with tempfile.TemporaryDirectory() as home:
        folder = run.pipeline().save(Path(home) / "start")
        turns = Turns(run, bare_epochs(run, folder))
        began = perf_counter()
        pw.TrainingView(turns).start().wait()
        ours, bare = perf_counter() - began - turns.bare_seconds, turns.bare_seconds
        between = BareBetween(bare_epochs(run, folder))
        trainer = make_trainer(run, folder, home)
        trainer.add_callback(between)
        began = perf_counter()
        trainer.train()
        theirs, again = perf_counter() - began - between.bare_seconds, between.bare_seconds
    first = f"{ours:.1f} s ÷ bare {bare:.1f} s"
    second = f"({first}) ÷ (Trainer {theirs:.1f} s ÷ bare {again:.1f} s)"
    ratio = (ours / bare) / (theirs / again)
    return [
        Row("fine_tune with TrainingView ÷ bare loop", 1.03, ours / bare, "", first),
        Row("fine_tune with TrainingView ÷ Trainer", 0.9, ratio, "", second),
    ]


class Turns(Iterator[Any]):
    """Our run, with an epoch of the bare loop after each of its own."""

    def __init__(self, run: Any, bare: Iterator[float]) -> None:
        self.run, self.bare, self.bare_seconds = run, bare, 0.0
        self.history, self.total_steps = run.history, run.total_steps

    @property
    def done(self) -> bool:
        """Whether our run is over."""
        return self.run.done

    def pipeline(self, epoch: int) -> Any:
        """For the sentence in the view."""
        return self.run.pipeline(epoch)

    def __next__(self) -> Any:
        """A step of ours; after an epoch, the bare loop's."""
        record = next(self.run)
        if isinstance(record, EpochRecord) and record.epoch:
            began = perf_counter()
            next(self.bare)
            self.bare_seconds += perf_counter() - began
        return record


class BareBetween(transformers.TrainerCallback):
    """An epoch of the bare loop after each of Trainer's."""

    def __init__(self, bare: Iterator[float]) -> None:
        self.bare, self.bare_seconds = bare, 0.0

    def on_evaluate(self, *_: Any, **__: Any) -> None:
        """The other's turn."""
        began = perf_counter()
        next(self.bare)
        self.bare_seconds += perf_counter() - began


def bare_epochs(run: Any, folder: Path) -> Iterator[float]:
    """A loop as in any tutorial: forward, backward, clip, step; evaluation after each epoch."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    model.base_model.embeddings.requires_grad_(False)
    used = [p for p in model.parameters() if p.requires_grad]
    settings = run.settings
    optimizer = torch.optim.AdamW(
        used, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    total = EPOCHS * run.steps_an_epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: settings.rate(step, total) / settings.learning_rate
    )
    evaluate(model, run)  # before the first step, as ours
    for epoch in range(EPOCHS):
        model.train()
        plan = plan_epoch(run.train.lengths, batch_size=settings.batch_size, seed=0, epoch=epoch)
        for rows in plan:
            ids, mask = map(torch.from_numpy, run.train.batch(rows))
            labels = torch.from_numpy(run.train.labels[rows])
            optimizer.zero_grad()
            logits = model(input_ids=ids, attention_mask=mask).logits
            torch.nn.functional.cross_entropy(logits, labels).backward()
            torch.nn.utils.clip_grad_norm_(used, 1.0)
            optimizer.step()
            schedule.step()
        yield evaluate(model, run)


def evaluate(model: Any, run: Any) -> float:
    """Accuracy on the validation sentences, in batches of one length."""
    from pipeline_widgets.training.data import plan_evaluation

    right = 0
    model.eval()
    with torch.inference_mode():
        for rows in plan_evaluation(run.validation.lengths, batch_size=64):
            ids, mask = map(torch.from_numpy, run.validation.batch(rows))
            chosen = model(input_ids=ids, attention_mask=mask).logits.argmax(-1).numpy()
            right += int((chosen == run.validation.labels[rows]).sum())
    return right / len(run.validation)


def make_trainer(run: Any, folder: Path, home: str) -> transformers.Trainer:
    """Trainer with the same settings: batch size, rate, schedule, decay, padding to the longest."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    model.base_model.embeddings.requires_grad_(False)
    words = transformers.AutoTokenizer.from_pretrained(folder)
    settings = run.settings
    arguments = transformers.TrainingArguments(
        output_dir=home,
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=64,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=int(settings.warmup * EPOCHS * run.steps_an_epoch),
        eval_strategy="epoch",
        logging_strategy="epoch",
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    return transformers.Trainer(
        model=model,
        args=arguments,
        train_dataset=_dicts(run.train),
        eval_dataset=_dicts(run.validation),
        data_collator=transformers.DataCollatorWithPadding(words),
    )


def _dicts(sentences: Any) -> list[dict[str, Any]]:
    return [
        {
            "input_ids": ids[:length].tolist(),
            "attention_mask": [1] * int(length),
            "labels": int(label),
        }
        for ids, length, label in zip(
            sentences.ids, sentences.lengths, sentences.labels, strict=True
        )
    ]


def alone() -> list[Row]:
    """Both minis, each in a fresh interpreter: seconds, peak memory, accuracy reached."""
    found: list[Row] = []
    for name, must in (("distilbert", 60), ("roberta", 120)):
        command = [sys.executable, "-c", ALONE, f"{name}-encoder"]
        output = subprocess.run(command, capture_output=True, check=True).stdout
        seconds, megabytes, accuracy = json.loads(output.splitlines()[-1])
        detail = f"5 epochs × 1000 sentences, validation accuracy {accuracy:.3f}"
        found += [
            Row(f"fine_tune {name} mini", must, seconds, "s", detail),
            Row(f"fine_tune {name} mini, peak memory", 1200, megabytes, "MB"),
        ]
    return found


def browser() -> list[Row]:
    """What a run of 1000 steps sends, and how long 100,000 steps take to open and to scrub."""
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as server,
        sync_playwright() as playwright,
        launch_chromium(playwright, chromium) as page,
    ):
        lab = OpenNotebook(page.new_page(viewport={"width": 1200, "height": 1400}))
        open_notebook(lab, server, [LIVE, LONG], wait_for=".pw-training[data-painted]")
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
    ]
