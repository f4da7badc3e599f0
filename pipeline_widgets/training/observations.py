"""What the numbers of an epoch say, in words that are computed and never canned."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..rounding import fixed
from .records import EpochRecord

LEVEL = 0.03  # a loss that moved by less than this share has levelled off
RISE = 0.02  # two rises in a row that lead this share above the lowest loss are no accident
ERRORS = 2.0  # a rise of more standard errors than this is more than noise
DIVERGED = 1.25  # a training loss this many times its lowest

WORDS: dict[str, str] = {
    "before": "before training: {name} {now}",
    "first": "{name} {now}",
    "moved": "{name} {before} → {now}",
    "falling": "still falling: {name} {before} → {now} (−{percent} %)",
    "level": "levelling off: {name} moved by {percent} %, {before} → {now}",
    "rising": "{name} rose: {before} → {now} (+{percent} %)",
    "one_epoch": "rose: {name} {before} → {now} (+{percent} %); one epoch may be noise",
    "noise": (
        "rose a little: {name} {before} → {now}, and {error} would be one standard error: "
        "may be noise"
    ),
    "overfitting": (
        "overfitting since epoch {since}: validation loss up from {before} to {now} while "
        "training loss fell to {train}"
    ),
    "overfitting_steps": (
        "overfitting since step {since}: validation loss up from {before} to {now} while "
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
_LOSSES = ("loss", "validation_loss")


@dataclass(frozen=True, slots=True)
class Observation:
    """What one record's numbers say, knowing only those before it."""

    epoch: float
    kind: str  # a key of WORDS
    best: bool  # no epoch before it was better
    text: str
    since: float | None = None  # the epoch (or step, if epochs are unknown) that it overfits from


def best_epoch(records: Sequence[EpochRecord]) -> int | None:
    """The position of the best record, epoch 0 left out; the earliest if several are equal.

    Best is the highest validation accuracy; where there is none, the lowest validation loss, then
    the highest training accuracy, then the lowest training loss.
    """
    trained = [index for index, record in enumerate(records) if record.trained]
    for name, more in _GOALS:
        known = [i for i in trained if math.isfinite(records[i].values.get(name, math.nan))]
        if known:
            sign = -1 if more else 1
            return min(known, key=lambda i: (sign * records[i].values[name], i))
    return None


def goal_of(record: EpochRecord) -> str:
    """The name of the number that tells how good an epoch is."""
    return _main(record)[0]


def standard_error(now: EpochRecord, then: EpochRecord) -> float:
    """The standard error of the difference of two validation losses on the same sentences.

    The sentences are paired: s / √n, where s is the standard deviation of the n differences. nan
    where the losses of the single sentences are not known.
    """
    if len(now.losses) != len(then.losses) or len(now.losses) < 2:
        return math.nan
    differences = np.subtract(now.losses, then.losses)
    return float(differences.std(ddof=1) / math.sqrt(len(differences)))


def observe(
    records: Sequence[EpochRecord], *, words: Mapping[str, str] | None = None
) -> list[Observation]:
    """An observation for each record."""
    said, past = WORDS | dict(words or {}), _Past()
    return [_observe(record, past, said) for record in records]


@dataclass
class _Past:
    """What an observation needs of the records before it."""

    trained: int = 0
    last: dict[str, EpochRecord] = field(default_factory=dict[str, EpochRecord])  # with this number
    best: dict[str, float] = field(default_factory=dict[str, float])  # of each goal
    lowest_loss: float = math.inf
    rising: list[EpochRecord] = field(default_factory=list[EpochRecord])
    """Those with both losses, from the lowest validation loss on."""

    def is_best(self, now: EpochRecord) -> bool:
        """Whether no record before was as good, by the first goal that any record has."""
        for name, more in _GOALS:
            value = now.values.get(name, math.nan)
            if name in self.best or math.isfinite(value):
                before = self.best.get(name, -math.inf if more else math.inf)
                return value > before if more else value < before
        return False

    def add(self, now: EpochRecord) -> None:
        """Go on by one record after the start of training."""
        self.trained += 1
        for name, more in _GOALS:
            value = now.values.get(name, math.nan)
            if math.isfinite(value) and (
                name not in self.best or (value > self.best[name]) == more
            ):
                self.best[name] = value
        self.last |= {name: now for name, value in now.values.items() if math.isfinite(value)}
        self.lowest_loss = min(self.lowest_loss, now.values.get("loss", math.inf))
        if _has_both(now):
            loss = now.values["validation_loss"]
            lower = not self.rising or loss < self.rising[0].values["validation_loss"]
            self.rising = [now] if lower else [*self.rising, now]


def _has_both(record: EpochRecord) -> bool:
    return all(math.isfinite(record.values.get(name, math.nan)) for name in _LOSSES)


def _observe(now: EpochRecord, past: _Past, words: Mapping[str, str]) -> Observation:
    kind, numbers = _trend(now, past)
    best = now.trained and past.is_best(now)
    if now.trained:
        past.add(now)
    name, since = numbers.pop("name", ""), numbers.get("since")
    sentence = words["overfitting_steps" if since and math.isnan(now.epoch) else kind]
    text = sentence.format(name=words.get(name, name.replace("_", " ")), **numbers)
    goal = next((goal for goal, _ in _GOALS if goal in now.values), "")
    praised = best and past.trained > 1 and goal and goal != name and kind != "overfitting"
    if praised or (kind == "first" and goal not in ("", name)):
        then = "best" if praised else "first"
        text += "; " + words[then].format(name=words.get(goal, goal), now=_show(now.values[goal]))
    return Observation(now.epoch, kind, best, text, None if since is None else float(since))


def _trend(now: EpochRecord, past: _Past) -> tuple[str, dict[str, str]]:
    """The kind of a record and the numbers for its sentence."""
    if not now.trained:
        name, value = _main(now)
        return "before", {"name": name, "now": _show(value)}
    for name in _LOSSES:
        if not math.isfinite(now.values.get(name, 0.0)):
            return "broken", {"name": name}
    watched = next((name for name in reversed(_LOSSES) if name in now.values), _main(now)[0])
    if watched not in past.last:
        first = "loss" if "loss" in now.values and not past.trained else watched
        return "first", {"name": first, "now": _show(now.values.get(first, math.nan))}
    for found in (_diverging(now, past), _overfitting(now, past)):
        if found is not None:
            return found
    return _moved(watched, now, past.last[watched])


def _moved(name: str, now: EpochRecord, then: EpochRecord) -> tuple[str, dict[str, str]]:
    """How a number moved; of a loss, whether it fell, levelled off or rose."""
    before, after = then.values[name], now.values.get(name, math.nan)
    share = (after - before) / abs(before) if before else 0.0
    first, second = _apart(before, after)
    shown = {"name": name, "before": first, "now": second, "percent": fixed(100 * abs(share), 0)}
    if name not in _LOSSES:
        return "moved", shown
    if abs(share) < LEVEL:
        return "level", shown | {"percent": fixed(100 * abs(share), 1)}
    if share < 0:
        return "falling", shown
    error = standard_error(now, then)
    if name == "loss" or after - before > ERRORS * error:
        return "rising", shown
    if math.isnan(error):
        return "one_epoch", shown
    return "noise", shown | {"error": _show(error)}


def _diverging(now: EpochRecord, past: _Past) -> tuple[str, dict[str, str]] | None:
    loss, last = now.values.get("loss"), past.last.get("loss")
    if loss is None or last is None or loss <= DIVERGED * past.lowest_loss:
        return None
    if loss <= last.values["loss"]:
        return None
    before, after = _apart(last.values["loss"], loss)
    return "diverging", {"before": before, "now": after}


def _overfitting(now: EpochRecord, past: _Past) -> tuple[str, dict[str, str]] | None:
    """A rise of validation loss that isn't noise, while training loss fell."""
    if not past.rising or not _has_both(now):
        return None
    lowest, after = past.rising[0], [*past.rising[1:], now]
    losses = [record.values["validation_loss"] for record in (lowest, *after)]
    rise = losses[-1] - losses[0]
    clear = rise > ERRORS * standard_error(now, lowest)
    lasting = rise > RISE * abs(losses[0]) and _rose_twice(losses)
    if now.values["loss"] >= lowest.values["loss"] or not (clear or lasting):
        return None
    before, shown = _apart(losses[0], losses[-1])
    place = after[0].step if math.isnan(now.epoch) else after[0].epoch
    train = _show(now.values["loss"])
    return "overfitting", {"since": f"{place:.4g}", "before": before, "now": shown, "train": train}


def _rose_twice(losses: Iterable[float]) -> bool:
    """Whether a loss rose in two epochs in a row."""
    rises = [after > before for before, after in itertools.pairwise(losses)]
    return (True, True) in itertools.pairwise(rises)


def _main(record: EpochRecord) -> tuple[str, float]:
    """The number to name where there is no loss to follow."""
    names = [name for name, _ in _GOALS if name in record.values]
    name = names[0] if names else next(iter(record.values), "loss")
    return name, record.values.get(name, math.nan)


def _show(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if abs(value) < 100 else f"{value:.{digits + 1}g}"


def _apart(before: float, after: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to tell them apart (up to five)."""
    for digits in range(2, 6):
        shown = _show(before, digits), _show(after, digits)
        if shown[0] != shown[1]:
            return shown
    return _show(before), _show(after)
