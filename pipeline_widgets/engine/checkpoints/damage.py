"""Damage in a checkpoint's files: whatever is stumbled over, one error names file and cure."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType

from pipeline_widgets.errors import BadInput, PipelineError

_READS = {  # the part of the engine that stumbled, and what it was reading
    "tokenizers": "tokenizer.json or tokenizer_config.json",
    "adapter": "adapter_config.json",
    "bin_files": "the weights (.bin)",
    "safetensors_files": "the weights (.safetensors or their index)",
    "matched": "the weights",
    "safetensors_header": "the weights (.safetensors)",
    "weights": "the weights",
    "numpy_model": "the weights",
    "torch_model": "the weights",
    "config": "config.json",
    "architectures": "config.json",
    "heads": "config.json",
}
_STUMBLES = (
    ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError,
    MemoryError, OSError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError, struct.error,
)  # fmt: skip


@contextmanager
def damage_named(name: object) -> Generator[None]:
    """Turn what reading a foreign folder stumbles over into `BadInput` with the file and a cure."""
    try:
        yield
    except PipelineError:
        raise
    except _STUMBLES as error:
        said = f"{type(error).__name__}: {str(error)[:120]}".rstrip(": ")
        cure = (
            "See that you may read all files of the folder, or copy it again."
            if isinstance(error, OSError)
            else "It is damaged or was written by another kind of program: download the folder "
            "again, or write it anew with save_pretrained of transformers."
        )
        file = _file(error.__traceback__)
        raise BadInput(f"{file} of {name} can't be read ({said}). {cure}") from error


def _file(trace: TracebackType | None) -> str:
    """Which file was being read, by the innermost module of ours that knows."""
    found = "A file"
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.startswith("pipeline_widgets.engine") or ".architectures" in module:
            parts = module.split(".")
            known = [_READS[part] for part in parts if part in _READS]
            found = known[0] if known else found
        trace = trace.tb_next
    return found
