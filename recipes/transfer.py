"""Step 3: both minis start from the source's weights.

RoBERTa mini takes all six layers. Each new BPE entry gets the mean of the WordPiece embeddings
that cover the same characters: exactly one word piece where the surface agrees, otherwise the
average over its occurrences in the reviews. DistilBERT mini takes layers 1, 3 and 5 (from 0) and
the rows of the kept word pieces. Token type 0, which neither model has, is folded into the
positions. The head's dense layer starts from the identity and is trained in the next step.
"""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import (
    BertModel,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from recipes import source
from recipes.vocabularies import DISTILBERT_POSITIONS, ROBERTA_POSITIONS

KEPT_LAYERS = (1, 3, 5)
FRESH_HEAD_SCALE = 0.02
DISTILBERT_NAMES = (  # one layer's modules under DistilBERT's and BERT's names
    ("attention.q_lin", "attention.self.query"),
    ("attention.k_lin", "attention.self.key"),
    ("attention.v_lin", "attention.self.value"),
    ("attention.out_lin", "attention.output.dense"),
    ("sa_layer_norm", "attention.output.LayerNorm"),
    ("ffn.lin1", "intermediate.dense"),
    ("ffn.lin2", "output.dense"),
    ("output_layer_norm", "output.LayerNorm"),
)
Mini = RobertaForSequenceClassification | DistilBertForSequenceClassification


def overlaps(mine: Tensor, theirs: Tensor) -> Tensor:
    """(B, S, T) share of each of my S tokens' characters that each of their T tokens covers.

    `mine` (B, S, 2) and `theirs` (B, T, 2) are character spans in the same texts; an empty span
    overlaps nothing, and its row is all zero.
    """
    start = torch.maximum(mine[:, :, None, 0], theirs[:, None, :, 0])
    end = torch.minimum(mine[:, :, None, 1], theirs[:, None, :, 1])
    shared = (end - start).clamp(min=0).float()
    return shared / shared.sum(-1, keepdim=True).clamp(min=1e-6)


def _exact_rows(mini: Tokenizer, full: Tokenizer) -> dict[int, int]:
    """BPE id → WordPiece id where ` word` is one lower-cased whole word of the source."""
    known = full.get_vocab()
    found: dict[int, int] = {}
    for piece, number in mini.get_vocab().items():
        word = piece.removeprefix("Ġ")
        if word.isascii() and piece.startswith("Ġ") and word.lower() in known:
            found[number] = known[word.lower()]
        elif word.isascii() and len(word) == 1 and not word.isalnum() and word in known:
            found[number] = known[word]
    return found


def token_embeddings(
    mini: Tokenizer, full: Tokenizer, table: Tensor, reviews: list[str]
) -> tuple[Tensor, dict[str, int]]:
    """The new (entries, D) table and how many entries came from which rule."""
    size = mini.get_vocab_size()
    total = torch.zeros(size, table.shape[1])
    seen = torch.zeros(size)
    for start in range(0, len(reviews), 256):
        texts = [text[:2000] for text in reviews[start : start + 256]]
        texts += [text.lower() for text in texts[::4]]
        pairs = zip(
            mini.encode_batch(texts, add_special_tokens=False),
            full.encode_batch(texts, add_special_tokens=False),
            strict=True,
        )
        for ours, theirs in pairs:
            weight = _sparse_overlaps(ours.offsets, theirs.offsets)
            vectors = torch.sparse.mm(weight, table[torch.tensor(theirs.ids)])
            ids = torch.tensor(ours.ids)
            covered = torch.sparse.sum(weight, 1).to_dense()
            total.index_add_(0, ids, vectors)
            seen.index_add_(0, ids, covered)
    unknown = table[full.token_to_id("[UNK]")]
    result = torch.where(seen[:, None] > 0, total / seen[:, None].clamp(min=1e-6), unknown)
    exact = _exact_rows(mini, full)
    rows = torch.tensor(list(exact))
    result[rows] = table[torch.tensor(list(exact.values()))]
    names = {
        "<s>": "[CLS]",
        "<pad>": "[PAD]",
        "</s>": "[SEP]",
        "<unk>": "[UNK]",
        "<mask>": "[MASK]",
    }
    for name, theirs_name in names.items():
        result[mini.token_to_id(name)] = table[full.token_to_id(theirs_name)]
    averaged = (seen > 0).sum().item() - sum(seen[row] > 0 for row in exact)
    return result, {"exact": len(exact), "averaged": int(averaged), "entries": size}


def _sparse_overlaps(mine: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> Tensor:
    """Like `overlaps` for one text of any length, as a sparse (S, T) matrix."""
    rows, columns, values = [], [], []
    first = 0
    for row, (start, end) in enumerate(mine):
        while first < len(theirs) and theirs[first][1] <= start:
            first += 1
        shared = []
        column = first
        while column < len(theirs) and theirs[column][0] < end:
            shared.append((column, min(end, theirs[column][1]) - max(start, theirs[column][0])))
            column += 1
        whole = sum(length for _, length in shared)
        for column, length in shared:
            rows.append(row)
            columns.append(column)
            values.append(length / whole)
    size = (len(mine), len(theirs))
    return torch.sparse_coo_tensor(torch.tensor([rows, columns]).reshape(2, -1), values, size)


def _copy(target: nn.Module, origin: nn.Module) -> None:
    target.load_state_dict(origin.state_dict())


def _fresh_head(dense: nn.Linear, out: nn.Linear, *, seed: int) -> None:
    torch.manual_seed(seed)
    nn.init.eye_(dense.weight)
    nn.init.zeros_(dense.bias)
    nn.init.normal_(out.weight, std=FRESH_HEAD_SCALE)
    nn.init.zeros_(out.bias)


def _positions(model: BertModel, count: int) -> Tensor:
    table = model.embeddings
    return table.position_embeddings.weight[:count] + table.token_type_embeddings.weight[0]


@torch.no_grad()
def roberta(
    words: PreTrainedTokenizerFast, reviews: list[str], *, seed: int = 0
) -> tuple[RobertaForSequenceClassification, dict[str, int]]:
    """RoBERTa's architecture with the source's six layers and a transferred vocabulary."""
    origin = source.encoder()
    config = RobertaConfig(
        vocab_size=len(words),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=ROBERTA_POSITIONS,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        dtype="float32",
        id2label=source.LABELS,
        label2id={name: n for n, name in source.LABELS.items()},
    )
    model = RobertaForSequenceClassification(config)
    table, counts = token_embeddings(
        words.backend_tokenizer,
        source.tokenizer(),
        origin.embeddings.word_embeddings.weight,
        reviews,
    )
    ours = model.roberta.embeddings
    ours.word_embeddings.weight.copy_(table)
    ours.position_embeddings.weight.zero_()
    ours.position_embeddings.weight[2:] = _positions(origin, ROBERTA_POSITIONS - 2)
    ours.token_type_embeddings.weight.zero_()
    _copy(ours.LayerNorm, origin.embeddings.LayerNorm)
    for target, module in counterparts(model, origin):
        _copy(target, module)
    _fresh_head(model.classifier.dense, model.classifier.out_proj, seed=seed)
    return model, counts


@torch.no_grad()
def distilbert(rows: list[int], *, seed: int = 0) -> DistilBertForSequenceClassification:
    """DistilBERT's architecture with every other layer of the source and the kept word pieces."""
    origin = source.encoder()
    config = DistilBertConfig(
        vocab_size=len(rows),
        dim=384,
        n_layers=3,
        n_heads=12,
        hidden_dim=1536,
        max_position_embeddings=DISTILBERT_POSITIONS,
        pad_token_id=0,
        dtype="float32",
        id2label=source.LABELS,
        label2id={name: n for n, name in source.LABELS.items()},
    )
    model = DistilBertForSequenceClassification(config)
    ours = model.distilbert.embeddings
    ours.word_embeddings.weight.copy_(origin.embeddings.word_embeddings.weight[rows])
    ours.position_embeddings.weight.copy_(_positions(origin, DISTILBERT_POSITIONS))
    _copy(ours.LayerNorm, origin.embeddings.LayerNorm)
    for target, module in counterparts(model, origin):
        _copy(target, module)
    _fresh_head(model.pre_classifier, model.classifier, seed=seed)
    return model


def counterparts(mini: Mini, bert: BertModel) -> list[tuple[nn.Module, nn.Module]]:
    """Every module of the mini's layers with the source's module that it started from."""
    if isinstance(mini, RobertaForSequenceClassification):
        layers = zip(mini.roberta.encoder.layer, bert.encoder.layer, strict=True)
        return [(ours, theirs) for ours, theirs in layers]
    return [
        (layer.get_submodule(ours), bert.encoder.layer[number].get_submodule(theirs))
        for layer, number in zip(mini.distilbert.transformer.layer, KEPT_LAYERS, strict=True)
        for ours, theirs in DISTILBERT_NAMES
    ]


@torch.no_grad()
def add_update(mini: Mini, *, tuned: BertModel, plain: BertModel) -> None:
    """Add what fine-tuning did to the source (`tuned` - `plain`) to the mini's own layers.

    The minis' hidden states live in the source's space, so its update is a good first guess of
    theirs.
    """
    pairs = zip(counterparts(mini, tuned), counterparts(mini, plain), strict=True)
    for (ours, after), (_, before) in pairs:
        ends, starts = dict(after.named_parameters()), dict(before.named_parameters())
        for name, parameter in ours.named_parameters():
            parameter += (ends[name] - starts[name]).to(parameter.device)


def save(model: Mini, words: PreTrainedTokenizerFast, folder: Path) -> None:
    """An ordinary Hugging Face folder in float32 for the next step."""
    model.save_pretrained(folder)
    words.save_pretrained(folder)
