"""Step 4: heal RoBERTa mini and distil DistilBERT mini by matching the source's hidden states.

Character spans align every token of the mini with the source's word pieces (an overlap-weighted
mean). The loss is the relative squared error of every layer, plus the relative error of the
head's dense layer at the first token against the source's sentence vector (the mean over its
tokens): a pre-trained "pooler". No label is used. The last layer's first token is left free, since
it has to carry the sentence.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from transformers import BertModel, DistilBertForSequenceClassification

from recipes import remarks, source
from recipes.loop import DEVICE, Budget, Feed, Log, autocast, finished, pad, placed, train
from recipes.transfer import Mini, overlaps
from recipes.vocabularies import source_words, zipf

BATCH_TOKENS = 2048
SENTENCE_WEIGHT = 1.0
TEACHER_STATES = {6: (0, 1, 2, 3, 4, 5, 6), 3: (0, 2, 4, 6)}
LATER_ROUNDS = 0.7  # of the first round's learning rates
RATES = {6: (2.5e-4, 8e-4), 3: (4e-4, 6e-4)}  # layers, embeddings


@dataclass(frozen=True, slots=True)
class Aligned:
    """One text in both tokenizations: ids and character spans, the specials' spans empty."""

    mine: list[int]
    my_spans: list[tuple[int, int]]
    theirs: list[int]
    their_spans: list[tuple[int, int]]


def texts(reviews: Sequence[str], phrases: Sequence[str], *, count: int, seed: int) -> list[str]:
    """Unlabelled text as people type it: review passages, phrases, remarks, lists of words."""
    generator = random.Random(seed)
    found: list[str] = []
    for review in generator.sample(list(reviews), len(reviews)):
        words = review.split(" ")
        position = 0
        while position < len(words) and len(found) < 0.72 * count:
            length = generator.choice([6, 10, 15, 20, 30, 40, 60, 90])
            found.append(" ".join(words[position : position + length]))
            position += length
    found += generator.sample(list(phrases), min(len(phrases), int(0.12 * count)))
    found += [item.text for item in remarks.write(int(0.08 * count), seed=seed + 1)]
    weights = {word: share**0.5 for word, share in zipf(source_words(), total=100_000).items()}
    names, shares = list(weights), list(weights.values())
    for _ in range(count - len(found)):
        found.append(" ".join(generator.choices(names, shares, k=generator.randint(3, 12))))
    generator.shuffle(found)
    return [_as_typed(text, generator) for text in found]


def _as_typed(text: str, generator: random.Random) -> str:
    choice = generator.random()
    if choice < 0.2:
        return text.lower()
    return text[:1].upper() + text[1:] if choice < 0.5 else text


def _spans(encoding: Encoding) -> list[tuple[int, int]]:
    special = encoding.special_tokens_mask
    return [(0, 0) if special[i] else span for i, span in enumerate(encoding.offsets)]


def align(passages: list[str], mini: Tokenizer, *, most: int = 120) -> list[Aligned]:
    """Both tokenizations of each passage; passages longer than `most` tokens are left out."""
    full = source.tokenizer()
    pairs = zip(mini.encode_batch(passages), full.encode_batch(passages), strict=True)
    return [
        Aligned(ours.ids, _spans(ours), theirs.ids, _spans(theirs))
        for ours, theirs in pairs
        if 3 <= len(ours.ids) <= most and len(theirs.ids) <= most
    ]


def _span_tensor(rows: Sequence[Sequence[tuple[int, int]]]) -> Tensor:
    longest = max(len(row) for row in rows)
    padded = [[*row, *[(0, 0)] * (longest - len(row))] for row in rows]
    return torch.tensor(padded, device=DEVICE)


def head_dense(mini: Mini) -> nn.Linear:
    """The layer between the first token and the activation."""
    if isinstance(mini, DistilBertForSequenceClassification):
        return mini.pre_classifier
    return mini.classifier.dense


def errors(mini: Mini, teacher: BertModel, rows: Sequence[Aligned]) -> Tensor:
    """(layers + 2,) relative squared errors: embeddings, each layer, sentence vector."""
    pad_id = int(mini.config.pad_token_id or 0)
    ids, mask = pad([row.mine for row in rows], with_id=pad_id)
    their_ids, their_mask = pad([row.theirs for row in rows], with_id=0)
    with torch.no_grad():
        states = teacher(
            input_ids=their_ids, attention_mask=their_mask, output_hidden_states=True
        ).hidden_states
        weight = overlaps(
            _span_tensor([row.my_spans for row in rows]),
            _span_tensor([row.their_spans for row in rows]),
        )
        first, last = torch.arange(len(rows)), mask.sum(1) - 1
        weight[first, 0, 0] = 1.0
        weight[first, last, their_mask.sum(1) - 1] = 1.0
        share = their_mask.float() / their_mask.sum(1, keepdim=True)
        sentence = torch.einsum("bt,btd->bd", share, states[-1].float())
    covered = weight.sum(-1) > 0.5
    outputs = mini.base_model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    mine = outputs.hidden_states
    chosen = TEACHER_STATES[len(mine) - 1]
    found = []
    for number, (ours, layer) in enumerate(zip(mine, chosen, strict=True)):
        target = torch.bmm(weight, states[layer].float())
        used = covered.clone()
        if number == len(chosen) - 1:
            used[:, 0] = False
        found.append(_relative(ours.float()[used], target[used]))
    found.append(_relative(head_dense(mini)(mine[-1][:, 0]).float(), sentence))
    return torch.stack(found)


def _relative(guess: Tensor, target: Tensor) -> Tensor:
    """Squared error over the targets' spread; batches too small to show a spread are smoothed."""
    spread = (target - target.mean(0)).square().sum() / max(1, len(target) - 1)
    floor = 0.3 * target.square().sum(-1).mean()
    return (guess - target).square().sum(-1).mean() / torch.maximum(spread, floor)


@torch.no_grad()
def held_out(mini: Mini, teacher: BertModel, rows: Sequence[Aligned]) -> list[float]:
    """Mean relative errors over `rows`, in batches of 32."""
    mini.eval()
    with autocast():
        parts = [errors(mini, teacher, rows[at : at + 32]) for at in range(0, len(rows), 32)]
    return [round(float(value), 4) for value in torch.stack(parts).mean(0)]


def run(
    name: str,
    mini: Mini,
    words: Tokenizer,
    passages: list[str],
    *,
    out: Path,
    budget: Budget,
    log: Log,
    number: int = 1,
    seed: int = 0,
) -> Mini:
    """One round on every weight of the encoder and the pooler; logs the errors before and after.

    Later rounds start from the round before with lower rates and other passages.
    """
    torch.manual_seed(seed)
    step = f"{name}-match-{number}"
    if finished(out / f"{step}.pt", mini):
        return mini
    teacher = placed(source.encoder())
    placed(mini).eval()
    for module in mini.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    rows = align(passages, words)
    kept, rows = rows[: max(64, len(rows) // 100)], rows[max(64, len(rows) // 100) :]
    before = held_out(mini, teacher, kept)
    feed = Feed([len(row.mine) for row in rows], tokens=BATCH_TOKENS, seed=seed)

    def loss_of(step: int) -> Tensor:
        found = errors(mini, teacher, [rows[row] for row in feed.next(step)])
        return found[:-1].mean() + SENTENCE_WEIGHT * found[-1]

    layers, tables = RATES[mini.config.num_hidden_layers]
    share = 1.0 if number == 1 else LATER_ROUNDS
    embedding = list(mini.base_model.get_submodule("embeddings").parameters())
    known = {id(parameter) for parameter in embedding}
    rest = [p for p in mini.base_model.parameters() if id(p) not in known]
    groups: list[dict[str, object]] = [
        {"params": [*rest, *head_dense(mini).parameters()], "lr": share * layers},
        {"params": embedding, "lr": share * tables},
    ]
    figures = train(step, mini, groups, loss_of=loss_of, budget=budget, folder=out)
    log.write(
        f"{name} match",
        round=number,
        **figures,
        passages=len(rows),
        relative_error_before=before,
        relative_error_after=held_out(mini, teacher, kept),
    )
    return mini
