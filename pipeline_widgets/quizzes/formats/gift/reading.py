"""The reading half of `gift`: Moodle's whole syntax, question by question.

What a question has that is not known here keeps it out, with its line; the others are read.
https://docs.moodle.org/en/GIFT_format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from pipeline_widgets.errors import BadInput

from ...kinds import (
    Essay,
    Gap,
    GapAnswer,
    Gaps,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
    TextOnly,
)
from ..imported import Imported
from .signs import (
    Answer,
    Signs,
    answers_of,
    arrow,
    block_end,
    joined,
    plain,
    plain_format,
    signs_of,
    split,
    without_comments,
)

EXTRAS = "// pipeline-widgets "
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")
_VALUE = re.compile(rf"\s*({_NUMBER})\s*(?::\s*({_NUMBER})\s*)?")
_BOOLEANS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_CLOZE = re.compile(r"\s*(\d*):([A-Z_]+):(.*)", re.DOTALL)
_CLOZE_KINDS = {
    "SA": "text", "SHORTANSWER": "text", "MW": "text", "SAC": "case", "SHORTANSWER_C": "case",
    "MWC": "case", "NM": "number", "NUMERICAL": "number", "MC": "choice", "MULTICHOICE": "choice",
    "MCV": "choice", "MCH": "choice", "MULTICHOICE_V": "choice", "MULTICHOICE_H": "choice",
    "MCS": "choice", "MCVS": "choice", "MCHS": "choice", "MULTICHOICE_S": "choice",
}  # fmt: skip


def load(text: str) -> Imported:
    """The questions of GIFT text, and what was left out or changed, by line."""
    made = Imported()
    for line, extras, block in _blocks(text, made):
        made.add(line, lambda: _question(block, extras, line, made))  # noqa: B023 (called at once)
    return made


def read(text: str) -> tuple[Question, ...]:
    """The questions of GIFT text; raises `BadInput` with a line if none can be read."""
    return load(text).all()


def _blocks(text: str, made: Imported) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Each question's first line, its extras and its text; a blank line ends a question."""
    block, extras, start, depth = list[str](), dict[str, Any](), 1, 0
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], start=1):
        bare = line.strip()
        if depth == 0 and bare.startswith(EXTRAS):
            extras = _json(bare.removeprefix(EXTRAS))
            continue
        if bare.startswith("//"):
            block += [""] if block and depth else []
            continue
        if depth == 0 and (not bare or bare.startswith("$CATEGORY:")):
            if block:
                yield start, extras, "\n".join(block)
                block, extras = [], {}
            continue
        start = start if block else number
        block.append(line)
        depth = max(0, depth + block_end(line))
    if block:
        made.add(start, _unended)


def _unended() -> Question:
    raise BadInput("the answers begin with { but never end with }")


def _json(text: str) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise BadInput(f"the comment after {EXTRAS!r} is not JSON.") from error


def _question(block: str, extras: dict[str, Any], line: int, made: Imported) -> Question:
    signs = signs_of(without_comments(block))
    name, signs = _name(signs)
    spans = _braces(signs)
    special = {
        key: extras.pop(key, None) for key in ("codes", "closed", "match_case", "similarity")
    }
    if "hints" in extras:
        extras["hints"] = tuple(extras["hints"])
    if not spans:
        return TextOnly(without(plain_format(signs), extras.get("code", "")), id=name, **extras)
    start, end = spans[0]
    body, explanation = _general_feedback(signs[start + 1 : end])
    extras |= {"explanation": explanation} if explanation else {}
    cloze = _CLOZE.fullmatch(joined(body))
    if len(spans) > 1 or (cloze is not None and cloze[2] in _CLOZE_KINDS):
        return _gaps(signs, spans, {"id": name, **extras})
    prompt, after = plain_format(signs[:start]), signs[end + 1 :]
    if joined(after).strip():
        prompt = f"{prompt} _____ {plain(after)}".strip()
    common = {"id": name, "prompt": without(prompt, extras.get("code", "")), **extras}
    return _by_body(body, common, special, line, made)


def _by_body(
    body: Signs, common: dict[str, Any], special: dict[str, Any], line: int, made: Imported
) -> Question:
    text = joined(body).strip()
    if not text:
        return Essay(**common)
    if text.startswith("#"):
        return _numeric(body, common, special["closed"], line, made)
    answers = answers_of(body)
    if not answers:
        return _true_or_false(body, common)
    if all(answer.sign == "=" for answer in answers):
        arrows = [arrow(answer.signs) is not None for answer in answers]
        if all(arrows):
            return _match(answers, common)
        if any(arrows):
            raise BadInput("some answers have an arrow -> and others don't")
        return _short(answers, common, special, line, made)
    return _choice(answers, common, special["codes"], line, made)


def _name(signs: Signs) -> tuple[str, Signs]:
    """The name between double colons, and what follows it."""
    start = next((i for i, sign in enumerate(signs) if sign.strip()), 0)
    if signs[start : start + 2] != [":", ":"]:
        return "", signs
    rest = signs[start + 2 :]
    stop = next((i for i in range(len(rest)) if rest[i : i + 2] == [":", ":"]), None)
    if stop is None:
        raise BadInput("the name begins with :: but never ends with ::")
    return plain(rest[:stop]), rest[stop + 2 :]


def _braces(signs: Signs) -> list[tuple[int, int]]:
    """Where each pair of braces begins and ends."""
    spans, start = list[tuple[int, int]](), -1
    for index, sign in enumerate(signs):
        if sign == "{":
            if start >= 0:
                raise BadInput("braces { within braces; write \\{ for a brace")
            start = index
        elif sign == "}":
            if start < 0:
                raise BadInput("a } without {; write \\} for a brace")
            spans.append((start, index))
            start = -1
    if start >= 0:
        _unended()
    return spans


def _general_feedback(body: Signs) -> tuple[Signs, str]:
    for index in range(len(body) - 3):
        if body[index : index + 4] == ["#"] * 4:
            return body[:index], plain_format(body[index + 4 :])
    return body, ""


def without(text: str, code: str) -> str:
    """A text without the code that was written below it."""
    block = f"```\n{code}\n```"
    return "" if code and text == block else text.removesuffix(f"\n\n{block}" if code else "")


def _share(answer: Answer) -> float | None:
    """The weight as a share, where it is not simply all or nothing."""
    if answer.weight is None:
        return None
    share = answer.weight / 100
    if not -1 <= share <= 1:
        raise BadInput(f"a weight lies between -100 and 100 per cent, not {answer.weight:g}")
    return None if share in (0, 1) else share


def _numeric(
    body: Signs, common: dict[str, Any], closed: list[bool] | None, line: int, made: Imported
) -> Question:
    rest = body[next(i for i, sign in enumerate(body) if sign == "#") + 1 :]
    answers = answers_of(rest) or [Answer.of("=", rest)]
    numbers, otherwise = list[NumberAnswer](), ""
    for answer in answers:
        text = joined(answer.signs)
        if text.strip() in ("*", "") or answer.sign == "~":
            otherwise = answer.feedback or otherwise
            continue
        right = answer.weight is None or answer.weight == 100
        is_closed = closed[len(numbers)] if closed and len(numbers) < len(closed) else True
        words = {"right": right, "feedback": answer.feedback, "share": _share(answer)}
        numbers.append(_number(text, is_closed, words))
    if not any(number.worth > 0 for number in numbers):
        made.change(line, "no number is right")
    return Numeric(**common, answers=tuple(numbers), otherwise=otherwise)


def _number(text: str, closed: bool, words: dict[str, Any]) -> NumberAnswer:
    if found := _RANGE.fullmatch(text):
        low, high = _float(found[1]), _float(found[2])
        return NumberAnswer(range=(low, high), closed=closed, **words)
    if found := _VALUE.fullmatch(text):
        return NumberAnswer(_float(found[1]), tolerance=_float(found[2] or "0"), **words)
    raise BadInput(f"{text.strip()!r} is neither value:tolerance nor low..high")


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _true_or_false(body: Signs, common: dict[str, Any]) -> Question:
    text, *remarks = [plain_format(part) for _, part in split(body, "#")]
    if text.upper() not in _BOOLEANS:
        raise BadInput("answers begin with = or ~, or are TRUE or FALSE")
    truth = _BOOLEANS[text.upper()]
    wrong, right = [*remarks, "", ""][:2]
    options = tuple(
        Option(str(value), right=value == truth, feedback=right if value == truth else wrong)
        for value in (True, False)
    )
    return SingleChoice(**common, options=options, shuffle=False)


def _match(answers: list[Answer], common: dict[str, Any]) -> Question:
    pairs, extra = list[tuple[str, str]](), list[str]()
    for answer in answers:
        cut = cast("int", arrow(answer.signs))
        left, right = plain_format(answer.signs[:cut]), plain(answer.signs[cut + 2 :])
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    return Match(**common, pairs=tuple(pairs), extra=tuple(extra))


def _short(
    answers: list[Answer],
    common: dict[str, Any],
    special: dict[str, Any],
    line: int,
    made: Imported,
) -> Question:
    match_case, alike = special["match_case"], special["similarity"]
    texts, otherwise = list[TextAnswer](), ""
    for answer in answers:
        if joined(answer.signs).strip() == "*" and answer.weight == 0:
            otherwise = answer.feedback
            continue
        index = len(texts)
        texts.append(
            TextAnswer(
                plain_format(answer.signs),
                right=answer.weight is None or answer.weight == 100,
                feedback=answer.feedback,
                match_case=match_case[index] if match_case else False,
                similarity=alike[index] if alike else 1.0,
                share=_share(answer),
                wildcard="*" in answer.signs,
            )
        )
    if not any(text.worth > 0 for text in texts):
        made.change(line, "no answer is right")
    return ShortText(**common, answers=tuple(texts), otherwise=otherwise)


def _choice(
    answers: list[Answer],
    common: dict[str, Any],
    codes: list[str] | None,
    line: int,
    made: Imported,
) -> Question:
    several = all(answer.sign == "~" for answer in answers)
    weighted = any(answer.weight is not None for answer in answers)
    rights = sum(answer.sign == "=" for answer in answers)
    if rights > 1:
        made.change(line, f"{rights} options are right (=): a question with check boxes")
    elif several and not weighted:
        made.change(line, "no option is right: a poll")
    options = list[Option]()
    for index, answer in enumerate(answers):
        code = codes[index] if codes else ""
        text = without(plain_format(answer.signs), code)
        right = answer.sign == "=" or (several and (answer.weight or 0) > 0)
        share = None if answer.sign == "=" else _share(answer)
        options.append(Option(text, right=right, feedback=answer.feedback, code=code, share=share))
    options = _distinct(options, line, made)
    if (several and weighted) or rights > 1:
        return MultipleChoice(**common, options=simple_shares(options))
    return SingleChoice(**common, options=tuple(options))


def _distinct(options: list[Option], line: int, made: Imported) -> list[Option]:
    """Options that read the same, or are empty, can't be told apart by who answers."""
    kept, seen = list[Option](), dict[str, Option]()
    for option in options:
        if not option.label.strip():
            made.change(line, "an empty option is left out")
            continue
        same = seen.get(option.label)
        if same is not None:
            if same.right != option.right:
                raise BadInput(f"the option {option.label!r} is both right and wrong")
            made.change(line, f"the option {option.label!r} is there twice; one is left out")
            continue
        seen[option.label] = option
        kept.append(option)
    return kept


def simple_shares(options: list[Option]) -> tuple[Option, ...]:
    """Without shares where they say what check boxes do anyway."""
    right = sum(option.right for option in options) or 1
    wrong = sum(not option.right for option in options) or 1
    plain_shares = all(
        option.share is None
        or abs(option.share - (1 / right if option.right else -1 / wrong)) < 1e-4
        for option in options
    )
    given = all(o.share is not None or (right == 1 and o.right) for o in options)
    return (
        tuple(replace(o, share=None) for o in options) if plain_shares and given else tuple(options)
    )


def _gaps(signs: Signs, spans: list[tuple[int, int]], common: dict[str, Any]) -> Question:
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


def _gap(body: Signs) -> Gap:
    body, _ = _general_feedback(body)
    cloze = _CLOZE.fullmatch(joined(body))
    if cloze is None or cloze[2] not in _CLOZE_KINDS:
        return _plain_gap(body)
    kind, weight = _CLOZE_KINDS[cloze[2]], float(cloze[1] or 1)
    case = kind == "case"
    found = [a for a in answers_of(signs_of(cloze[3])) if joined(a.signs).strip()]
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
        found = _VALUE.fullmatch(text)
        if found is None and text != "*":
            raise BadInput(f"{text!r} in a gap is no value:tolerance")
        if found is not None:
            text, tolerance = found[1].replace(",", "."), _float(found[2] or "0")
    share = 1.0 if answer.sign == "=" else 0.0
    share = share if answer.weight is None else answer.weight / 100
    wildcard = kind != "choice" and "*" in answer.signs
    return GapAnswer(
        text, share=share, feedback=answer.feedback, tolerance=tolerance, wildcard=wildcard
    )
