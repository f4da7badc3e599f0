"""Two runs of one model, compared: what is known at once, and what patching finds bit by bit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...engine import patching
from ...engine.difference import attention_changes, paths, reaches_first, spread
from ...engine.pipeline import Pipeline
from ...engine.text_alignment import align
from ...rounding import scores
from ...trace import FloatArray, IntArray, Trace
from ..attention.data import labels
from ..shared.answer import answered
from ..shared.packing import pack_array
from ..shared.titles import TITLES

ROWS = 8  # attention rows that are told
CARRIES = 0.5  # share of the change from which on a token is said to carry it
QUICK = 1e10  # (L T D)² up to which a square is read in a second or so: a picture waits for it


class Comparison:
    """A pinned run and another of the same model; ``reader`` is what made both."""

    def __init__(
        self, reader: Any, pinned: Trace, trace: Trace, after: tuple[FloatArray, FloatArray]
    ) -> None:
        able = hasattr(reader, "query_key_value")  # a recording can't be run from the middle
        self.pipeline = cast("Pipeline", reader) if able else None
        self.pinned, self.trace, self.after = pinned, trace, after
        self.alignment = align(pinned.tokens, trace.tokens)
        self.spread: FloatArray = spread(pinned, trace, self.partners)
        self.probabilities: FloatArray = patching.empty(trace)
        self.parts: dict[int, patching.PartPatching] = {}

    @property
    def partners(self) -> IntArray:
        """(T,): the pinned token that stands for each token, -1 for none."""
        return self.alignment.partners

    @property
    def patching(self) -> patching.Patching:
        """What patching has found so far; NaN where it has not been yet."""
        return patching.patching(self.pinned, self.trace, self.partners, self.probabilities)

    @property
    def layers(self) -> int:
        """L."""
        return len(self.trace.layers.attention)

    @property
    def title(self) -> str:
        """What the model is called."""
        return TITLES.get(self.trace.architecture, self.trace.model.rsplit("/", 1)[-1])

    @property
    def change(self) -> float:
        """How far the probability of the class that changes most moves, 0 … 1."""
        found = self.patching
        return abs(float(found.pinned[found.label]) - float(found.answer[found.label]))

    @property
    def changed_ids(self) -> int:
        """How many tokens have no partner with the same id, in the longer of the two texts."""
        ids, theirs = self.trace.tokens.ids, self.pinned.tokens.ids
        own = np.flatnonzero(self.partners >= 0)
        same = int((ids[own] == theirs[self.partners[own]]).sum())
        return max(len(ids), len(theirs)) - same

    @property
    def quick(self) -> bool:
        """Whether the whole square is soon read: a fraction of a second for a small model."""
        count, width = len(self.trace.tokens), self.trace.layers.hidden.shape[2]
        return self.pipeline is not None and self.layers**2 * count**2 * width**2 < QUICK

    def rows(self) -> Iterator[int]:
        """Fill the square, the most telling rows first; stop when you have enough."""
        if self.pipeline is None:
            return
        own = np.flatnonzero(self.partners >= 0)
        for row in patching.row_order(self.layers):
            if np.isfinite(self.probabilities[row, own, 0]).all():
                continue
            runs = (self.pipeline, self.pinned, self.trace, self.partners, row)
            for tokens, answers in patching.patch_row(*runs):
                self.probabilities[row, tokens] = answers
                yield row

    def read_parts(self, layer: int) -> Iterator[int]:
        """Fill in what the heads and halves of ``layer`` carry; kept when all of it is known."""
        if self.pipeline is None or layer in self.parts:
            return
        shape = (self.trace.layers.attention.shape[1] + 2, *self.probabilities.shape[1:])
        found, everywhere = np.full(shape, np.nan, np.float32), np.empty(shape[::2], np.float32)
        runs = (self.pipeline, self.pinned, self.trace, self.partners, layer)
        for part, tokens, answers in patching.part_rows(*runs):
            if tokens is None:
                everywhere[part] = answers[0]
            else:
                found[part, tokens] = answers
            yield part
        self.parts[layer] = patching.parts(self.pinned, self.trace, layer, found, everywhere)

    @property
    def missing(self) -> bool:
        """Whether something of the square is not read yet."""
        own = np.flatnonzero(self.partners >= 0)
        return bool(np.isnan(self.probabilities[:, own, 0]).any())

    def finish(self) -> None:
        """Read whatever is missing of the square."""
        for _ in self.rows() if self.missing else ():
            pass

    def carriers(self) -> list[tuple[int, int, int]]:
        """The tokens that carry at least half of the change alone: (token, first row, last row).

        In each row the one that carries most; rows not read yet are passed over.
        """
        share = self.patching.share
        runs: list[tuple[int, int, int]] = []
        ended = True
        for row in np.flatnonzero(np.isfinite(share).any(axis=1)).tolist():
            token = int(np.nanargmax(share[row]))
            carries = bool(share[row, token] >= CARRIES)
            if carries and not ended and runs[-1][0] == token:
                runs[-1] = token, runs[-1][1], row
            elif carries:
                runs.append((token, row, row))
            ended = not carries
        return runs

    def reached(self) -> int | None:
        """The row at which the difference has reached the first token."""
        return reaches_first(self.spread)

    def message(self) -> dict[str, Any]:
        """What the browser draws at once."""
        pinned, trace, found = self.pinned, self.trace, self.patching
        return {
            "model": trace.model,
            "title": self.title,
            "architecture": trace.architecture,
            "pinned": _described(pinned),
            "new": _described(trace),
            "words": [_word(self, index) for index in range(len(self.alignment.stretches))],
            "partners": self.partners.tolist(),
            "changed_ids": self.changed_ids,
            "spread": pack_array(self.spread),
            "labels": list(trace.prediction.labels),
            "label": found.label,
            "said": self.said,
            "function": trace.prediction.function,
            "threshold": trace.prediction.threshold,
            "goal": float(found.pinned[found.label]),
            "answer": float(found.answer[found.label]),
            "after": [_numbers(one[:, found.label]) for one in self.after],
            "attention": self.attention_rows(),
            "paths": self._paths(),
            "heads": trace.layers.attention.shape[1],
            "layers": self.layers,
            "reached": self.reached(),
            "patched": self.pipeline is not None,
        }

    @property
    def said(self) -> dict[str, Any]:
        """The label's scores as they are written.

        ``answer`` in the new text, ``goal`` in the pinned one, ``after`` each layer in both.
        """
        label, function = self.patching.label, self.trace.prediction.function
        return {
            "goal": scores(self.patching.pinned, function)[label],
            "answer": scores(self.patching.answer, function)[label],
            "after": [[scores(row, function)[label] for row in one] for one in self.after],
        }

    def acts(self) -> dict[str, Any]:
        """How far patching has come."""
        found, read = self.patching, np.isfinite(self.probabilities[..., 0])
        return {
            "share": pack_array(found.share),
            "value": pack_array(np.ascontiguousarray(self.probabilities[..., found.label])),
            "done": int(read.sum()),
            "total": int(np.count_nonzero(self.partners >= 0)) * len(read),
        }

    def parts_message(self, layer: int) -> dict[str, Any] | None:
        """What the halves, then the heads, of ``layer`` carry: (2 + H, T + 1), everywhere last."""
        found = self.parts.get(layer)
        if found is None:
            return None
        share = np.concatenate([found.share, found.everywhere_share[:, None]], axis=1)
        halves_first = np.roll(share, len(patching.PARTS), axis=0)
        return {"layer": layer, "share": pack_array(halves_first)}

    def attention_rows(self) -> list[dict[str, Any]]:
        """Of the heads that changed most the row that did, and between which tokens."""
        changes = attention_changes(self.pinned, self.trace, self.partners)
        known = np.where(np.isfinite(changes), changes, -1)
        rows, most = known.argmax(axis=2), known.max(axis=2)
        places = np.argsort(-most, axis=None, kind="stable")[:ROWS].tolist()
        found = (divmod(place, most.shape[1]) for place in places)
        return [
            self._attention_row(layer, head, int(rows[layer, head]), float(most[layer, head]))
            for layer, head in found
            if most[layer, head] >= 0.01
        ]

    def _attention_row(self, layer: int, head: int, token: int, moved: float) -> dict[str, Any]:
        partner = int(self.partners[token])
        before = self.pinned.layers.attention[layer, head, partner]
        after = self.trace.layers.attention[layer, head, token]
        own = np.flatnonzero(self.partners >= 0)
        lost, gained = before.copy(), after.copy()
        lost[self.partners[own]] -= after[own]
        gained[own] -= before[self.partners[own]]
        less, more = int(np.argmax(lost)), int(np.argmax(gained))
        back = np.flatnonzero(self.partners == less)
        fore = int(self.partners[more])
        return {
            "layer": layer,
            "head": head,
            "token": token,
            "moved": moved,
            "lost": [less, float(before[less]), float(after[back[0]]) if len(back) else 0.0],
            "gained": [more, float(before[fore]) if fore >= 0 else 0.0, float(after[more])],
        }

    def _paths(self) -> dict[str, Any] | None:
        if self.pipeline is None:
            return None
        found = paths(self.pipeline, self.pinned, self.trace)
        return {
            "pinned": [_numbers(point) for point in found.pinned],
            "new": [_numbers(point) for point in found.trace],
            "labels": list(found.labels),
            "share": found.share,
        }


def _described(trace: Trace) -> dict[str, Any]:
    return {
        "text": trace.tokens.text,
        "shown": list(labels(trace.tokens)),
        "ids": trace.tokens.ids.tolist(),
        "special": [int(special) for special in trace.tokens.special],
        "probabilities": _numbers(trace.prediction.probabilities),
        "said": answered(trace.prediction),
        "left_out": trace.tokens.left_out,
    }


def _word(comparison: Comparison, index: int) -> dict[str, Any]:
    stretch = comparison.alignment.stretches[index]
    sides = ((stretch.pinned, comparison.pinned), (stretch.text, comparison.trace))
    texts = [run.tokens.text[slice(*span)] if span else "" for span, run in sides]
    return {
        "kind": stretch.kind.replace(" ", "_"),
        "texts": texts,
        "tokens": [list(stretch.pinned_tokens), list(stretch.tokens)],
    }


def _numbers(numbers: NDArray[np.floating[Any]]) -> list[float]:
    return cast("list[float]", numbers.astype(float).tolist())
