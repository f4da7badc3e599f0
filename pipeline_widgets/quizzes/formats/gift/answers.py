"""What stands in GIFT's braces: each kind of answers made into its question."""

from __future__ import annotations

import re
from dataclasses import replace
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
from ..imported import Imported
from .signs import Answer, Signs, answers_of, arrow, joined, plain, plain_format, split

_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*")
VALUE = re.compile(rf"\s*({_NUMBER})\s*(?::\s*({_NUMBER})\s*)?")  # and its tolerance
_BOOLEANS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


def numeric(
    body: Signs, common: dict[str, Any], closed: list[bool] | None, line: int, made: Imported
) -> Question:
    """Numbers, behind the first sign #; ``closed``: which ranges hold their ends."""
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
        low, high = number_of(found[1]), number_of(found[2])
        return NumberAnswer(range=(low, high), closed=closed, **words)
    if found := VALUE.fullmatch(text):
        return NumberAnswer(number_of(found[1]), tolerance=number_of(found[2] or "0"), **words)
    raise BadInput(f"{text.strip()!r} is neither value:tolerance nor low..high")


def number_of(text: str) -> float:
    """The number in a text that has a point or a comma."""
    return float(text.replace(",", "."))


def is_true_or_false(body: Signs) -> bool:
    """Whether the braces hold TRUE or FALSE, whatever signs the feedback has."""
    return plain(split(body, "#")[0][1]).upper() in _BOOLEANS


def true_or_false(body: Signs, common: dict[str, Any]) -> Question:
    """TRUE or FALSE, then the feedback to the wrong and to the right one."""
    text, *remarks = [plain_format(part) for _, part in split(body, "#")]
    truth = _BOOLEANS[text.upper()]
    wrong, right = [*remarks, "", ""][:2]
    options = tuple(
        Option(str(value), right=value == truth, feedback=right if value == truth else wrong)
        for value in (True, False)
    )
    return SingleChoice(**common, options=options, shuffle=False)


def match(answers: list[Answer], common: dict[str, Any]) -> Question:
    """Pairs with an arrow between; one without a left side is a wrong right side."""
    pairs, extra = list[tuple[str, str]](), list[str]()
    for answer in answers:
        cut = cast("int", arrow(answer.signs))
        left, right = plain_format(answer.signs[:cut]), plain(answer.signs[cut + 2 :])
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    return Match(**common, pairs=tuple(pairs), extra=tuple(extra))


def short_text(
    answers: list[Answer],
    common: dict[str, Any],
    special: dict[str, Any],
    line: int,
    made: Imported,
) -> Question:
    """Texts that are right, after =; ``*`` of no worth stands for all the others."""
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


def choice(
    answers: list[Answer],
    common: dict[str, Any],
    codes: list[str] | None,
    line: int,
    made: Imported,
) -> Question:
    """Options: one right (=), or several with their shares (~)."""
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


def _share(answer: Answer) -> float | None:
    """The weight as a share, where it is not simply all or nothing."""
    if answer.weight is None:
        return None
    share = answer.weight / 100
    if not -1 <= share <= 1:
        raise BadInput(f"a weight lies between -100 and 100 per cent, not {answer.weight:g}")
    return None if share in (0, 1) else share


def without(text: str, code: str) -> str:
    """A text without the code that was written below it."""
    block = f"```\n{code}\n```"
    return "" if code and text == block else text.removesuffix(f"\n\n{block}" if code else "")
