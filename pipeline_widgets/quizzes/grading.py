"""A question and a response in, points and words out: total, pure, and in Python only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from . import parse_response as reading
from .checking import run_checks
from .question import (
    CellChoice,
    CodeTask,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Order,
    PredictOutput,
    Question,
    Shape,
    ShortText,
    SingleChoice,
    TextAnswer,
    TokenChoice,
)

Verdict = Literal["right", "partly", "wrong", "empty", "unreadable", "recorded"]


@dataclass(frozen=True)
class Grade:
    """What a response earned. ``remarks`` pair a part of the response with what to say about it."""

    points: float
    maximum: float
    verdict: Verdict
    remarks: tuple[tuple[str, str], ...] = ()  # the part is "" for the response as a whole

    @property
    def right(self) -> bool:
        """Whether everything was right."""
        return self.verdict == "right"


@dataclass(frozen=True)
class _Mark:
    """A share of the points from 0 to 1, and the remarks; None: the response can't be read."""

    share: float | None
    remarks: tuple[tuple[str, str], ...] = ()


def grade(question: Question, response: Any) -> Grade:
    """Grade any response whatsoever; never raises, and 0 ≤ points ≤ maximum."""
    from .sealing import Sealed, grade_sealed

    if isinstance(question, Sealed):
        return grade_sealed(question, response)
    if _is_empty(question, response):
        return Grade(0.0, question.points, "empty")
    mark = _GRADERS[type(question)](question, response)
    if mark.share is None:
        return Grade(0.0, question.points, "unreadable", mark.remarks)
    share = min(max(mark.share, 0.0), 1.0)
    verdict: Verdict = "right" if share == 1 else "wrong" if share == 0 else "partly"
    remarks = tuple((part, text) for part, text in mark.remarks if text)
    if verdict != "right" and not remarks and question.otherwise:
        remarks = (("", question.otherwise),)
    return Grade(question.points * share, question.points, verdict, remarks)


def _is_empty(question: Question, response: object) -> bool:
    if question.kind == "code":
        return False  # a function that is not there yet has a message of its own
    if response is None or (isinstance(response, str) and not response.strip()):
        return True
    if isinstance(question, MultipleChoice):
        return False  # ticking nothing may be the right answer
    if question.kind == "shape":
        return False  # () is the shape of a single number
    return isinstance(response, (list, tuple, dict)) and len(cast("list[object]", response)) == 0


def _words(response: object) -> list[str] | None:
    """A list of strings, or None."""
    if not isinstance(response, (list, tuple)):
        return None
    items = cast("list[object]", response)
    return [str(item) for item in items] if all(isinstance(i, str) for i in items) else None


def _integers(response: object) -> list[int] | None:
    sizes = None if isinstance(response, str) else reading.shape(response)
    return None if sizes is None else list(sizes)


_UNREADABLE = _Mark(None)


def _single(question: SingleChoice, response: object) -> _Mark:
    for option in question.options:
        if response == option.label:
            return _Mark(float(option.right), ((option.label, option.feedback),))
    return _UNREADABLE


def _multiple(question: MultipleChoice, response: object) -> _Mark:
    ticked = _words(response)
    if ticked is None or not set(ticked) <= {option.label for option in question.options}:
        return _UNREADABLE
    chosen = [option for option in question.options if option.label in ticked]
    right = sum(option.right for option in question.options)
    wrong = len(question.options) - right
    hits = sum(option.right for option in chosen)
    false = len(chosen) - hits
    share = (hits / right if right else 1.0) - (false / wrong if wrong else 0.0)
    return _Mark(share, tuple((option.label, option.feedback) for option in chosen))


def _numeric(question: Numeric, response: object) -> _Mark:
    value = reading.number(response)
    if value is None:
        return _Mark(None, (("", "Please type a number, such as 64, 0.5, 3/4 or 1e-3."),))
    value = reading.rounded(value, question.digits)
    for answer in question.answers:
        if _fits(answer, value, question.digits):
            return _Mark(float(answer.right), (("", answer.feedback),))
    return _Mark(0.0)


def _fits(answer: NumberAnswer, value: float, digits: int | None) -> bool:
    if answer.range is not None:
        low, high = answer.range
        return low <= value < high or (answer.closed and value == high)
    target = reading.rounded(cast("float", answer.value), digits)
    difference = abs(value - target)
    return difference <= answer.tolerance or math.isclose(
        difference, answer.tolerance, rel_tol=1e-9, abs_tol=1e-12 * abs(target)
    )


def _text(question: ShortText, response: object) -> _Mark:
    if not isinstance(response, str):
        return _UNREADABLE
    typed = response.strip()
    for answer in question.answers:
        if _reads_like(answer, typed):
            return _Mark(float(answer.right), (("", answer.feedback),))
    return _Mark(0.0)


def _reads_like(answer: TextAnswer, typed: str) -> bool:
    wanted = answer.text
    if not answer.match_case:
        typed, wanted = typed.lower(), wanted.lower()
    if typed == wanted:
        return True
    longer, shorter = max(len(typed), len(wanted)), min(len(typed), len(wanted))
    if answer.similarity >= 1 or shorter < answer.similarity * longer:
        return False  # too different in length: no need to count
    return reading.similarity(typed, wanted) >= answer.similarity


def _order(question: Order, response: object) -> _Mark:
    """Of all pairs, those in order less those out of order: a coin's order earns 0 on average."""
    items = _words(response)
    if items is None or sorted(items) != sorted(question.items):
        return _UNREADABLE
    place = [question.items.index(item) for item in items]
    pairs = [(a, b) for i, a in enumerate(place) for b in place[i + 1 :]]
    return _Mark(2 * sum(a < b for a, b in pairs) / len(pairs) - 1)


def _match(question: Match, response: object) -> _Mark:
    if not isinstance(response, dict):
        return _UNREADABLE
    given = cast("dict[object, object]", response)
    hits = sum(given.get(left) == right for left, right in question.pairs)
    return _Mark(hits / len(question.pairs))


def _shape(question: Shape, response: object) -> _Mark:
    sizes = reading.shape(response)
    if sizes is None:
        return _Mark(None, (("", "Please type sizes with × between them, such as 12 × 50."),))
    if len(sizes) != len(question.shape):
        dimensions = "1 dimension" if len(sizes) == 1 else f"{len(sizes)} dimensions"
        remark = question.otherwise or f"You gave {dimensions}; think again how many there are."
        return _Mark(0.0, (("", remark),))
    return _Mark(float(sizes == question.shape))


def _token(question: TokenChoice, response: object) -> _Mark:
    picked = _integers(response)
    if picked is None or any(not 0 <= index < len(question.tokens) for index in picked):
        return _UNREADABLE
    chosen, right = set(picked), set(question.right)
    if not question.several:
        return _Mark(float(len(chosen) == 1 and chosen <= right))
    wrong = len(question.tokens) - len(right)
    false = len(chosen - right) / wrong if wrong else 0.0
    return _Mark(len(chosen & right) / len(right) - false)


def _cell(question: CellChoice, response: object) -> _Mark:
    cell = _integers(response)
    if cell is None or len(cell) != 2:
        return _UNREADABLE
    return _Mark(float((cell[0], cell[1]) in question.right))


def _output(question: PredictOutput, response: object) -> _Mark:
    lines, wanted = reading.printed(response), reading.printed(question.output)
    if lines is None or wanted is None:
        return _UNREADABLE
    if lines == wanted:
        return _Mark(1.0)
    same = next(
        (i for i, (a, b) in enumerate(zip(lines, wanted, strict=False)) if a != b), len(lines)
    )
    where = f"Line {same + 1} is the first that differs." if len(wanted) > 1 else ""
    return _Mark(0.0, (("", question.otherwise or where),))


def _code(question: CodeTask, response: object) -> _Mark:
    if not callable(response):
        return _Mark(None, (("", f"Run a cell that defines `{question.function}` first."),))
    passed, remarks = run_checks(question, response)
    return _Mark(passed / len(question.checks), tuple(("", remark) for remark in remarks))


_GRADERS: dict[type[Question], Callable[[Any, object], _Mark]] = {
    SingleChoice: _single,
    MultipleChoice: _multiple,
    Numeric: _numeric,
    ShortText: _text,
    Order: _order,
    Match: _match,
    Shape: _shape,
    TokenChoice: _token,
    CellChoice: _cell,
    PredictOutput: _output,
    CodeTask: _code,
}
