"""Which attention heads follow a plain pattern, as a share of the rows.

A row is one query token that is not a special token. It follows a pattern when its largest weight
lies on the pattern's key: the previous token, the next token, the first token (`<s>`, `[CLS]`), the
last one (`</s>`, `[SEP]`), or another sub-word of the same word or the same word elsewhere (only
rows that have one count there).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

PATTERNS = ("previous token", "next token", "first token", "separator", "same word")


def _mates(tokens: Sequence[str], words: Sequence[int | None]) -> Tensor:
    """(T, T) true where two different positions hold one word's pieces or the same piece."""
    plain = [token.removeprefix("Ġ").lower() for token in tokens]
    size = len(tokens)
    found = torch.zeros(size, size, dtype=torch.bool)
    for row in range(1, size - 1):
        for column in range(1, size - 1):
            same_word = words[row] is not None and words[row] == words[column]
            same_piece = plain[row] == plain[column] and plain[row].isalpha()
            found[row, column] = row != column and (same_word or same_piece)
    return found


@torch.no_grad()
def shares(
    model: nn.Module, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> dict[str, Tensor]:
    """Pattern → (layers, heads) share of rows that follow it."""
    model.eval()
    model.set_attn_implementation("eager")  # type: ignore[operator]
    hits: dict[str, Tensor] = {}
    rows: dict[str, int] = dict.fromkeys(PATTERNS, 0)
    for text in texts:
        encoding = tokenizer(text, return_tensors="pt", truncation=True, max_length=64)
        size = encoding["input_ids"].shape[1]
        maps = model(**encoding, output_attentions=True).attentions
        top = torch.stack([layer[0].argmax(-1) for layer in maps])[:, :, 1:-1]  # (L, H, T - 2)
        here = torch.arange(1, size - 1)
        tokens = tokenizer.convert_ids_to_tokens(encoding["input_ids"][0].tolist())
        mates = _mates(tokens, encoding.word_ids(0))
        with_mate = mates.any(1)[1:-1]
        follow = {
            "previous token": top == here - 1,
            "next token": top == here + 1,
            "first token": top == 0,
            "separator": top == size - 1,
            "same word": mates[here.expand_as(top), top][:, :, with_mate],
        }
        for name, yes in follow.items():
            hits[name] = hits.get(name, torch.zeros(yes.shape[:2])) + yes.sum(-1)
            rows[name] += yes.shape[-1]
    return {name: count / max(1, rows[name]) for name, count in hits.items()}


def best(found: dict[str, Tensor], *, top: int = 2) -> list[dict[str, object]]:
    """The `top` clearest heads of each pattern: layer and head from 0, share 0 to 1."""
    rows: list[dict[str, object]] = []
    for name in PATTERNS:
        values = found[name]
        for flat in values.flatten().argsort(descending=True)[:top].tolist():
            layer, head = divmod(flat, values.shape[1])
            share = round(float(values[layer, head]), 3)
            rows.append({"pattern": name, "layer": layer, "head": head, "share": share})
    return rows
