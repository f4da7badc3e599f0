"""Questions whose right answer is computed from the trace on the screen, right for any sentence.

Each kind is a function of a trace and a seeded generator; it returns None where the sentence can't
carry such a question (an attention row without a clear winner, a text without words).
"""

from __future__ import annotations

import random
from collections.abc import Callable

from pipeline_widgets.errors import BadInput
from pipeline_widgets.trace import Trace

from ..kinds import Question
from . import numbers as live_numbers
from . import tokens as live_tokens

Maker = Callable[[Trace, random.Random], Question | None]
KINDS: dict[str, Maker] = {
    maker.__name__.replace("_", " "): maker
    for maker in (
        live_tokens.token_count, live_tokens.most_attended, live_tokens.strongest_cell,
        live_tokens.position_id, live_tokens.pieces_of_word, live_tokens.tokens_of_word,
        live_tokens.token_with_id, live_tokens.special_tokens, live_numbers.tokenizer_shape,
        live_numbers.hidden_shape, live_numbers.attention_shape, live_numbers.attention_maps,
        live_numbers.hidden_states, live_numbers.attention_row, live_numbers.label,
        live_numbers.softmax, live_numbers.stage_shapes,
    )
}  # fmt: skip


def ask(trace: Trace, *, about: str | None = None, seed: int = 0) -> Question:
    """The question of this kind and seed; without ``about``, the seed chooses the kind too.

    Raises `BadInput` if ``about`` is no kind, or this sentence can't carry it.
    """
    if about is not None and about not in KINDS:
        raise BadInput(f"No live question is about {about!r}; there are {', '.join(KINDS)}.")
    names = [about] if about is not None else list(KINDS)
    random.Random(f"kinds {seed}").shuffle(names)
    for name in names:
        question = KINDS[name](trace, random.Random(f"{name} {seed}"))
        if question is not None:
            return question
    raise BadInput(f"{trace.text!r} can't carry a question about {about!r}; try a longer sentence.")
