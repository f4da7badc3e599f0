"""A model in memory: what transformers' models, pipelines and trainers hold, as a checkpoint.

Neither torch nor transformers is imported: what is given has them already.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from .adapter import LoraTensors, plain, read_lora
from .config import read_config
from .find import BUNDLED, Checkpoint, find
from .matched import TensorSource
from .safetensors_files import InMemory


def unwrapped(thing: Any) -> tuple[Any, Any]:
    """The model and the tokenizer in what was given: a model, a ``pipeline`` or a ``Trainer``."""
    model, tokenizer = thing, None
    if not _is_model(thing) and hasattr(thing, "model"):
        model = thing.model
        tokenizer = getattr(thing, "processing_class", None) or getattr(thing, "tokenizer", None)
    if not _is_model(model) and hasattr(model, "module"):
        model = model.module  # as DataParallel wraps it
    if not _is_model(model):
        raise BadInput(
            "load() takes a name, a folder, a hub id, or a transformers model, pipeline or "
            f"Trainer; got {type(thing).__name__}."
        )
    return model, tokenizer


def _is_model(thing: Any) -> bool:
    return callable(getattr(thing, "state_dict", None)) and hasattr(thing, "config")


def from_memory(model: Any, tokenizer: Any) -> Checkpoint:
    """A checkpoint of a model as it is now; further training doesn't change it.

    Raises:
        BadInput: there is no tokenizer.
        UnsupportedArchitecture: it is of no family that is read here.
    """
    settings = cast("dict[str, Any]", model.config.to_dict())
    settings["num_labels"] = len(settings.get("id2label") or {}) or 2
    own = str(getattr(model.config, "_name_or_path", "") or "")
    name = own or type(model).__name__
    config = read_config(settings, name=name)
    if tokenizer is None and own and Path(own).is_dir():
        tokenizer = own
    if tokenizer is None:
        raise BadInput(
            f"{name} is a model without a tokenizer. Give both: load(model, tokenizer=tokenizer), "
            "or tokenizer= a folder that has one."
        )
    folder = Path(own or name)
    bare = Checkpoint(name, folder, folder, config, "", settings, _tensors(model))
    return with_tokenizer(bare, tokenizer)


def with_tokenizer(checkpoint: Checkpoint, tokenizer: Any) -> Checkpoint:
    """The checkpoint with another tokenizer: a folder, a bundled name, or a tokenizer itself."""
    if tokenizer is None:
        return checkpoint
    if isinstance(tokenizer, str) and tokenizer in BUNDLED:
        return replace(checkpoint, tokenizer_folder=find(tokenizer).tokenizer_folder)
    if isinstance(tokenizer, (str, Path)):
        if not Path(tokenizer).expanduser().is_dir():
            raise BadInput(f"tokenizer={str(tokenizer)!r} is no folder here.")
        return replace(checkpoint, tokenizer_folder=Path(tokenizer).expanduser())
    holder = saved(tokenizer)
    return replace(checkpoint, tokenizer_folder=Path(holder.name), held=holder)


class HeldFolder:
    """A folder that goes when nobody holds this any more."""

    def __init__(self) -> None:
        self.name = tempfile.mkdtemp(prefix="pipeline-widgets-tokenizer-")
        weakref.finalize(self, shutil.rmtree, self.name, ignore_errors=True)


def saved(tokenizer: Any) -> HeldFolder:
    """A folder with the files of a tokenizer of transformers or of the tokenizers library.

    Raises:
        BadInput: it is something else.
    """
    holder = HeldFolder()
    if hasattr(tokenizer, "save_pretrained"):
        tokenizer.save_pretrained(holder.name)
    elif hasattr(tokenizer, "to_str"):
        tokenizer.save(str(Path(holder.name) / "tokenizer.json"))
    else:
        raise BadInput(
            "tokenizer is a folder, a transformers tokenizer or one of the tokenizers library; got "
            f"{type(tokenizer).__name__}."
        )
    return holder


def _tensors(model: Any) -> TensorSource:
    state = {name: _array(tensor) for name, tensor in model.state_dict().items()}
    settings: Mapping[str, Any] = getattr(model, "peft_config", None) or {}
    if not any(".lora_" in name for name in state) or not settings:
        return InMemory(state)
    lora = read_lora(next(iter(settings.values())).to_dict(), name=type(model).__name__)
    base, adapter = dict[str, NDArray[Any]](), dict[str, NDArray[Any]]()
    for name, array in state.items():
        if ".original_module." not in name:
            (adapter if ".lora_" in name else base)[plain(name)] = array
    return LoraTensors(InMemory(base), InMemory(adapter), lora)


def _array(tensor: Any) -> NDArray[Any]:
    plain_tensor = tensor.detach().cpu()
    if plain_tensor.is_floating_point():
        plain_tensor = plain_tensor.float()
    return np.array(plain_tensor.numpy(), copy=True)
