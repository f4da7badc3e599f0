"""Knowledge distillation: a student learns what a teacher says, not only what is right.

As DistilBERT was made (arXiv 1910.01108, §3): soft targets at a temperature, the cosine of hidden
states, and hard labels in place of masked words. Unlike there:
- teacher and student cut a text into different tokens, so only the hidden states of the first
  token, which both have, are compared;
- the teacher is asked once and its answers are kept, since it does not change.
"""

# torch is only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.pipeline import Pipeline
from ..errors import BadInput, MissingExtra
from ..trace import FloatArray
from .settings import Settings

try:
    import torch
    from torch import Tensor, nn

    from .finetuning import FineTuning
except ImportError as error:
    raise MissingExtra(
        'Distillation needs PyTorch and transformers: pip install "pipeline-widgets[torch]". '
        "recorded() shows runs without them."
    ) from error

TERMS = ("soft", "cosine", "hard")


def distill(
    student: str | Path | Pipeline,
    train: Iterable[Any],
    validation: Iterable[Any] = (),
    *,
    teacher: Pipeline,
    temperature: float = 2.0,
    soft: float = 5.0,
    cosine: float = 1.0,
    hard: float = 2.0,
    name: str | None = None,
    file: str | Path | None = None,
    **settings: Any,
) -> Distillation:
    """Train ``student`` on what ``teacher`` says of the same sentences.

    The loss of a batch is ``soft`` × cross-entropy to the teacher's probabilities, both softened at
    ``temperature`` and the term multiplied by its square, + ``cosine`` × (1 − cosine of the first
    token's last hidden states) + ``hard`` × cross-entropy to the labels, divided by the sum of the
    weights. The default weights are those of the published recipe (soft 5, cosine 1, and 2 for the
    labels there masked words). All other settings are ``fine_tune``'s.

    Raises:
        BadInput: the two have other labels, or other widths while ``cosine`` is not 0.
    """
    weights: dict[str, float] = {"soft": soft, "cosine": cosine, "hard": hard}
    return Distillation(
        student,
        train,
        validation,
        Settings().but(**settings),
        teacher=teacher,
        temperature=temperature,
        weights=weights,
        name=name,
        file=file,
    )


class Distillation(FineTuning):
    """Fine-tuning whose loss listens to a teacher; the terms are series of the history."""

    def __init__(
        self,
        start: str | Path | Pipeline,
        train: Iterable[Any],
        validation: Iterable[Any],
        settings: Settings,
        *,
        teacher: Pipeline,
        temperature: float,
        weights: dict[str, float],
        name: str | None = None,
        file: str | Path | None = None,
    ) -> None:
        if temperature <= 0 or min(weights.values()) < 0 or sum(weights.values()) <= 0:
            raise BadInput("temperature is above 0, weights are not below 0 and not all 0.")
        self.teacher = teacher
        self.temperature = temperature
        self.weights = weights
        self.terms = np.zeros(len(TERMS))  # of the epoch so far, summed over sentences
        super().__init__(start, train, validation, settings, name=name, file=file)
        if self.objective.head.kind != "one label":
            raise BadInput(
                f"Distillation here is of classifiers that give one label; {self.start.name} gives "
                f"{self.objective.head.kind}. fine_tune() trains it."
            )
        if teacher.labels != self.start.labels:
            raise BadInput(f"Teacher and student differ: {teacher.labels}, {self.start.labels}.")
        logits, first = _ask(teacher, self.train.texts, settings.max_length)
        if weights["cosine"] and first.shape[1] != self._width:
            raise BadInput(
                f"The teacher is {first.shape[1]} wide, the student {self._width}: their hidden "
                "states have no cosine. Give cosine=0."
            )
        self._targets = torch.from_numpy(logits).to(self.device)
        self._first = torch.from_numpy(first).to(self.device)

    @property
    def _width(self) -> int:
        return self.start.checkpoint.config.width

    def _loss(self, rows: NDArray[np.int64]) -> tuple[Tensor, int, dict[str, float]]:
        labels = torch.from_numpy(self.train.labels[rows]).to(self.device)
        logits, first = self._forward(rows)
        which = torch.from_numpy(rows).to(self.device)
        soft = soft_loss(logits, self._targets[which], self.temperature)
        near = nn.functional.cosine_similarity(first, self._first[which], dim=-1)
        hard = nn.functional.cross_entropy(logits, labels)
        terms = dict(zip(TERMS, (soft, (1 - near).mean(), hard), strict=True))
        weighed = sum((self.weights[name] * term for name, term in terms.items()), start=soft * 0)
        loss = weighed / sum(self.weights.values())
        values = {f"{name}_loss": term.item() for name, term in terms.items()}
        return loss, int((logits.argmax(-1) == labels).sum()), values

    def _forward(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Logits (B, C) and the first token's last hidden state (B, D)."""
        ids, mask = (torch.from_numpy(part).to(self.device) for part in self.train.batch(rows))
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.bfloat16):
            out = self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return out.logits.float(), out.hidden_states[-1][:, 0].float()

    def again(self, *, name: str | None = None, **changes: Any) -> Distillation:
        """A new run from the same student, teacher and seed, with some settings changed."""
        start, train, validation, file = self._given
        weights = {term: changes.pop(term, self.weights[term]) for term in TERMS}
        temperature = changes.pop("temperature", self.temperature)
        return Distillation(
            start,
            train,
            validation,
            self.settings.but(**changes),
            teacher=self.teacher,
            temperature=temperature,
            weights=weights,
            name=name or self.history.name,
            file=file,
        )

    def _described(self) -> dict[str, Any]:
        told = {"teacher": self.teacher.name, "temperature": self.temperature, **self.weights}
        return super()._described() | told


def soft_loss(logits: Tensor, targets: Tensor, temperature: float) -> Tensor:
    """Kullback-Leibler divergence from the teacher's softened answers, × temperature².

    Source: arXiv 1503.02531, §2: gradients of softened answers shrink with 1 / temperature².
    """
    ours = nn.functional.log_softmax(logits / temperature, -1)
    theirs = nn.functional.softmax(targets / temperature, -1)
    return nn.functional.kl_div(ours, theirs, reduction="batchmean") * temperature**2


def _ask(teacher: Pipeline, texts: Iterable[str], max_length: int) -> tuple[FloatArray, FloatArray]:
    """The teacher's logits (N, C) and its last hidden states of the first token (N, D)."""
    logits: list[FloatArray] = []
    first: list[FloatArray] = []
    longest = min(max_length, teacher.limit)
    for text in texts:
        tokens = teacher.tokenizer.encode(text, max_length=longest)
        hidden = teacher.model.encode(teacher.embed(tokens))[0]
        first.append(hidden)
        logits.append(teacher.model.classify(teacher.model.pool(hidden)))
    return np.stack(logits), np.stack(first)
