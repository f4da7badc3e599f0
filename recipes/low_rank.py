"""Step 6: the tuned classifier as a small difference over its encoder.

Every changed matrix becomes `base + up @ down`, starting from the largest singular values of the
update; then the factors and the small tensors are trained a little longer on the same mix.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from recipes.classify import Rows, without_dropout
from recipes.loop import Budget, Log, finished, placed, train
from recipes.transfer import Mini

RANKS = {6: 64, 3: 64}  # by number of layers: the smallest that keeps the validation accuracy
RATES = {6: 3e-4, 3: 4e-4}
LATER_ROUNDS = 2 / 3  # of the first round's learning rate
WHOLE = ("classifier.out_proj.weight", "classifier.weight")  # the last layer is kept in full


class Difference(nn.Module):
    """What the classifier adds to the encoder: low-rank pairs and replaced small tensors.

    `tensors()` names them as the bundled file does: `NAME.up` (out, rank) and `NAME.down`
    (rank, in) for a matrix, plain `NAME` for a replacement.
    """

    def __init__(self, base: Mini) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.ups, self.downs = nn.ParameterDict(), nn.ParameterDict()
        self.replaced = nn.ParameterDict()

    @classmethod
    def cut(cls, base: Mini, tuned: dict[str, Tensor], *, rank: int | None = None) -> Difference:
        """The best difference of that rank (singular value decomposition of each update)."""
        found = cls(base)
        rank = rank or RANKS[base.config.num_hidden_layers]
        for name, start in base.state_dict().items():
            end = tuned[name].to(start.device)
            if torch.equal(start, end):
                continue
            key = name.replace(".", "/")
            if start.ndim == 2 and name not in WHOLE:
                left, values, right = torch.linalg.svd(end - start, full_matrices=False)
                root = values[:rank].sqrt()
                found.ups[key] = nn.Parameter(left[:, :rank] * root)
                found.downs[key] = nn.Parameter(root[:, None] * right[:rank])
            else:
                found.replaced[key] = nn.Parameter(end.clone())
        return found

    @property
    def rank(self) -> int:
        """Columns of the widest factor."""
        return max(up.shape[1] for up in self.ups.values())

    def merged(self) -> dict[str, Tensor]:
        """State of the classifier: only the tensors that differ from the encoder."""
        state = {key.replace("/", "."): value for key, value in self.replaced.items()}
        for key, up in self.ups.items():
            name = key.replace("/", ".")
            state[name] = self.base.get_parameter(name) + up @ self.downs[key]
        return state

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> object:
        """The classifier's outputs, differentiable in the factors."""
        inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
        return torch.func.functional_call(self.base, self.merged(), args=(), kwargs=inputs)

    def tensors(self) -> dict[str, Tensor]:
        """The float16 tensors of `difference.safetensors`."""
        found = {key.replace("/", "."): value for key, value in self.replaced.items()}
        for key in self.ups:
            name = key.replace("/", ".")
            found[f"{name}.up"], found[f"{name}.down"] = self.ups[key], self.downs[key]
        return {name: value.detach().half().cpu().contiguous() for name, value in found.items()}


def recover(
    name: str,
    difference: Difference,
    rows: Rows,
    *,
    out: Path,
    budget: Budget,
    log: Log,
    number: int = 1,
    seed: int = 1,
) -> Difference:
    """One round of training the factors and small tensors on the mix, in place."""
    torch.manual_seed(seed)
    without_dropout(difference)
    placed(difference)
    step = f"{name}-cut-{number}"
    if finished(out / f"{step}.pt", difference):
        return difference
    feed = rows.feed(seed + 1000)

    def loss_of(number: int) -> Tensor:
        ids, mask, targets = rows.batch(feed.next(number))
        logits = difference(ids, mask).logits.float()  # type: ignore[attr-defined]
        return torch.nn.functional.cross_entropy(logits, targets)

    rate = RATES[difference.base.config.num_hidden_layers] * (1 if number == 1 else LATER_ROUNDS)
    groups: list[dict[str, object]] = [
        {"params": [p for p in difference.parameters() if p.requires_grad], "lr": rate}
    ]
    figures = train(step, difference, groups, loss_of=loss_of, budget=budget, folder=out)
    size = sum(2 * value.numel() for value in difference.tensors().values())
    log.write(
        f"{name} cut", round=number, **figures, rank=difference.rank, megabytes=round(size / 1e6, 2)
    )
    return difference
