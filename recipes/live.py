"""The live training as a class will see it: five epochs from the encoder on our own sentences."""

from __future__ import annotations

import csv
import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from recipes import measure
from recipes.classify import encode
from recipes.loop import pad

RATE = 1e-4  # as fine_tune and the lessons have it
BATCH = 16


@dataclass(frozen=True, slots=True)
class Sentences:
    """One split of `sentences.csv`."""

    texts: list[str]
    labels: list[int]


def sentences(path: Path, *, split: str) -> Sentences:
    """The rows of one split (`train` or `held-out`); labels as 0 negative, 1 positive."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["split"] == split]
    names = {"negative": 0, "positive": 1, "0": 0, "1": 1}
    return Sentences([row["text"] for row in rows], [names[row["label"]] for row in rows])


def run(
    name: str, folder: Path, path: Path, *, epochs: int = 5, seed: int = 0, most: int | None = None
) -> dict[str, object]:
    """Train as the lesson does and return losses, held-out accuracies and seconds an epoch."""
    torch.manual_seed(seed)
    generator = random.Random(seed)
    words = AutoTokenizer.from_pretrained(folder / "encoder")
    model = AutoModelForSequenceClassification.from_pretrained(folder / "encoder")
    model.base_model.embeddings.requires_grad_(False)
    train, held = sentences(path, split="train"), sentences(path, split="held-out")
    rows, held_rows = encode(words, train.texts[:most]), encode(words, held.texts[:most])
    labels = torch.tensor(train.labels)
    pad_id = int(words.pad_token_id)
    used = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(used, lr=RATE, weight_decay=0.01)
    steps = epochs * -(-len(rows) // BATCH)
    plan = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    accuracies = [measure.accuracy(model, held_rows, held.labels[:most], pad_id=pad_id)]
    losses, seconds = [], []
    for _ in tqdm(range(epochs), desc=f"{name} live", unit="epoch"):
        start, total = time.monotonic(), []
        order = generator.sample(range(len(rows)), len(rows))
        model.train()
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            ids, mask = pad([rows[row] for row in chosen], with_id=pad_id)
            logits = model(input_ids=ids, attention_mask=mask).logits
            loss = torch.nn.functional.cross_entropy(logits, labels[chosen])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            plan.step()
            total.append(float(loss.detach()))
        losses.append(round(statistics.fmean(total), 3))
        seconds.append(round(time.monotonic() - start, 1))
        accuracies.append(measure.accuracy(model, held_rows, held.labels[:most], pad_id=pad_id))
    return {
        "rate": RATE,
        "batch": BATCH,
        "seed": seed,
        "loss": losses,
        "held_out_before": accuracies[0],
        "held_out": accuracies[1:],
        "seconds": seconds,
    }
