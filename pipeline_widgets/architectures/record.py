"""What is written down of a family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Positions = Literal["from zero", "after padding"]
Activation = Literal["tanh", "relu"]


@dataclass(frozen=True, slots=True)
class TensorNames:
    """What a family calls its tensors; a layer's own names follow ``layer``."""

    base: str  # the encoder's part of a classifier: "roberta."
    token: str
    position: str
    token_type: str | None
    embedding_norm: str
    layer: str  # with {} for its number
    query: str
    key: str
    value: str
    attention_output: str
    attention_norm: str
    feed_forward_in: str
    feed_forward_out: str
    feed_forward_norm: str
    dense: str  # the classification head's first layer, (D, D)
    output: str  # its last, (C, D)


@dataclass(frozen=True, slots=True)
class MaskedNames:
    """What a family calls the tensors of its masked-word head; the last one is the token table."""

    dense: str
    norm: str
    bias: str
    decoder: str  # saved by some beside the token table, to which it is equal
    activation: str = ""  # between dense and norm; "" is that of the feed-forward networks


@dataclass(frozen=True, slots=True)
class Architecture:
    """One family of encoders: what differs from its relatives, and nothing else."""

    name: str  # "model_type" in config.json
    title: str  # as people write it
    keys: Mapping[str, tuple[str, Any]]  # ours -> its key in config.json, and the default
    tensors: TensorNames
    masked: MaskedNames
    positions: Positions  # the first token's: 0, or padding id + 1
    head_activation: Activation  # what bends the classification head
    pooler: bool  # the head's dense layer is the encoder's pooler (BERT's)
    reads_token_types: bool  # first and second sentence are told apart in the embedding
    torch_class: str  # in transformers, before "ForSequenceClassification" and "ForMaskedLM"
    dropouts: tuple[str, str, str]  # config keys: layers, attention weights, before the labels
    tokenizer_class: str  # transformers' own, where a folder names none

    def __post_init__(self) -> None:
        """Raises ValueError for what no engine computes."""
        for field, choices in (("positions", Positions), ("head_activation", Activation)):
            if getattr(self, field) not in get_args(choices):
                raise ValueError(
                    f"{self.name}: {field}={getattr(self, field)!r} is none of "
                    f"{', '.join(map(repr, get_args(choices)))}, which the engines compute."
                )
