"""A loaded classifier as data for the engine in a page: settings, tables, weights.

The page reads what Python computes with, to the bit: matrices that float16 holds exactly, as the
bundled models' all are, go as float16, and others as they are.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from safetensors.numpy import save

from ...engine.numpy_model import NumpyModel
from ...engine.pipeline import Pipeline
from ...engine.tokenizers import ByteLevelBPE, WordPiece
from ...engine.tokenizers.base import SubwordTokenizer
from ...errors import BadInput
from ...pages import json_text
from ...trace import FloatArray
from ..shared.titles import TITLES, title_of
from .tables import tables_of

TABLES = ("token", "position")  # of these a text looks up few rows
FAMILIES = ("roberta", "distilbert")  # those whose embedding the page computes


def settings(pipeline: Pipeline) -> dict[str, Any]:
    """The sizes and words that the page's engine needs.

    Raises:
        BadInput: the model is of another family, or not in memory as numpy arrays.
    """
    model = pipeline.model
    if not isinstance(model, NumpyModel) or model.config.architecture not in FAMILIES:
        raise BadInput(
            f"A live page computes RoBERTa and DistilBERT classifiers in the browser; {pipeline} "
            'is none, or was loaded with backend="torch". Without live=True, to_html() keeps a '
            "picture that can still be steered."
        )
    config = model.config
    if config.activation not in ("gelu", "relu"):
        raise BadInput(
            f"A live page computes gelu and relu; this model has {config.activation!r}. Without "
            "live=True, to_html() keeps a picture that can still be steered."
        )
    if config.head_width % 4 or config.inner % 4:
        raise BadInput(
            "A live page multiplies numbers four at a time; this model's heads have "
            f"{config.head_width}, its inner layer {config.inner}. Without live=True, to_html() "
            "keeps a picture that can still be steered."
        )
    return {
        "name": pipeline.name,
        "architecture": config.architecture,
        "layers": config.layers,
        "heads": config.heads,
        "width": config.width,
        "inner": config.inner,
        "limit": config.max_length,
        "firstPosition": config.position_offset,
        "epsilon": config.layer_norm_epsilon,
        "activation": config.activation,
        "headActivation": config.family.head_activation,
        "labels": list(config.labels),
        "function": config.head.function,
        "threshold": config.head.threshold,
        "family": TITLES[config.architecture],
        "title": title_of(pipeline.name),
        "tokenizer": pipeline.tokenizer.kind,
        "lowered": isinstance(pipeline.tokenizer, SubwordTokenizer) and pipeline.tokenizer.lowers,
    }


def tokenizer(pipeline: Pipeline) -> dict[str, Any]:
    """What the page's tokenizer is made from.

    Raises:
        BadInput: it is none of the two kinds that are written again for the page.
    """
    found = pipeline.tokenizer
    if type(found) in (ByteLevelBPE, WordPiece) and isinstance(found, SubwordTokenizer):
        return found.described() | {"tables": tables_of(found)}
    raise BadInput(
        f"A live page reads byte-level BPE and WordPiece; {pipeline.name} has "
        f"{pipeline.tokenizer.kind}. Without live=True, to_html() keeps a picture that can still "
        "be steered."
    )


def weights(pipeline: Pipeline) -> dict[str, np.ndarray[Any, Any]]:
    """The model's tensors under the names that `model.js` reads, as they lie in its file."""
    model = pipeline.model
    assert isinstance(model, NumpyModel)
    return {name: _smallest(_laid(name, tensor)) for name, tensor in _tensors(model)}


LARGEST = 200_000_000  # bytes of weights; a browser reads more, but nobody wants to wait for it


@dataclass(frozen=True)
class PageModel:
    """One classifier as a page has it; made with ``of``."""

    name: str
    config: dict[str, Any]
    tokenizer: dict[str, Any]
    weights: bytes

    @classmethod
    def of(cls, pipeline: Pipeline) -> PageModel:
        """The model of a loaded pipeline.

        Raises:
            BadInput: the engine in a page doesn't compute its family, or it is too large.
        """
        config, words, tensors = settings(pipeline), tokenizer(pipeline), weights(pipeline)
        sizes = [tensor.size for name, tensor in tensors.items() if name not in TABLES]
        config |= {"numbers": sum(sizes), "tensors": len(sizes)}
        file = save(tensors)
        if len(file) > LARGEST:
            raise BadInput(
                f"A page with {pipeline.name} in it would carry {len(file) / 1e6:.0f} MB of "
                f"weights; {LARGEST // 10**6} MB are the most. Without live=True, to_html() keeps "
                "a picture that can still be steered."
            )
        return cls(pipeline.name, config, words, file)

    def described(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        """What the page's engine hears of it; ``parts`` are those of its weights."""
        return {"config": self.config, "tokenizer": self.tokenizer, "parts": parts}

    def parts(self, size: int) -> Iterator[tuple[dict[str, Any], bytes]]:
        """The weights, ``size`` bytes at a time: what is known of a part, and it itself as gzip."""
        for start in range(0, len(self.weights), size):
            part = self.weights[start : start + size]
            known = {"bytes": len(part), "sum": zlib.crc32(part)}
            yield known, gzip.compress(part, 6, mtime=0)

    @cached_property
    def digest(self) -> str:
        """Sixteen digits that another model, or the same with other weights, does not have."""
        told = json_text([self.config, self.tokenizer]).encode()
        return sha256(told + self.weights).hexdigest()[:16]


def _tensors(model: NumpyModel) -> Iterator[tuple[str, FloatArray]]:
    whole = model.weights
    yield "token", whole.token_rows(slice(None))
    yield "position", whole.position
    yield "embedding_norm.scale", whole.embedding_norm.scale
    yield "embedding_norm.shift", whole.embedding_norm.shift
    for index, layer in enumerate(whole.layers):
        for name in ("query_key_value", "attention_output", "feed_forward_in", "feed_forward_out"):
            yield f"layers.{index}.{name}.weight", getattr(layer, name).weight
            yield f"layers.{index}.{name}.bias", getattr(layer, name).bias
        for name in ("attention_norm", "feed_forward_norm"):
            yield f"layers.{index}.{name}.scale", getattr(layer, name).scale
            yield f"layers.{index}.{name}.shift", getattr(layer, name).shift
    for name in ("dense", "output"):
        yield f"{name}.weight", getattr(whole, name).weight
        yield f"{name}.bias", getattr(whole, name).bias


def _laid(name: str, tensor: FloatArray) -> FloatArray:
    """The rows of a matrix two at a time, four numbers of each by turns: as `kernel.wat` reads."""
    if not name.startswith(("layers.", "dense.")) or not name.endswith(".weight"):
        return tensor
    rows, inner = tensor.shape
    return tensor.reshape(rows // 2, 2, inner // 4, 4).swapaxes(1, 2).reshape(rows, inner)


def _smallest(tensor: FloatArray) -> np.ndarray[Any, Any]:
    """The tensor as float16 if that loses nothing."""
    with np.errstate(over="ignore"):
        half = tensor.astype(np.float16)
    same = np.array_equal(half.astype(np.float32), tensor)
    return np.ascontiguousarray(half if same else tensor)
