"""Step 10's model: an encoder with a low-rank difference and a masked-LM head, and its file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModelForMaskedLM, PreTrainedModel

RANKS = {6: 32, 3: 64}  # by number of layers: about 1.3 million weights each
TABLE_RANK = 32
BIASES = {"roberta": "lm_head.bias", "distilbert": "vocab_projector.bias"}


def stored(value: Tensor) -> Tensor:
    """Vectors as float16, matrices in its upper half, E5M2: two bits of mantissa are enough."""
    half = value.half()
    return half if half.ndim < 2 else half.to(torch.float8_e5m2)


class Rounded(torch.autograd.Function):
    """A trained matrix as the file will have it; the gradient passes as if nothing were rounded.

    So the training learns around the rounding (Bengio et al. 2013: straight-through estimator).
    """

    @staticmethod
    def forward(_context: object, value: Tensor) -> Tensor:
        """(…) → the same shape, float32."""
        return stored(value).float()

    @staticmethod
    def backward(_context: object, gradient: Tensor) -> Tensor:
        """The gradient as it came."""
        return gradient


def rounded(value: Tensor) -> Tensor:
    """`value` as it will be stored, differentiable."""
    return Rounded.apply(value)


class LowRankLinear(nn.Module):
    """A frozen matrix with a trained `up @ down` and a trained bias."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.weight = base.weight.requires_grad_(False)
        self.bias = base.bias
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) → (..., out): one product where those are cheap, else the two thin ones."""
        up, down = rounded(self.up), rounded(self.down)
        if x.is_cuda:
            return functional.linear(x, self.weight + up @ down, self.bias)
        plain = functional.linear(x, self.weight, self.bias)
        return plain + functional.linear(functional.linear(x, down), up)


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
        up, down = rounded(self.up), rounded(self.down)
        return rows + functional.linear(functional.embedding(ids, up), down.T)

    def scores(self, x: Tensor) -> Tensor:
        """(M, D) → (M, vocabulary): inner products with every row."""
        factors = functional.linear(functional.linear(x, rounded(self.down)), rounded(self.up))
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
        dense = functional.linear(states, rounded(self.dense.weight), self.dense.bias)
        return self.table.scores(self.norm(functional.gelu(dense))) + self.bias

    def groups(self, rate: float) -> list[dict[str, object]]:
        """Parameters by learning rate: `rate` for matrices and head, half of it for the rest."""
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
        return [
            {"params": [*factors, *table, *head], "lr": rate},
            {"params": small, "lr": rate / 2},
        ]


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


@torch.no_grad()
def round_off(model: Masked) -> None:
    """Give every trained number the value that the packed file has."""
    for value in model.parameters():
        if value.requires_grad:
            value.copy_(stored(value).float())
