"""The public data the recipe learns from: SST-2 phrases and film reviews.

A local folder comes first (`--data FOLDER` with `sst2_train.tsv.gz`, `sst2_dev.tsv.gz` and
`imdb_reviews.txt.gz`); without it the same data is taken from the hub with the `datasets` library
(`stanfordnlp/sst2`, `stanfordnlp/imdb`). None of it is ever shipped.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
from dataclasses import dataclass
from pathlib import Path

FILES = {
    "train": "sst2_train.tsv.gz",
    "dev": "sst2_dev.tsv.gz",
    "reviews": "imdb_reviews.txt.gz",
}
HELD_BACK = 800  # full training sentences kept for every choice the recipe makes


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with a 0/1 sentiment each."""

    texts: list[str]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class Phrases:
    """SST-2's training split, divided: `validation` shares no phrase with `train`."""

    train: Labelled
    validation: Labelled


def detokenise(text: str) -> str:
    """Undo SST-2's tokenisation: `do n't like it .` becomes `don't like it.`."""
    text = text.strip().replace("-lrb-", "(").replace("-rrb-", ")")
    text = re.sub(r"\s*`\s*", " '", text).replace("``", '"').replace("''", '"')
    text = re.sub(r"\s+(n't|'s|'re|'ve|'ll|'d|'m)\b", r"\1", text)
    text = re.sub(r"\s+([.,!?;:%)\]])", r"\1", text)
    text = re.sub(r"([(\[$])\s+", r"\1", text)
    text = re.sub(r"(\w)\s+'(\s|$)", r"\1'\2", text)
    return re.sub(r"\s+", " ", text).strip()


def _rows(folder: Path | None, split: str) -> list[tuple[int, str]]:
    if folder is None:
        from datasets import load_dataset  # type: ignore[import-not-found]

        hub_split = {"train": "train", "dev": "validation"}[split]
        table = load_dataset("stanfordnlp/sst2", split=hub_split)
        return [(int(row["label"]), str(row["sentence"])) for row in table]
    with gzip.open(folder / FILES[split], "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(int(row[0]), row[1]) for row in rows[1:]]


def _labelled(rows: list[tuple[int, str]]) -> Labelled:
    return Labelled([detokenise(text) for _, text in rows], [label for label, _ in rows])


def dev(folder: Path | None) -> Labelled:
    """SST-2 dev (872 sentences): measured once a model, never selected on."""
    return _labelled(_rows(folder, "dev"))


def phrases(folder: Path | None, *, seed: int = 3) -> Phrases:
    """Training phrases of two words or more, and full sentences held back from them.

    No held-back sentence contains a training phrase and none is repeated in training, so an
    accuracy on `validation` may steer the recipe.
    """
    rows = [row for row in _rows(folder, "train") if len(row[1].split()) > 1]
    rows = list(dict.fromkeys((label, text.strip()) for label, text in rows))
    full = [row for row in rows if len(row[1].split()) >= 9 and row[1].endswith(".")]
    random.Random(seed).shuffle(full)
    kept = full[:HELD_BACK]
    joined = "\n".join(text for _, text in kept)
    train = [row for row in rows if row[1] not in joined]
    return Phrases(_labelled(train), _labelled(kept))


def reviews(folder: Path | None) -> list[str]:
    """Unlabelled film reviews, one string each, line breaks removed."""
    if folder is None:
        from datasets import load_dataset  # type: ignore[import-not-found]

        table = load_dataset("stanfordnlp/imdb", split="unsupervised")
        lines = [str(row["text"]) for row in table][:24_000]
    else:
        with gzip.open(folder / FILES["reviews"], "rt", encoding="utf-8") as handle:
            lines = handle.read().splitlines()
    return [re.sub(r"(<br\s*/?>|\s)+", " ", line).strip() for line in lines if line.strip()]


def review_sentences(texts: list[str], *, most_words: int = 45) -> list[str]:
    """Sentences of 4 to `most_words` words cut from the reviews, in order, without repeats."""
    found: dict[str, None] = {}
    for text in texts:
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z\"'(])", text):
            if 4 <= len(sentence.split()) <= most_words:
                found[sentence.strip()] = None
    return list(found)
