"""Which pieces of the vocabulary stand near a word: cosines between rows of the token table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadInput
from ..trace import FloatArray

if TYPE_CHECKING:
    from .pipeline import Pipeline


def neighbours(pipeline: Pipeline, word: str, count: int) -> list[tuple[str, float]]:
    """See ``Pipeline.neighbours``."""
    ids = [int(id) for id in pipeline.tokenize(f" {word.strip()}").ids]
    own = [id for id in ids if id not in pipeline.tokenizer.specials.values()]
    if len(own) != 1:
        pieces = ", ".join(pipeline.tokenize(f" {word.strip()}").shown[1:-1])
        raise BadInput(
            f"{word!r} is {len(own)} pieces for {pipeline.name} ({pieces}); neighbours are of one. "
            "Give a word that stays whole."
        )
    table = _table(pipeline)
    lengths = np.linalg.norm(table, axis=1)
    cosines = table @ table[own[0]] / np.maximum(lengths * lengths[own[0]], 1e-12)
    names = {id: piece for piece, id in pipeline.tokenizer.vocabulary.items()}
    found: dict[str, float] = {}
    for id in np.argsort(-cosines):
        shown = names.get(int(id), "").lstrip("Ġ")
        if shown and shown.lower() != word.strip().lower() and int(id) not in own:
            found.setdefault(shown, float(cosines[id]))
        if len(found) == count:
            break
    return list(found.items())


def _table(pipeline: Pipeline) -> FloatArray:
    """The token table (V, D), looked up as many ids at a time as a text may have."""
    ids = np.arange(len(pipeline.tokenizer.vocabulary), dtype=np.int32)
    parts = np.array_split(ids, range(pipeline.limit, len(ids), pipeline.limit))
    return np.concatenate([pipeline.model.embed(part).token for part in parts])
