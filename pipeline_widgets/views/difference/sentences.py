"""What is said of a comparison in words: one cell, where the change sits, the whole of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...rounding import fixed
from ..attention.data import labels
from ..shared.answer import answered
from .comparison import Comparison


def where(row: int, strings: Mapping[str, str]) -> str:
    """What row ``row`` of a square is called: 0 is before the layers, l after layer l - 1."""
    return strings["after_layer"].format(layer=row - 1) if row else strings["before"]


def cell(one: Comparison, row: int, token: int, strings: Mapping[str, str]) -> str:
    """What putting one state back brings back."""
    found, name = one.patching, labels(one.trace.tokens)[token]
    partner = int(one.partners[token])
    if partner < 0:
        return strings["cell_no_partner"].format(token=name)
    value = float(one.probabilities[row, token, found.label])
    back = f"“{labels(one.pinned.tokens)[partner]}”"
    if np.isnan(value):
        return strings["cell_waiting"].format(partner=back, where=where(row, strings))
    share = float(found.share[row, token])
    if np.isnan(share):
        return strings["acts_none"]
    returned = strings["cell_put_back"].format(
        partner=back, where=where(row, strings), share=fixed(share)
    )
    answers = strings["cell_answers"].format(
        label=one.trace.prediction.labels[found.label],
        before=one.said["answer"],
        after=fixed(value),
        goal=one.said["goal"],
    )
    return f"{returned} ({answers})."


def course(one: Comparison, strings: Mapping[str, str]) -> str:
    """Which token carries the change, from layer to layer."""
    found, names = one.carriers(), labels(one.trace.tokens)
    if not found:
        return ""
    said = [_run(one, names[token], (first, last), strings) for token, first, last in found]
    return strings["course"].format(runs=", ".join(said))


def _run(one: Comparison, name: str, rows: tuple[int, int], strings: Mapping[str, str]) -> str:
    first, last = rows
    names = {"token": f"“{name}”", "first": first - 1, "last": last - 1}
    if first == 0:
        return strings["run_before" if last == 0 else "run_until"].format(**names)
    kind = "run_from" if last == one.layers else "run_at" if first == last else "run_between"
    return strings[kind].format(**names)


def reached(one: Comparison, strings: Mapping[str, str]) -> str:
    """Where the difference of the states reaches the first token."""
    row, first = one.reached(), labels(one.trace.tokens)[0]
    if row is None:
        return strings["reaches_not"].format(token=first)
    return strings["reaches"].format(token=first, where=where(row, strings))


def summary(one: Comparison, strings: Mapping[str, str]) -> str:
    """The two answers, how many ids differ and where the difference reaches the first token."""
    pinned, new = one.pinned.prediction, one.trace.prediction
    said = strings["summary"].format(
        model=one.title,
        pinned=one.pinned.tokens.text,
        pinned_label=pinned.label,
        pinned_confidence=answered(pinned),
        text=one.trace.tokens.text,
        label=new.label,
        confidence=answered(new),
        ids=one.changed_ids,
        count=max(len(one.trace.tokens), len(one.pinned.tokens)),
    )
    return f"{said} {reached(one, strings)}"
