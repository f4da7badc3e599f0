"""A classifier's weights, gathered from a checkpoint's tensors under names that say their part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..errors import MissingWeights
from ..trace import FloatArray
from .config import ModelConfig


class TensorSource(Protocol):
    """Tensors by name, as ``tensors.Tensors`` has them."""

    def __contains__(self, name: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape, read from the header."""
        ...

    def float32(self, name: str) -> FloatArray:
        """The whole tensor."""
        ...

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some of its rows."""
        ...


@dataclass(frozen=True, slots=True)
class Linear:
    """``x @ weight.T + bias``."""

    weight: FloatArray  # (out, in)
    bias: FloatArray  # (out,)


@dataclass(frozen=True, slots=True)
class Norm:
    """LayerNorm's scale and shift."""

    scale: FloatArray  # (D,)
    shift: FloatArray  # (D,)


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One transformer layer."""

    query_key_value: (
        Linear  # the three in one matrix, (3 D, D): one multiplication instead of three
    )
    mix: Linear  # the heads' outputs back into one vector, (D, D)
    mix_norm: Norm
    widen: Linear  # (inner, D)
    narrow: Linear  # (D, inner)
    narrow_norm: Norm


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """A whole classifier."""

    token_rows: Callable[[Any], FloatArray]  # ids to rows of the token table, cast as they are used
    position: FloatArray  # (positions, D); RoBERTa's single token-type row is added in
    embedding_norm: Norm
    layers: tuple[LayerWeights, ...]
    dense: Linear  # the head's first layer, (D, D)
    output: Linear  # the head's last layer, (C, D)
    parameters: int  # numbers in all of these, as the checkpoint has them


@dataclass(frozen=True, slots=True)
class Names:
    """What one architecture calls its tensors."""

    token: str
    position: str
    token_type: str | None
    embedding_norm: str
    layer: str  # with {} for its number
    query: str
    key: str
    value: str
    mix: str
    mix_norm: str
    widen: str
    narrow: str
    narrow_norm: str
    dense: str
    output: str


ROBERTA = Names(
    token="roberta.embeddings.word_embeddings.weight",
    position="roberta.embeddings.position_embeddings.weight",
    token_type="roberta.embeddings.token_type_embeddings.weight",
    embedding_norm="roberta.embeddings.LayerNorm",
    layer="roberta.encoder.layer.{}.",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    mix="attention.output.dense",
    mix_norm="attention.output.LayerNorm",
    widen="intermediate.dense",
    narrow="output.dense",
    narrow_norm="output.LayerNorm",
    dense="classifier.dense",
    output="classifier.out_proj",
)

DISTILBERT = Names(
    token="distilbert.embeddings.word_embeddings.weight",
    position="distilbert.embeddings.position_embeddings.weight",
    token_type=None,
    embedding_norm="distilbert.embeddings.LayerNorm",
    layer="distilbert.transformer.layer.{}.",
    query="attention.q_lin",
    key="attention.k_lin",
    value="attention.v_lin",
    mix="attention.out_lin",
    mix_norm="sa_layer_norm",
    widen="ffn.lin1",
    narrow="ffn.lin2",
    narrow_norm="output_layer_norm",
    dense="pre_classifier",
    output="classifier",
)

NAMES = {"roberta": ROBERTA, "distilbert": DISTILBERT}


def read_weights(tensors: TensorSource, config: ModelConfig, *, name: str) -> ModelWeights:
    """Gather a classifier's weights.

    Raises:
        MissingWeights: the checkpoint has no trained classification head, or lacks a tensor.
    """
    names = NAMES[config.architecture]
    return _Reader(tensors, config, names, name).model()


class _Reader:
    """Reads tensors by their parts, counting parameters on the way."""

    def __init__(
        self, tensors: TensorSource, config: ModelConfig, names: Names, checkpoint: str
    ) -> None:
        self.tensors = tensors
        self.config = config
        self.names = names
        self.checkpoint = checkpoint
        self.parameters = 0

    def model(self) -> ModelWeights:
        names, config = self.names, self.config
        width, rows = config.width, config.position_offset + config.max_length
        self._check_head()
        self._check(names.token, config.vocabulary_size, width)
        position = self._tensor(names.position, rows, width)
        if names.token_type is not None:
            # Every token of a single text has type 0, so its row can join the position's.
            types = self._tensor(names.token_type, config.token_types, width)
            position = position + types[0]
        embedding_norm = self._norm(names.embedding_norm)
        layers = tuple(self._layer(names.layer.format(i)) for i in range(config.layers))
        dense = self._linear(names.dense, width, width)
        output = self._linear(names.output, len(config.labels), width)
        return ModelWeights(
            token_rows=lambda ids: self.tensors.rows(names.token, ids),
            position=position,
            embedding_norm=embedding_norm,
            layers=layers,
            dense=dense,
            output=output,
            parameters=self.parameters,
        )

    def _layer(self, prefix: str) -> LayerWeights:
        names, width, inner = self.names, self.config.width, self.config.inner
        return LayerWeights(
            query_key_value=self._fused(
                [prefix + part for part in (names.query, names.key, names.value)]
            ),
            mix=self._linear(prefix + names.mix, width, width),
            mix_norm=self._norm(prefix + names.mix_norm),
            widen=self._linear(prefix + names.widen, inner, width),
            narrow=self._linear(prefix + names.narrow, width, inner),
            narrow_norm=self._norm(prefix + names.narrow_norm),
        )

    def _fused(self, parts: list[str]) -> Linear:
        width = self.config.width
        fused = Linear(np.empty((3 * width, width), np.float32), np.empty(3 * width, np.float32))
        for index, part in enumerate(parts):
            rows = slice(index * width, (index + 1) * width)
            fused.weight[rows] = self._tensor(part + ".weight", width, width)
            fused.bias[rows] = self._tensor(part + ".bias", width)
        return fused

    def _linear(self, part: str, outputs: int, inputs: int) -> Linear:
        weight = self._tensor(part + ".weight", outputs, inputs)
        return Linear(weight, self._tensor(part + ".bias", outputs))

    def _norm(self, part: str) -> Norm:
        width = self.config.width
        return Norm(self._tensor(part + ".weight", width), self._tensor(part + ".bias", width))

    def _tensor(self, name: str, *shape: int) -> FloatArray:
        self._check(name, *shape)
        return self.tensors.float32(name)

    def _check(self, name: str, *shape: int) -> None:
        if name not in self.tensors:
            raise MissingWeights(without_tensor(self.checkpoint, name))
        found = self.tensors.shape(name)
        if found != shape:
            raise MissingWeights(
                f"{self.checkpoint} has the tensor {name} in the shape {found}, where its "
                f"config.json promises {shape}: the two don't belong together. Save both again "
                "with save_pretrained()."
            )
        self.parameters += math.prod(shape)

    def _check_head(self) -> None:
        for part in (self.names.dense, self.names.output):
            if part + ".weight" not in self.tensors:
                raise MissingWeights(without_head(self.checkpoint, f"{part}.weight is missing"))


def without_head(checkpoint: str, sign: str) -> str:
    """What is wrong with a checkpoint that was never trained to classify; ``sign`` says how so."""
    return (
        f"{checkpoint} has no trained classification head ({sign}), so any label it gave would be "
        "random. Choose a checkpoint that was fine-tuned for classification, or "
        'load("roberta") or load("distilbert"), which are bundled.'
    )


def without_tensor(checkpoint: str, tensor: str) -> str:
    """What is wrong with a checkpoint that is not whole."""
    return (
        f"{checkpoint} lacks the tensor {tensor}, which its config.json promises. Save the whole "
        "classifier again with save_pretrained()."
    )
