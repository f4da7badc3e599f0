"""Step 10: what each encoder knows of the language: a masked-LM head and a small difference.

The encoder was healed or distilled without ever being asked for a word. Here a head (dense, GELU,
LayerNorm, the embedding table again, a bias) learns to name hidden pieces of film reviews, and
with it a low-rank difference of every matrix of the encoder and of its table. Only the head and the
difference are stored; encoder and classifier stay as they are.

It runs on whatever torch finds: `PACES` has batch, rates and minutes for a processor and for an
accelerator, where the shipped weights come from.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional
from transformers import AutoTokenizer

from recipes import data
from recipes.loop import DEVICE, Budget, Feed, Log, finished, placed, replace, train, trained
from recipes.masked import RANKS, Masked, round_off, tensors
from recipes.pack import megabytes, write_json

LONGEST = 64  # tokens of a passage, the two special ones included
WORDS = (8, 46)  # of a passage
HIDDEN = (0.30, 0.15)  # share of hidden pieces at the start of the training and at its end
HELD_BACK = 400  # reviews that are measured once, at the end
WATCHED = 200  # reviews more that are not trained on: the best of the weights are chosen on them
MEASURED = 0.15  # share of hidden pieces in every measurement
AVERAGED = 0.02  # share of the training over which the watched weights are averaged


@dataclass(frozen=True, slots=True)
class Pace:
    """How a kind of device learns: padded tokens a step, peak rate by layers, time."""

    tokens: int
    rates: dict[int, float]
    minutes: float
    watch: float  # seconds between two looks
    places: int  # hidden pieces of a look, about
    rows: int  # passages that a look takes at once


PACES = {
    "cpu": Pace(1024, {6: 1.5e-3, 3: 2e-3}, minutes=78.0, watch=240.0, places=1500, rows=32),
    "cuda": Pace(16_384, {6: 4e-3, 3: 3e-3}, minutes=8.2, watch=15.0, places=20_000, rows=256),
}
PACE = PACES[DEVICE]


class Passages:
    """Token ids of passages of whole sentences, special tokens included."""

    def __init__(self, rows: list[list[int]], *, mask_id: int, pad_id: int) -> None:
        self.rows, self.mask_id = rows, mask_id
        self.lengths = torch.tensor([len(row) for row in rows])
        table = torch.full((len(rows), LONGEST), pad_id, dtype=torch.int32)
        flat = torch.tensor([number for row in rows for number in row], dtype=torch.int32)
        table[torch.arange(LONGEST) < self.lengths[:, None]] = flat
        self.table = table.to(DEVICE)

    @classmethod
    def of(cls, words: object, reviews: Sequence[str], *, seed: int) -> Passages:
        """Sentences of one review in order, joined up to a random number of words."""
        draw = random.Random(seed)
        texts: list[str] = []
        for review in reviews:
            held, limit = [], draw.randint(*WORDS)
            for sentence in data.review_sentences([review]):
                if held and sum(len(one.split()) for one in (*held, sentence)) > limit:
                    texts.append(" ".join(held))
                    held, limit = [], draw.randint(*WORDS)
                held.append(sentence)
            texts += [" ".join(held)] if held else []
        draw.shuffle(texts)
        first, last = words("")["input_ids"]
        found = words.backend_tokenizer.encode_batch(texts, add_special_tokens=False)
        rows = [[first, *one.ids[: LONGEST - 2], last] for one in found]
        return cls(rows, mask_id=int(words.mask_token_id), pad_id=int(words.pad_token_id))

    def batch(self, chosen: Sequence[int], *, share: float, generator: torch.Generator) -> tuple:
        """Ids with hidden pieces (N, T), attention mask, hidden places, and their true ids (M,)."""
        lengths = self.lengths[list(chosen)]
        longest = int(lengths.max())
        ids = self.table[torch.tensor(chosen, device=DEVICE), :longest].long()
        place, ends = torch.arange(longest, device=DEVICE), lengths.to(DEVICE)[:, None]
        inner = (place > 0) & (place < ends - 1)
        dice = torch.rand(ids.shape, generator=generator).to(DEVICE)
        hidden = inner & (dice < share)
        hidden[:, 1] |= inner[:, 1] & ~hidden.any(1)
        mask = (place < ends).long()
        return ids.masked_fill(hidden, self.mask_id), mask, hidden, ids[hidden]


@torch.no_grad()
def accuracy(
    model: Masked, passages: Passages, *, most: int | None = None, rows: int = 32
) -> dict[str, float]:
    """Share of hidden pieces that are the likeliest, and among the five likeliest; mean loss."""
    generator = torch.Generator().manual_seed(5)
    first = five = count = 0
    loss = 0.0
    for start in range(0, len(passages.rows), rows):
        chosen = range(start, min(start + rows, len(passages.rows)))
        ids, mask, hidden, truth = passages.batch(chosen, share=MEASURED, generator=generator)
        logits = model(ids, mask, hidden).float()
        guesses = logits.topk(5).indices == truth[:, None]
        first += int(guesses[:, 0].sum())
        five += int(guesses.any(1).sum())
        loss += float(functional.cross_entropy(logits, truth, reduction="sum"))
        count += len(truth)
        if most and count >= most:
            break
    shares = {"top_1": first / count, "top_5": five / count, "loss": loss / count}
    return {**{name: round(value, 4) for name, value in shares.items()}, "size": count}


def pack(name: str, model: Masked, *, bundled: Path) -> float:
    """Write `masked/` beside `encoder/` by the rule in `pack.py`; returns its size in MB."""
    folder = bundled / name / "masked"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = json.loads((bundled / name / "encoder" / "config.json").read_text("utf-8"))
    for key in ("id2label", "label2id"):
        config.pop(key, None)
    config["architectures"] = [type(model.model).__name__]
    config["difference"] = {
        "base": "../encoder",
        "file": "difference.safetensors",
        "rank": RANKS[model.model.config.num_hidden_layers],
        "without": ["classifier.", "pre_classifier."],  # the encoder's fresh head
    }
    write_json(folder / "config.json", config)
    save_file(tensors(model), folder / "difference.safetensors", metadata={"format": "pt"})
    (folder / "difference.safetensors").chmod(0o644)
    return megabytes(folder)


def frequent(passages: Passages, held: Passages) -> dict[str, float]:
    """What naming the most frequent pieces of the training gets right, as `accuracy` has it."""
    counts = Counter(number for row in passages.rows for number in row[1:-1])
    best = [number for number, _ in counts.most_common(5)]
    generator = torch.Generator().manual_seed(5)
    truth: list[int] = []
    for start in range(0, len(held.rows), 32):
        chosen = range(start, min(start + 32, len(held.rows)))
        truth += held.batch(chosen, share=MEASURED, generator=generator)[3].tolist()
    shares = [sum(one in best[:k] for one in truth) / len(truth) for k in (1, 5)]
    return {"frequent_1": round(shares[0], 4), "frequent_5": round(shares[1], 4)}


class Watch:
    """Averaged weights, measured now and then on reviews kept for it; the best of them."""

    def __init__(self, name: str, model: Masked, passages: Passages, log: Log) -> None:
        self._step, self._model, self._passages, self._log = name, model, passages, log
        self._mean = deepcopy(model).eval()
        self._pairs = list(zip(self._mean.parameters(), model.parameters(), strict=True))
        self._share, self._began = 0.0, time.monotonic()
        self._looked, self._loss = self._began, float("inf")
        self.tokens = 0

    @torch.no_grad()
    def follow(self, share: float, step: int) -> None:
        """Average in the weights at this share of the training, and look if it is time."""
        if share - self._share > AVERAGED / 20 or share == 1:
            weight = min(1.0, (share - self._share) / min(AVERAGED, max(share, 1e-9)))
            for mean, now in self._pairs:
                if now.requires_grad:
                    mean.lerp_(now, weight)
            self._share = share
        if share == 1 or time.monotonic() - self._looked > PACE.watch:
            self._look(step)
            self._looked = time.monotonic()

    def _look(self, step: int) -> None:
        seconds = time.monotonic() - self._began
        figures = accuracy(self._mean, self._passages, most=PACE.places, rows=PACE.rows)
        pace = {"at": step, "seconds": round(seconds), "tokens_per_s": round(self.tokens / seconds)}
        self._log.write(self._step, **pace, **figures)
        if figures["loss"] < self._loss:
            self._loss = figures["loss"]
            self._best = {name: one.clone() for name, one in trained(self._mean).items()}

    def restore(self) -> None:
        """Give the model the best of the averaged weights."""
        self._model.load_state_dict(self._best, strict=False)


def _train(
    name: str,
    model: Masked,
    passages: Passages,
    watched: Passages,
    *,
    out: Path,
    budget: Budget,
    log: Log,
    seed: int,
    rate: float,
) -> None:
    """Train in place, keep the best average in `out`, log what it took."""
    model.start_bias(passages.rows)
    feed = Feed([len(row) for row in passages.rows], tokens=PACE.tokens, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    watch = Watch(f"{name} fill watch", model, watched, log)
    began = time.monotonic()

    def loss_of(step: int) -> Tensor:
        used = min(0.999, budget.progress(seconds=time.monotonic() - began, step=step))
        watch.follow(used, step)
        share = HIDDEN[0] + (HIDDEN[1] - HIDDEN[0]) * used
        chosen = feed.next(step)
        ids, mask, hidden, truth = passages.batch(chosen, share=share, generator=generator)
        watch.tokens += int(passages.lengths[chosen].sum())
        return functional.cross_entropy(model(ids, mask, hidden).float(), truth)

    groups = model.groups(rate)
    figures = train(f"{name}-fill", model, groups, loss_of=loss_of, budget=budget, folder=out)
    watch.follow(1.0, int(figures["steps"]))
    watch.restore()
    replace(out / f"{name}-fill.pt", model)
    where = torch.cuda.get_device_name() if DEVICE == "cuda" else "CPU"
    counts = {"passages": len(passages.rows), "tokens": watch.tokens}
    log.write(f"{name} fill", **figures, **counts, rate=rate, device=where)


def learn(
    name: str,
    folder: Path,
    *,
    data_folder: Path | None,
    out: Path,
    budget: Budget,
    log: Log,
    seed: int = 0,
    reviews: int | None = None,
    rate: float | None = None,
) -> Masked:
    """Train head and difference over the encoder in `folder`, and measure on what was held back.

    What is already in `out`, perhaps from another machine, is not done again.
    """
    model, scored = placed(Masked(folder, seed=seed)), f"{name} fill scores"
    done = finished(out / f"{name}-fill.pt", model)
    if done and any(line["step"] == scored for line in log.read()):
        round_off(model)
        return model
    words, texts = AutoTokenizer.from_pretrained(folder), data.reviews(data_folder)[:reviews]
    passages = Passages.of(words, texts[HELD_BACK + WATCHED :], seed=2)
    if not done:
        watched = Passages.of(words, texts[HELD_BACK : HELD_BACK + WATCHED], seed=3)
        rate = rate or PACE.rates[model.model.config.num_hidden_layers]
        settings = {"out": out, "budget": budget, "log": log, "seed": seed, "rate": rate}
        _train(name, model, passages, watched, **settings)
    round_off(model)
    held = Passages.of(words, texts[:HELD_BACK], seed=1)
    log.write(scored, **accuracy(model, held), **frequent(passages, held))
    return model
