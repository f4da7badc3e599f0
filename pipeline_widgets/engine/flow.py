"""A data set's way through a model: the six stages, in batches of sentences of like length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..trace import STAGES, FloatArray, Flow, FlowStage, IntArray, Tokens
from .arithmetic import softmax

if TYPE_CHECKING:
    from .pipeline import Pipeline

Progress = Callable[[str, int, int], object]  # stage name, sentences done, sentences in all

_ATTENTION_LIMIT = 1 << 23  # attention weights of a layer held at a time: 32 MB


def run_flow(
    pipeline: Pipeline,
    sentences: Iterable[str],
    *,
    max_length: int,
    batch_size: int,
    progress: Progress | None,
) -> Flow:
    """Take all sentences through the six stages; see ``Pipeline.flow``."""
    run = _Run(pipeline, progress)
    with run.timed("text"):
        texts = _checked(sentences)
        limit = _checked_sizes(pipeline, max_length, batch_size)
    run.start(len(texts))
    run.report("text", len(texts))
    tokens = run.tokenize(texts, limit, batch_size)
    logits = np.empty((len(texts), len(pipeline.labels)), np.float32)
    for batch in _batches(tokens, pipeline.config.heads, batch_size):
        logits[batch] = run.batch(tokens, batch)
    with run.timed("prediction"):
        probabilities = softmax(logits)
    run.samples["prediction"] = probabilities[0]
    return Flow(
        model=pipeline.name,
        architecture=pipeline.architecture,
        stages=run.stages(tokens),
        labels=pipeline.labels,
        probabilities=probabilities,
        token_counts=np.array([len(one) for one in tokens], np.int32),
        cut=sum(one.left_out > 0 for one in tokens),
        max_length=limit,
    )


class _Run:
    """One flow while it runs: its times, the first sentence's values, how far each stage is."""

    def __init__(self, pipeline: Pipeline, progress: Progress | None) -> None:
        self.pipeline = pipeline
        self.progress = progress
        self.total = 0
        self.done: dict[str, int] = defaultdict(int)
        self.seconds: dict[str, float] = defaultdict(float)
        self.samples: dict[str, Any] = {}

    def start(self, total: int) -> None:
        self.total = total

    @contextmanager
    def timed(self, stage: str) -> Generator[None]:
        start = perf_counter()
        yield
        self.seconds[stage] += perf_counter() - start

    def report(self, stage: str, count: int) -> None:
        self.done[stage] += count
        if self.progress is not None:
            self.progress(stage, self.done[stage], self.total)

    def tokenize(self, texts: list[str], limit: int, batch_size: int) -> list[Tokens]:
        tokens: list[Tokens] = []
        for start in range(0, len(texts), batch_size):
            part = texts[start : start + batch_size]
            with self.timed("tokens"):
                tokens += [self.pipeline.tokenizer.encode(text, max_length=limit) for text in part]
            self.report("tokens", len(part))
        self.samples["text"], self.samples["tokens"] = texts[0], tokens[0].shown
        return tokens

    def batch(self, tokens: list[Tokens], batch: list[int]) -> FloatArray:
        """The logits (B, C) of some sentences."""
        model, config = self.pipeline.model, self.pipeline.config
        with self.timed("embedding"):
            ids, mask = _padded([tokens[index].ids for index in batch], config.padding_id)
            embedding = model.embed(ids)
        self.report("embedding", len(batch))
        with self.timed("layers"):
            hidden = model.encode(embedding, None if mask.all() else mask)
        self.report("layers", len(batch))
        with self.timed("pooled"):
            pooled = model.pool(hidden[:, 0])
        self.report("pooled", len(batch))
        with self.timed("prediction"):
            logits = model.classify(pooled)
        self.report("prediction", len(batch))
        if 0 in batch:
            row, count = batch.index(0), len(tokens[0])
            self.samples["embedding"] = embedding.normalised[row, :count].copy()
            self.samples["layers"] = hidden[row, :count].copy()
            self.samples["pooled"] = pooled.activated[row].copy()
        return logits

    def stages(self, tokens: list[Tokens]) -> tuple[FlowStage, ...]:
        config, total = self.pipeline.config, self.total
        count = max(len(one) for one in tokens)
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
            )
            for name in STAGES
        )


def _checked(sentences: Iterable[str]) -> list[str]:
    if isinstance(sentences, str) or not hasattr(sentences, "__iter__"):
        raise BadInput("flow() takes a list of sentences; for a single text, use trace().")
    texts = list(sentences)
    if not texts:
        raise BadInput("flow() needs at least one sentence; the list is empty.")
    for index, text in enumerate(texts):
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(
                f"Sentence {index} is a {type(text).__name__}, not a str: {text!r}. Give a list of "
                "texts, such as frame['text'].tolist()."
            )
    return texts


def _checked_sizes(pipeline: Pipeline, max_length: int, batch_size: int) -> int:
    if max_length < 3:
        raise BadInput(
            f"max_length is {max_length}; two tokens are special, so 3 is the least that leaves "
            "one for the sentence."
        )
    if batch_size < 1:
        raise BadInput(f"batch_size is {batch_size}; at least 1 sentence goes through at a time.")
    return min(max_length, pipeline.limit)


def _batches(tokens: list[Tokens], heads: int, batch_size: int) -> Iterator[list[int]]:
    """Sentence numbers, those of like length together, so that little padding is needed."""
    order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
    while order:  # from the longest: it alone decides how many fit
        longest = len(tokens[order[-1]])
        size = max(1, min(batch_size, _ATTENTION_LIMIT // (heads * longest**2)))
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
