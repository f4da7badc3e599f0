"""A run on disk: weights, optimizer, history and snapshots, to go on with after a restart.

The file is a safetensors file; this module knows arrays and JSON, not what runs.
"""

# safetensors is only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from ..errors import BadInput
from ..trace import Record

Arrays = dict[str, NDArray[Any]]  # by the name of the parameter


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Progress(Record):
    """How far a run is, as plain values."""

    step: int
    seconds: float
    sums: tuple[float, ...]  # of the epoch so far: loss, right answers, sentences
    settings: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...]  # the history's lines without the first


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RunState(Record):
    """Everything that the next step depends on."""

    progress: Progress
    weights: Arrays  # of what is trained
    moments: Mapping[str, Arrays]  # AdamW's running means, by their names
    snapshots: Mapping[int, Arrays]  # by epoch: what had changed until then


def write(state: RunState, path: str | Path) -> Path:
    """Write a run's state; the file appears whole or not at all."""
    arrays = {f"weight/{name}": array for name, array in state.weights.items()}
    for moment, group in state.moments.items():
        arrays |= {f"{moment}/{name}": array for name, array in group.items()}
    for epoch, group in state.snapshots.items():
        arrays |= {f"epoch {epoch}/{name}": array for name, array in group.items()}
    plain = asdict(state.progress) | {"epochs": list(state.snapshots)}
    target = Path(path)
    part = target.with_name(target.name + ".part")
    save_file(arrays, part, metadata={"run": json.dumps(plain)})
    part.replace(target)
    return target


def read(path: str | Path, *, settings: Mapping[str, Any]) -> RunState:
    """The state that `write` left.

    Raises:
        BadInput: there is no such file, or it belongs to a run with other settings.
    """
    if not Path(path).is_file():
        raise BadInput(f"There is no saved run {path}; run.save_state(path) writes one.")
    with safe_open(path, "numpy") as file:
        plain: dict[str, Any] = json.loads((file.metadata() or {}).get("run", "{}"))
        _check(plain.get("settings", {}), settings, path)
        groups: dict[str, Arrays] = {}
        for key in file.keys():  # noqa: SIM118
            group, _, name = str(key).partition("/")
            groups.setdefault(group, {})[name] = np.asarray(file.get_tensor(key))
    return RunState(
        Progress(
            plain["step"],
            plain["seconds"],
            tuple(plain["sums"]),
            plain["settings"],
            tuple(plain["history"]),
        ),
        weights=groups.pop("weight", {}),
        snapshots={epoch: groups.pop(f"epoch {epoch}", {}) for epoch in plain["epochs"]},
        moments=groups,
    )


def _check(saved: Mapping[str, Any], now: Mapping[str, Any], path: str | Path) -> None:
    different = [name for name in {**saved, **now} if saved.get(name) != now.get(name)]
    if different:
        name = different[0]
        raise BadInput(
            f"{path} is of a run with {name}={saved.get(name)!r}; this one has {now.get(name)!r}. "
            "Give the same settings and sentences to go on with it."
        )
