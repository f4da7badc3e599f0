"""A run on disk: weights, optimizer, history and snapshots, to go on with after a restart."""

# torch and safetensors are only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from ..errors import BadInput
from .records import from_json

if TYPE_CHECKING:
    from .finetuning import FineTuning

_MOMENTS = ("exp_avg", "exp_avg_sq")  # AdamW's running means of gradients and of their squares


def save_state(run: FineTuning, path: str | Path) -> Path:
    """Write everything the next step depends on; the file appears whole or not at all."""
    target = Path(path)
    with run.lock:
        arrays = {f"weight/{name}": array for name, array in run.start.trained()}
        for name, parameter in run.model.named_parameters():
            for moment in _MOMENTS if parameter in run.optimizer.state else ():
                arrays[f"{moment}/{name}"] = run.optimizer.state[parameter][moment].cpu().numpy()
        for epoch, changes in run.snapshots.items():
            arrays |= {f"epoch {epoch}/{name}": array for name, array in changes.items()}
        state = {
            "step": run.step,
            "seconds": run.seconds,
            "sums": run.sums.tolist(),
            "epochs": list(run.snapshots),
            "settings": run.history.settings,
            "history": run.history.lines()[1:],
        }
        part = target.with_name(target.name + ".part")
        save_file(arrays, part, metadata={"run": json.dumps(state)})
        part.replace(target)
    return target


def load_state(run: FineTuning, path: str | Path) -> None:
    """Bring a run that has not begun to where the saved one was.

    Raises:
        BadInput: there is no such file, or it belongs to a run with other settings.
    """
    import torch

    if not Path(path).is_file():
        raise BadInput(f"There is no saved run {path}; run.save_state(path) writes one.")
    with safe_open(path, "numpy") as file:
        state = json.loads((file.metadata() or {}).get("run", "{}"))
        _check(state.get("settings", {}), run.history.settings, path)
        arrays: dict[str, Any] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    with torch.no_grad():
        for name, parameter in run.model.named_parameters():
            if f"weight/{name}" in arrays:
                parameter.copy_(torch.from_numpy(arrays[f"weight/{name}"]))
            if f"exp_avg/{name}" in arrays:
                moments = {
                    m: torch.from_numpy(arrays[f"{m}/{name}"]).to(run.device) for m in _MOMENTS
                }
                done = torch.tensor(float(state["step"]), device=run.device)
                run.optimizer.state[parameter] = {"step": done, **moments}
    for epoch in state["epochs"]:
        mark = f"epoch {epoch}/"
        found = {n.removeprefix(mark): a for n, a in arrays.items() if n.startswith(mark)}
        run.snapshots[epoch] = found
    run.step, run.seconds = state["step"], state["seconds"]
    run.sums[:] = np.array(state["sums"])
    run.history.restore(map(from_json, state["history"]))


def _check(saved: dict[str, Any], now: dict[str, Any], path: str | Path) -> None:
    different = [name for name in {**saved, **now} if saved.get(name) != now.get(name)]
    if different:
        name = different[0]
        raise BadInput(
            f"{path} is of a run with {name}={saved.get(name)!r}; this one has {now.get(name)!r}. "
            "Give the same settings and sentences to go on with it."
        )
