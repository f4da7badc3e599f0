"""A model's weights, gathered from a checkpoint's tensors under names that say their part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...architectures import Architecture
from ...deprecation import renamed
from ...errors import MissingWeights
from ...trace import FloatArray
from .config import ModelConfig
from .matched import Matched, TensorSource
from .missing import without_classifier, without_head, without_tensor
from .room import Room


@dataclass(frozen=True, slots=True)
class Linear:
    """``weight @ x + bias``."""

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
    mix: ClassVar[Any] = renamed("mix", "attention_output", "0.2")
    mix_norm: ClassVar[Any] = renamed("mix_norm", "attention_norm", "0.2")
    widen: ClassVar[Any] = renamed("widen", "feed_forward_in", "0.2")
    narrow: ClassVar[Any] = renamed("narrow", "feed_forward_out", "0.2")
    narrow_norm: ClassVar[Any] = renamed("narrow_norm", "feed_forward_norm", "0.2")


@dataclass(frozen=True, slots=True)
class MaskedHead:
    """What makes of a hidden state (D,) a logit for each entry of the vocabulary (V,)."""

    dense: Linear  # (D, D)
    norm: Norm
    decoder: Linear  # (V, D): the token table again, unless the checkpoint has its own


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """An encoder with what heads its checkpoint has: a classifier, a masked-LM head, or both."""

    token_rows: Callable[[Any], FloatArray]  # ids to rows of the token table, cast as they are used
    position: FloatArray  # (positions, D); RoBERTa's token-type row is added in
    token_type: FloatArray | None  # (types, D), where first and second sentence are told apart
    embedding_norm: Norm
    layers: tuple[LayerWeights, ...]
    classifier: tuple[Linear, Linear] | None  # (D, D) and (C, D)
    masked: Callable[[], MaskedHead] | None  # read when it is asked for: it holds the whole table
    parameters: int  # numbers in encoder and classifier, as the checkpoint has them
    name: str

    @property
    def dense(self) -> Linear:
        """The classification head's first layer, (D, D)."""
        return self._classifier()[0]

    @property
    def output(self) -> Linear:
        """The classification head's last layer, (C, D)."""
        return self._classifier()[1]

    def _classifier(self) -> tuple[Linear, Linear]:
        if self.classifier is None:
            raise MissingWeights(without_classifier(self.name))
        return self.classifier


def read_weights(tensors: TensorSource, config: ModelConfig, *, name: str) -> ModelWeights:
    """Gather a model's weights.

    Raises:
        MissingWeights: the checkpoint has neither head, or lacks a tensor.
    """
    return _Reader(Matched(tensors, config.family), config, name).model()


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
        kind = heads(self.tensors, config.family, self.checkpoint)
        self._check(names.token, config.vocabulary_size, width)
        position = self._tensor(names.position, rows, width)
        types = None
        if names.token_type is not None:
            types = self._tensor(names.token_type, config.token_types, width)
            if not config.reads_pairs:  # every token has type 0: its row can join the position's
                position, types = position + types[0], None
        embedding_norm = self._norm(names.embedding_norm)
        layers = tuple(self._layer(names.layer.format(i)) for i in range(config.layers))
        classifier = None
        if kind.classifies:
            dense = self._linear(names.dense, width, width)
            classifier = dense, self._linear(names.output, len(config.labels), width)
        if kind.fills:
            self._check_masked()
        return ModelWeights(
            token_rows=lambda ids: self.tensors.rows(names.token, ids),
            position=position,
            token_type=types,
            embedding_norm=embedding_norm,
            layers=layers,
            classifier=classifier,
            masked=self._masked if kind.fills else None,
            parameters=self.parameters,
            name=self.checkpoint,
        )

    def _layer(self, prefix: str) -> LayerWeights:
        names, width, inner = self.names, self.config.width, self.config.inner
        looking = [prefix + part for part in (names.query, names.key, names.value)]
        for part in looking:  # before room is made for them
            self._check(part + ".weight", width, width)
            self._check(part + ".bias", width)
        room = Room(4 * width * width + 2 * width * inner)
        return LayerWeights(
            query_key_value=self._fused(looking, room),
            attention_output=self._linear(prefix + names.attention_output, width, width, room),
            attention_norm=self._norm(prefix + names.attention_norm),
            feed_forward_in=self._linear(prefix + names.feed_forward_in, inner, width, room),
            feed_forward_out=self._linear(prefix + names.feed_forward_out, width, inner, room),
            feed_forward_norm=self._norm(prefix + names.feed_forward_norm),
        )

    def _fused(self, parts: list[str], room: Room) -> Linear:
        width = self.config.width
        fused = Linear(room.matrix(3 * width, width), np.empty(3 * width, np.float32))
        for index, part in enumerate(parts):
            rows = slice(index * width, (index + 1) * width)
            fused.weight[rows] = self.tensors.float32(part + ".weight")
            fused.bias[rows] = self.tensors.float32(part + ".bias")
        return fused

    def _linear(self, part: str, outputs: int, inputs: int, room: Room | None = None) -> Linear:
        weight = self._tensor(part + ".weight", outputs, inputs)
        if room is not None and weight.flags.writeable:  # cast or merged, not the file itself
            weight = room.holding(weight)
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

    def _check_masked(self) -> None:
        names, width = self.config.family.masked, self.config.width
        vocabulary = self.config.vocabulary_size
        shapes = {
            names.dense + ".weight": (width, width),
            names.dense + ".bias": (width,),
            names.norm + ".weight": (width,),
            names.norm + ".bias": (width,),
            decoder_weight(self.tensors, self.config): (vocabulary, width),
            names.bias: (vocabulary,),
        }
        check(self.tensors, shapes, self.config, self.checkpoint)

    def _masked(self) -> MaskedHead:
        names, read = self.config.family.masked, self.tensors.float32
        return MaskedHead(
            dense=Linear(read(names.dense + ".weight"), read(names.dense + ".bias")),
            norm=Norm(read(names.norm + ".weight"), read(names.norm + ".bias")),
            decoder=Linear(read(decoder_weight(self.tensors, self.config)), read(names.bias)),
        )


@dataclass(frozen=True, slots=True)
class Heads:
    """Which heads a checkpoint has."""

    classifies: bool
    fills: bool


def heads(tensors: TensorSource, family: Architecture, checkpoint: str) -> Heads:
    """Which heads are there: a classifier, a masked-LM head, or both.

    Raises:
        MissingWeights: there is none.
    """
    missing = [
        f"{part}.weight is missing"
        for part in (family.tensors.dense, family.tensors.output)
        if part + ".weight" not in tensors
    ]
    fills = family.masked.dense + ".weight" in tensors
    if missing and not fills:
        raise MissingWeights(without_head(checkpoint, missing[0]))
    return Heads(classifies=not missing, fills=fills)


def decoder_weight(tensors: TensorSource, config: ModelConfig) -> str:
    """The tensor that the masked-LM head multiplies with: its own, or the token table again."""
    own = config.family.masked.decoder + ".weight"
    return config.family.tensors.token if own not in tensors and config.tied else own


def check_encoder(tensors: TensorSource, config: ModelConfig, checkpoint: str) -> None:
    """Raise MissingWeights at the first tensor that config.json promises and the files lack.

    A config that promises a million layers is held against its files before room is made for one.
    """
    for name, shape in _promised(config):
        check(tensors, {name: shape}, config, checkpoint)


def _promised(config: ModelConfig) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The encoder's large tensors and their shapes, layer by layer."""
    names, width, inner = config.family.tensors, config.width, config.inner
    yield names.token, (config.vocabulary_size, width)
    yield names.position, (config.position_offset + config.max_length, width)
    if names.token_type is not None:
        yield names.token_type, (config.token_types, width)
    for number in range(config.layers):
        layer = names.layer.format(number)
        for part in (names.query, names.key, names.value, names.attention_output):
            yield f"{layer}{part}.weight", (width, width)
        yield f"{layer}{names.feed_forward_in}.weight", (inner, width)
        yield f"{layer}{names.feed_forward_out}.weight", (width, inner)


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
