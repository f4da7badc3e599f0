"""A function to write."""

from __future__ import annotations

import functools
import html
import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

import pipeline_widgets

from .base import Mark, Question, Shown
from .checks import Check, run_checks


def _nothing(*_: object) -> None:
    """What a learner begins with where no start is given."""


@functools.lru_cache(maxsize=64)
def passed_by_start(task: CodeTask) -> int:
    """How many checks the given start passes; without a start, a function that gives None."""
    names: dict[str, object] = {"math": math, "np": np, "pw": pipeline_widgets}
    try:
        exec(task.starter, names)
    except Exception:  # a start need not run
        return 0
    made = names.get(task.function, _nothing)
    passed = run_checks(task.checks, task.function, made)[0] if callable(made) else 0
    return passed if passed < len(task.checks) else 0


@dataclass(frozen=True, repr=False)
class CodeTask(Question):
    """A notebook cell defines ``function``; each check earns its share of the points.

    A check that the given start passes as it is earns nothing, unless all pass.
    """

    kind = "code"
    regradable = False  # a file has the function's text
    records: ClassVar[Mapping[str, type]] = {"checks": Check}
    wording: ClassVar[Mapping[str, str]] = {
        "answer_code": "Define {function} in a cell, run it, then come back.",
        "check_function": "Check my function",
    }

    _: KW_ONLY
    function: str = ""
    checks: tuple[Check, ...] = ()
    starter: str = ""
    solution: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.function.isidentifier(), f"{self.function!r} cannot name a function")
        self.require(bool(self.checks), "needs at least one check")

    def shown_fields(self) -> Shown:
        """The function's name and how it may begin."""
        return {"function": self.function, "starter": self.starter}

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """What to define."""
        starter = f"<pre><code>{html.escape(shown['starter'])}</code></pre>"
        asked = f"<p>Define <code>{html.escape(shown['function'])}</code> in a cell.</p>"
        return asked + (starter if shown["starter"] else "")

    def asks_for(self) -> str:
        """The function."""
        return self.function

    def is_empty(self, response: object) -> bool:
        """Never: a function that is not there yet has a message of its own."""
        return False

    def mark(self, response: object) -> Mark:
        """The share of checks that pass, with a sentence for each that doesn't."""
        if not callable(response):
            return Mark(None, (("", f"Run a cell that defines `{self.function}` first."),))
        passed, remarks = run_checks(self.checks, self.function, response)
        share = passed / len(self.checks)
        if remarks and passed:
            free = passed_by_start(self)
            share = max(0.0, (passed - free) / (len(self.checks) - free))
        return Mark(share, tuple(("", remark) for remark in remarks))

    def right_words(self) -> str:
        """The solution."""
        return f"```\n{self.solution}\n```" if self.solution else ""

    def right_spellings(self) -> set[str]:
        """None: what a function does has no spelling."""
        self.require(False, "checks of code can't be sealed; use `blank`")
        return set()
