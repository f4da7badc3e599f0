"""A history as the browser draws it: new points alone while it grows, everything when asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...rounding import brief
from ...training.history import History
from ...training.observations import goal_of
from ...training.records import EpochRecord
from ...training.runner import Runner
from ..shared.packing import PackedArray, pack_array

LETTERS = "ABCD"


def whole_run(
    history: History, runner: Runner | None, index: int, words: Mapping[str, str]
) -> dict[str, Any]:
    """A run as a browser gets it that shows the view for the first time."""
    names, matrix, _ = points(history, 0)
    run = None if runner is None else runner.run
    return {
        "name": history.name,
        "letter": LETTERS[index],
        "names": names,
        "points": matrix,
        "epochs": epoch_rows(history, 0, words),
        "best": best_position(history),
        "goal": goal_name(history, words),
        "status": status(history, runner),
        "knobs": getattr(run, "knobs", []),
        "reads": hasattr(run, "pipeline") or bool(getattr(run, "recorded", history).readings),
        "plays": hasattr(run, "pace"),
        "by_steps": knows_steps_alone(history),
    }


def new_of_run(
    history: History, runner: Runner | None, sent: tuple[int, int], words: Mapping[str, str]
) -> dict[str, Any]:
    """What came after the points and epochs that were sent; the last epoch may have gained.

    ``sent`` in the result is what has been told with it: points, epochs and state.
    """
    start, epoch = sent
    first = max(0, epoch - 1)
    names, matrix, end = points(history, start)
    rows = epoch_rows(history, first, words) if len(history.epochs) > epoch else []
    stands = status(history, runner)
    return {
        "start": start,
        "names": names,
        "points": matrix,
        "from": first,
        "epochs": rows,
        "best": best_position(history),
        "goal": goal_name(history, words),
        "status": stands,
        "sent": (end, first + len(rows) if rows else epoch, stands["state"]),
    }


def status(history: History, runner: Runner | None) -> dict[str, Any]:
    """Where a run stands."""
    where = {"step": history.last_step, "epoch": history.epochs_done, "error": ""}
    if runner is None:
        return where | {"state": "recorded"}
    epochs = int(history.settings.get("epochs", 0)) or history.epochs_done
    total = runner.run.total_steps
    left = seconds_left(history, total, epochs)
    return where | {
        "state": runner.state,
        "total": total,
        "epochs": epochs,
        "left": None if left is None else round(max(0.0, left), 1),
        "error": "" if runner.error is None else str(runner.error) or repr(runner.error),
    }


def points(history: History, start: int) -> tuple[list[str], PackedArray, int]:
    """Names, numbers (names, points) in float32, and how many points there are now.

    The first three rows are step, epoch and seconds.
    """
    columns = history.steps_since(start)
    matrix = np.stack(list(columns.values())).astype(np.float32)
    return list(columns), pack_array(matrix), start + matrix.shape[1]


def epoch_rows(
    history: History, start: int, words: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """What the table shows of each epoch from position ``start`` on."""
    records, seen = history.epochs, history.observations(words)
    return [
        {
            "epoch": _finite(epoch_place(record)),
            "step": record.step,
            "seconds": _finite(record.seconds),
            "values": {name: _finite(value) for name, value in record.values.items()},
            "text": observation.text,
            "kind": observation.kind,
            "since": observation.since,
        }
        for record, observation in list(zip(records, seen, strict=True))[start:]
    ]


def epoch_place(record: EpochRecord) -> float:
    """Where a record stands among epochs; among steps, where a log knows no epochs."""
    return record.step if math.isnan(record.epoch) else record.epoch


def knows_steps_alone(history: History) -> bool:
    """Whether nobody said anything of epochs."""
    if history.epochs:
        return math.isnan(history.epochs[0].epoch)
    return len(history) > 0 and not np.isfinite(history.steps["epoch"][0])


def epoch_name(record: EpochRecord) -> str:
    """The same in a table: ``3``, ``0.32``, or the number of the step."""
    return f"{record.step}" if math.isnan(record.epoch) else brief(record.epoch, 4)


def best_position(history: History) -> int:
    """Where the best epoch stands among the rows; −1 if there is none."""
    best = history.best
    return -1 if best is None else history.epochs.index(best)


def goal_name(history: History, words: Mapping[str, str]) -> str:
    """What the best epoch is best in, in words; validation accuracy before there is one."""
    goal = "validation_accuracy" if history.best is None else goal_of(history.best)
    return words.get(goal, goal.replace("_", " "))


def seconds_left(history: History, total: int, epochs: int) -> float | None:
    """How long the rest will take, from the steps and measurements so far."""
    steps = history.steps
    count = len(steps["step"])
    if count < 2 or not total or math.isnan(steps["seconds"][-1]):
        return None
    recent = max(0, count - 40)
    taken = np.diff(steps["seconds"][recent:])
    each = float(np.median(taken)) if len(taken) else 0.0
    return each * (total - int(steps["step"][-1])) + _measuring(history) * (
        epochs - history.epochs_done
    )


def _measuring(history: History) -> float:
    """Seconds that one evaluation took: of epoch 0, before which nothing is done."""
    first = next(iter(history.epochs), None)
    return first.seconds if isinstance(first, EpochRecord) and first.epoch == 0 else 0.0


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
