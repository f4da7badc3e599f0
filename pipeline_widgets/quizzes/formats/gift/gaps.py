"""Texts with gaps: several braces in one question, plain or as Moodle's embedded answers."""

from __future__ import annotations

import re
from typing import Any, cast

from pipeline_widgets.errors import BadInput

from ...kinds import Gap, GapAnswer, Gaps, Question
from .answers import VALUE, number_of, without
from .signs import Answer, Signs, answers_of, general_feedback, joined, plain_format, signs_of

_CLOZE = re.compile(r"\s*(\d*):([A-Za-z_]+):(.*)", re.DOTALL)
_CLOZE_KINDS = {
    "SA": "text", "SHORTANSWER": "text", "MW": "text", "SAC": "case", "SHORTANSWER_C": "case",
    "MWC": "case", "NM": "number", "NUMERICAL": "number", "MC": "choice", "MULTICHOICE": "choice",
    "MCV": "choice", "MCH": "choice", "MULTICHOICE_V": "choice", "MULTICHOICE_H": "choice",
    "MCS": "choice", "MCVS": "choice", "MCHS": "choice", "MULTICHOICE_S": "choice",
}  # fmt: skip


def with_gaps(signs: Signs, spans: list[tuple[int, int]], common: dict[str, Any]) -> Question:
    """Several braces: a text with gaps, plain or in the form of Moodle's embedded answers."""
    gaps, parts, at = list[Gap](), list[str](), 0
    for number, (start, end) in enumerate(spans, start=1):
        parts += [joined(signs[at:start]), f"[[{number}]]"]
        gaps.append(_gap(signs[start + 1 : end]))
        at = end + 1
    text = plain_format(signs_of(joined([*parts, *signs[at:]])))
    text = without(text, common.get("code", ""))
    fields: dict[str, Any] = {"points": float(len(gaps)), **common}
    return Gaps(text, **fields, gaps=tuple(gaps))


def read_gap(text: str) -> Gap:
    """A gap in the form of Moodle's embedded answers, without its braces."""
    return _gap(signs_of(text))


def is_embedded(body: Signs) -> bool:
    """Whether a pair of braces holds one of Moodle's embedded answers."""
    return _CLOZE.fullmatch(joined(body)) is not None


def _gap(body: Signs) -> Gap:
    body, _ = general_feedback(body)
    cloze = _CLOZE.fullmatch(joined(body))
    if cloze is None:
        return _plain_gap(body)
    if cloze[2].upper() not in _CLOZE_KINDS:
        raise BadInput(f"{cloze[2]} is no kind of gap that is known here")
    kind, weight = _CLOZE_KINDS[cloze[2].upper()], float(cloze[1] or 1)
    case = kind == "case"
    unsigned = not cloze[3].lstrip().startswith(("=", "~"))  # its first answer is a wrong one
    listed = answers_of(signs_of(f"~{cloze[3]}" if unsigned else cloze[3]))
    found = [answer for answer in listed if joined(answer.signs).strip()]
    if not found:
        raise BadInput("a gap without an answer")
    kind = "text" if case else kind
    answers = tuple(_gap_answer(answer, kind) for answer in found)
    return Gap(answers, kind=cast("Any", kind), weight=weight, match_case=case)


def _plain_gap(body: Signs) -> Gap:
    text = joined(body).strip()
    if text.startswith("#"):
        rest = body[body.index("#") + 1 :]
        answers = answers_of(rest) or [Answer.of("=", rest)]
        return Gap(tuple(_gap_answer(answer, "number") for answer in answers), kind="number")
    answers = answers_of(body)
    if not answers:
        raise BadInput("a gap's answers begin with = or ~")
    kind = "choice" if any(answer.sign == "~" for answer in answers) else "text"
    return Gap(tuple(_gap_answer(answer, kind) for answer in answers), kind=cast("Any", kind))


def _gap_answer(answer: Answer, kind: str) -> GapAnswer:
    text, tolerance = plain_format(answer.signs), 0.0
    if kind == "number":
        found = VALUE.fullmatch(text)
        if found is None and text != "*":
            raise BadInput(f"{text!r} in a gap is no value:tolerance")
        if found is not None:
            text, tolerance = found[1].replace(",", "."), number_of(found[2] or "0")
    share = 1.0 if answer.sign == "=" else 0.0
    share = share if answer.weight is None else answer.weight / 100
    wildcard = kind != "choice" and "*" in answer.signs
    return GapAnswer(
        text, share=share, feedback=answer.feedback, tolerance=tolerance, wildcard=wildcard
    )
