"""What a sentence turns into: six stages, each a frozen record of numpy arrays.

Shapes use ``T`` tokens, ``D`` width, ``L`` layers, ``H`` heads, ``C`` classes, ``N`` sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from . import rounding

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]
Function = Literal["softmax", "sigmoid", "none"]  # what makes scores of logits

STAGES = ("text", "tokens", "embedding", "layers", "pooled", "prediction")


class Record:
    """A frozen record whose repr is one line: shapes instead of numbers, counts instead of lists.

    A dataclass with ``repr=False`` that has this as its base.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        values = [(one.name, getattr(self, one.name)) for one in fields(cast("Any", self))]
        return f"{type(self).__name__}({', '.join(f'{name}={brief(v)}' for name, v in values)})"


def brief(value: object, *, inside: bool = False) -> str:
    """A value in a few characters: an array by its shape, a long text or list by its beginning."""
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        return f"{array.dtype}{array.shape}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:59]}…")
    if isinstance(value, (tuple, list)):
        items = cast("Sequence[object]", value)
        if inside and not all(isinstance(item, int) for item in items[:3]):
            return f"({len(items)} items)"
        shown = [brief(item, inside=True) for item in items[:3]]
        more = f", … {len(items)} in all" if len(items) > 3 else ""
        return f"({', '.join(shown)}{more})"
    if isinstance(value, Mapping):
        return f"{{{len(cast('Mapping[object, object]', value))} entries}}"
    return repr(value)


@dataclass(frozen=True, slots=True)
class Step:
    """One decision of a tokenizer inside one word.

    Byte-level BPE: ``left + right`` were merged (``rank`` is the line of the merge table) and
    ``pieces`` is the word afterwards. WordPiece: ``left`` was looked up in the vocabulary,
    ``found`` says whether it was there, and ``pieces`` are the pieces settled so far.
    """

    left: str
    right: str
    rank: int  # BPE: the merge's rank; WordPiece: -1
    found: bool  # BPE: always true
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tokens(Record):
    """Stage 2: the sub-words of a text, special tokens included.

    ``spans`` count Python characters (code points) of ``text``; special tokens that were put
    around have ``(0, 0)``. Of two sentences ``text`` is both, a line end between them.
    """

    text: str
    pieces: tuple[str, ...]  # as the vocabulary spells them: "Ġcat", "##ing", "<s>"
    ids: IntArray  # (T,)
    spans: tuple[tuple[int, int], ...]  # (start, end) in text
    special: tuple[bool, ...]
    words: tuple[int | None, ...]  # index of the word the piece belongs to; None for specials
    steps: tuple[tuple[Step, ...], ...] = ()  # one tuple of steps for each word
    left_out: int = 0  # tokens beyond the model's limit
    pair_start: int | None = None  # where the second sentence begins in text, if there is one
    sentences: tuple[int | None, ...] = ()  # 0 or 1, the sentence a token is of; None: around
    types: IntArray | None = None  # (T,), the token type ids: in BERT, 1 in the second sentence
    explained: bool = True  # whether steps says how each word was cut
    tokenizer: str = ""  # its kind: "byte-level BPE", "WordPiece", "SentencePiece", …
    lowered: bool | None = None  # whether capitals are lost; None: not known

    def __len__(self) -> int:
        return len(self.pieces)

    @property
    def shown(self) -> tuple[str, ...]:
        """Each piece as the text it covers, so that é, 😀 and 中 stay readable."""
        pairs = zip(self.pieces, self.spans, self.special, strict=True)
        return tuple(
            piece if special or start == end else self.text[start:end]
            for piece, (start, end), special in pairs
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Embedding(Record):
    """Stage 3: what each token and each position adds, and the LayerNorm of the sum."""

    token: FloatArray  # (T, D)
    position: FloatArray  # (T, D); RoBERTa's single token-type row is folded in
    position_ids: IntArray  # (T,); RoBERTa counts from 2, DistilBERT from 0
    normalised: FloatArray  # (T, D), the LayerNorm of the sum
    token_type: FloatArray | None = None  # (T, D): BERT adds which sentence a token is of
    token_type_ids: IntArray | None = None  # (T,): 0 in the first sentence, 1 in the second


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layers(Record):
    """Stage 4: the hidden states between the layers and every head's attention."""

    hidden: FloatArray  # (L + 1, T, D); hidden[0] is the normalised embedding
    attention: FloatArray  # (L, H, T, T); each row (query) sums to 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class QueryKeyValue(Record):
    """The vectors from which one head's attention is made."""

    query: FloatArray  # (T, D / H)
    key: FloatArray  # (T, D / H)
    value: FloatArray  # (T, D / H)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pooled(Record):
    """Stage 5: the vector at position 0, through the head's dense layer and its activation."""

    first: FloatArray  # (D,)
    dense: FloatArray  # (D,)
    activated: FloatArray  # (D,)
    activation: str  # "tanh" (RoBERTa) or "relu" (DistilBERT)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Prediction(Record):
    """Stage 6: logits, what the head makes of them, and the label that wins.

    ``function`` says what: ``"softmax"``, scores that sum to 1, of which one label wins;
    ``"sigmoid"``, each label's own probability, and those from ``threshold`` on hold;
    ``"none"``, the logits themselves, as a model gives that was trained to give a number.
    """

    logits: FloatArray  # (C,)
    scores: FloatArray  # (C,), as transformers' text-classification pipeline gives them
    labels: tuple[str, ...]
    function: Function = "softmax"
    threshold: float = 0.5  # of use where several labels may hold at once

    @property
    def probabilities(self) -> FloatArray:
        """``scores``, which are probabilities unless ``function`` is ``"none"``."""
        return self.scores

    @property
    def label(self) -> str:
        """The label with the highest score."""
        return self.labels[int(np.argmax(self.scores))]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The labels that hold: the winner, or of several those from the threshold on."""
        return tuple(self.labels[index] for index in chosen(self.scores, self))

    @property
    def confidence(self) -> float:
        """The score of ``label``."""
        return float(np.max(self.scores))

    @property
    def one_score(self) -> bool:
        """Whether the answer is a number, not a choice among labels."""
        return len(self.labels) == 1

    @property
    def said(self) -> str:
        """The answer in few words: ``"POSITIVE 0.98"``, ``"joy 0.91, love 0.62"``, ``"3.71"``."""
        shown = rounding.scores(self.scores, self.function)
        held = [self.labels.index(label) for label in self.chosen]
        held.sort(key=lambda index: -self.scores[index])
        return ", ".join(f"{self.labels[i]} {shown[i]}" for i in held) or "no label"


def chosen(scores: FloatArray, head: Prediction | Flow) -> list[int]:
    """Which labels hold, given one text's scores (C,)."""
    if head.function == "sigmoid" and len(head.labels) > 1:
        return [int(index) for index in np.flatnonzero(scores >= head.threshold)]
    return [int(np.argmax(scores))]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One text's way through a model, all six stages."""

    model: str  # the name it was loaded by: "roberta", "distilbert", a hub id, a folder
    architecture: str  # the family's "model_type": "roberta", "distilbert", "bert", …
    text: str
    tokens: Tokens
    embedding: Embedding
    layers: Layers
    pooled: Pooled
    prediction: Prediction
    milliseconds: Mapping[str, float] = field(default_factory=dict[str, float])  # by STAGES name
    interventions: tuple[str, ...] = ()  # what was changed on the way, in words

    def __repr__(self) -> str:
        answer = self.prediction
        said = f"label={answer.label!r}, confidence={answer.said.rpartition(' ')[2]}"
        if answer.function != "softmax":
            said = f"{answer.function}={answer.said!r}"
        text = f"text={brief(self.text)}, tokens={len(self.tokens)}"
        return f"Trace(model={self.model!r}, {text}, {said})"

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two sentences, if there are two."""
        start = self.tokens.pair_start
        return None if start is None else (self.text[: start - 1], self.text[start:])

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape that leaves each stage, by its name in ``STAGES``."""
        return {
            "text": (1,),
            "tokens": (len(self.tokens),),
            "embedding": self.embedding.normalised.shape,
            "layers": self.layers.hidden.shape,
            "pooled": self.pooled.activated.shape,
            "prediction": self.prediction.logits.shape,
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FlowStage(Record):
    """One stage of a data set's way through a model."""

    name: str  # one of STAGES
    shape: tuple[int, ...]  # for all N sentences, padded to the flow's T tokens
    sample: Any  # real values of the first sentence: a str, a tuple of str or ints, an array
    milliseconds: float  # for all N sentences
    detail: str = ""  # a second shape or remark, e.g. "1000 × 12 × 50 × 50 attention in each layer"
    ids: tuple[int, ...] = ()  # of the stage "tokens": the first sentence's ids


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A data set's way through a model, stage by stage."""

    model: str
    architecture: str
    stages: tuple[FlowStage, ...]
    labels: tuple[str, ...]
    scores: FloatArray  # (N, C), in the order the sentences were given; see ``Prediction``
    token_counts: IntArray  # (N,), special tokens included, after cutting
    cut: int  # sentences that were longer than max_length
    max_length: int
    function: Function = "softmax"
    threshold: float = 0.5

    @property
    def probabilities(self) -> FloatArray:
        """``scores``, which are probabilities unless ``function`` is ``"none"``."""
        return self.scores

    @property
    def predictions(self) -> tuple[str, ...]:
        """The label with the highest score of each sentence."""
        return tuple(self.labels[int(row.argmax())] for row in self.scores)

    @property
    def chosen(self) -> tuple[tuple[str, ...], ...]:
        """The labels that hold for each sentence; see ``Prediction.chosen``."""
        return tuple(tuple(self.labels[i] for i in chosen(row, self)) for row in self.scores)

    @property
    def milliseconds(self) -> float:
        """The time of all stages together."""
        return sum(stage.milliseconds for stage in self.stages)

    def __repr__(self) -> str:
        shapes = " → ".join(" × ".join(map(str, stage.shape)) for stage in self.stages)
        return f"Flow(model={self.model!r}, {shapes})"
