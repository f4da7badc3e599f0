"""Fill in the blank: what a masked-LM head makes of a hidden place, at the end and on the way.

It is the task that BERT, and after it RoBERTa and DistilBERT, learned language with: some pieces of
a text are hidden, and the model names them. Source: arXiv 1810.04805, section 3.1. Reading the
states between the layers through the last layer's head is the logit lens (nostalgebraist, 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadInput, MissingWeights
from ..rounding import fixed
from ..trace import FloatArray, Record, Tokens
from .arithmetic import softmax
from .checkpoints.missing import without_masked_head
from .tokenizers.base import Tokenizer
from .tokenizers.byte_level_bpe import BYTE_ALPHABET

if TYPE_CHECKING:
    from .pipeline import Pipeline

BLANKS = ("<mask>", "[MASK]")
"""How a blank is written, whichever of the two a model's own vocabulary has."""

_BYTES = {drawn: byte for byte, drawn in BYTE_ALPHABET.items()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One piece of the vocabulary in the place of a blank."""

    piece: str  # as the vocabulary spells it: "Ġgood", "##ing"
    text: str  # what it adds to the text: " good", "ing"; a space in front where a word begins
    id: int
    probability: float  # 0 to 1; of the whole vocabulary they sum to 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fill(Record):
    """What a model puts into the ``B`` blanks of a text, the ``k`` likeliest pieces first.

    The last of ``after_layers`` is ``candidates``. The head was trained on the last layer alone:
    what it says of earlier ones is a reading, not a prediction.
    """

    model: str  # the name of the model whose head was asked
    architecture: str
    text: str  # as it was read: every blank in the model's own spelling
    tokens: Tokens
    blanks: tuple[int, ...]  # (B,): the blanks' places among the tokens
    candidates: tuple[tuple[Candidate, ...], ...]  # (B, k)
    after_layers: tuple[tuple[tuple[Candidate, ...], ...], ...]  # (L + 1, B, k); 0: the embedding
    probabilities: FloatArray  # (B, V): of every entry of the vocabulary; each row sums to 1

    def rank(self, id: int, blank: int = 0) -> int:
        """The place of an entry of the vocabulary among all, 1 for the likeliest."""
        row = self.probabilities[blank]
        return 1 + int(np.count_nonzero(row > row[id]))


def fill(pipeline: Pipeline, text: str, k: int) -> Fill:
    """See ``Pipeline.fill``."""
    if not pipeline.model.fills:
        raise MissingWeights(without_masked_head(pipeline.name))
    size = pipeline.config.vocabulary_size
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= size:  # pyright: ignore
        raise BadInput(f"k is a whole number from 1 to {size}, the pieces to name; got {k!r}.")
    tokens = pipeline.tokenize(own_blanks(text, pipeline.tokenizer))
    places = _places(tokens, pipeline.tokenizer, pipeline.name)
    hidden = pipeline.attend(pipeline.embed(tokens)).hidden[:, list(places)]  # (L + 1, B, D)
    logits = pipeline.model.fill(hidden.reshape(-1, hidden.shape[-1]))
    rows = softmax(logits).reshape(*hidden.shape[:2], -1)
    names = _pieces(pipeline.tokenizer)
    read = tuple(
        tuple(_likeliest(row, k, names, pipeline.tokenizer.kind) for row in layer) for layer in rows
    )
    return Fill(
        model=pipeline.name,
        architecture=pipeline.architecture,
        text=tokens.text,
        tokens=tokens,
        blanks=places,
        candidates=read[-1],
        after_layers=read,
        probabilities=rows[-1].copy(),
    )


def own_blanks(text: str, tokenizer: Tokenizer) -> str:
    """The text with every blank in the spelling that the tokenizer knows, if it knows one."""
    own = mask_piece(tokenizer)
    if own is None or not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        return text
    for other in BLANKS:
        text = text.replace(other, own)
    return text


def mask_piece(tokenizer: Tokenizer) -> str | None:
    """How the vocabulary spells a blank, if it has one."""
    mask = tokenizer.specials.get("mask")
    return next((one for one, id in tokenizer.vocabulary.items() if id == mask), None)


def _places(tokens: Tokens, tokenizer: Tokenizer, name: str) -> tuple[int, ...]:
    mask = tokenizer.specials.get("mask")
    if mask is None:
        raise BadInput(
            f"The tokenizer of {name} has no mask token, so no blank can be written for it. Save "
            "the checkpoint with the tokenizer that it was trained with."
        )
    found = tuple(int(place) for place in np.flatnonzero(tokens.ids == mask))
    if not found and any(one in tokens.text for one in (*BLANKS, mask_piece(tokenizer) or "")):
        raise BadInput(
            f"The blank stands beyond the {len(tokens)} tokens that {name} reads. Shorten the text "
            "before it."
        )
    if not found:
        raise BadInput("There is no blank in the text: write <mask> in the place of a word.")
    return found


@lru_cache(maxsize=4)
def _pieces(tokenizer: Tokenizer) -> dict[int, str]:
    """Every piece by its id, kept for the next keystroke."""
    return {id: piece for piece, id in tokenizer.vocabulary.items()}


def _likeliest(row: FloatArray, k: int, names: dict[int, str], kind: str) -> tuple[Candidate, ...]:
    best = np.argpartition(-row, k - 1)[:k]
    best = best[np.lexsort((best, -row[best]))]
    pieces = [names.get(id, "") for id in best.tolist()]
    return tuple(
        Candidate(piece, piece_text(piece, kind), id, float(row[id]))
        for id, piece in zip(best.tolist(), pieces, strict=True)
    )


def piece_text(piece: str, kind: str) -> str:
    """What a piece of the vocabulary adds to a text, a space in front where it begins a word."""
    if kind == "WordPiece":
        return piece[2:] if piece.startswith("##") else f" {piece}"
    if kind == "byte-level BPE" and all(drawn in _BYTES for drawn in piece):
        return bytes(_BYTES[drawn] for drawn in piece).decode("utf-8", "replace")
    return piece.replace("▁", " ")


def said(candidates: Sequence[Candidate]) -> str:
    """Candidates in few words: ``"good 0.31, great 0.12"``."""
    return ", ".join(f"{one.text.strip()} {fixed(one.probability)}" for one in candidates)
