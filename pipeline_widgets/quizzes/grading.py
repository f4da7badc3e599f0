"""A question and a response in, points and words out: total, pure, and in Python only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .kinds import Question

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


def grade(question: Question, response: object) -> Grade:
    """Grade any response whatsoever; never raises, and 0 ≤ points ≤ maximum."""
    if question.is_empty(response):
        return Grade(0.0, question.points, "empty")
    mark = question.mark(response)
    if mark.share is None:
        verdict: Verdict = "recorded" if mark.ungraded else "unreadable"
        return Grade(0.0, question.points, verdict, mark.remarks)
    share = min(max(mark.share, 0.0), 1.0)
    verdict = "right" if share == 1 else "wrong" if share == 0 else "partly"
    remarks = tuple((part, text) for part, text in mark.remarks if text)
    if verdict != "right" and not remarks and question.otherwise:
        remarks = (("", question.otherwise),)
    return Grade(question.points * share, question.points, verdict, remarks)
