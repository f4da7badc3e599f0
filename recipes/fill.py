"""Step 10: what each encoder knows of the language: a masked-LM head and a small difference.

The encoder was healed or distilled without ever being asked for a word. Here a head (dense, GELU,
LayerNorm, the embedding table again, a bias) learns to name hidden pieces of film reviews, and
with it a low-rank difference of every matrix of the encoder and of its table. Only the head and the
difference are stored; encoder and classifier stay as they are.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModelForMaskedLM, AutoTokenizer, PreTrainedModel

from recipes import data
from recipes.loop import Budget, Feed, Log, finished, pad, placed, train
from recipes.pack import megabytes, write_json

RANKS = {6: 32, 3: 64}  # by number of layers: about 1.3 million weights each
TABLE_RANK = 32
RATES = {6: 1.5e-3, 3: 2e-3}
BIASES = {"roberta": "lm_head.bias", "distilbert": "vocab_projector.bias"}
BATCH_TOKENS = 1024
LONGEST = 64  # tokens of a passage, the two special ones included
WORDS = (8, 46)  # of a passage
HIDDEN = (0.30, 0.15)  # share of hidden pieces at the start of the training and at its end
HELD_BACK = 400  # reviews that nothing is trained on
MEASURED = 0.15  # share of hidden pieces in every measurement
WATCH_SECONDS, WATCHED = 240.0, 1500  # how often a look is taken, at how many hidden pieces
SCORED = 6000


class LowRankLinear(nn.Module):
    """A frozen matrix with a trained `up @ down` and a trained bias."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.weight = base.weight.requires_grad_(False)
        self.bias = base.bias
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) → (..., out)."""
        plain = functional.linear(x, self.weight, self.bias)
        return plain + functional.linear(functional.linear(x, self.down), self.up)


class LowRankTable(nn.Module):
    """The frozen token embeddings with a trained `up @ down`, read at entry and again as output."""

    def __init__(self, base: nn.Embedding, rank: int) -> None:
        super().__init__()
        self.weight = base.weight.requires_grad_(False)
        self.up = nn.Parameter(torch.zeros(base.num_embeddings, rank))
        self.down = nn.Parameter(torch.randn(rank, base.embedding_dim) / base.embedding_dim**0.5)

    def forward(self, ids: Tensor) -> Tensor:
        """(..., T) ids → (..., T, D)."""
        rows = functional.embedding(ids, self.weight)
        return rows + functional.linear(functional.embedding(ids, self.up), self.down.T)

    def scores(self, x: Tensor) -> Tensor:
        """(M, D) → (M, vocabulary): inner products with every row."""
        factors = functional.linear(functional.linear(x, self.down), self.up)
        return functional.linear(x, self.weight) + factors


class Masked(nn.Module):
    """An encoder with its low-rank difference and a masked-LM head, read at hidden places only."""

    def __init__(self, folder: Path, *, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.model: PreTrainedModel = AutoModelForMaskedLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="sdpa"
        )
        for part in self.model.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        self.model.config.attention_dropout = 0.0
        self.body = self.model.base_model
        self.table = LowRankTable(self.body.get_input_embeddings(), TABLE_RANK)
        self.body.set_input_embeddings(self.table)
        rank = RANKS[self.model.config.num_hidden_layers]
        layers = [name for name, part in self.body.named_modules() if isinstance(part, nn.Linear)]
        for name in layers:
            self.body.set_submodule(name, LowRankLinear(self.body.get_submodule(name), rank))
        for name, value in self.body.named_parameters():
            if "embeddings" in name and not name.endswith((".up", ".down")):
                value.requires_grad_("LayerNorm" in name)
        if self.model.config.model_type == "roberta":
            head = self.model.lm_head
            self.dense, self.norm = head.dense, head.layer_norm
        else:
            self.dense, self.norm = self.model.vocab_transform, self.model.vocab_layer_norm
        self.bias = nn.Parameter(torch.zeros(self.table.weight.shape[0]))

    def start_bias(self, ids: Sequence[Sequence[int]]) -> None:
        """The bias starts as the log share of each piece in the passages."""
        counts = torch.ones(len(self.bias))
        flat = torch.tensor([number for row in ids for number in row[1:-1]])
        counts += torch.bincount(flat, minlength=len(counts))
        with torch.no_grad():
            self.bias.copy_((counts / counts.sum()).log())

    def forward(self, ids: Tensor, mask: Tensor, hidden: Tensor) -> Tensor:
        """Logits (M, vocabulary) at the M places where `hidden` (N, T) is true."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state[hidden]
        return self.table.scores(self.norm(functional.gelu(self.dense(states)))) + self.bias

    def groups(self) -> list[dict[str, object]]:
        """Parameters by learning rate."""
        head = [*self.dense.parameters(), *self.norm.parameters(), self.bias]
        table = [self.table.up, self.table.down]
        known = {id(value) for value in (*head, *table)}
        rest = [
            (name, value)
            for name, value in self.body.named_parameters()
            if value.requires_grad and id(value) not in known
        ]
        factors = [value for name, value in rest if name.endswith((".up", ".down"))]
        small = [value for name, value in rest if not name.endswith((".up", ".down"))]
        rate = RATES[self.model.config.num_hidden_layers]
        groups: list[dict[str, object]] = [
            {"params": [*factors, *table, *head], "lr": rate},
            {"params": small, "lr": rate / 2},
        ]
        return groups


@dataclass(frozen=True, slots=True)
class Passages:
    """Token ids of passages of whole sentences, special tokens included."""

    rows: list[list[int]]
    mask_id: int
    pad_id: int

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
        return cls(rows, int(words.mask_token_id), int(words.pad_token_id))

    def batch(self, chosen: Sequence[int], *, share: float, generator: torch.Generator) -> tuple:
        """Ids with hidden pieces (N, T), attention mask, hidden places, and their true ids (M,)."""
        ids, mask = pad([self.rows[row] for row in chosen], with_id=self.pad_id)
        inner = torch.zeros_like(mask, dtype=torch.bool)
        for number, row in enumerate(chosen):
            inner[number, 1 : len(self.rows[row]) - 1] = True
        dice = torch.rand(ids.shape, generator=generator).to(ids.device)
        hidden = inner & (dice < share)
        hidden[:, 1] |= inner[:, 1] & ~hidden.any(1)
        return ids.masked_fill(hidden, self.mask_id), mask, hidden, ids[hidden]


@torch.no_grad()
def accuracy(model: Masked, passages: Passages, *, most: int) -> dict[str, float]:
    """Share of hidden pieces that are the likeliest, and among the five likeliest; mean loss."""
    generator = torch.Generator().manual_seed(5)
    first = five = count = 0
    loss = 0.0
    for start in range(0, len(passages.rows), 32):
        chosen = range(start, min(start + 32, len(passages.rows)))
        ids, mask, hidden, truth = passages.batch(chosen, share=MEASURED, generator=generator)
        logits = model(ids, mask, hidden)
        guesses = logits.topk(5).indices == truth[:, None]
        first += int(guesses[:, 0].sum())
        five += int(guesses.any(1).sum())
        loss += float(functional.cross_entropy(logits, truth, reduction="sum"))
        count += len(truth)
        if count >= most:
            break
    shares = {"top_1": first / count, "top_5": five / count, "loss": loss / count}
    return {**{name: round(value, 4) for name, value in shares.items()}, "size": count}


def stored(value: Tensor) -> Tensor:
    """Vectors as float16, matrices in its upper half, E5M2: two bits of mantissa are enough.

    The held-out loss moves by 0.002 (4.448 to 4.450), and the file is half the size.
    """
    half = value.half()
    return half if half.ndim < 2 else half.to(torch.float8_e5m2)


def tensors(model: Masked) -> dict[str, Tensor]:
    """What `difference.safetensors` holds: low-rank pairs, replaced small tensors, the head."""
    names = {id(part): name for name, part in model.model.named_modules()}
    found: dict[str, Tensor] = {}
    for part in model.body.modules():
        name = names.get(id(part), "")
        if isinstance(part, LowRankLinear | LowRankTable):
            found[f"{name}.weight.up"], found[f"{name}.weight.down"] = part.up, part.down
            if isinstance(part, LowRankLinear):
                found[f"{name}.bias"] = part.bias
        elif isinstance(part, nn.LayerNorm):
            found[f"{name}.weight"], found[f"{name}.bias"] = part.weight, part.bias
    for part in (model.dense, model.norm):
        name = names[id(part)]
        found[f"{name}.weight"], found[f"{name}.bias"] = part.weight, part.bias
    found[BIASES[model.model.config.model_type]] = model.bias
    return {name: stored(value.detach()).cpu().contiguous() for name, value in found.items()}


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
    return megabytes(folder)


def frequent(passages: Passages, held: Passages, *, most: int) -> dict[str, float]:
    """What naming the most frequent pieces of the training gets right, as `accuracy` has it."""
    counts = Counter(number for row in passages.rows for number in row[1:-1])
    best = [number for number, _ in counts.most_common(5)]
    generator = torch.Generator().manual_seed(5)
    truth: list[int] = []
    for start in range(0, len(held.rows), 32):
        chosen = range(start, min(start + 32, len(held.rows)))
        truth += held.batch(chosen, share=MEASURED, generator=generator)[3].tolist()
        if len(truth) >= most:
            break
    shares = [sum(one in best[:k] for one in truth) / len(truth) for k in (1, 5)]
    return {"frequent_1": round(shares[0], 4), "frequent_5": round(shares[1], 4)}


@torch.no_grad()
def round_off(model: Masked) -> None:
    """Give every trained number the value that the packed file has."""
    for value in model.parameters():
        if value.requires_grad:
            value.copy_(stored(value).float())


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
) -> Masked:
    """Train head and difference over the encoder in `folder`, and measure on what was held back."""
    words = AutoTokenizer.from_pretrained(folder)
    texts = data.reviews(data_folder)[:reviews]
    held = Passages.of(words, texts[:HELD_BACK], seed=1)
    passages = Passages.of(words, texts[HELD_BACK:], seed=2)
    model = placed(Masked(folder, seed=seed))
    model.start_bias(passages.rows)
    if finished(out / f"{name}-fill.pt", model):
        round_off(model)
        return model
    feed = Feed([len(row) for row in passages.rows], tokens=BATCH_TOKENS, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    began, tokens, watched = time.monotonic(), 0, time.monotonic()

    def loss_of(step: int) -> Tensor:
        nonlocal tokens, watched
        if time.monotonic() - watched > WATCH_SECONDS or step == 0:
            seen = round((time.monotonic() - began) / 60, 1)
            rate = round(tokens / max(1e-3, time.monotonic() - began))
            figures = accuracy(model, held, most=WATCHED)
            log.write(f"{name} fill watch", at=step, minutes=seen, tokens_per_s=rate, **figures)
            watched = time.monotonic()
        used = min(1.0, (time.monotonic() - began) / (60 * budget.minutes))
        share = HIDDEN[0] + (HIDDEN[1] - HIDDEN[0]) * used
        ids, mask, hidden, truth = passages.batch(feed.next(step), share=share, generator=generator)
        tokens += int(mask.sum())
        return functional.cross_entropy(model(ids, mask, hidden).float(), truth)

    figures = train(
        f"{name}-fill", model, model.groups(), loss_of=loss_of, budget=budget, folder=out
    )
    log.write(f"{name} fill", **figures, passages=len(passages.rows), tokens=tokens)
    round_off(model)
    scores = accuracy(model, held, most=SCORED) | frequent(passages, held, most=SCORED)
    log.write(f"{name} fill scores", **scores)
    return model
