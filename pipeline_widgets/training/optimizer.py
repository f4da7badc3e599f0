"""AdamW (Loshchilov and Hutter 2017, arXiv 1711.05101), and its memory as arrays."""

# torch is only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .checkpoint_file import Arrays
from .settings import Settings

if TYPE_CHECKING:
    import torch

_MOMENTS = ("exp_avg", "exp_avg_sq")  # the running means of gradients and of their squares


def adamw(parameters: list[torch.nn.Parameter], settings: Settings) -> torch.optim.AdamW:
    """AdamW; biases and LayerNorm are not decayed."""
    import torch

    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)


def moments(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Arrays]:
    """What the optimizer remembers of each parameter that it has moved."""
    moved = [
        (name, optimizer.state[p]) for name, p in model.named_parameters() if p in optimizer.state
    ]
    return {
        moment: {name: memory[moment].cpu().numpy() for name, memory in moved}
        for moment in _MOMENTS
    }


def restore_moments(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    arrays: Mapping[str, Arrays],
    *,
    step: int,
) -> None:
    """Let the optimizer remember what `moments` gave after ``step`` steps."""
    import torch

    for name, parameter in model.named_parameters():
        if name not in arrays.get(_MOMENTS[0], {}):
            continue
        memory = {m: torch.from_numpy(arrays[m][name]).to(parameter.device) for m in _MOMENTS}
        done = torch.tensor(float(step), device=parameter.device)
        optimizer.state[parameter] = {"step": done, **memory}
