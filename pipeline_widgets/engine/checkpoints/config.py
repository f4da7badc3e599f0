"""What a checkpoint's ``config.json`` says, in the same words for every family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...architectures import REGISTRY, Architecture
from ...errors import BadInput, UnsupportedArchitecture
from ...trace import Tokens
from ..arithmetic import ACTIVATIONS
from ..heads import Head, read_head

SIZES = ("layers", "heads", "width", "inner", "vocabulary_size")
_AGAIN = "download the folder again, or write it anew with save_pretrained of transformers."


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The sizes and names of a model."""

    family: Architecture
    layers: int
    heads: int
    width: int  # D
    inner: int  # the feed-forward network's width
    vocabulary_size: int
    max_length: int  # tokens a text may have, special tokens included
    position_offset: int  # the first token's position id: 2 in RoBERTa, 0 in DistilBERT
    head: Head
    layer_norm_epsilon: float
    activation: str  # the feed-forward network's, one of arithmetic.ACTIVATIONS
    padding_id: int
    token_types: int  # rows of the token-type table; 0 in DistilBERT, which has none
    tied: bool = True  # whether a masked-LM head multiplies with the token table

    @property
    def architecture(self) -> str:
        """The family's name, such as "roberta"."""
        return self.family.name

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes by number."""
        return self.head.labels

    @property
    def reads_pairs(self) -> bool:
        """Whether the embedding tells first and second sentence apart."""
        return self.family.reads_token_types and self.token_types > 1

    @property
    def head_width(self) -> int:
        """The width of one head's query, key and value vectors, D / H."""
        return self.width // self.heads


def read_config(config: Mapping[str, Any], *, name: str) -> ModelConfig:
    """Read a checkpoint's ``config.json``.

    Raises:
        UnsupportedArchitecture: it is of no family in ``architectures``, or a variant that
            computes something else.
    """
    family = _family(config, name)
    found = {ours: config.get(*key) for ours, key in family.keys.items()}
    _check_variant(config, found, name)
    sizes = {ours: _size(found[ours], family.keys[ours][0], name) for ours in SIZES}
    if sizes["width"] % sizes["heads"]:
        raise BadInput(
            f"config.json of {name} promises {sizes['heads']} heads in a width of "
            f"{sizes['width']}, which doesn't divide. It was altered: {_AGAIN}"
        )
    padding = 0 if found["padding_id"] is None else found["padding_id"]
    padding = _size(padding, "pad_token_id", name, least=0)
    # RoBERTa's table keeps the rows up to the padding id for padding: 514 rows, 512 usable.
    offset = padding + 1 if family.positions == "after padding" else 0
    rows = _size(
        config.get("max_position_embeddings", 512), "max_position_embeddings", name, offset + 3
    )
    return ModelConfig(
        family=family,
        layers=sizes["layers"],
        heads=sizes["heads"],
        width=sizes["width"],
        inner=sizes["inner"],
        vocabulary_size=sizes["vocabulary_size"],
        max_length=rows - offset,
        position_offset=offset,
        head=read_head(config),
        # DistilBERT's config has no such key; its source says 1e-12.
        layer_norm_epsilon=_epsilon(found.get("layer_norm_epsilon", 1e-12), name),
        activation=str(found["activation"]),
        padding_id=padding,
        token_types=_size(
            found.get("token_types", 0), "type_vocab_size", name, int("token_types" in found)
        ),
        tied=bool(config.get("tie_word_embeddings", True)),
    )


def _size(value: Any, key: str, name: str, least: int = 1) -> int:
    """A size that config.json gives, as the whole number it must be."""
    if type(value) is int and least <= value < 2**31:
        return value
    raise BadInput(
        f"config.json of {name} has {str(value)[:40]!r} as {key!r}, which is a whole number from "
        f"{least} on. It is damaged or was altered: {_AGAIN}"
    )


def _epsilon(value: Any, name: str) -> float:
    if isinstance(value, (int, float)) and 0 <= value <= 1:
        return float(value)
    raise BadInput(
        f"config.json of {name} has {str(value)[:40]!r} as LayerNorm's epsilon, which is a small "
        f"number such as 1e-12. It is damaged or was altered: {_AGAIN}"
    )


def check_layer(config: ModelConfig, layer: int, head: int = 0, *, name: str) -> None:
    """Raise BadInput if there is no such layer or head."""
    counts = (("layer", layer, config.layers), ("head", head, config.heads))
    for what, index, count in counts:
        if not 0 <= index < count:
            raise BadInput(f"{name} has {what}s 0 to {count - 1}; got {what}={index!r}.")


def check_ids(config: ModelConfig, tokens: Tokens, *, name: str) -> None:
    """Raise BadInput if a token has no row in the table of token vectors."""
    beyond = np.flatnonzero((tokens.ids < 0) | (tokens.ids >= config.vocabulary_size))
    if len(beyond):
        index = int(beyond[0])
        raise BadInput(
            f"{tokens.pieces[index]!r} has the id {tokens.ids[index]}, but {name} has vectors for "
            f"the ids 0 to {config.vocabulary_size - 1} alone: tokens were added to the tokenizer "
            "and not to the model. Leave it out, or call "
            "model.resize_token_embeddings(len(tokenizer)), train, and save both again."
        )


def _family(config: Mapping[str, Any], name: str) -> Architecture:
    kind = str(config.get("model_type", "unknown"))
    if kind in REGISTRY:
        return REGISTRY[kind]
    *others, last = (family.title for family in REGISTRY.values())
    kinds = ", ".join(f'"{one}"' for one in REGISTRY)
    raise UnsupportedArchitecture(
        f"{name} is a {kind!r} model; this package reads {', '.join(others)} and {last}. Choose a "
        f'checkpoint whose config.json has one of these as "model_type": {kinds}; or '
        'load("roberta"), load("distilbert"), which are bundled.'
    )


def _check_variant(config: Mapping[str, Any], found: Mapping[str, Any], name: str) -> None:
    if found["activation"] not in ACTIVATIONS:
        raise UnsupportedArchitecture(
            f"The feed-forward networks of {name} have the activation {found['activation']!r}; "
            f"this package computes {', '.join(ACTIVATIONS)}. Choose a checkpoint with one of "
            "these."
        )
    if (config.get("position_embedding_type") or "absolute") != "absolute":
        raise UnsupportedArchitecture(
            f"{name} has {config['position_embedding_type']!r} positions; this package computes "
            "learned absolute positions. Choose a checkpoint without position_embedding_type."
        )
    if config.get("is_decoder"):
        raise UnsupportedArchitecture(
            f"{name} is a decoder, in which a token sees only those before it; this package shows "
            "encoders. Choose a checkpoint without is_decoder."
        )
