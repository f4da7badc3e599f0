"""Weights in ``.bin`` files, which torch alone can read; no code in them is run."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ...errors import MissingExtra, MissingWeights
from .safetensors_files import InMemory, refuse_pointer


def read_bin(files: Iterable[Path]) -> InMemory:
    """The tensors of one or more ``.bin`` files.

    Raises:
        MissingExtra: torch is not installed.
        MissingWeights: a file is not whole, or holds more than tensors.
    """
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError as error:
        raise MissingExtra(
            '.bin weights need PyTorch: pip install "pipeline-widgets[torch]".'
        ) from error
    tensors: dict[str, NDArray[Any]] = {}
    for file in files:
        refuse_pointer(file)
        try:
            state = torch.load(file, map_location="cpu", weights_only=True)
            tensors |= {name: one.float().numpy() for name, one in state.items()}
        except Exception as error:  # whatever a broken or foreign file makes torch say
            raise MissingWeights(
                f"{file} can't be read as weights: it is not whole, or holds more than tensors. "
                "Fetch it again, or have its owner save it as model.safetensors."
            ) from error
    return InMemory(tensors)
