"""A pipeline whose weights were changed by training; no torch.

The change is kept as float16 differences to the weights before, for the changed tensors alone: a
small number keeps its leading digits, so that logits agree with the trained model's to about 1e-3.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file  # pyright: ignore[reportUnknownVariableType]

from ..engine.checkpoints.config import ModelConfig, read_config
from ..engine.checkpoints.find import Checkpoint
from ..engine.numpy_model import NumpyModel
from ..engine.pipeline import Pipeline
from ..trace import FloatArray

Changes = Mapping[str, NDArray[np.float16]]


class ChangedTensors:
    """Tensors by name: those before, plus the differences."""

    def __init__(self, before: Mapping[str, FloatArray], changes: Changes) -> None:
        self.before = before
        self.changes = changes

    def __contains__(self, name: object, /) -> bool:
        return name in self.before

    def __iter__(self) -> Iterator[str]:
        return iter(self.before)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.before[name].shape

    def float32(self, name: str) -> FloatArray:
        """The changed tensor."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some rows of the changed tensor."""
        rows = self.before[name][index]
        if name in self.changes:
            return rows + self.changes[name][index].astype(np.float32)
        return rows


class Tuned(Pipeline):
    """What fine-tuning made: a pipeline like any other, which can be saved."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.source = checkpoint.tensors()
        model = NumpyModel(checkpoint.config, self.source, name=checkpoint.name)
        super().__init__(checkpoint, model)
        self.settings = dict(checkpoint.settings)  # config.json

    def save(self, folder: str | Path) -> Path:
        """Write an ordinary Hugging Face folder: config, float32 weights, tokenizer, card."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for file in self.checkpoint.tokenizer_folder.iterdir():
            if file.is_file() and file.name.startswith(_TOKENIZER_FILES):
                shutil.copy2(file, target / file.name)
        text = json.dumps(self.settings, indent=2, sort_keys=True, ensure_ascii=False)
        (target / "config.json").write_text(text + "\n", "utf-8")
        (target / "README.md").write_text(self.card, "utf-8")
        source = self.source
        tensors = {name: np.ascontiguousarray(source.float32(name)) for name in source}
        save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
        return target


_TOKENIZER_FILES = ("tokenizer", "vocab", "merges", "special_tokens", "added_tokens")


def tuned(
    start: Checkpoint,
    settings: Mapping[str, Any],
    before: Mapping[str, FloatArray],
    changes: Changes,
    *,
    card: str,
    name: str,
) -> Tuned:
    """The pipeline of ``before`` plus ``changes``; ``settings`` is its config.json."""
    config: ModelConfig = read_config(dict(settings), name=name)
    source = ChangedTensors(before, changes)
    where = (start.folder, start.tokenizer_folder)
    return Tuned(Checkpoint(name, *where, config, card, dict(settings), source, start.held))
