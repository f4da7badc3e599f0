"""Histories from what others write: Trainer, Keras, dicts, CSV, and our own JSON lines."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from .history import History
from .records import EpochRecord, StepRecord, from_json

# What others call it, and what it is called here.
_RENAMED = {"acc": "accuracy", "lr": "learning_rate", "train_loss": "loss", "train_acc": "accuracy"}
_OTHERS = ("val_", "eval_", "valid_", "test_")
_CLOCKS = ("seconds", "time", "elapsed")
_RUNTIMES = ("_runtime", "_per_second", "total_flos")


def read(source: Any, *, name: str | None = None) -> History:
    """See ``History.read``."""
    kind = type(source).__name__
    if isinstance(source, History):
        return source
    if isinstance(source, str | os.PathLike):
        return _from_file(Path(cast(str, source)), name)
    for inner in ("state", "log_history", "history"):  # Trainer, TrainerState, Keras' History
        found = getattr(source, inner, None)
        if found is not None:
            return read(found, name=name)
    if isinstance(source, Mapping):
        return from_columns(cast(Mapping[str, Sequence[float]], source), name=name or "run")
    if isinstance(source, list | tuple):
        rows = cast(Sequence[Any], source)
        if all(isinstance(row, Mapping) for row in rows):
            return from_dicts(rows, name=name or "run")
    raise BadInput(
        f"{kind} is no history: give a Trainer or its log_history, a Keras "
        "History, a list of dicts such as {'epoch': 1, 'loss': 0.6}, or a .csv or .jsonl file."
    )


def from_columns(columns: Mapping[str, Sequence[float]], *, name: str = "run") -> History:
    """A Keras ``History.history``: a list for each series, one number for each epoch, from 1."""
    longest = max((len(column) for column in columns.values()), default=0)
    rows = [
        {"epoch": index + 1}
        | {key: column[index] for key, column in columns.items() if index < len(column)}
        for index in range(longest)
    ]
    return from_dicts(rows, name=name)


def from_dicts(rows: Iterable[Mapping[str, Any]], *, name: str = "run") -> History:
    """Dicts with ``step`` or ``epoch`` or both, as ``Trainer.state.log_history`` has them.

    A dict with a step and only training numbers is a step; one with validation numbers, or with no
    step, is an epoch. The epoch's training loss is the mean of its steps where none is given.
    """
    history = History(name)
    reader = RowReader()
    for row in rows:
        record = reader.read(row)
        if record is not None:
            history.append(record)
    return history


class RowReader:
    """Rows of a log, one after the other, as records."""

    def __init__(self) -> None:
        self._rows = 0
        self._losses: dict[int, list[float]] = {}  # of the steps of each epoch

    def read(self, row: Mapping[str, Any]) -> StepRecord | EpochRecord | None:
        """The row as a record; None if it has no numbers of a step or an epoch."""
        self._rows += 1
        values = _series(row)
        if not values:
            return None
        step, epoch = _place(row, "step"), _place(row, "epoch")
        seconds = next((float(row[clock]) for clock in _CLOCKS if row.get(clock)), math.nan)
        validated = any(key.startswith("validation_") for key in values)
        if not math.isnan(step) and not validated:
            if "loss" in values and not math.isnan(epoch):
                self._losses.setdefault(math.ceil(epoch), []).append(values["loss"])
            return StepRecord(int(step), epoch, seconds, values)
        at = self._rows if math.isnan(epoch) else round(epoch)
        losses = self._losses.get(at)
        if losses and "loss" not in values:
            values = {"loss": sum(losses) / len(losses), **values}
        return EpochRecord(at, 0 if math.isnan(step) else int(step), seconds, values)


def from_csv(path: Path, *, name: str | None = None) -> History:
    """A table with a column ``step`` or ``epoch``; empty cells are numbers that are missing.

    Keras' ``CSVLogger`` counts epochs from 0: its file is recognised and counted from 1.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows: list[dict[str, Any]] = [
            {key.strip(): cell for key, cell in row.items() if key and cell not in ("", None)}
            for row in csv.DictReader(file)
        ]
    if not rows or not {"step", "epoch"} & rows[0].keys():
        raise BadInput(f"{path} needs a header with a column named step or epoch.")
    if "step" not in rows[0] and float(rows[0]["epoch"]) == 0 and "loss" in rows[0]:
        rows = [row | {"epoch": float(row["epoch"]) + 1} for row in rows]
    return from_dicts(rows, name=name or path.stem)


def from_json_lines(path: Path) -> History:
    """What ``History.save`` or a running history wrote; a last line cut short is left out."""
    texts = path.read_text(encoding="utf-8").splitlines()
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(texts, start=1):
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError as error:
            if number < len(texts):
                raise BadInput(f"{path}, line {number} is not JSON: {error}.") from error
    if not lines or "history" not in lines[0]:
        raise BadInput(f"{path} is no history: its first line does not name one. See History.save.")
    head, *rest = lines
    options = {"limit": head["limit"]} if "limit" in head else {}
    history = History(head["history"], settings=head["settings"], **options)
    history.restore(map(from_json, rest), merged=head.get("merged", 1), kept=head.get("kept", 0))
    return history


def _from_file(path: Path, name: str | None) -> History:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    if path.suffix == ".csv":
        return from_csv(path, name=name)
    if path.suffix == ".json":  # Trainer's trainer_state.json
        return read(json.loads(path.read_text(encoding="utf-8"))["log_history"], name=name)
    return from_json_lines(path)


def _series(row: Mapping[str, Any]) -> dict[str, float]:
    values: dict[str, float] = {}
    summary = "train_runtime" in row  # Trainer's last line, about the whole run
    for key, value in row.items():
        if key in ("step", "epoch", *_CLOCKS) or summary or any(end in key for end in _RUNTIMES):
            continue
        try:
            values[_rename(key)] = float(value)
        except (TypeError, ValueError):
            continue  # a remark in a column, not a number
    return values


def _rename(key: str) -> str:
    for prefix in _OTHERS:
        if key.startswith(prefix):
            stem = key.removeprefix(prefix)
            return "validation_" + _RENAMED.get(stem, stem)
    return _RENAMED.get(key, key)


def _place(row: Mapping[str, Any], place: str) -> float:
    value = row.get(place)
    return math.nan if value is None else float(value)
