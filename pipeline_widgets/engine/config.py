"""What a checkpoint's ``config.json`` says, in the same words for both architectures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import UnsupportedArchitecture

ARCHITECTURES = ("roberta", "distilbert")
ACTIVATIONS = ("gelu", "relu")

# The same quantity under each architecture's own key, with the value that transformers assumes
# where a file leaves the key out.
_KEYS: dict[str, dict[str, tuple[str, Any]]] = {
    "roberta": {
        "layers": ("num_hidden_layers", 12),
        "heads": ("num_attention_heads", 12),
        "width": ("hidden_size", 768),
        "inner": ("intermediate_size", 3072),
        "vocabulary_size": ("vocab_size", 50265),
        "activation": ("hidden_act", "gelu"),
        "layer_norm_epsilon": ("layer_norm_eps", 1e-12),
        "padding_id": ("pad_token_id", 1),
        "token_types": ("type_vocab_size", 2),
    },
    "distilbert": {
        "layers": ("n_layers", 6),
        "heads": ("n_heads", 12),
        "width": ("dim", 768),
        "inner": ("hidden_dim", 3072),
        "vocabulary_size": ("vocab_size", 30522),
        "activation": ("activation", "gelu"),
        "padding_id": ("pad_token_id", 0),
    },
}


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The sizes and names of a classifier."""

    architecture: str  # "roberta" or "distilbert"
    layers: int
    heads: int
    width: int  # D
    inner: int  # the feed-forward network's width
    vocabulary_size: int
    max_length: int  # tokens a text may have, special tokens included
    position_offset: int  # the first token's position id: 2 in RoBERTa, 0 in DistilBERT
    labels: tuple[str, ...]
    layer_norm_epsilon: float
    activation: str  # the feed-forward network's bend: "gelu" or "relu"
    padding_id: int
    token_types: int  # rows of RoBERTa's token-type table; 0 in DistilBERT, which has none

    @property
    def head_width(self) -> int:
        """The width of one head's query, key and value vectors, D / H."""
        return self.width // self.heads


def read_config(config: Mapping[str, Any], *, name: str) -> ModelConfig:
    """Read a checkpoint's ``config.json``.

    Raises:
        UnsupportedArchitecture: it is neither RoBERTa nor DistilBERT, or a variant of them that
            computes something else.
    """
    architecture = _architecture(config, name)
    found = {ours: config.get(*key) for ours, key in _KEYS[architecture].items()}
    _check_variant(config, found, name)
    rows = int(config.get("max_position_embeddings", 512))
    # RoBERTa's table keeps the rows up to the padding id for padding: 514 rows, 512 usable.
    offset = int(found["padding_id"]) + 1 if architecture == "roberta" else 0
    return ModelConfig(
        architecture=architecture,
        layers=int(found["layers"]),
        heads=int(found["heads"]),
        width=int(found["width"]),
        inner=int(found["inner"]),
        vocabulary_size=int(found["vocabulary_size"]),
        max_length=rows - offset,
        position_offset=offset,
        labels=_labels(config),
        # DistilBERT's config has no such key; its source says 1e-12.
        layer_norm_epsilon=float(found.get("layer_norm_epsilon", 1e-12)),
        activation=str(found["activation"]),
        padding_id=int(found["padding_id"]),
        token_types=int(found.get("token_types", 0)),
    )


def _architecture(config: Mapping[str, Any], name: str) -> str:
    kind = str(config.get("model_type", "unknown"))
    if kind in ARCHITECTURES:
        return kind
    reason = (
        "XLM-RoBERTa reads text with a SentencePiece tokenizer, which this package does not have"
        if kind == "xlm-roberta"
        else "this package reads RoBERTa and DistilBERT classifiers"
    )
    raise UnsupportedArchitecture(
        f"{name} is a {kind!r} model; {reason}. Choose a checkpoint whose config.json has "
        '"model_type": "roberta" or "distilbert", or load("roberta"), load("distilbert"), which '
        "are bundled."
    )


def _check_variant(config: Mapping[str, Any], found: Mapping[str, Any], name: str) -> None:
    if found["activation"] not in ACTIVATIONS:
        raise UnsupportedArchitecture(
            f"{name} bends its feed-forward network with {found['activation']!r}; this package "
            f"computes {' and '.join(ACTIVATIONS)}. Choose a checkpoint with one of these."
        )
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise UnsupportedArchitecture(
            f"{name} has {config['position_embedding_type']!r} positions; this package computes "
            "learned absolute positions. Choose a checkpoint without position_embedding_type."
        )
    if config.get("is_decoder"):
        raise UnsupportedArchitecture(
            f"{name} is a decoder, in which a token sees only those before it; this package shows "
            "encoders. Choose a checkpoint without is_decoder."
        )
    if config.get("problem_type") in ("multi_label_classification", "regression"):
        raise UnsupportedArchitecture(
            f"{name} was trained for {config['problem_type']}, whose logits do not go through a "
            "softmax; this package shows classifiers that choose one label."
        )


def _labels(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels in the order of their numbers; transformers' own default is LABEL_0, LABEL_1."""
    named = {int(index): str(label) for index, label in config.get("id2label", {}).items()}
    count = len(named) or int(config.get("num_labels", 2))
    return tuple(named.get(index, f"LABEL_{index}") for index in range(count))
