"""Figures: logits over many texts, accuracy and its spread."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recipes.loop import pad


@torch.no_grad()
def logits(
    model: nn.Module, rows: Sequence[Sequence[int]], *, pad_id: int, batch: int = 64
) -> Tensor:
    """(N, 2) float32 logits in the order of `rows`, in float32."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    result = torch.zeros(len(rows), 2)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        ids, mask = pad([rows[row] for row in chosen], with_id=pad_id)
        result[chosen] = model(input_ids=ids, attention_mask=mask).logits.float().cpu()
    return result


def accuracy(
    model: nn.Module, rows: Sequence[Sequence[int]], labels: Sequence[int], *, pad_id: int
) -> float:
    """Share of rows whose larger logit is the label's, 0 to 1."""
    guesses = logits(model, rows, pad_id=pad_id).argmax(-1)
    return round(float((guesses == torch.tensor(labels)).float().mean()), 4)


def standard_error(share: float, *, size: int) -> float:
    """Binomial standard error of a share measured on `size` rows."""
    return math.sqrt(share * (1 - share) / size)
