"""The reading half of `gift`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from pipeline_widgets.errors import BadInput

from ...kinds import (
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
)

EXTRAS = "// pipeline-widgets "
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")
_VALUE = re.compile(rf"\s*({_NUMBER})\s*(?::\s*({_NUMBER})\s*)?")
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_BOOLEANS = {"T": True, "TRUE": True, "F": False, "FALSE": False}

Signs = list[str]  # the text cut into single characters and escaped pairs


def read(text: str) -> tuple[Question, ...]:
    """Questions from GIFT text; raises `BadInput` with the line where a question starts."""
    return tuple(_question(block, extras, line) for line, extras, block in _blocks(text))


def _blocks(text: str) -> Iterator[tuple[int, dict[str, Any], str]]:
    """Each question's first line, its extras and its text; a blank line ends a question."""
    block, extras, start, depth = list[str](), dict[str, Any](), 1, 0
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], start=1):
        if depth == 0 and line.startswith("//"):
            if line.startswith(EXTRAS):
                extras = _json(line.removeprefix(EXTRAS), number)
            continue
        if depth == 0 and (not line.strip() or line.startswith("$CATEGORY:")):
            if block:
                yield start, extras, "\n".join(block)
                block, extras = [], {}
            continue
        start = start if block else number
        block.append(line)
        depth += sum({"{": 1, "}": -1}.get(sign, 0) for sign in _signs(line))
    if depth:
        raise BadInput(f"line {start}: the answers begin with {{ but never end with }}.")


def _json(text: str, line: int) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise BadInput(f"line {line}: the comment after {EXTRAS!r} is not JSON.") from error


def _signs(text: str) -> Signs:
    return re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL)


def _plain(signs: Signs) -> str:
    """The text meant: escapes resolved, blanks around it gone."""
    text = "".join(signs).strip(" \t\n")
    pairs = {"\\n": "\n"}
    return "".join(pairs.get(s, s[1:] if len(s) == 2 else s) for s in _signs(text))


def _split(signs: Signs, separators: str) -> list[tuple[str, Signs]]:
    """Cut before each unescaped separator: pairs of separator ("" for the first) and part."""
    parts: list[tuple[str, Signs]] = [("", [])]
    for sign in signs:
        if sign in separators:
            parts.append((sign, []))
        else:
            parts[-1][1].append(sign)
    return parts


def _question(block: str, extras: dict[str, Any], line: int) -> Question:
    name, prompt, body = _head(_signs(block), line)
    body, explanation = _general_feedback(body)
    common: dict[str, Any] = {"id": name, "prompt": _without(prompt, extras.get("code", ""))}
    common |= {"explanation": explanation} if explanation else {}
    codes, closed = extras.pop("codes", None), extras.pop("closed", None)
    match_case, alike = extras.pop("match_case", None), extras.pop("similarity", None)
    if "hints" in extras:
        extras["hints"] = tuple(extras["hints"])
    common |= extras
    try:
        if "".join(body).lstrip().startswith("#"):
            return _numeric(body, common, closed)
        answers = [(sign, part) for sign, part in _split(body, "=~") if sign]
        if not answers:
            return _true_or_false(body, common, line)
        if all(sign == "=" for sign, _ in answers):
            if all(_arrow(part) is not None for _, part in answers):
                return _match(answers, common)
            return _short(answers, common, match_case, alike)
        return _choice(answers, common, codes)
    except (BadInput, ValueError, TypeError) as error:
        raise BadInput(f"line {line}: {error}") from error


def _head(signs: Signs, line: int) -> tuple[str, str, Signs]:
    """The question's name, its prompt and what stands in braces."""
    if "{" not in signs:
        raise BadInput(f"line {line}: a question without {{answers}}.")
    start, end = signs.index("{"), len(signs) - 1 - signs[::-1].index("}")
    before, body, after = signs[:start], signs[start + 1 : end], signs[end + 1 :]
    name = ""
    if before[:2] == [":", ":"]:
        rest = before[2:]
        stop = next((i for i in range(len(rest)) if rest[i : i + 2] == [":", ":"]), None)
        if stop is None:
            raise BadInput(f"line {line}: the name begins with :: but never ends with ::.")
        name, before = _plain(rest[:stop]), rest[stop + 2 :]
    before = _signs(re.sub(r"^\s*\[(?:markdown|html|plain|moodle)\]", "", "".join(before)))
    prompt = _plain(before)
    if "".join(after).strip():
        prompt = f"{prompt} _____ {_plain(after)}"
    return name, prompt, body


def _general_feedback(body: Signs) -> tuple[Signs, str]:
    for index in range(len(body) - 3):
        if body[index : index + 4] == ["#"] * 4:
            return body[:index], _plain(body[index + 4 :])
    return body, ""


def _without(text: str, code: str) -> str:
    return text.removesuffix(f"\n\n```\n{code}\n```") if code else text


def _weight(part: Signs) -> tuple[float | None, Signs]:
    found = _WEIGHT.match("".join(part).lstrip())
    if found is None:
        return None, part
    return float(found[1]), _signs("".join(part).lstrip()[found.end() :])


def _feedback(part: Signs) -> tuple[Signs, str]:
    if "#" not in part:
        return part, ""
    cut = part.index("#")
    return part[:cut], _plain(part[cut + 1 :])


def _numeric(body: Signs, common: dict[str, Any], closed: list[bool] | None) -> Question:
    signs = _signs("".join(body).lstrip()[1:])
    answers = [(sign, part) for sign, part in _split(signs, "=~") if sign or _plain(part)]
    numbers, otherwise = list[NumberAnswer](), ""
    for sign, part in answers:
        weight, rest = _weight(part)
        text, feedback = _feedback(rest)
        if _plain(text) in ("*", "") and sign:
            otherwise = feedback
            continue
        right = sign != "~" and weight != 0
        is_closed = closed[len(numbers)] if closed else True
        numbers.append(_number("".join(text), right, feedback, is_closed))
    return Numeric(**common, answers=tuple(numbers), otherwise=otherwise)


def _number(text: str, right: bool, feedback: str, closed: bool) -> NumberAnswer:
    if found := _RANGE.fullmatch(text):
        low_high = (float(found[1]), float(found[2]))
        return NumberAnswer(range=low_high, right=right, feedback=feedback, closed=closed)
    if found := _VALUE.fullmatch(text):
        tolerance = float(found[2] or 0)
        return NumberAnswer(float(found[1]), tolerance=tolerance, right=right, feedback=feedback)
    raise BadInput(f"{text.strip()!r} is neither value:tolerance nor low..high.")


def _true_or_false(body: Signs, common: dict[str, Any], line: int) -> Question:
    text, *remarks = [_plain(part) for _, part in _split(body, "#")]
    if text.upper() not in _BOOLEANS:
        raise BadInput("answers begin with = or ~, or are T or F; essays can't be graded.")
    truth = _BOOLEANS[text.upper()]
    wrong, right = [*remarks, "", ""][:2]
    options = tuple(
        Option(str(value), right=value == truth, feedback=right if value == truth else wrong)
        for value in (True, False)
    )
    return SingleChoice(**common, options=options, shuffle=False)


def _arrow(part: Signs) -> int | None:
    return next((i for i in range(len(part) - 1) if part[i : i + 2] == ["-", ">"]), None)


def _match(answers: list[tuple[str, Signs]], common: dict[str, Any]) -> Question:
    pairs, extra = list[tuple[str, str]](), list[str]()
    for _, part in answers:
        cut = cast("int", _arrow(part))
        left, right = _plain(part[:cut]), _plain(part[cut + 2 :])
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    return Match(**common, pairs=tuple(pairs), extra=tuple(extra))


def _short(
    answers: list[tuple[str, Signs]],
    common: dict[str, Any],
    match_case: list[bool] | None,
    alike: list[float] | None,
) -> Question:
    texts, otherwise = list[TextAnswer](), ""
    for _, part in answers:
        weight, rest = _weight(part)
        text, feedback = _feedback(rest)
        if "".join(text).strip() == "*" and weight == 0:
            otherwise = feedback
            continue
        index = len(texts)
        case, similarity = (
            match_case[index] if match_case else False,
            alike[index] if alike else 1.0,
        )
        right = weight is None or weight > 0
        answer = TextAnswer(
            _plain(text), right=right, feedback=feedback, match_case=case, similarity=similarity
        )
        texts.append(answer)
    return ShortText(**common, answers=tuple(texts), otherwise=otherwise)


def _choice(
    answers: list[tuple[str, Signs]], common: dict[str, Any], codes: list[str] | None
) -> Question:
    options, weights = list[Option](), list[float | None]()
    for index, (sign, part) in enumerate(answers):
        weight, rest = _weight(part)
        weights.append(weight)
        text, feedback = _feedback(rest)
        code = codes[index] if codes else ""
        words = _without(_plain(text), code)
        right = sign == "=" or (weight or 0) > 0
        options.append(Option(words, right=right, feedback=feedback, code=code))
    several = all(sign == "~" for sign, _ in answers) and any(w is not None for w in weights)
    kind = MultipleChoice if several else SingleChoice
    return kind(**common, options=tuple(options))
