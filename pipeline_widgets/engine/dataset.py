"""A data set's way through a model: the six stages, in batches of sentences of like length."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..trace import STAGES, FloatArray, Flow, FlowStage, IntArray, Tokens
from .checkpoints.config import ModelConfig, check_ids
from .model import Model
from .threads import shared, threads_for
from .tokenizers import Tokenizer

Text = tuple[str, ...]  # one sentence, or two together
Progress = Callable[[str, int, int], object]  # stage name, sentences done, sentences in all

_ATTENTION_LIMIT = 1 << 23  # attention weights held at a time, by all threads: 32 MB


def run_dataset(
    model: Model,
    tokenizer: Tokenizer,
    config: ModelConfig,
    sentences: Iterable[str | tuple[str, str]],
    *,
    name: str,
    max_length: int,
    batch_size: int,
    progress: Progress | None,
) -> Flow:
    """Take all sentences through the six stages; see ``Pipeline.flow``."""
    start = perf_counter()
    texts = _checked(sentences)
    limit = _checked_sizes(config, max_length, batch_size)
    run = _Run(model, config, texts, progress)
    run.finish("text", len(texts), perf_counter() - start)
    tokens = run.tokenize(tokenizer, limit, batch_size)
    for one in tokens:
        check_ids(config, one, name=name)
    head = config.head
    scores = head.scores(run.batches(tokens, batch_size))
    run.samples["prediction"] = scores[0]
    return Flow(
        model=name,
        architecture=config.architecture,
        stages=run.stages(max(len(one) for one in tokens)),
        labels=head.labels,
        scores=scores,
        token_counts=np.array([len(one) for one in tokens], np.int32),
        cut=sum(one.left_out > 0 for one in tokens),
        max_length=limit,
        function=head.function,
        threshold=head.threshold,
    )


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some sentences' way through the model."""

    indices: list[int]
    seconds: dict[str, float]  # by stage
    logits: FloatArray  # (B, C)
    samples: dict[str, Any]  # the first sentence's values, if it is among them


class _Run:
    """One flow while it runs: its times, the first sentence's values, how far each stage is."""

    def __init__(
        self, model: Model, config: ModelConfig, texts: list[Text], progress: Progress | None
    ) -> None:
        self.model = model
        self.config = config
        self.texts = texts
        self.progress = progress
        self.done: dict[str, int] = defaultdict(int)
        self.seconds: dict[str, float] = defaultdict(float)
        self.samples: dict[str, Any] = {"text": "\n".join(texts[0])}
        self.ids: tuple[int, ...] = ()

    def finish(self, stage: str, count: int, seconds: float) -> None:
        """Note that a stage is done with ``count`` more sentences, and tell the caller."""
        self.seconds[stage] += seconds
        self.done[stage] += count
        if self.progress is not None:
            self.progress(stage, self.done[stage], len(self.texts))

    def tokenize(self, tokenizer: Tokenizer, limit: int, batch_size: int) -> list[Tokens]:
        tokens: list[Tokens] = []
        encode = tokenizer.encode
        for first in range(0, len(self.texts), batch_size):
            part = self.texts[first : first + batch_size]
            start = perf_counter()
            tokens += [encode(*text, max_length=limit) for text in part]
            self.finish("tokens", len(part), perf_counter() - start)
        self.samples["tokens"] = tokens[0].shown
        self.ids = tuple(tokens[0].ids.tolist())
        return tokens

    def batches(self, tokens: list[Tokens], batch_size: int) -> FloatArray:
        """The logits (N, C) of all sentences; the work is shared among threads."""
        config = self.config
        threads = threads_for(self.model.backend)
        limit = _ATTENTION_LIMIT // (config.heads * threads)
        batches = list(_batches(tokens, batch_size, limit))
        logits = np.empty((len(tokens), len(config.labels)), np.float32)
        start = perf_counter()
        for batch in shared(
            lambda batch: _run_batch(self.model, config, tokens, batch), batches, threads
        ):
            logits[batch.indices] = batch.logits
            self.samples |= batch.samples
            for stage, seconds in batch.seconds.items():
                self.finish(stage, len(batch.indices), seconds)
        self._scale(perf_counter() - start)
        return logits

    def _scale(self, passed: float) -> None:
        """Share the time that passed among the stages, as several threads added theirs up."""
        added = sum(self.seconds[stage] for stage in STAGES[2:])
        for stage in STAGES[2:]:
            self.seconds[stage] *= passed / added

    def stages(self, count: int) -> tuple[FlowStage, ...]:
        """The six stages, for sentences padded to ``count`` tokens."""
        config, total = self.config, len(self.texts)
        shapes = {
            "text": (total,),
            "tokens": (total, count),
            "embedding": (total, count, config.width),
            "layers": (total, count, config.width),
            "pooled": (total, config.width),
            "prediction": (total, len(config.labels)),
        }
        details = {
            "layers": f"{config.layers} layers, each with {total} × {config.heads} × {count} × "
            f"{count} attention weights"
        }
        return tuple(
            FlowStage(
                name=name,
                shape=shapes[name],
                sample=self.samples[name],
                milliseconds=self.seconds[name] * 1000,
                detail=details.get(name, ""),
                ids=self.ids if name == "tokens" else (),
            )
            for name in STAGES
        )


def _run_batch(model: Model, config: ModelConfig, tokens: list[Tokens], batch: list[int]) -> _Batch:
    """Take some sentences through the model together."""
    times = [perf_counter()]
    rows = [tokens[index] for index in batch]
    ids, mask = _padded([row.ids for row in rows], config.padding_id)
    types = None
    if config.reads_pairs:
        types = _padded([np.zeros_like(r.ids) if r.types is None else r.types for r in rows], 0)[0]
    embedding = model.embed(ids, types)
    times.append(perf_counter())
    hidden = model.encode(embedding, None if mask.all() else mask)
    times.append(perf_counter())
    pooled = model.pool(hidden[:, 0])
    times.append(perf_counter())
    logits = model.classify(pooled)
    times.append(perf_counter())
    seconds = (after - before for before, after in itertools.pairwise(times))
    samples: dict[str, Any] = {}
    if 0 in batch:
        row, count = batch.index(0), len(tokens[0])
        samples = {
            "embedding": embedding.normalised[row, :count].copy(),
            "layers": hidden[row, :count].copy(),
            "pooled": pooled.activated[row].copy(),
        }
    return _Batch(batch, dict(zip(STAGES[2:], seconds, strict=True)), logits, samples)


def _checked(sentences: Iterable[str | tuple[str, str]]) -> list[Text]:
    if isinstance(sentences, str) or not hasattr(sentences, "__iter__"):
        raise BadInput("flow() takes a list of sentences; for a single text, use trace().")
    given: list[Any] = list(sentences)
    if not given:
        raise BadInput("flow() needs at least one sentence; the list is empty.")
    texts: list[Text] = []
    for index, text in enumerate(given):
        parts: list[object] = [text]
        if isinstance(text, (tuple, list)) and len(cast("list[object]", text)) == 2:
            parts = list(cast("list[object]", text))
        if not all(isinstance(part, str) for part in parts):
            kind = type(cast("object", text)).__name__
            raise BadInput(
                f"Sentence {index} is a {kind}, not a str: {text!r}. Give a list of "
                "texts, such as frame['text'].tolist(), or of pairs, each a tuple of two."
            )
        texts.append(tuple(map(str, parts)))
    return texts


def _checked_sizes(config: ModelConfig, max_length: int, batch_size: int) -> int:
    if max_length < 3:
        raise BadInput(
            f"max_length is {max_length}; two tokens are special, so 3 is the least that leaves "
            "one for the sentence."
        )
    if batch_size < 1:
        raise BadInput(f"batch_size is {batch_size}; at least 1 sentence goes through at a time.")
    return min(max_length, config.max_length)


def _batches(tokens: list[Tokens], batch_size: int, limit: int) -> Iterator[list[int]]:
    """Sentence numbers, those of like length together, so that little padding is needed.

    A batch of B sentences and T tokens stays within B × T × T ≤ ``limit``, but for one sentence.
    """
    order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
    while order:  # from the longest: it alone decides how many fit
        longest = len(tokens[order[-1]])
        size = max(1, min(batch_size, limit // longest**2))
        yield order[-size:]
        del order[-size:]


def _padded(rows: list[IntArray], padding_id: int) -> tuple[IntArray, NDArray[np.bool_]]:
    """Ids (B, T), filled up at the end, and a mask (B, T) that is true for real tokens."""
    ids = np.full((len(rows), max(map(len, rows))), padding_id, np.int32)
    mask = np.zeros(ids.shape, np.bool_)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = True
    return ids, mask
