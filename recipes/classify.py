"""Step 5: the classifier for typed sentences, taught by the fine-tuned source.

Training mix: SST-2 phrases (the human label and the source's soft label, averaged), review
sentences (the source's soft label) and our own remarks (what their construction implies, and the
source where it has a say; 0.5 for statements and questions that feel nothing). Text is varied as
people type it. Embeddings stay those of the encoder.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from recipes import data, measure, remarks, source
from recipes.loop import DEVICE, Budget, Feed, Log, autocast, finished, pad, placed, train
from recipes.transfer import Mini

BATCH_TOKENS = 2048
RATES = {6: 1.5e-4, 3: 2e-4}
PHRASES = 50_000
REVIEW_SENTENCES = 18_000
REMARKS = 30_000
HUMAN_SHARE = 0.5  # of an SST-2 target; the rest is the source's
CONSTRUCTION_SHARE = 0.85  # of a remark's target
SMOOTH = 0.03


@dataclass(frozen=True, slots=True)
class Mix:
    """Texts and their target probability of "positive"."""

    texts: list[str]
    targets: list[float]


@torch.no_grad()
def soft_labels(folder: Path, texts: Sequence[str]) -> list[float]:
    """The fine-tuned source's probability of "positive" for each text."""
    with autocast():
        found = measure.logits(source.classifier(folder), source.encode(list(texts)), pad_id=0)
    return found.softmax(-1)[:, 1].tolist()


def _typed(text: str, target: float, generator: random.Random) -> str:
    """A capital and a full stop for most, small or all capitals, emoji for a few."""
    choice = generator.random()
    ended = text if text[-1:] in ".!?" or choice > 0.7 else text + "."
    if choice < 0.04:
        return ended.upper()
    if choice < 0.07 and abs(target - 0.5) > 0.4:
        faces = remarks.FACES_GOOD if target > 0.5 else remarks.FACES_BAD
        ended = f"{ended} {generator.choice(faces)}"
    if choice < 0.2:
        return ended.lower()
    return ended[:1].upper() + ended[1:] if choice < 0.7 else ended


def mix(
    *, source_folder: Path, data_folder: Path | None, scale: float = 1.0, seed: int = 11
) -> Mix:
    """The whole training mix; `scale` below 1 makes a small one for a smoke run."""
    generator = random.Random(seed)
    split = data.phrases(data_folder).train
    pairs = list(zip(split.texts, split.labels, strict=True))
    pairs = generator.sample(pairs, min(len(pairs), int(scale * PHRASES)))
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    soft = soft_labels(source_folder, texts)
    targets = [
        HUMAN_SHARE * abs(label - SMOOTH) + (1 - HUMAN_SHARE) * guess
        for label, guess in zip(labels, soft, strict=True)
    ]
    sentences = data.review_sentences(data.reviews(data_folder)[: int(3000 * scale) + 60])
    sentences = generator.sample(sentences, min(len(sentences), int(scale * REVIEW_SENTENCES)))
    texts = texts + sentences
    targets += soft_labels(source_folder, sentences)
    varied = [_typed(text, goal, generator) for text, goal in zip(texts, targets, strict=True)]
    own = remarks.write(int(scale * REMARKS), seed=seed)
    guesses = soft_labels(source_folder, [item.text for item in own])
    varied += [item.text for item in own]
    targets += [_remark_target(item, guess) for item, guess in zip(own, guesses, strict=True)]
    return Mix(varied, targets)


def _remark_target(item: remarks.Remark, guess: float) -> float:
    if item.target == 0.5:
        return 0.5
    meant = abs(item.target - SMOOTH)
    return CONSTRUCTION_SHARE * meant + (1 - CONSTRUCTION_SHARE) * guess


def kept_mix(path: Path, *, source_folder: Path, data_folder: Path | None, scale: float) -> Mix:
    """The mix from `path`, made and written there the first time: both models learn from one."""
    if not path.exists():
        made = mix(source_folder=source_folder, data_folder=data_folder, scale=scale)
        content = {"texts": made.texts, "targets": made.targets}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return Mix(**json.loads(path.read_text("utf-8")))


def pad_id(words: PreTrainedTokenizerFast) -> int:
    """The id that fills short rows."""
    return cast(int, words.pad_token_id)


def encode(
    words: PreTrainedTokenizerFast, texts: Sequence[str], *, most: int = 96
) -> list[list[int]]:
    """Ids of each text with its special tokens, cut to `most`."""
    return words(list(texts), truncation=True, max_length=most)["input_ids"]


def rounded(mini: Mini) -> Mini:
    """The model with every weight as float16 will store it."""
    return mini.half().float()


def without_dropout(mini: nn.Module) -> None:
    """Soft labels and one pass over the data need no dropout."""
    for module in mini.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


@dataclass(frozen=True, slots=True)
class Rows:
    """The mix as one model's ids."""

    ids: list[list[int]]
    targets: Tensor
    pad_id: int

    @staticmethod
    def of(words: PreTrainedTokenizerFast, chosen: Mix) -> Rows:
        """Tokenize a mix."""
        targets = torch.tensor(chosen.targets, device=DEVICE)
        return Rows(encode(words, chosen.texts), targets, pad_id(words))

    def feed(self, seed: int) -> Feed:
        """Batches of similar length."""
        return Feed([len(row) for row in self.ids], tokens=BATCH_TOKENS, seed=seed)

    def batch(self, chosen: list[int]) -> tuple[Tensor, Tensor, Tensor]:
        """Ids, mask and targets (N, 2) of the chosen rows."""
        ids, mask = pad([self.ids[row] for row in chosen], with_id=self.pad_id)
        positive = self.targets[chosen]
        return ids, mask, torch.stack([1 - positive, positive], -1)


def fine_tune(
    name: str,
    mini: Mini,
    rows: Rows,
    *,
    out: Path,
    budget: Budget,
    log: Log,
    number: int = 1,
    seed: int = 0,
) -> Mini:
    """One round of tuning every weight but the embeddings, in place."""
    torch.manual_seed(seed)
    without_dropout(mini)
    placed(mini)
    step = f"{name}-whole-{number}"
    if finished(out / f"{step}.pt", mini):
        return mini
    mini.base_model.embeddings.requires_grad_(False)
    feed = rows.feed(seed)

    def loss_of(step: int) -> Tensor:
        ids, mask, targets = rows.batch(feed.next(step))
        logits = mini(input_ids=ids, attention_mask=mask).logits.float()
        return torch.nn.functional.cross_entropy(logits, targets)

    groups: list[dict[str, object]] = [
        {
            "params": [p for p in mini.parameters() if p.requires_grad],
            "lr": RATES[mini.config.num_hidden_layers],
        }
    ]
    figures = train(step, mini, groups, loss_of=loss_of, budget=budget, folder=out)
    log.write(f"{name} whole", round=number, **figures, rows=len(rows.ids))
    return mini
