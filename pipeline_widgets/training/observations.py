"""What the numbers of an epoch say, in words that are computed and never canned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .records import EpochRecord

LEVEL = 0.03  # a loss that moved by less than this share has levelled off
RISE = 0.02  # a validation loss this much above its lowest, while training falls: overfitting
DIVERGED = 1.25  # a training loss this many times its lowest

WORDS: dict[str, str] = {
    "before": "before training: {name} {now}",
    "first": "{name} {now} after the first epoch",
    "falling": "still falling: {name} {before} → {now} (−{percent} %)",
    "level": "levelling off: {name} moved by {percent} %, {before} → {now}",
    "rising": "{name} rose: {before} → {now} (+{percent} %)",
    "overfitting": (
        "overfitting since epoch {since}: validation loss up from {before} to {now} while "
        "training loss fell to {train}"
    ),
    "diverging": "diverging: training loss {before} → {now}",
    "broken": "diverging: {name} is no longer a number",
    "best": "best so far: {name} {now}",
    "loss": "training loss",
    "validation_loss": "validation loss",
    "accuracy": "training accuracy",
    "validation_accuracy": "validation accuracy",
}

# What tells the best epoch, the first that is there: name and whether more is better.
_GOALS = (
    ("validation_accuracy", True),
    ("validation_loss", False),
    ("accuracy", True),
    ("loss", False),
)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one epoch's numbers say, knowing only the epochs before it."""

    epoch: int
    kind: str  # a key of WORDS
    best: bool  # no epoch before it was better
    text: str
    since: int | None = None  # the epoch from which it overfits


def best_epoch(records: Sequence[EpochRecord]) -> int | None:
    """The position of the best record, epoch 0 left out; the earliest if several are equal.

    Best is the highest validation accuracy; where there is none, the lowest validation loss, then
    the highest training accuracy, then the lowest training loss.
    """
    trained = [index for index, record in enumerate(records) if record.epoch > 0]
    for name, more in _GOALS:
        known = [i for i in trained if math.isfinite(records[i].values.get(name, math.nan))]
        if known:
            sign = -1 if more else 1
            return min(known, key=lambda i: (sign * records[i].values[name], i))
    return None


def goal_of(record: EpochRecord) -> str:
    """The name of the number that tells how good an epoch is."""
    return _main(record)[0]


def observe(
    records: Sequence[EpochRecord], *, words: Mapping[str, str] | None = None
) -> list[Observation]:
    """An observation for each record."""
    said = WORDS | dict(words or {})
    return [_observe(records[: index + 1], said) for index in range(len(records))]


def _observe(records: Sequence[EpochRecord], words: Mapping[str, str]) -> Observation:
    now = records[-1]
    kind, numbers = _trend(records)
    best = now.epoch > 0 and best_epoch(records) == len(records) - 1
    name = numbers.pop("name", "")
    text = words[kind].format(name=words.get(name, name.replace("_", " ")), **numbers)
    trained = sum(record.epoch > 0 for record in records)
    goal = next((goal for goal, _ in _GOALS if goal in now.values), "")
    if best and trained > 1 and goal:
        text += "; " + words["best"].format(name=words.get(goal, goal), now=_show(now.values[goal]))
    since = numbers.get("since")
    return Observation(now.epoch, kind, best, text, None if since is None else int(since))


def _trend(records: Sequence[EpochRecord]) -> tuple[str, dict[str, str]]:
    """The kind of the last record and the numbers for its sentence."""
    now, earlier = records[-1], [record for record in records[:-1] if record.epoch > 0]
    watched = next((name for name in ("validation_loss", "loss") if name in now.values), None)
    if now.epoch == 0 or watched is None:
        name, value = _main(now)
        return ("before" if now.epoch == 0 else "first"), {"name": name, "now": _show(value)}
    for name in ("loss", "validation_loss"):
        if not math.isfinite(now.values.get(name, 0.0)):
            return "broken", {"name": name}
    if not earlier:
        first = "loss" if "loss" in now.values else watched
        return "first", {"name": first, "now": _show(now.values[first])}
    for found in (_diverging(now, earlier), _overfitting(now, earlier)):
        if found is not None:
            return found
    return _moved(watched, now, earlier)


def _moved(
    name: str, now: EpochRecord, earlier: Sequence[EpochRecord]
) -> tuple[str, dict[str, str]]:
    """Falling, levelling off or rising, by the share that a loss moved in one epoch."""
    before, after = earlier[-1].values.get(name, math.nan), now.values[name]
    share = (after - before) / abs(before) if before else 0.0
    shown = {
        "name": name,
        "before": _show(before),
        "now": _show(after),
        "percent": f"{100 * abs(share):.0f}",
    }
    if abs(share) < LEVEL:
        return "level", shown | {"percent": f"{100 * abs(share):.1f}"}
    return ("falling" if share < 0 else "rising"), shown


def _diverging(
    now: EpochRecord, earlier: Sequence[EpochRecord]
) -> tuple[str, dict[str, str]] | None:
    losses = [record.values["loss"] for record in earlier if "loss" in record.values]
    loss = now.values.get("loss")
    if loss is None or not losses or loss <= DIVERGED * min(losses) or loss <= losses[-1]:
        return None
    return "diverging", {"before": _show(losses[-1]), "now": _show(loss)}


def _overfitting(
    now: EpochRecord, earlier: Sequence[EpochRecord]
) -> tuple[str, dict[str, str]] | None:
    known = [r for r in earlier if {"loss", "validation_loss"} <= r.values.keys()]
    if not known or not {"loss", "validation_loss"} <= now.values.keys():
        return None
    lowest = min(known, key=lambda record: record.values["validation_loss"])
    risen = now.values["validation_loss"] > lowest.values["validation_loss"] * (1 + RISE)
    if not risen or now.values["loss"] >= lowest.values["loss"]:
        return None
    return "overfitting", {
        "since": str(lowest.epoch + 1),
        "before": _show(lowest.values["validation_loss"]),
        "now": _show(now.values["validation_loss"]),
        "train": _show(now.values["loss"]),
    }


def _main(record: EpochRecord) -> tuple[str, float]:
    """The number to name where there is no loss to follow."""
    names = [name for name, _ in _GOALS if name in record.values]
    name = names[0] if names else next(iter(record.values), "loss")
    return name, record.values.get(name, math.nan)


def _show(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"
