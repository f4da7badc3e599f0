"""One model's answers as a browser draws them."""

from __future__ import annotations

from typing import Any

from ...engine.filling import BLANKS, Candidate, Fill
from ...engine.pipeline import Pipeline
from ...errors import BadInput, MissingWeights

AFTER = 3  # pieces that are shown after each layer


def count_blanks(text: str) -> int:
    """How many blanks a text has, in either spelling."""
    return sum(text.count(one) for one in BLANKS)


def read(pipeline: Pipeline, text: str, k: int) -> Fill | str:
    """What the model puts into the blanks, or a sentence that says why it can't."""
    try:
        return pipeline.fill(text, k)
    except (BadInput, MissingWeights) as error:
        return str(error)


def panel(name: str, pipeline: Pipeline, found: Fill | str, hidden: list[str]) -> dict[str, Any]:
    """``blanks`` has for each blank its candidates, those after each layer, and the hidden word."""
    panel: dict[str, Any] = {"title": name, "architecture": pipeline.architecture}
    if isinstance(found, str):
        return panel | {"trouble": found, "blanks": [], "earlier": False, "left_out": 0}
    blanks = [
        {
            "candidates": [_sent(one) for one in candidates],
            "after": [[_sent(one) for one in row[blank][:AFTER]] for row in found.after_layers],
            "first": found.tokens.spans[found.blanks[blank]][0] == 0,
            "hidden": hidden_word(pipeline, found, blank, hidden[blank]),
        }
        for blank, candidates in enumerate(found.candidates)
    ]
    earlier = found.model != pipeline.name
    left_out = {"left_out": found.tokens.left_out, "limit": pipeline.limit}
    return panel | {"trouble": "", "blanks": blanks, "earlier": earlier} | left_out


def hidden_word(pipeline: Pipeline, found: Fill, blank: int, word: str) -> dict[str, Any] | None:
    """Where the word that was hidden stands among all pieces, or into which pieces it is cut."""
    if not word:
        return None
    start = found.tokens.spans[found.blanks[blank]][0]
    spaced = found.text[:start].endswith((" ", "\n", "\t"))
    tokens = pipeline.tokenize(f" {word}" if spaced else word)
    own = [place for place, special in enumerate(tokens.special) if not special]
    if len(own) != 1:
        return {"word": word, "pieces": [tokens.shown[place] for place in own]}
    id, row = int(tokens.ids[own[0]]), found.probabilities[blank]
    return {
        "word": word,
        "rank": found.rank(id, blank),
        "count": len(row),
        "probability": float(row[id]),
    }


def _sent(one: Candidate) -> list[Any]:
    return [one.text, one.probability]


def shown(text: str, strings: dict[str, str], *, first: bool) -> str:
    """A piece as it is written: … in front of one that goes on a word."""
    if text[:1].isalnum() and not first:
        return strings["joined"].format(piece=text)
    return text.strip() or text
