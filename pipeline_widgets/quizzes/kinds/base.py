"""What every kind of question is: a frozen record that can be shown, graded and printed.

A kind is one class in a module of its own. Naming its ``kind`` registers it in `KINDS`; what it
does not say is done as below. Its twin in the browser is ``views/quiz/kinds/<kind>.js``.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, cast, get_args

from pipeline_widgets.deprecation import deprecated
from pipeline_widgets.errors import BadInput
from pipeline_widgets.trace import Trace

from ..markup import inline, to_html

Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = get_args(Difficulty)
Shown = dict[str, Any]  # what may be shown of a question, as plain JSON

KINDS: dict[str, type[Question]] = {}
"""The class of each kind, by its name in files."""


@dataclass(frozen=True)
class Mark:
    """A share of the points from 0 to 1, and pairs of a part of the response and a remark on it.

    A share of None: the response can't be read, or (`ungraded`) there is no key to grade it by.
    """

    share: float | None
    remarks: tuple[tuple[str, str], ...] = ()
    ungraded: bool = False


class Unsaid:
    """A part of a key, whose repr says nothing: no notebook should keep it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


@dataclass(frozen=True)
class Rounding:
    """How a typed number is rounded before its digest is looked up."""

    decimals: int | None = None
    digits: int | None = None  # significant ones


@dataclass(frozen=True, repr=False)
class Question:
    """What every kind has; ``prompt``, hints and feedback are Markdown with LaTeX in ``$…$``."""

    kind: ClassVar[str] = ""
    records: ClassVar[Mapping[str, type]] = {}  # fields that hold records, for files
    dealt: ClassVar[tuple[str, ...]] = ()  # lists of `shown_fields` that a seed puts in order
    regradable: ClassVar[bool] = True  # whether what a file keeps of a response is the response
    least: ClassVar[float] = math.inf  # points that a kind may be worth beside those above 0
    wording: ClassVar[Mapping[str, str]] = {}  # English words that this kind's control shows

    prompt: str
    _: KW_ONLY
    id: str = ""  # stable name of the question in its quiz; a `Bank` fills gaps
    code: str = ""  # shown under the prompt
    hints: tuple[str, ...] = ()  # given one at a time, in this order
    explanation: str = ""  # shown when the answer is due
    otherwise: str = ""  # feedback when nothing more particular matches
    points: float = 1.0
    difficulty: Difficulty = "medium"
    lesson: str = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "kind" in vars(cls):
            KINDS[cls.kind] = cls

    def __post_init__(self) -> None:
        if not self.kind:
            raise BadInput("Question is the base of SingleChoice, Numeric, …: make one of those.")
        enough = self.points > 0 or self.points == self.least
        self.require(
            enough and self.points < float("inf"), f"points must be above 0, not {self.points}"
        )
        levels = ", ".join(DIFFICULTIES)
        known = self.difficulty in DIFFICULTIES
        self.require(known, f"difficulty is one of {levels}, not {self.difficulty!r}")

    @classmethod
    def from_trace(cls, trace: Trace, *, about: str | None = None, seed: int = 0) -> Question:
        """The old name of `pipeline_widgets.quizzes.live.ask`."""
        from ..live import ask  # these questions are made of kinds

        deprecated("Question.from_trace()", "quizzes.live.ask()", "0.2")
        return ask(trace, about=about, seed=seed)

    def __repr__(self) -> str:
        start = self.prompt.strip().split("\n")[0]
        about = start if len(start) <= 48 else f"{start[:47]}…"
        return f"{type(self).__name__}({about!r}, id={self.id!r}, points={self.points:g})"

    def require(self, condition: bool, complaint: str) -> None:
        """Raise `BadInput` that names the question unless ``condition`` holds."""
        if not condition:
            start = self.prompt.strip().split("\n")[0][:60]
            raise BadInput(f"Question {self.id or start!r}: {complaint}.")

    # --- shown ------------------------------------------------------------------------------

    def as_shown(self) -> Shown:
        """All that a browser may know before the answer is due.

        Made by naming what goes in, never by deleting what must not: a field added to a question
        later stays in Python until someone lets it out here or in `shown_fields`.
        """
        return {
            "kind": self.kind,
            "prompt": self.prompt,
            "code": self.code,
            "points": self.points,
            "difficulty": self.difficulty,
            "hint_count": len(self.hints),
            **self.shown_fields(),
        }

    def shown_fields(self) -> Shown:
        """What this kind shows beside the prompt: no key."""
        return {}

    def given_away(self, shown: Shown) -> bool:
        """Whether the order in which ``shown`` was dealt is the answer."""
        return False

    @staticmethod
    def short_texts(shown: Shown) -> list[str]:
        """The inline Markdown in ``shown``."""
        return []

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """Room to answer on paper, as HTML."""
        unit = f" {html.escape(shown['unit'])}" if shown.get("unit") else ""
        return f"<span class='pw-line'></span>{unit}"

    # --- graded -----------------------------------------------------------------------------

    def is_empty(self, response: object) -> bool:
        """Whether nothing was answered: this costs no attempt."""
        return is_blank(response) or is_vacant(response)

    def mark(self, response: object) -> Mark:
        """Grade a response that is not empty, whatever it is; never raises."""
        raise NotImplementedError

    def asks_for(self) -> str:
        """The name in the notebook that answers the question, or "": most are answered here."""
        return ""

    # --- when the answer is due ----------------------------------------------------------------

    def right_response(self) -> Any:
        """A response that earns all points, or None where there is none (a poll, no key)."""
        return None

    def right_words(self) -> str:
        """The right answer in words, as a person would write it under a worksheet."""
        right = self.right_response()
        return "" if right is None else str(right)

    # --- sealed (see `sealed`) -----------------------------------------------------------------

    def right_responses(self) -> list[Any]:
        """Every response that earns all points, where they can be listed."""
        right = self.right_response()
        return [] if right is None else [right]

    def rounding(self) -> Rounding:
        """How typed numbers are rounded."""
        return Rounding()

    def right_spellings(self) -> set[str]:
        """The spellings of the right responses; raises `BadInput` where a seal can't hold them."""
        return {
            spelling
            for right in self.right_responses()
            for spelling in self.spellings(right, Rounding())
        }

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The texts under which a response is looked up: the same for the same answer."""
        try:
            return [json.dumps(_whole(response), ensure_ascii=False, sort_keys=True)]
        except (TypeError, ValueError, RecursionError):
            return []


UNREADABLE = Mark(None)


def _whole(response: object) -> object:
    """With 70 for 70.0, in lists and dicts too: a browser has one spelling of both."""
    match response:
        case float() if response.is_integer():
            return int(response)
        case list() | tuple():
            return [_whole(one) for one in cast("list[object]", response)]
        case dict():
            return {k: _whole(v) for k, v in cast("dict[str, object]", response).items()}
        case _:
            return response


def is_blank(response: object) -> bool:
    """Whether a response is None or a text of blanks."""
    return response is None or (isinstance(response, str) and not response.strip())


def is_vacant(response: object) -> bool:
    """Whether a response is a list or a dict with nothing in it."""
    return isinstance(response, (list, tuple, dict)) and not cast("list[object]", response)


def strings(response: object) -> list[str] | None:
    """A response that is a list of texts, or None."""
    if not isinstance(response, (list, tuple)):
        return None
    items = cast("list[object]", response)
    return [str(item) for item in items] if all(isinstance(i, str) for i in items) else None


def boxes(sign: str, texts: list[str]) -> str:
    """A list on paper with a sign to tick or fill in before each text (inline Markdown)."""
    items = "".join(f"<li>{sign} {to_html(inline(text))}</li>" for text in texts)
    return f"<ul class='pw-boxes'>{items}</ul>"
