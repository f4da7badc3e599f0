"""Text in, Trace out: the engine, which knows no widget."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args
from weakref import WeakValueDictionary

from ..errors import BadInput
from .checkpoints.find import find
from .model import Model
from .pipeline import Pipeline

__all__ = ["Pipeline", "load"]

Backend = Literal["numpy", "torch"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)
_HELD: WeakValueDictionary[Path, Model] = WeakValueDictionary()  # bundled models in use, to share


def load(
    name_or_path: str | Path, *, backend: Backend | None = None, revision: str | None = None
) -> Pipeline:
    """Load a classifier that shows its work.

    ``name_or_path`` is ``"roberta"`` or ``"distilbert"`` (bundled, small, no network), the folder
    of a checkpoint, or a hub id, ``"owner/name"``: any RoBERTa or DistilBERT classifier will do,
    with any number of labels. ``backend`` is ``"numpy"`` (the default, no torch needed) or
    ``"torch"``, which goes through transformers. ``revision`` pins a hub checkpoint's branch, tag
    or commit.

    Raises ``UnknownModel`` if there is nothing of that name; ``UnsupportedArchitecture`` if it is
    neither RoBERTa nor DistilBERT; ``MissingWeights`` if it has no classification head or no
    weights that the backend reads; ``MissingExtra`` if huggingface_hub or torch is needed and not
    installed; ``NoNetwork`` if the hub can't be reached and nothing is cached; ``BadInput`` if
    there is no such backend.
    """
    backend = backend or "numpy"
    if backend not in BACKENDS:
        raise BadInput(f'backend is "numpy" or "torch", not {backend!r}.')
    checkpoint = find(name_or_path, revision=revision, backend=backend)
    model: Model
    if backend == "torch":
        from .torch_model import TorchModel  # torch enters here

        model = TorchModel(checkpoint)
    else:
        from .numpy_model import NumpyModel

        held = _HELD.get(checkpoint.folder) if checkpoint.bundled else None
        model = held or NumpyModel(checkpoint.config, checkpoint.tensors(), name=checkpoint.name)
        if checkpoint.bundled:  # its files never change, and nobody writes into its weights
            _HELD[checkpoint.folder] = model
    return Pipeline(checkpoint, model)
