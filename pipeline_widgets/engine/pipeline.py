"""The six stages, chained: text, tokens, embedding, layers, pooled, prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, MissingWeights
from ..trace import (
    Embedding,
    FloatArray,
    Flow,
    Layers,
    Pooled,
    Prediction,
    QueryKeyValue,
    Tokens,
    Trace,
)
from .checkpoints.config import check_ids, check_layer
from .checkpoints.find import Checkpoint, runs
from .checkpoints.missing import without_classifier
from .dataset import Progress, run_dataset
from .filling import Fill, fill
from .interventions import Change, Intervention, prepare
from .model import Model
from .neighbours import neighbours
from .patching import Patching, patch
from .tokenizers import read_tokenizer
from .windows import Windows, read_windows

Result = TypeVar("Result")


class Pipeline:
    """A model that shows its work, stage by stage. ``load`` makes one."""

    def __init__(
        self, checkpoint: Checkpoint, model: Model, *, filler: Callable[[], Pipeline] | None = None
    ) -> None:
        self.checkpoint = checkpoint
        self.name = checkpoint.name
        self.architecture = checkpoint.config.architecture
        self.config = checkpoint.config
        self.labels = checkpoint.config.labels if model.classifies else ()
        self.limit = checkpoint.config.max_length  # tokens a text may have, specials included
        self.card = checkpoint.card
        self.tokenizer = read_tokenizer(checkpoint.tokenizer_folder)
        self._offered = runs(checkpoint.folder.parent)
        self.model = model
        self.backend = model.backend
        self.parameters = model.parameters
        self._filler = filler  # loads the model that fills in blanks where this one can't

    def __repr__(self) -> str:
        config = self.config
        return (
            f"Pipeline({self.name!r}, layers={config.layers}, heads={config.heads}, "
            f"width={config.width}, labels={self.labels!r})"
        )

    @property
    def checkpoints(self) -> tuple[Path, ...]:
        """The checkpoints of the same run, the newest first, if this is one of a Trainer's."""
        return tuple(self._offered)

    def tokenize(self, text: str, pair: str | None = None) -> Tokens:
        """Cut a text, or two, into sub-words, special tokens around; at most ``limit`` are kept."""
        for one in (text,) if pair is None else (text, pair):
            if not isinstance(one, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise BadInput(f"A text is a str, not {type(one).__name__}: {one!r}.")
        return self.tokenizer.encode(text, pair, max_length=self.limit)

    def embed(self, tokens: Tokens) -> Embedding:
        """Look up each token's and each position's vector, add and normalise: (T, D)."""
        check_ids(self.config, tokens, name=self.name)
        return self.model.embed(tokens.ids, tokens.types if self.config.reads_pairs else None)

    def attend(self, embedding: Embedding, *, keep: NDArray[np.bool_] | None = None) -> Layers:
        """Run the layers: hidden states (L + 1, T, D) and attention weights (L, H, T, T).

        ``keep`` (L, H) is false for heads that are switched off.
        """
        return self.model.attend(embedding, keep=keep)

    def pool(self, layers: Layers) -> Pooled:
        """Take the last hidden state at position 0 through the head's dense layer: (D,)."""
        self._check_classifies()
        return self.model.pool(layers.hidden[-1, 0])

    def classify(self, pooled: Pooled) -> Prediction:
        """Logits, and what the head makes of them, for each label: (C,)."""
        self._check_classifies()
        return self.config.head.predict(self.model.classify(pooled))

    def trace(
        self, text: str, pair: str | None = None, *, without: Sequence[Intervention] = ()
    ) -> Trace:
        """Take a text through all six stages and keep what each one made.

        ``pair`` is a second sentence, for a model that was trained on two: ``tokens.text`` is then
        both, a line end between them. ``without`` lists what to leave out (see ``interventions``):
        words, tokens, heads.
        """
        self._check_classifies()
        times: dict[str, float] = {"text": 0.0}
        change = _timed(times, "tokens", lambda: self._changed(self.tokenize(text, pair), without))
        return self._through(change, times)

    def trace_tokens(self, tokens: Tokens) -> Trace:
        """The same from tokens that are there already, ``limit`` of them at most."""
        self._check_classifies()
        return self._through(Change(tokens, None, ()), {"text": 0.0, "tokens": 0.0})

    def windows(
        self, text: str, *, overlap: int = 64, combine: Literal["mean", "surest"] = "mean"
    ) -> Windows:
        """Read a text beyond ``limit`` in windows that share ``overlap`` tokens, and combine them.

        ``trace`` leaves out what is beyond the limit; here all of it is read. ``combine`` is
        ``"mean"``, of the windows' scores, or ``"surest"``, the window with the highest score.
        A window begins and ends where the limit falls, perhaps inside a sentence.
        """
        self._check_classifies()
        whole, limit = self.tokenizer.encode(text), self.limit
        return read_windows(whole, self.trace_tokens, limit=limit, overlap=overlap, combine=combine)

    def _through(self, change: Change, times: dict[str, float]) -> Trace:
        tokens = change.tokens
        embedding = _timed(times, "embedding", lambda: self.embed(tokens))
        layers = _timed(times, "layers", lambda: self.attend(embedding, keep=change.keep))
        pooled = _timed(times, "pooled", lambda: self.pool(layers))
        prediction = _timed(times, "prediction", lambda: self.classify(pooled))
        return Trace(
            model=self.name,
            architecture=self.architecture,
            text=tokens.text,
            tokens=tokens,
            embedding=embedding,
            layers=layers,
            pooled=pooled,
            prediction=prediction,
            milliseconds=times,
            interventions=change.said,
        )

    def fill(self, text: str, k: int = 10) -> Fill:
        """Name the ``k`` likeliest pieces for each blank in ``text``, written <mask> or [MASK].

        One piece for a blank: a word that the vocabulary cuts can't come back whole. ``"roberta"``
        and ``"distilbert"`` have forgotten this in their sentiment training; for them the encoder
        that they started from answers, with a masked-LM head of its own, if it is at hand.

        Raises:
            MissingWeights: the checkpoint has no masked-LM head.
            BadInput: there is no blank in the text, or ``k`` can't be used.
        """
        return fill(self if self.model.fills or self._filler is None else self._filler(), text, k)

    def query_key_value(self, trace: Trace, layer: int, head: int) -> QueryKeyValue:
        """The vectors (T, D / H) from which one head's attention in ``trace`` was made.

        ``softmax(query @ key.T / sqrt(D / H))`` is ``trace.layers.attention[layer, head]``.
        """
        self.check_layer(layer, head)
        return self.model.query_key_value(trace.layers.hidden[layer], layer=layer, head=head)

    def neighbours(self, word: str, *, count: int = 5) -> list[tuple[str, float]]:
        """The pieces of the vocabulary whose vectors point most nearly the same way as ``word``'s.

        Each with its cosine, from -1 to 1: of the rows of the token table, before any position is
        added. Other spellings of the same word are left out. Raises BadInput if the word is cut.
        """
        return neighbours(self, word, count)

    def check_layer(self, layer: int, head: int = 0) -> None:
        """Raise BadInput if there is no such layer or head."""
        check_layer(self.config, layer, head, name=self.name)

    def _check_classifies(self) -> None:
        if not self.model.classifies:
            raise MissingWeights(without_classifier(self.name))

    def _changed(self, tokens: Tokens, without: Sequence[Intervention]) -> Change:
        return prepare(tokens, without, self.tokenizer, self.config, name=self.name)

    def predict_after_layers(self, trace: Trace) -> FloatArray:
        """What the head would answer after the embedding and after each layer: (L + 1, C).

        Each row is the head applied to ``hidden[i][0]``. The head was trained on the last one only.
        """
        self._check_classifies()
        return self.config.head.scores(
            self.model.classify(self.model.pool(trace.layers.hidden[:, 0]))
        )

    def patch(self, pinned: Trace, trace: Trace) -> Patching:
        """Put each hidden state of ``pinned`` into the run of ``trace``, and read the answer.

        See ``Patching`` for what comes back and ``patching`` for how far it may be read.
        """
        return patch(self, pinned, trace)

    def flow(
        self,
        sentences: Iterable[str | tuple[str, str]],
        *,
        max_length: int = 50,
        batch_size: int = 32,
        progress: Progress | None = None,
    ) -> Flow:
        """Take a data set through the six stages; two sentences together are a tuple.

        ``max_length`` cuts each sentence to that many tokens, specials included. ``progress`` is
        called as ``progress(stage_name, done, total)`` while it runs.
        """
        self._check_classifies()
        return run_dataset(
            self.model,
            self.tokenizer,
            self.config,
            sentences,
            name=self.name,
            max_length=max_length,
            batch_size=batch_size,
            progress=progress,
        )


def _timed(times: dict[str, float], stage: str, work: Callable[[], Result]) -> Result:
    start = perf_counter()
    result = work()
    times[stage] = (perf_counter() - start) * 1000
    return result
