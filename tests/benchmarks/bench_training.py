"""Training beside a bare PyTorch loop and transformers' Trainer; seconds and memory of a run.

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
from statistics import median
from time import perf_counter
from typing import Any

import torch
import transformers

import pipeline_widgets as pw
from pipeline_widgets.training import EpochRecord, fine_tune
from pipeline_widgets.training.data import plan_epoch
from tests.benchmarks.row import Row
from tests.benchmarks.seeds import SEEDS, live_run

EPOCHS = 5
TRAINER_EPOCHS = 3  # turns enough for a median; all of this file takes less than six minutes
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


def rows() -> list[Row]:
    """All of the training's rows."""
    transformers.utils.logging.disable_progress_bar()
    return [*loops(), *alone(), lesson()]


def lesson() -> Row:
    """The live run of lesson 3, over three seeds."""
    reached = [live_run(seed) for seed in SEEDS]
    detail = "accuracy " + ", ".join(f"{one:.3f}" for one in reached)
    return Row(
        "lesson 3's run: errors, median of three seeds", 0.22, 1 - median(reached), "", detail
    )


def loops() -> list[Row]:
    """Ours with a view attached, and Trainer, each by turns with a bare loop on our batches.

    A turn is an evaluation before the first step, then an epoch and its evaluation. One thread does
    all of a turn: OpenMP keeps threads for every thread that computes, which spin for a while after
    each use and slow down another's.
    """
    run = fine_tune(ENCODER, pw.sentences("train"), pw.sentences("held-out"), epochs=EPOCHS)
    with tempfile.TemporaryDirectory() as home:
        folder = run.pipeline().save(Path(home) / "start")
        ours = Turns(run, Watch(bare_epochs(run, folder)))
        pw.TrainingView(ours).start().wait()
        trainer = make_trainer(run, folder, home)
        theirs = BareBetween(Watch(bare_epochs(run, folder)))
        trainer.add_callback(theirs)
        theirs.watch.begin()
        trainer.train()
    first, second = ours.watch.ratio(), theirs.watch.ratio()
    said = f"({ours.watch}) ÷ (Trainer, random batches, {theirs.watch})"
    return [
        Row("fine_tune with TrainingView ÷ bare loop", 1.03, first, "", str(ours.watch)),
        Row("fine_tune with TrainingView ÷ Trainer", 0.9, first / second, "", said),
    ]


class Watch:
    """Seconds of two loops that take turns, one turn each time `other_turn` is called."""

    def __init__(self, bare: Iterator[float]) -> None:
        self._bare, self.seconds, self.bare_seconds = bare, list[float](), list[float]()
        next(bare)  # load the model
        self.begin()

    def begin(self) -> None:
        """The first loop begins now."""
        self._began = perf_counter()

    def other_turn(self) -> None:
        """The first loop's turn is over: let the bare loop have its own."""
        now = perf_counter()
        self.seconds.append(now - self._began)
        next(self._bare)
        self.begin()
        self.bare_seconds.append(self._began - now)

    def ratio(self) -> float:
        """The median over the epochs, the evaluation before them left out."""
        pairs = zip(self.seconds[1:], self.bare_seconds[1:], strict=True)
        return median(one / bare for one, bare in pairs)

    def __str__(self) -> str:
        ours, bare = sum(self.seconds), sum(self.bare_seconds)
        return f"{ours:.1f} s ÷ bare {bare:.1f} s, median of {len(self.seconds) - 1} epochs"


class Turns(Iterator[Any]):
    """Our run, with a turn of the bare loop after each of its own."""

    def __init__(self, run: Any, watch: Watch) -> None:
        self.run, self.watch = run, watch
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
        if not self.history.epochs:
            self.watch.begin()
        record = next(self.run)
        if isinstance(record, EpochRecord):
            self.watch.other_turn()
        return record


class BareBetween(transformers.TrainerCallback):
    """A turn of the bare loop after each of Trainer's."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def on_evaluate(self, *_: Any, **__: Any) -> None:
        """The other's turn."""
        self.watch.other_turn()


def bare_epochs(run: Any, folder: Path) -> Iterator[float]:
    """A loop as in any tutorial: forward, backward, clip, step; evaluation after each epoch.

    Gives 0 when the model is there, then an accuracy before the first step and after each epoch.
    """
    model = load_model(folder)
    used = [p for p in model.parameters() if p.requires_grad]
    settings = run.settings
    optimizer = torch.optim.AdamW(
        used, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    total = EPOCHS * run.steps_an_epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: settings.rate(step, total) / settings.learning_rate
    )
    yield 0.0
    yield evaluate(model, run)
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


def load_model(folder: Path) -> Any:
    """The start's classifier in float32, as ours is, its embeddings frozen, as ours are."""
    kind = transformers.AutoModelForSequenceClassification
    model = kind.from_pretrained(folder, dtype=torch.float32)
    model.base_model.embeddings.requires_grad_(False)
    return model


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
    model = load_model(folder)
    words = transformers.AutoTokenizer.from_pretrained(folder)
    settings = run.settings
    arguments = transformers.TrainingArguments(
        output_dir=home,
        num_train_epochs=TRAINER_EPOCHS,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=64,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=int(settings.warmup * TRAINER_EPOCHS * run.steps_an_epoch),
        eval_strategy="epoch",
        eval_on_start=True,
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
