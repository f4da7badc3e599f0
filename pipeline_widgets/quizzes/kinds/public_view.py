"""A question as a browser may see it, dealt by a seed."""

from __future__ import annotations

import random
from itertools import count

from .base import KINDS, Question, Shown


def public_view(question: Question, *, seed: int = 0) -> Shown:
    """What may be shown, as plain JSON; options are dealt in an order that ``seed`` decides."""
    for turn in count():
        shown = {**question.as_shown(), "id": question.id}
        _deal(shown, random.Random(f"{seed}:{question.id}:{turn}"))
        if not question.given_away(shown):
            return shown
    raise AssertionError


def _deal(shown: Shown, chance: random.Random) -> None:
    if not shown.get("shuffle", True):
        return
    for name in KINDS[shown["kind"]].dealt:
        shuffled = sorted(shown[name], key=str)  # the author's order may begin with the right one
        chance.shuffle(shuffled)
        shown[name] = shuffled
