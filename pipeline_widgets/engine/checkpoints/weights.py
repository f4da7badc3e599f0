"""A classifier's weights, gathered from a checkpoint's tensors under names that say their part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...architectures import Architecture
from ...errors import MissingWeights
from ...trace import FloatArray
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
    attention_output: Linear  # the heads' outputs back into one vector, W_O, (D, D)
    attention_norm: Norm
    feed_forward_in: Linear  # (inner, D)
    feed_forward_out: Linear  # (D, inner)
    feed_forward_norm: Norm

    # The names of version 0.1, to go in 0.3.
    mix = property(lambda self: self.attention_output)  # pyright: ignore
    mix_norm = property(lambda self: self.attention_norm)  # pyright: ignore
    widen = property(lambda self: self.feed_forward_in)  # pyright: ignore
    narrow = property(lambda self: self.feed_forward_out)  # pyright: ignore
    narrow_norm = property(lambda self: self.feed_forward_norm)  # pyright: ignore


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """A whole classifier."""

    token_rows: Callable[[Any], FloatArray]  # ids to rows of the token table, cast as they are used
    position: FloatArray  # (positions, D); RoBERTa's token-type row is added in
    token_type: FloatArray | None  # (types, D), where first and second sentence are told apart
    embedding_norm: Norm
    layers: tuple[LayerWeights, ...]
    dense: Linear  # the head's first layer, (D, D)
    output: Linear  # the head's last layer, (C, D)
    parameters: int  # numbers in all of these, as the checkpoint has them


def read_weights(tensors: TensorSource, config: ModelConfig, *, name: str) -> ModelWeights:
    """Gather a classifier's weights.

    Raises:
        MissingWeights: the checkpoint has no trained classification head, or lacks a tensor.
    """
    return _Reader(Matched(tensors, config.family), config, name).model()


class Matched:
    """Tensors under the names that their family gives them, whatever the file calls them.

    Files differ in what stands before a name, ``module.`` after training on several GPUs, a
    wrapper's ``model.``, nothing where the encoder was saved alone, and in LayerNorm's ``gamma``
    and ``beta``, as TensorFlow called them. The token table shows what stands before.
    """

    def __init__(self, tensors: TensorSource, family: Architecture) -> None:
        self.tensors = tensors
        self.base = family.tensors.base
        self._found = {_as_now(name): name for name in tensors}
        stem = family.tensors.token.removeprefix(self.base)
        tables = [n for n in self._found if n == stem or n.endswith("." + stem)]
        inner = tables[0].removesuffix(stem) if len(tables) == 1 else self.base
        self._inner = inner  # before the encoder's names
        self._outer = inner.removesuffix(self.base)  # before the head's

    def _own(self, name: str) -> str | None:
        """What the file calls it."""
        if name.startswith(self.base):
            return self._found.get(self._inner + name.removeprefix(self.base))
        return self._found.get(self._outer + name) or self._found.get(name)

    def __contains__(self, name: object, /) -> bool:
        return isinstance(name, str) and self._own(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.tensors.shape(self._own(name) or name)

    def float32(self, name: str) -> FloatArray:
        """The whole tensor."""
        return self.tensors.float32(self._own(name) or name)

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some of its rows."""
        return self.tensors.rows(self._own(name) or name, index)


def _as_now(name: str) -> str:
    if name.endswith("LayerNorm.gamma"):
        return name.removesuffix("gamma") + "weight"
    return name.removesuffix("beta") + "bias" if name.endswith("LayerNorm.beta") else name


class _Reader:
    """Reads tensors by their parts, counting parameters on the way."""

    def __init__(self, tensors: TensorSource, config: ModelConfig, checkpoint: str) -> None:
        self.tensors = tensors
        self.config = config
        self.names = config.family.tensors
        self.checkpoint = checkpoint
        self.parameters = 0

    def model(self) -> ModelWeights:
        names, config = self.names, self.config
        width, rows = config.width, config.position_offset + config.max_length
        self._check_head()
        self._check(names.token, config.vocabulary_size, width)
        position = self._tensor(names.position, rows, width)
        types = None
        if names.token_type is not None:
            types = self._tensor(names.token_type, config.token_types, width)
            if not config.reads_pairs:  # every token has type 0: its row can join the position's
                position, types = position + types[0], None
        embedding_norm = self._norm(names.embedding_norm)
        layers = tuple(self._layer(names.layer.format(i)) for i in range(config.layers))
        dense = self._linear(names.dense, width, width)
        output = self._linear(names.output, len(config.labels), width)
        return ModelWeights(
            token_rows=lambda ids: self.tensors.rows(names.token, ids),
            position=position,
            token_type=types,
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
            attention_output=self._linear(prefix + names.attention_output, width, width),
            attention_norm=self._norm(prefix + names.attention_norm),
            feed_forward_in=self._linear(prefix + names.feed_forward_in, inner, width),
            feed_forward_out=self._linear(prefix + names.feed_forward_out, width, inner),
            feed_forward_norm=self._norm(prefix + names.feed_forward_norm),
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
        check(self.tensors, {name: shape}, self.config, self.checkpoint)
        self.parameters += math.prod(shape)

    def _check_head(self) -> None:
        for part in (self.names.dense, self.names.output):
            if part + ".weight" not in self.tensors:
                raise MissingWeights(without_head(self.checkpoint, f"{part}.weight is missing"))


def check(
    tensors: TensorSource,
    shapes: Mapping[str, tuple[int, ...]],
    config: ModelConfig,
    checkpoint: str,
) -> None:
    """Raise MissingWeights unless all these tensors are there, in these shapes."""
    names = config.family.tensors
    head = (names.dense + ".", names.output + ".")
    for name, shape in sorted(shapes.items(), key=lambda one: not one[0].startswith(head)):
        if name not in tensors:
            if name.startswith(head):
                raise MissingWeights(without_head(checkpoint, f"{name} is missing"))
            raise MissingWeights(without_tensor(checkpoint, name))
        found = tensors.shape(name)
        if found != shape:
            raise MissingWeights(
                f"{checkpoint} has the tensor {name} in the shape {found}, where its "
                f"config.json promises {shape}: the two don't belong together. Save both again "
                "with save_pretrained()."
            )


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
