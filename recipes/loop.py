"""One training loop for every step: bounded by wall clock, checkpointed, resumable, seeded."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
CHECKPOINT_SECONDS = 150.0


@dataclass(frozen=True, slots=True)
class Budget:
    """When a step ends: after `minutes` of training or `steps` updates, whichever is first."""

    minutes: float
    steps: int = 1_000_000
    warmup: float = 0.05  # share of the budget

    def progress(self, *, seconds: float, step: int) -> float:
        """Share of the budget that is used, 0 to 1."""
        return min(1.0, max(seconds / (60 * self.minutes), step / self.steps))

    def factor(self, progress: float) -> float:
        """Learning-rate factor: linear up during warm-up, then linear down to nought."""
        return min(progress / self.warmup + 0.02, (1 - progress) / (1 - self.warmup), 1.0)


class Log:
    """Every figure of a run, appended to `log.jsonl` as one JSON object a line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "log.jsonl"

    def write(self, step: str, **figures: object) -> None:
        """Append one line and print it."""
        line = json.dumps({"step": step, **figures}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as handle:
            handle.write(line + "\n")
        tqdm.write(line if len(line) < 400 else line[:400] + " ...")

    def read(self) -> list[dict[str, object]]:
        """All lines so far."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]


def batches(
    lengths: Sequence[int], *, tokens: int, seed: int, pool: int = 40
) -> Iterator[list[int]]:
    """Endless batches of row numbers: similar lengths together, at most `tokens` after padding."""
    order: list[int] = []
    generator = random.Random(seed)
    average = max(1, sum(lengths) // max(1, len(lengths)))
    while True:
        if len(order) < 2:
            order = list(range(len(lengths)))
            generator.shuffle(order)
        size = max(2, pool * tokens // average)
        rows, order = sorted(order[:size], key=lambda row: lengths[row]), order[size:]
        ready: list[list[int]] = [[]]
        for row in rows:
            if ready[-1] and (len(ready[-1]) + 1) * lengths[row] > tokens:
                ready.append([])
            ready[-1].append(row)
        generator.shuffle(ready)
        yield from ready


class Feed:
    """Batches for `loss_of(step)`: a fresh seeded order when a run starts or resumes at a step."""

    def __init__(self, lengths: Sequence[int], *, tokens: int, seed: int) -> None:
        self._lengths, self._tokens, self._seed = lengths, tokens, seed
        self._stream: Iterator[list[int]] | None = None

    def next(self, step: int) -> list[int]:
        """Row numbers of the next batch."""
        if self._stream is None:
            self._stream = batches(self._lengths, tokens=self._tokens, seed=self._seed + step)
        return next(self._stream)


def pad(rows: Sequence[Sequence[int]], *, with_id: int) -> tuple[Tensor, Tensor]:
    """(N, T) ids and attention mask on the training device."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), with_id)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row)] = 1
    return ids.to(DEVICE), mask.to(DEVICE)


Model = TypeVar("Model", bound=nn.Module)


def placed(model: Model) -> Model:
    """The model, moved in place to the training device."""
    nn.Module.to(model, DEVICE)
    return model


def autocast() -> torch.autocast:
    """bfloat16 where the hardware computes it; elsewhere it is ten times slower than float32."""
    native = DEVICE != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return torch.autocast(DEVICE, torch.bfloat16, enabled=native)


def trained(model: nn.Module) -> dict[str, Tensor]:
    """What a step learns, by name: the rest is made anew with the model."""
    return {name: one.detach() for name, one in model.named_parameters() if one.requires_grad}


def _save(path: Path, **state: object) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def finished(path: Path, model: nn.Module) -> bool:
    """Whether the step kept at `path` is done; then its weights are loaded into the model."""
    if not path.exists():
        return False
    state = torch.load(path, map_location=DEVICE, weights_only=True)
    if state["done"]:
        model.load_state_dict(state["model"], strict=False)
    return bool(state["done"])


def replace(path: Path, model: nn.Module) -> None:
    """Keep these weights at `path` instead of the last ones."""
    state = torch.load(path, map_location=DEVICE, weights_only=True)
    _save(path, **{**state, "model": trained(model)})


def train(
    name: str,
    model: nn.Module,
    groups: list[dict[str, object]],
    *,
    loss_of: Callable[[int], Tensor],
    budget: Budget,
    folder: Path,
    betas: tuple[float, float] = (0.9, 0.98),
    decay: float = 0.01,
) -> dict[str, float]:
    """Train `model` in place and return step count, minutes and the last mean loss.

    A finished step is kept in `folder/NAME.pt` and not trained again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pt"
    optimizer = torch.optim.AdamW(groups, betas=betas, weight_decay=decay, fused=True)
    peaks = [float(group["lr"]) for group in optimizer.param_groups]
    step, seconds, loss_mean, done = 0, 0.0, 0.0, False
    if path.exists():
        state = torch.load(path, map_location=DEVICE, weights_only=True)
        model.load_state_dict(state["model"], strict=False)
        if not state["done"]:
            optimizer.load_state_dict(state["optimizer"])
        step, seconds = int(state["step"]), float(state["seconds"])
        loss_mean, done = float(state["loss"]), bool(state["done"])
    updated = [parameter for group in groups for parameter in group["params"]]  # type: ignore[attr-defined]
    last, saved = time.monotonic(), time.monotonic()
    bar = tqdm(total=100, desc=name, unit="%", mininterval=5)
    model.train()
    while not done and (share := budget.progress(seconds=seconds, step=step)) < 1:
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * budget.factor(share)
        with autocast():
            loss = loss_of(step)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(updated, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        value = float(loss.detach())
        loss_mean = value if step == 1 else loss_mean + (value - loss_mean) * max(0.02, 1 / step)
        now = time.monotonic()
        seconds, last = seconds + now - last, now
        bar.update(100 * share - bar.n)
        bar.set_postfix(step=step, loss=f"{loss_mean:.4f}", refresh=False)
        if now - saved > CHECKPOINT_SECONDS:
            saved = now
            _save(
                path,
                model=trained(model),
                optimizer=optimizer.state_dict(),
                step=step,
                seconds=seconds,
                loss=loss_mean,
                done=False,
            )
    bar.close()
    model.eval()
    _save(
        path,
        model=trained(model),
        optimizer=None,
        step=step,
        seconds=seconds,
        loss=loss_mean,
        done=True,
    )
    return {"steps": step, "minutes": round(seconds / 60, 2), "loss": round(loss_mean, 4)}
