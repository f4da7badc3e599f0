"""The bundled sentences: examples to type, and a labelled set to train and measure on."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..errors import BadInput
from .checkpoints.find import BUNDLED_FOLDER

SPLITS = ("train", "held-out")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its label."""

    id: str  # "t0001" … for training, "h0001" … held out
    split: str  # "train" or "held-out"
    label: int  # 0 negative, 1 positive
    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences that differ in one thing, and what the bundled models make of it."""

    kind: str  # "negation", "typo", "name swapped", …
    pinned: str
    text: str
    shows: str  # one sentence, true of both bundled models


def sentences(split: str | None = None) -> list[Sentence]:
    """The bundled labelled sentences, all of them or one split (``"train"``, ``"held-out"``)."""
    if split is not None and split not in SPLITS:
        raise BadInput(f'split is "train" or "held-out", not {split!r}.')
    return [one for one in _sentences() if split in (None, one.split)]


def examples() -> dict[str, list[str]]:
    """Texts worth typing, by group: ``"simple"``, ``"negation"``, ``"sub-words"`` and so on."""
    return {group: list(texts) for group, texts in _examples().items() if group != "pairs"}


def pairs() -> list[Pair]:
    """A dozen pairs of sentences to pin and compare, each with a sentence on what it shows."""
    return [Pair(**pair) for pair in _examples()["pairs"]]


@cache
def _sentences() -> tuple[Sentence, ...]:
    with (BUNDLED_FOLDER / "sentences.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Sentence(row["id"], row["split"], int(row["label"]), row["topic"], row["text"])
            for row in csv.DictReader(file)
        )


@cache
def _examples() -> dict[str, Any]:
    return json.loads((BUNDLED_FOLDER / "examples.json").read_text(encoding="utf-8"))
