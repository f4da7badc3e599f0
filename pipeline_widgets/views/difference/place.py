"""What a difference view may show: which two runs, and which cell of their square."""

from __future__ import annotations

import numpy as np

from ...errors import BadInput
from ...trace import Trace
from .comparison import Comparison


def check_pair(pinned: Trace, trace: Trace) -> None:
    """Raise `BadInput` unless these are two whole runs of one model."""
    for one in (pinned, trace):
        if not isinstance(one, Trace):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadInput(
                "DifferenceView takes two traces of one model: "
                "DifferenceView(pipeline.trace(text), pipeline.trace(other))"
            )
        if one.interventions:
            raise BadInput("DifferenceView needs traces on which nothing was left out")
    if pinned.model != trace.model:
        raise BadInput(
            f"DifferenceView compares two runs of one model, not of {pinned.model} and "
            f"{trace.model}; CompareView puts two models side by side."
        )


def checked_place(found: Comparison, layer: int | None, token: int | None) -> tuple[int, int]:
    """The layer and token given, or what is chosen at first where none is."""
    count = len(found.trace.tokens)
    if layer is not None and not -1 <= layer < found.layers:
        raise BadInput(
            f"{found.trace.model} has layers 0 to {found.layers - 1}, and -1 is before them; "
            f"got layer={layer}."
        )
    if token is not None and not 0 <= token < count:
        raise BadInput(f"the text has tokens 0 to {count - 1}; got token={token}.")
    row, first = place(found)
    return row - 1 if layer is None else layer, first if token is None else token


def place(found: Comparison) -> tuple[int, int]:
    """The cell (row, token) chosen at first: half-way up, where early layers differ most."""
    early = np.nan_to_num(found.spread[min(2, found.layers)], nan=-1.0)
    return found.layers // 2 + 1, int(np.argmax(early))
