"""What others call a series, a step, an epoch or the clock, and what it is called here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import BadInput

STEPS = (
    "global_step",
    "globalstep",
    "step",
    "_step",
    "iteration",
    "iter",
    "iterations",
    "it",
    "batch",
)
EPOCHS = ("epoch", "epochs", "epoch_num", "epoch_number", "num_epochs")
CLOCKS = (
    "seconds",
    "elapsed",
    "time",
    "_runtime",
    "runtime",
    "relative_time",
    "wall_time",
    "_timestamp",
)
_TRAINING = ("training", "train", "tr", "trn")
_OTHERS = ("validation", "valid", "val", "eval", "evaluation", "dev", "test")
_METRICS = {
    "acc": "accuracy", "accuracies": "accuracy", "losses": "loss", "lr": "learning_rate",
    "lrs": "learning_rate", "binary_accuracy": "accuracy", "categorical_accuracy": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
}  # fmt: skip
_RUNTIME = re.compile(r"runtime|_per_second|total_flos?$|^_timestamp$|^_runtime$|wall_time")
_SUMMARY = ("total_flos", "total_flo")  # only the last line of a Trainer's log has it


@dataclass
class Names:
    """The columns of one log, sorted by what they are."""

    step: str | None = None
    epoch: str | None = None
    clock: str | None = None
    series: dict[str, str] = field(default_factory=dict[str, str])  # theirs -> ours
    sets: tuple[str, ...] = ()  # the validation sets' names, the one that judges first
    by_epoch: set[str] = field(default_factory=set[str])  # theirs, of a whole epoch by their name


def sort_out(columns: Iterable[str], validation: str | None = None) -> Names:
    """Which column is what; the whole log decides, so that one name means one thing.

    ``validation`` names the set that stands for validation; by default it is the first.
    """
    given = list(columns)
    plain = {name: _plain(name) for name in given}
    names = Names(
        step=_first(plain, STEPS), epoch=_first(plain, EPOCHS), clock=_first(plain, CLOCKS)
    )
    places = {
        name for name in given if _last(plain[name]) in (*STEPS, *EPOCHS) or plain[name] in CLOCKS
    }
    left = [name for name in given if name not in places and not _RUNTIME.search(plain[name])]
    parts = {name: _parts(plain[name]) for name in left}
    names.sets = _sets(parts.values(), plain.values())
    if validation is not None:
        if validation not in names.sets:
            known = ", ".join(names.sets) or "none"
            raise BadInput(f"No validation set is called {validation!r}; there are: {known}.")
        names.sets = (validation, *(name for name in names.sets if name != validation))
    for name, (kind, of, metric) in parts.items():
        names.series[name] = _ours(kind, of, metric, names.sets)
        if kind == "training" and plain[name].endswith("_epoch"):
            names.by_epoch.add(name)
    return names


def is_summary(name: str) -> bool:
    """Whether only a row about the whole run has this name, as a Trainer's last one has."""
    return name in _SUMMARY


def is_timed(name: str) -> bool:
    """Whether only an evaluation has this name, which says how long it took."""
    return name.endswith("_runtime") and not name.startswith("_")


def _plain(name: str) -> str:
    """Lower case, words joined by ``_``; ``/`` stays, for what stands before it is a group."""
    text = re.sub(r"[\s\-.:|()]+", "_", name.strip().lower().lstrip("#")).strip("_ ")
    return f"_{text}" if name.strip().startswith("_") else text


def _last(plain: str) -> str:
    """``train/global_step`` and ``trainer/global_step`` are steps too."""
    head, _, tail = plain.rpartition("/")
    return tail if head in ("", "train", "trainer", "training") else plain


def _first(plain: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    for word in wanted:
        found = next((name for name, text in plain.items() if _last(text) == word), None)
        if found is not None:
            return found
    return None


def _parts(plain: str) -> tuple[str, str, str]:
    """Kind ("training", "validation" or ""), set and metric that a name speaks of.

    ``train_loss``, ``train/loss``, ``loss/train``, ``epoch_loss`` and ``train_loss_step`` are all
    the training loss.
    """
    text = re.sub(r"_(?:step|epoch)$", "", plain.replace("/", "_"))
    for kind, words in (("training", _TRAINING), ("validation", _OTHERS)):
        for word in words:
            if text.startswith(f"{word}_"):
                return kind, word, _metric(text.removeprefix(f"{word}_"))
            if text.endswith(f"_{word}"):
                return kind, word, _metric(text.removesuffix(f"_{word}"))
    return "", "", _metric(text)


def _metric(text: str) -> str:
    text = re.sub(r"^epoch_(?=loss|acc)", "", text)
    return _METRICS.get(text, text)


def _sets(parts: Iterable[tuple[str, str, str]], plain: Iterable[str]) -> tuple[str, ...]:
    """The validation sets: those that a Trainer times, else the words used (``val``, ``test``)."""
    found = list(parts)
    timed = [
        match[2] for name in plain if (match := re.fullmatch(r"(eval|test|val)_(.+)_runtime", name))
    ]
    if timed:
        return tuple(dict.fromkeys(timed))
    used = dict.fromkeys(of for kind, of, _ in found if kind == "validation")
    losses = [
        metric.removesuffix("_loss")
        for kind, _, metric in found
        if kind == "validation" and metric.endswith("_loss")
    ]
    plain_loss = any(kind == "validation" and metric == "loss" for kind, _, metric in found)
    if len(used) == 1 and len(losses) > 1 and not plain_loss:
        return tuple(dict.fromkeys(losses))
    return tuple(sorted(used, key=lambda word: word == "test"))  # a test set never comes first


def _ours(kind: str, of: str, metric: str, sets: tuple[str, ...]) -> str:
    """The first set's numbers are simply validation's if it goes by a common word."""
    if kind != "validation":
        return metric
    for name in sets:
        if metric.startswith(f"{name}_"):
            return f"validation_{name}_{_metric(metric.removeprefix(f'{name}_'))}"
    first = of not in sets or of == sets[0]
    return f"validation_{metric}" if first else f"validation_{of}_{metric}"
