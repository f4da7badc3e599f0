"""Text in, Trace out: the engine, which knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from weakref import WeakValueDictionary

import numpy as np

from ..errors import BadInput, MissingWeights
from .checkpoints.damage import damage_named
from .checkpoints.find import BUNDLED, BUNDLED_FOLDER, Checkpoint, find
from .checkpoints.memory import from_memory, unwrapped, with_tokenizer
from .model import Model
from .pipeline import Pipeline

__all__ = ["Pipeline", "load"]

Backend = Literal["numpy", "torch"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)
_HELD: WeakValueDictionary[Path, Model] = WeakValueDictionary()  # bundled models in use, to share


def load(
    name_or_path: str | Path | Any,
    *,
    backend: Backend | None = None,
    revision: str | None = None,
    tokenizer: Any = None,
    labels: Sequence[str] | None = None,
) -> Pipeline:
    """Load a model that shows its work.

    ``name_or_path`` is ``"roberta"`` or ``"distilbert"`` (bundled, small, no network), the folder
    of a checkpoint, a hub id, ``"owner/name"``, or what is in memory: a transformers model,
    ``pipeline`` or ``Trainer``, as it is now. Any classifier of a family in ``architectures`` will
    do, with one label of several, several labels at once, or one score. A LoRA adapter's folder is
    merged into its base, a Trainer's output folder stands for its newest checkpoint. A checkpoint
    with a masked-LM head in place of a classifier, such as roberta-base, fills in blanks: it has
    ``fill``, and neither ``trace`` nor ``flow``.

    ``backend`` is ``"numpy"`` (the default, no torch needed) or ``"torch"``, which goes through
    transformers. ``revision`` pins a hub checkpoint's branch, tag or commit. ``tokenizer`` is a
    folder or a tokenizer for a model that has none. ``labels`` names the labels, in their order.

    Raises ``UnknownModel`` if there is nothing of that name; ``UnsupportedArchitecture`` if it is
    of another family or kind; ``MissingWeights`` if it has no trained head or no weights
    that the backend reads; ``MissingExtra`` if huggingface_hub, tokenizers or torch is needed and
    not installed; ``NoNetwork`` if the hub can't be reached and nothing is cached; ``BadInput`` if
    an argument can't be used.
    """
    backend = backend or "numpy"
    if backend not in BACKENDS:
        raise BadInput(f'backend is "numpy" or "torch", not {backend!r}.')
    if isinstance(name_or_path, (str, Path)):
        with damage_named(name_or_path):
            pipeline = _loaded(name_or_path, backend, revision, tokenizer, labels)
            if not pipeline.checkpoint.bundled:
                _try(pipeline)
            return pipeline
    return _loaded(name_or_path, backend, revision, tokenizer, labels)


def _loaded(
    name_or_path: str | Path | Any,
    backend: Backend,
    revision: str | None,
    tokenizer: Any,
    labels: Sequence[str] | None,
) -> Pipeline:
    if isinstance(name_or_path, (str, Path)):
        checkpoint = find(name_or_path, revision=revision, backend=backend)
        checkpoint = with_tokenizer(checkpoint, tokenizer)
    else:
        model, own = unwrapped(name_or_path)
        checkpoint = from_memory(model, own if tokenizer is None else tokenizer)
    if labels is not None:
        head = checkpoint.config.head.named(labels)
        checkpoint = replace(checkpoint, config=replace(checkpoint.config, head=head))
    return Pipeline(checkpoint, _model(checkpoint, backend), filler=_filler(checkpoint, backend))


def _filler(checkpoint: Checkpoint, backend: Backend) -> Callable[[], Pipeline] | None:
    """What fills in blanks for a bundled model: its encoder with a head for that."""
    beside = checkpoint.folder.parent / "masked"
    names = [name for name, place in BUNDLED.items() if BUNDLED_FOLDER / place == beside]
    return cache(lambda: load(names[0], backend=backend)) if checkpoint.bundled and names else None


def _try(pipeline: Pipeline) -> None:
    """Take a letter through a stranger's checkpoint: what is wrong with it is said now."""
    with np.errstate(all="ignore"):
        if pipeline.model.classifies:
            try:
                pipeline.trace("a")
            except MissingWeights as error:
                raise MissingWeights(f"{pipeline.checkpoint.folder}: {error}") from error
        else:
            pipeline.attend(pipeline.embed(pipeline.tokenize("a")))


def _model(checkpoint: Checkpoint, backend: Backend) -> Model:
    if backend == "torch":
        from .torch_model import TorchModel  # torch enters here

        return TorchModel(checkpoint)
    from .numpy_model import NumpyModel

    held = _HELD.get(checkpoint.folder) if checkpoint.bundled else None
    model = held or NumpyModel(checkpoint.config, checkpoint.tensors(), name=checkpoint.name)
    if checkpoint.bundled:  # its files never change, and nobody writes into its weights
        _HELD[checkpoint.folder] = model
    return model
