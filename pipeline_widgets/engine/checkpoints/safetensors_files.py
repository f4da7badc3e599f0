"""Weights read from safetensors files where they lie: memory-mapped, cast one by one on use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...errors import MissingWeights
from ...trace import FloatArray
from ..tokenizers.files import read_json
from .safetensors_header import Header

# https://huggingface.co/docs/safetensors: names of the number formats a file may hold.
_FORMATS = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),  # numpy has neither this nor the next: see rows
    "F8_E5M2": np.dtype("u1"),
}


_POINTER = b"version https://git-lfs"
_BESIDE = re.compile(r"[^/\\:\0]{1,250}")  # a file's name alone


class InMemory:
    """Tensors that are arrays already."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.arrays = arrays

    def __contains__(self, name: object, /) -> bool:
        return name in self.arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.arrays[name].shape

    def float32(self, name: str) -> FloatArray:
        """The whole tensor."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some of its rows."""
        return self.arrays[name][index].astype(np.float32, copy=False)


class Tensors(Mapping[str, NDArray[Any]]):
    """The tensors of one or more safetensors files by name, as views of the mapped files.

    A bfloat16 tensor is seen as its raw uint16; ``float32(name)`` gives numbers in any case.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._tensors: dict[str, NDArray[Any]] = {}
        self._half: set[str] = set()
        self._quarter: set[str] = set()
        for file in files:
            self._map(file)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._tensors[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return self._tensors[name].shape

    def float32(self, name: str) -> FloatArray:
        """The tensor as float32: the mapped file itself where it is float32 already."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some rows of a tensor as float32; only these are read and cast."""
        part = self._tensors[name][index]
        if name in self._half:
            # bfloat16 is the upper half of a float32, so the bits only move up.
            return (part.astype(np.uint32) << 16).view(np.float32)
        if name in self._quarter:  # and E5M2 is the upper half of a float16
            return (part.astype(np.uint16) << 8).view(np.float16).astype(np.float32)
        return part.astype(np.float32, copy=False)

    def _map(self, file: Path) -> None:
        refuse_pointer(file)
        try:
            mapped = np.memmap(file, dtype=np.uint8, mode="r")
            header = Header(mapped)
            data = mapped[header.start :].view(np.ndarray)
            for name, entry in header.items():
                if entry["dtype"] in _FORMATS:
                    self._tensors[name] = _view(data, entry)
                if entry["dtype"] == "BF16":
                    self._half.add(name)
                if entry["dtype"] == "F8_E5M2":
                    self._quarter.add(name)
        except (ValueError, RecursionError) as error:
            raise MissingWeights(
                f"{file} is not a whole safetensors file (an interrupted download?): {error}. "
                "Fetch it again."
            ) from error


def refuse_pointer(file: Path) -> None:
    """Raise MissingWeights if git left a pointer where the file itself should be."""
    with file.open("rb") as opened:
        if opened.read(len(_POINTER)) == _POINTER:
            raise MissingWeights(
                f"{file} is not the file itself but a Git LFS pointer to it, as git clone leaves "
                f"without Git LFS. In {file.parent}: git lfs install, then git lfs pull."
            )


def _view(data: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    first, last = entry["data_offsets"]
    number = _FORMATS[entry["dtype"]]
    tensor = data[first:last]
    if tensor.ctypes.data % number.itemsize:  # an odd offset: numpy would copy at every use
        tensor = tensor.copy()
    return tensor.view(number).reshape(entry["shape"])


def safetensors_files(folder: Path) -> list[Path]:
    """The safetensors files of a checkpoint: one, or the shards that its index names.

    Raises:
        MissingWeights: there is none, or a shard is missing.
    """
    found = named_files(folder, "model.safetensors")
    variants = [one for one in folder.glob("model.*.safetensors") if one.name.count(".") == 2]
    return found or (variants if len(variants) == 1 else [])  # such as model.fp16.safetensors


def named_files(folder: Path, name: str) -> list[Path]:
    """The file of this name, or the shards that an index beside it names; none if it is missing."""
    single, index = folder / name, folder / f"{name}.index.json"
    if single.is_file():
        return [single]
    if not index.is_file():
        return []
    shards = [folder / shard for shard in _shards(index)]
    if missing := [shard.name for shard in shards if not shard.is_file()]:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise MissingWeights(
            f"{folder} lacks {', '.join(missing[:3])}{more}, which its index names. Copy or "
            "download the checkpoint again."
        )
    return shards


def _shards(index: Path) -> list[str]:
    """The files that an index names, each beside it."""
    names = read_json(index).get("weight_map")
    if not isinstance(names, dict) or not names:
        raise MissingWeights(
            f'{index} has no "weight_map" of tensors and their files. Copy or download the '
            "checkpoint again."
        )
    shards = list(cast("dict[str, Any]", names).values())
    for shard in shards:
        if not isinstance(shard, str) or not _BESIDE.fullmatch(shard):
            raise MissingWeights(
                f"{index} names the file {str(shard)[:80]!r}, which is not one beside it: the "
                "index was altered. Have the checkpoint saved again with save_pretrained()."
            )
    return sorted(set(shards))
