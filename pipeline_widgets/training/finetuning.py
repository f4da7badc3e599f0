"""Fine-tuning a classifier, one record at a time: ``for record in fine_tune(...)``.

The settings are those of BERT-like models: AdamW without weight decay on biases and LayerNorm,
gradients clipped to length 1, a linear schedule. Sources: arXiv 1810.04805, arXiv 1711.05101.
"""

# torch is only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.pipeline import Pipeline
from ..errors import BadInput, MissingExtra
from . import checkpoint_file
from .checkpoint_file import Progress, RunState
from .data import Sentences, plan_epoch, plan_evaluation, read_sentences
from .history import History
from .optimizer import adamw, moments, restore_moments
from .records import EpochRecord, StepRecord, from_json
from .settings import Settings, knobs
from .start import Start, find_start, seeded, uninterrupted
from .tuned import Tuned, tuned

try:
    import torch
    from torch import Tensor, nn

    from .objectives import objective
except ImportError as error:
    raise MissingExtra(
        'Fine-tuning needs PyTorch and transformers: pip install "pipeline-widgets[torch]". '
        "recorded() shows runs without them."
    ) from error

LONGEST_GRADIENT = 1.0
EVALUATION_BATCH = 64


def fine_tune(
    start: str | Path | Pipeline,
    train: Iterable[Any],
    validation: Iterable[Any] = (),
    *,
    epochs: int = 5,
    batch_size: int = 16,
    learning_rate: float = 1e-4,
    weight_decay: float = 0.01,
    dropout: float | None = None,
    freeze: int | None = 0,
    warmup: float = 0.06,
    max_length: int = 50,
    seed: int = 0,
    sentences: int | None = None,
    bfloat16: bool = False,
    name: str | None = None,
    file: str | Path | None = None,
    resume: str | Path | None = None,
) -> FineTuning:
    """Train a classifier from ``start``; each ``next()`` is one step or one epoch's measurement.

    ``start`` is a pipeline, or a name for ``load()``: ``"roberta-encoder"`` and
    ``"distilbert-encoder"`` are the bundled encoders before any sentiment training. Sentences have
    a ``text`` and a ``label``, or are (text, label) pairs; where a checkpoint gives several labels
    at once a label is a list of them, where it gives a score, a number.

    ``dropout`` is a share (None: the checkpoint's own); ``freeze`` counts what stays as it is
    (None: nothing, 0: the embeddings, n: also the layers below n); ``warmup`` is a share of all
    steps; ``max_length`` is in tokens; ``sentences`` takes only the first of ``train``; ``file`` is
    where the history is written while it grows; ``resume`` is what ``run.save_state()`` wrote.

    The run can be left at any step and gone on with later; ``run.history`` has the numbers,
    ``run.pipeline()`` the classifier as it is now.
    """
    settings = Settings(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        dropout=dropout,
        freeze=freeze,
        warmup=warmup,
        max_length=max_length,
        seed=seed,
        sentences=sentences,
        bfloat16=bfloat16,
    )
    return FineTuning(start, train, validation, settings, name=name, file=file, resume=resume)


class FineTuning(Iterator[StepRecord | EpochRecord]):
    """A run that is under way: an iterator of records. See ``fine_tune``."""

    def __init__(
        self,
        start: str | Path | Pipeline,
        train: Iterable[Any],
        validation: Iterable[Any],
        settings: Settings,
        *,
        name: str | None = None,
        file: str | Path | None = None,
        resume: str | Path | None = None,
    ) -> None:
        self._given = (start, list(train), list(validation), file)
        self.settings = settings
        self.lock = threading.RLock()  # held while the model is at work
        self.start: Start = find_start(start, settings)
        self.objective = objective(self.start.checkpoint.config.head)
        self._counts_right = self.objective.head.kind != "one score"
        self.model = self.start.model
        self.device = self.start.device
        self.train = self._read(self._given[1][: settings.sentences])
        self.validation = self._read(self._given[2]) if self._given[2] else None
        self.history = History(name or self.start.title, settings=self._described(), file=file)
        self.step = 0
        self.seconds = 0.0
        self.snapshots: dict[int, dict[str, NDArray[np.float16]]] = {}
        self._before = self.start.tensors()
        self._trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = adamw(self._trained, settings)
        self.sums = np.zeros(3)  # of the epoch so far: loss, right answers, sentences
        self._plan: tuple[int, list[NDArray[np.int64]]] = (-1, [])
        if resume is not None:
            self.restore(checkpoint_file.read(resume, settings=self.history.settings))

    def __repr__(self) -> str:
        return f"FineTuning({self.history.name!r}, step={self.step} of {self.total_steps})"

    @property
    def steps_an_epoch(self) -> int:
        """Batches in one pass over the training sentences."""
        return math.ceil(len(self.train) / self.settings.batch_size)

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        return self.settings.epochs * self.steps_an_epoch

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.history.epochs_done == self.settings.epochs

    @property
    def knobs(self) -> list[dict[str, Any]]:
        """What can be changed for a run beside this one, with choices."""
        given = self.settings.dropout
        dropout = self.start.dropout if given is None else given
        sizes = {"layers": self.start.layers, "sentences": len(self._given[1])}
        return knobs(self.settings, dropout=dropout, **sizes)

    def __next__(self) -> StepRecord | EpochRecord:
        """Do one step, or measure a finished epoch; what it learned stays if it is interrupted."""
        with self.lock:
            if self.done:
                raise StopIteration
            began = perf_counter()
            finished = self.step // self.steps_an_epoch
            if not self.history.epochs or finished > self.history.epochs_done:
                record = self._measure(finished, began)
            else:
                record = self._train_step(began)
            self.seconds = record.seconds
            self.history.append(record)
            if self.done:  # a finished run keeps what it learned, not what it learned with
                self.optimizer.zero_grad()
                self.optimizer.state.clear()
            return record

    def run(self) -> History:
        """Go on to the end."""
        for _ in self:
            pass
        return self.history

    def _train_step(self, began: float) -> StepRecord:
        """Forward, backward, clip, update: one batch."""
        self.model.train()
        rows = self._batches()[self.step % self.steps_an_epoch]
        self.optimizer.zero_grad()
        with seeded(1_000_003 * self.settings.seed + self.step, self.start.cuda_devices):  # dropout
            loss, right, terms = self._loss(rows)
            loss.backward()
        norm = nn.utils.clip_grad_norm_(self._trained, LONGEST_GRADIENT)
        rate = self.settings.rate(self.step, self.total_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with uninterrupted():
            self.optimizer.step()
            self.step += 1
            self.sums += (loss.item() * len(rows), right, len(rows))
        values = {"loss": loss.item(), "learning_rate": rate, "gradient": norm.item(), **terms}
        done = self.step / self.steps_an_epoch
        return StepRecord(self.step, done, self.seconds + perf_counter() - began, values)

    def _loss(self, rows: NDArray[np.int64]) -> tuple[Tensor, int, dict[str, float]]:
        """The batch's mean loss, its right answers, and terms of the loss to record."""
        labels = torch.from_numpy(self.train.labels[rows]).to(self.device)
        logits = self._logits(self.train, rows)
        right = self.objective.right(logits, labels)
        return self.objective.loss(logits, labels), 0 if right is None else int(right.sum()), {}

    def _logits(self, sentences: Sentences, rows: NDArray[np.int64]) -> Tensor:
        ids, mask = (torch.from_numpy(part).to(self.device) for part in sentences.batch(rows))
        half = self.settings.bfloat16
        with torch.autocast(self.device.type, torch.bfloat16) if half else nullcontext():
            return self.model(input_ids=ids, attention_mask=mask).logits.float()

    def _batches(self) -> list[NDArray[np.int64]]:
        epoch = self.step // self.steps_an_epoch
        if self._plan[0] != epoch:
            size, seed = self.settings.batch_size, self.settings.seed
            plan = plan_epoch(self.train.lengths, batch_size=size, seed=seed, epoch=epoch)
            self._plan = (epoch, plan)
        return self._plan[1]

    def _measure(self, epoch: int, began: float) -> EpochRecord:
        """Evaluate on the validation sentences and keep a snapshot."""
        values: dict[str, float] = {}
        counts: tuple[tuple[int, ...], ...] = ()
        losses: tuple[float, ...] = ()
        if epoch:
            loss, right, count = self.sums.tolist()
            values |= {"loss": loss / count}
            values |= {"accuracy": right / count} if self._counts_right else {}
        if self.validation is not None:
            answers = self._answers(self.validation)
            found, counts, each = self.objective.measure(answers, self.validation.labels)
            values["validation_loss"] = float(each.mean())
            losses = tuple(each.round(4).tolist())
            values |= {f"validation_{name}": value for name, value in found.items()}
        self.snapshots[epoch] = self.changes()
        self.sums[:] = 0
        seconds = self.seconds + perf_counter() - began
        return EpochRecord(epoch, self.step, seconds, values, counts, losses)

    def probabilities(self, sentences: Sentences) -> NDArray[np.float64]:
        """What the model as it is now says of each sentence: (N, C)."""
        return self.objective.scores(self._answers(sentences))

    def _answers(self, sentences: Sentences) -> Tensor:
        """The logits of each sentence: (N, C)."""
        found = torch.empty((len(sentences), len(self.start.labels)))
        with self.lock, torch.inference_mode():
            self.model.eval()
            for rows in plan_evaluation(sentences.lengths, batch_size=EVALUATION_BATCH):
                found[rows] = self._logits(sentences, rows).cpu()
        return found

    def changes(self) -> dict[str, NDArray[np.float16]]:
        """What training has changed so far, as float16 differences of the changed tensors."""
        changed: dict[str, NDArray[np.float16]] = {}
        with self.lock:
            for name, tensor in self.start.trained():
                before = torch.from_numpy(self._before[name])
                difference = (torch.from_numpy(tensor) - before).to(torch.float16)
                if difference.count_nonzero():
                    changed[name] = difference.numpy()
        return changed

    def pipeline(self, epoch: int | None = None) -> Tuned:
        """The classifier after ``epoch`` (0: before training), or as it is now."""
        if epoch is None:
            changes, when = self.changes(), f"step {self.step}"
        elif epoch in self.snapshots:
            changes, when = self.snapshots[epoch], f"epoch {epoch}"
        else:
            there = ", ".join(map(str, self.snapshots)) or "none yet"
            raise BadInput(f"There is no snapshot of epoch {epoch}; there are: {there}.")
        card = self.start.card(self.history, when)
        name = f"{self.history.name} after {when}"
        return tuned(
            self.start.checkpoint, self.start.config, self._before, changes, card=card, name=name
        )

    def save_state(self, path: str | Path) -> Path:
        """Write all that the next step depends on, for ``fine_tune(..., resume=path)``."""
        return checkpoint_file.write(self.snapshot(), path)

    def snapshot(self) -> RunState:
        """Everything that the next step depends on, as it is now."""
        with self.lock:
            lines = tuple(self.history.lines()[1:])
            return RunState(
                Progress(
                    self.step,
                    self.seconds,
                    tuple(self.sums.tolist()),
                    self.history.settings,
                    lines,
                ),
                weights={name: array.copy() for name, array in self.start.trained()},
                moments=moments(self.model, self.optimizer),
                snapshots=dict(self.snapshots),
            )

    def restore(self, saved: RunState) -> None:
        """Bring a run that has not begun to where the one was that ``snapshot()`` was taken of."""
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if name in saved.weights:
                    parameter.copy_(torch.from_numpy(saved.weights[name]))
        progress = saved.progress
        restore_moments(self.model, self.optimizer, saved.moments, step=progress.step)
        self.snapshots.update(saved.snapshots)
        self.step, self.seconds = progress.step, progress.seconds
        self.sums[:] = progress.sums
        self.history.restore(from_json(line) for line in progress.history)

    def again(self, *, name: str | None = None, **changes: Any) -> FineTuning:
        """A new run from the same weights, sentences and seed, with some settings changed."""
        start, train, validation, file = self._given
        settings = self.settings.but(**changes)
        return type(self)(
            start, train, validation, settings, name=name or self.history.name, file=file
        )

    def _described(self) -> dict[str, Any]:
        counts = {"training_sentences": len(self.train), "labels": list(self.start.labels)}
        return {"start": self.start.name} | self.settings.plain() | counts

    def _read(self, sentences: Iterable[Any]) -> Sentences:
        longest = min(self.settings.max_length, self.start.limit)
        return read_sentences(
            sentences,
            lambda text: self.start.tokenizer.encode(text, max_length=longest).ids,
            read=self.objective.read,
            dtype=self.objective.dtype,
            padding_id=self.start.padding_id,
        )
