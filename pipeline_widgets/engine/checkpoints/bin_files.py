"""Weights in ``.bin`` files, which torch alone can read; no code in them is run."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import MissingExtra, MissingWeights
from ...trace import FloatArray
from .safetensors_files import refuse_pointer


class TorchTensors:
    """torch's tensors, each turned into an array when it is asked for."""

    def __init__(self, tensors: Mapping[str, Any]) -> None:
        self.tensors = tensors

    def __contains__(self, name: object, /) -> bool:
        return name in self.tensors

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return tuple(self.tensors[name].shape)

    def float32(self, name: str) -> FloatArray:
        """The whole tensor."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some of its rows."""
        return self.tensors[name][index].detach().float().numpy()


def read_bin(files: Iterable[Path]) -> TorchTensors:
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
    tensors: dict[str, Any] = {}
    for file in files:
        refuse_pointer(file)
        try:
            _check_packed(file)
            state = torch.load(file, map_location="cpu", weights_only=True)
            for name, tensor in state.items():
                _check_tensor(name, tensor)
            tensors |= state
        except Exception as error:  # whatever a broken or foreign file makes torch say
            why = f": {error}" if isinstance(error, _Promise) else ", or holds more than tensors"
            raise MissingWeights(
                f"{file} can't be read as weights: it is not whole{why}. Fetch it again, or have "
                "its owner save it as model.safetensors."
            ) from error
    return TorchTensors(tensors)


class _Promise(ValueError):
    """A file that promises more than it has."""


def _check_packed(file: Path) -> None:
    """Torch packs nothing: a zip that unpacks to more than itself is somebody's trap."""
    if not zipfile.is_zipfile(file):
        return  # as torch wrote before version 1.6
    with zipfile.ZipFile(file) as packed:
        size = sum(one.file_size for one in packed.infolist())
    if size > file.stat().st_size:
        raise _Promise(f"its parts would be {size} bytes, more than the file has")


def _check_tensor(name: object, tensor: Any) -> None:
    """A tensor may be a view, but not of more numbers than lie under it."""
    if not isinstance(name, str):
        raise _Promise(f"a tensor has the name {name!r}")
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        raise _Promise(f"{name[:80]!r} promises {tuple(tensor.shape)} of a smaller part")
