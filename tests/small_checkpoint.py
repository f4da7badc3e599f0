"""A whole checkpoint of some kilobytes, with random weights: to be damaged, a thousand times."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

BACKENDS = ("numpy", "torch") if find_spec("torch") else ("numpy",)  # those that are here
WORDS = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "a",
    "good",
    "film",
    "f",
    "##ilm",
    "##s",
    ".",
)
WIDTH, INNER, LAYERS, ROWS = 8, 16, 2, 32
CONFIG: dict[str, Any] = {
    "model_type": "distilbert", "dim": WIDTH, "hidden_dim": INNER, "n_layers": LAYERS,
    "n_heads": 2, "vocab_size": len(WORDS), "max_position_embeddings": ROWS, "pad_token_id": 0,
    "activation": "gelu", "id2label": {"0": "no", "1": "yes"}, "label2id": {"no": 0, "yes": 1},
}  # fmt: skip
TOKENIZER: dict[str, Any] = {
    "model": {
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": {word: id for id, word in enumerate(WORDS)},
    },
    "normalizer": {"type": "BertNormalizer", "lowercase": True},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]},
    "added_tokens": [
        {"id": id, "content": word, "special": True} for id, word in enumerate(WORDS[:5])
    ],
}  # fmt: skip
SETTINGS: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast", "mask_token": "[MASK]"}


def tensors(words: int = len(WORDS), rows: int = ROWS) -> dict[str, Any]:
    """The weights by name, for so many words and positions."""
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (words, WIDTH),
        "embeddings.position_embeddings.weight": (rows, WIDTH),
    }
    parts = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        layer = f"transformer.layer.{number}."
        parts += [layer + "sa_layer_norm", layer + "output_layer_norm"]
        for part in ("q_lin", "k_lin", "v_lin", "out_lin"):
            shapes[f"{layer}attention.{part}.weight"] = (WIDTH, WIDTH)
            shapes[f"{layer}attention.{part}.bias"] = (WIDTH,)
        for part, size in (("lin1", (INNER, WIDTH)), ("lin2", (WIDTH, INNER))):
            shapes[f"{layer}ffn.{part}.weight"] = size
            shapes[f"{layer}ffn.{part}.bias"] = size[:1]
    shapes |= {f"{part}.{one}": (WIDTH,) for part in parts for one in ("weight", "bias")}
    shapes = {f"distilbert.{name}": shape for name, shape in shapes.items()}
    for part, size in (("pre_classifier", WIDTH), ("classifier", 2)):
        shapes |= {f"{part}.weight": (size, WIDTH), f"{part}.bias": (size,)}
    chance = np.random.default_rng(15)
    return {name: chance.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}


def files() -> dict[str, bytes]:
    """The folder's files by name."""
    return {
        "config.json": json.dumps(CONFIG).encode(),
        "tokenizer.json": json.dumps(TOKENIZER).encode(),
        "tokenizer_config.json": json.dumps(SETTINGS).encode(),
        "model.safetensors": save(tensors()),
    }


def write(folder: Path) -> Path:
    """The checkpoint in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)
    return folder
