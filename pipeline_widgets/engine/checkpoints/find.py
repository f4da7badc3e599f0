"""Where a model's files are: bundled, in a local folder, or on the hub; and what is missing."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import MissingWeights, UnknownModel
from ...trace import FloatArray
from .config import ModelConfig, read_config
from .safetensors_files import Tensors, named_files, safetensors_files
from .weights import TensorSource

BUNDLED_FOLDER = Path(__file__).parents[2] / "bundled"

# "owner/name", or a name alone as the hub's oldest models have: "roberta-base".
_HUB_ID = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*")

# A bundled classifier is an encoder and the difference that sentiment training made to it.
BUNDLED = {
    "roberta": "roberta-mini/classifier",
    "distilbert": "distilbert-mini/classifier",
    "roberta-encoder": "roberta-mini/encoder",
    "distilbert-encoder": "distilbert-mini/encoder",
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The files of one model."""

    name: str
    folder: Path  # has config.json
    tokenizer_folder: Path
    config: ModelConfig
    card: str  # README.md, or ""
    settings: Mapping[str, Any]  # config.json

    @property
    def has_difference(self) -> bool:
        """Whether it is an encoder's difference rather than weights of its own."""
        return (self.folder / "difference.safetensors").is_file()

    @property
    def bundled(self) -> bool:
        """Whether it came with the package."""
        return self.folder.is_relative_to(BUNDLED_FOLDER)

    @property
    def bin_files(self) -> list[Path]:
        """The weights that torch alone can read; none where there are others."""
        if self.has_difference or safetensors_files(self.folder):
            return []
        return named_files(self.folder, "pytorch_model.bin")

    def tensors(self) -> TensorSource:
        """The weights, memory-mapped. Raises ``MissingWeights`` if no file is in safetensors."""
        if self.has_difference:
            encoder = Tensors([self.tokenizer_folder / "model.safetensors"])
            return AdaptedTensors(encoder, Tensors([self.folder / "difference.safetensors"]))
        files = safetensors_files(self.folder)
        if not files:
            raise MissingWeights(self.without_weights())
        return Tensors(files)

    def without_weights(self) -> str:
        """What is missing, and what to do."""
        if self.bin_files:
            return (
                f"{self.name} has only .bin weights, which need PyTorch: load({self.name!r}, "
                'backend="torch"), after pip install "pipeline-widgets[torch]".'
            )
        others = sorted(
            file.name for file in self.folder.iterdir() if file.suffix in (".safetensors", ".bin")
        )
        there = f" ({', '.join(others)} is something else)" if others else ""
        return (
            f"{self.name} has no weights: there is no model.safetensors in {self.folder}{there}. "
            "Copy the whole folder that save_pretrained() wrote."
        )


class AdaptedTensors:
    """An encoder's tensors with a low-rank difference merged in as each one is read.

    A tensor ``W`` of the difference replaces the encoder's; a pair ``W.down`` (rank, in) and
    ``W.up`` (out, rank) adds ``up @ down`` to it. Source: LoRA, arXiv 2106.09685. The sum is
    rounded to float16, as the parts are, so that a merged file of half the size holds the same.
    """

    def __init__(self, encoder: Tensors, difference: Tensors) -> None:
        self.encoder = encoder
        self.difference = difference

    def __contains__(self, name: object) -> bool:
        return name in self.encoder

    def __iter__(self) -> Iterator[str]:
        return iter(self.encoder)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return (self.difference if name in self.difference else self.encoder).shape(name)

    def float32(self, name: str) -> FloatArray:
        """The merged tensor."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some rows of the merged tensor."""
        if name in self.difference:
            return self.difference.rows(name, index)
        whole = self.encoder.rows(name, index)
        if name + ".down" not in self.difference:
            return whole
        up, down = (
            self.difference.rows(name + ".up", index),
            self.difference.float32(name + ".down"),
        )
        merged = np.add(whole, np.matmul(up, down), dtype=np.float32)
        return merged.astype(np.float16).astype(np.float32)


def find(name: str | Path, *, revision: str | None = None, backend: str = "numpy") -> Checkpoint:
    """Find a model by its bundled name, its folder or its hub id.

    Raises:
        UnknownModel: there is nothing of that name.
        UnsupportedArchitecture: it is of no family that is read here.
        NoNetwork: the hub could not be reached and nothing is cached.
        MissingExtra: it is on the hub and huggingface_hub is not installed.
    """
    text = str(name)
    if text in BUNDLED:
        folder = BUNDLED_FOLDER / BUNDLED[text]
        return _read(text, folder, tokenizer_folder=folder.parent / "encoder", card=folder.parent)
    folder = Path(name).expanduser()
    if text and folder.is_dir():
        return _read(text, folder)
    if isinstance(name, Path) or not _HUB_ID.fullmatch(text) or _close(text):
        raise UnknownModel(_unknown(text))
    from . import hub

    return _read(text, hub.fetch(text, revision=revision, backend=backend))


def _read(
    name: str, folder: Path, *, tokenizer_folder: Path | None = None, card: Path | None = None
) -> Checkpoint:
    file = folder / "config.json"
    if not file.is_file():
        raise UnknownModel(
            f"{folder} has no config.json, so it is not a checkpoint. Give the folder that "
            "save_pretrained() wrote."
        )
    settings = json.loads(file.read_text(encoding="utf-8"))
    config = read_config(settings, name=name)
    readme = (card or folder) / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    return Checkpoint(name, folder, tokenizer_folder or folder, config, text, settings)


def _close(text: str) -> list[str]:
    """The bundled name that was meant, if one was nearly typed."""
    return difflib.get_close_matches(text.lower(), BUNDLED, n=1, cutoff=0.75)


def _unknown(text: str) -> str:
    hint = "".join(f' Did you mean "{name}"?' for name in _close(text))
    names = ", ".join(f'"{name}"' for name in BUNDLED)
    return (
        f"There is no model {text!r}: it is no bundled name ({names}), no folder here, and no hub "
        f'id ("owner/name").{hint}'
    )
