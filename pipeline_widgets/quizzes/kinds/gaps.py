"""A text with several gaps."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, cast, get_args

from .. import parse_response
from .base import UNREADABLE, Mark, Question, Rounding, Shown, strings

GapKind = Literal["text", "number", "choice"]
_LINE = "<span class='pw-line'></span>"
_PLACE = re.compile(r"\[\[(\d+)\]\]")
_BLANK = "\u00a0…………"  # neither Markdown nor HTML means anything by it, in code neither


@dataclass(frozen=True)
class GapAnswer:
    """What may stand in a gap, and the share of the gap's points that it earns."""

    text: str
    _: KW_ONLY
    share: float = 1.0
    feedback: str = ""
    tolerance: float = 0.0  # of a number
    wildcard: bool = False  # whether a star stands for any letters

    def fits(self, typed: str, kind: GapKind, match_case: bool) -> bool:
        """Whether ``typed`` is this answer."""
        if self.text == "*" and self.wildcard:
            return True
        if kind == "number":
            value, wanted = parse_response.number(typed), parse_response.number(self.text)
            if value is None or wanted is None:
                return False
            return abs(value - wanted) <= self.tolerance + 1e-12 * max(1.0, abs(wanted))
        wanted = self.text
        if not match_case:
            typed, wanted = typed.lower(), wanted.lower()
        if self.wildcard:
            return parse_response.fits_stars(wanted, typed)
        return typed == wanted


@dataclass(frozen=True)
class Gap:
    """Something to type, or one of the answers' texts to choose; the first that fits decides."""

    answers: tuple[GapAnswer, ...]
    _: KW_ONLY
    kind: GapKind = "text"
    weight: float = 1.0  # beside the other gaps
    match_case: bool = False

    def __post_init__(self) -> None:
        items = cast("tuple[GapAnswer | dict[str, Any], ...]", self.answers)
        made = (GapAnswer(**item) if isinstance(item, dict) else item for item in items)
        object.__setattr__(self, "answers", tuple(made))

    def found(self, typed: str) -> GapAnswer | None:
        """The first answer that fits."""
        for answer in self.answers:
            if answer.fits(typed.strip(), self.kind, self.match_case):
                return answer
        return None

    @property
    def right(self) -> str:
        """The text that earns most."""
        known = [answer for answer in self.answers if answer.text != "*"]
        return max(known, key=lambda answer: answer.share).text if known else ""


@dataclass(frozen=True, repr=False)
class Gaps(Question):
    """Fill in ``gaps``, which stand in the prompt as ``[[1]]``, ``[[2]]`` and so on."""

    kind = "gaps"
    records: ClassVar[Mapping[str, type]] = {"gaps": Gap}
    wording: ClassVar[Mapping[str, str]] = {
        "gap": "Gap {number}",
        "gap_choose": "choose …",
        "gaps_fill": "Fill in the gaps",
    }

    _: KW_ONLY
    gaps: tuple[Gap, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        numbers = [int(number) for number in _PLACE.findall(self.prompt)]
        wanted = list(range(1, len(self.gaps) + 1))
        self.require(bool(self.gaps), "a text with gaps needs a gap")
        self.require(sorted(numbers) == wanted, "each gap has its place in the prompt, [[1]], …")
        for number, gap in enumerate(self.gaps, start=1):
            self.require(gap.kind in get_args(GapKind), f"gap {number} is of no kind: {gap.kind!r}")
            full = any(answer.share >= 1 for answer in gap.answers)
            self.require(full, f"gap {number} has no right answer")
            self.require(gap.weight > 0, f"gap {number}: a weight is above 0")
            texts = [answer.text for answer in gap.answers]
            twice = gap.kind == "choice" and len(set(texts)) < len(texts)
            self.require(not twice, f"gap {number}: two options read the same")

    def shown_fields(self) -> Shown:
        """The kinds of the gaps, and what can be chosen, in the order of the alphabet."""
        return {
            "gaps": [
                {"kind": gap.kind, "options": sorted({answer.text for answer in gap.answers})}
                if gap.kind == "choice"
                else {"kind": gap.kind, "width": max(4, *(len(a.text) for a in gap.answers)) + 2}
                for gap in self.gaps
            ]
        }

    def as_shown(self) -> Shown:
        """The prompt has numbered blanks where the gaps are."""
        shown = super().as_shown()
        return {**shown, "prompt": _PLACE.sub(rf"(\1){_BLANK}", self.prompt)}

    @staticmethod
    def short_texts(shown: Shown) -> list[str]:
        """The options."""
        return [option for gap in shown["gaps"] for option in gap.get("options", ())]

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """A line for each gap, or its options."""
        lines = list[str]()
        for number, gap in enumerate(shown["gaps"], start=1):
            options = " / ".join(html.escape(text) for text in gap.get("options", ()))
            lines.append(f"<li>({number}) {options or _LINE}</li>")
        return f"<ul class='pw-boxes'>{''.join(lines)}</ul>"

    def is_empty(self, response: object) -> bool:
        """Whether no gap was filled in."""
        filled = strings(response)
        return super().is_empty(response) or (
            filled is not None and not any(map(str.strip, filled))
        )

    def mark(self, response: object) -> Mark:
        """What the gaps earn by their weights; a number that can't be read costs no attempt."""
        filled = strings(response)
        if filled is None or len(filled) != len(self.gaps):
            return UNREADABLE
        earned, remarks = 0.0, list[tuple[str, str]]()
        for number, (gap, typed) in enumerate(zip(self.gaps, filled, strict=True), start=1):
            if gap.kind == "number" and typed.strip() and parse_response.number(typed) is None:
                hint = parse_response.number_hint(typed)
                return Mark(None, (("", f"Gap {number}: {hint}"),))
            answer = gap.found(typed) if typed.strip() else None
            earned += gap.weight * (answer.share if answer else 0.0)
            if answer is not None and answer.feedback:
                remarks.append(("", f"({number}) {answer.feedback}"))
        return Mark(earned / sum(gap.weight for gap in self.gaps), tuple(remarks))

    def right_response(self) -> list[str]:
        """The answer of each gap that earns most."""
        return [gap.right for gap in self.gaps]

    def right_words(self) -> str:
        """The same on one line."""
        return "; ".join(f"({number}) {gap.right}" for number, gap in enumerate(self.gaps, start=1))

    def right_spellings(self) -> set[str]:
        """A digest holds one text for each gap and no more."""
        alone = all(
            gap.kind == "choice" or (len([a for a in gap.answers if a.share >= 1]) == 1)
            for gap in self.gaps
        )
        exact = all(not a.wildcard and not a.tolerance for gap in self.gaps for a in gap.answers)
        self.require(alone and exact, "a digest can't hold several answers of a gap; use `blank`")
        return super().right_spellings()

    @classmethod
    def spellings(cls, response: object, rounding: Rounding) -> list[str]:
        """The gaps' texts in lower case."""
        filled = strings(response)
        if filled is None:
            return []
        return super().spellings([text.strip().lower() for text in filled], rounding)
