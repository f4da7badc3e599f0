"""jupyterquiz's JSON, read unchanged and written; its four types, graded as it grades them.

What that format has no field for (points, hints, …) is kept under the key ``pipeline_widgets``,
which jupyterquiz ignores. Types: https://github.com/jmshea/jupyterquiz, version 2.9.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import math
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from pipeline_widgets.errors import BadInput
from pipeline_widgets.text_files import decode, read_bytes

from .. import parse_response
from ..kinds import (
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
)
from .imported import Imported

Plain = dict[str, Any]
_KINDS = (SingleChoice, MultipleChoice, Numeric, ShortText)
_EXTRAS = ("id", "hints", "explanation", "points", "difficulty", "lesson")


def load(source: str | Path | Sequence[Plain]) -> tuple[Question, ...]:
    """Questions from a list, a file's path, JSON text, or the base64 form of JSON text."""
    if not isinstance(source, (str, Path)):
        return read(source)
    text = str(source).removeprefix("\ufeff").strip()
    if text.startswith(("http://", "https://")):
        raise BadInput("A quiz is read from a file; download this one first: nothing is fetched.")
    if isinstance(source, Path) or (len(text) < 4096 and text.endswith(".json")):
        try:
            text = decode(read_bytes(source))[0].strip()
        except OSError as error:
            raise BadInput(f"The quiz {text!r} can't be read: {error.strerror}.") from error
    if not text.startswith(("[", "{")):
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise BadInput("This is neither JSON, nor base64 of JSON, nor a .json file.") from error
    return load_text(text).all()


def load_text(text: str) -> Imported:
    """The questions in JSON text, and what was left out or changed, by line."""
    try:
        plain: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This is not JSON: {error}.") from error
    return load_plain(plain, _lines(text))


def load_plain(plain: object, lines: Sequence[int] = ()) -> Imported:
    """The same from the parsed JSON; without ``lines`` the questions are numbered."""
    made = Imported()
    items = cast("list[object]", plain if isinstance(plain, list) else [plain])
    for number, item in enumerate(items, start=1):
        line = lines[number - 1] if number <= len(lines) else number
        made.add(line, lambda: _question(item, number, line, made))  # noqa: B023 (called at once)
    return made


def read(plain: object) -> tuple[Question, ...]:
    """Questions from the parsed JSON: a list of question objects, or one of them."""
    items = cast("list[object]", plain if isinstance(plain, list) else [plain])
    made = Imported()
    return tuple(_question(item, number, number, made) for number, item in enumerate(items, 1))


def _lines(text: str) -> list[int]:
    """The line on which each object of the outermost list begins."""
    decoder, lines = json.JSONDecoder(), list[int]()
    at = len(text) - len(text.lstrip())
    if text[at : at + 1] != "[":
        return [text.count("\n", 0, at) + 1]
    at += 1
    while found := re.compile(r"[\s,]*(?=[^\s,\]])").match(text, at):
        lines.append(text.count("\n", 0, found.end()) + 1)
        at = decoder.raw_decode(text, found.end())[1]
    return lines


def _question(item: object, number: int, line: int, made: Imported) -> Question:
    if not isinstance(item, dict):
        raise BadInput(f"Question {number}: expected an object, got {type(item).__name__}.")
    plain = cast(Plain, item)
    readers = {
        "multiple_choice": _choice,
        "many_choice": _choice,
        "numeric": _numeric,
        "string": _string,
    }
    kind = plain.get("type")
    if kind not in readers:
        raise BadInput(f"Question {number}: type is one of {', '.join(readers)}, not {kind!r}.")
    if not isinstance(plain.get("answers"), list):
        raise BadInput(f"Question {number}: 'answers' must be a list.")
    try:
        return readers[str(kind)](_cleaned(plain, line, made), _common(plain))
    except (KeyError, TypeError, ValueError) as error:
        said = f"misses {error}" if isinstance(error, KeyError) else str(error)
        raise BadInput(f"Question {number}: {said}") from error


def _cleaned(plain: Plain, line: int, made: Imported) -> Plain:
    """The question without options that can't be told apart or can't be chosen."""
    if plain["type"] not in ("multiple_choice", "many_choice"):
        return plain
    kept, seen = list[Plain](), dict[tuple[str, str], bool]()
    rights = 0
    for answer in cast("list[Plain]", plain["answers"]):
        label = (str(answer.get("answer", "")).strip(), str(answer.get("code", "")))
        if answer.get("type") == "default":
            kept.append(answer)
        elif not any(label):
            made.change(line, "an empty option is left out")
        elif label in seen:
            if seen[label] != _truth(answer):
                raise BadInput(f"the option {label[0]!r} is both right and wrong")
            made.change(line, f"the option {label[0]!r} is there twice; one is left out")
        else:
            seen[label] = _truth(answer)
            rights += seen[label]
            kept.append(answer)
    if rights == 0:
        made.change(line, "no option is right: a poll")
    elif rights > 1 and plain["type"] == "multiple_choice":
        made.change(line, f"{rights} options are right: a question with check boxes")
    return {**plain, "answers": kept}


def _common(plain: Plain) -> Plain:
    extras = dict(plain.get("pipeline_widgets") or {})
    if "hints" in extras:
        extras["hints"] = tuple(extras["hints"])
    otherwise = [a.get("feedback", "") for a in plain["answers"] if a.get("type") == "default"]
    return {
        "prompt": str(plain["question"]),
        "code": html.unescape(str(plain.get("code", ""))),
        "otherwise": otherwise[-1] if otherwise else "",
        **{name: extras[name] for name in _EXTRAS if name in extras},
    }


def _choice(plain: Plain, common: Plain) -> Question:
    options = tuple(
        Option(
            str(answer.get("answer", "")),
            code=html.unescape(str(answer.get("code", ""))),
            right=_truth(answer),
            feedback=str(answer.get("feedback", "")),
        )
        for answer in plain["answers"]
        if answer.get("type") != "default"
    )
    several = sum(option.right for option in options) > 1
    many = several or plain["type"] == "many_choice"
    kind = MultipleChoice if many else SingleChoice
    return kind(**common, options=options, columns=int(plain.get("answer_cols", 1)))


def _numeric(plain: Plain, common: Plain) -> Question:
    answers = [_number(answer) for answer in plain["answers"] if answer.get("type") != "default"]
    digits = int(plain.get("precision") or 0)
    return Numeric(**common, answers=tuple(answers), digits=min(digits, 15) if digits > 0 else None)


def _number(answer: Plain) -> NumberAnswer:
    words: Plain = {
        "right": _truth(answer),
        "feedback": str(answer.get("feedback", "")),
    }
    if "value" in answer:
        return NumberAnswer(_figure(answer["value"]), **words)
    low, high = _pair(answer["range"])
    return NumberAnswer(range=(_figure(low), _figure(high)), closed=False, **words)


def _truth(answer: Plain, name: str = "correct") -> bool:
    """A field that is true or false, also in words, as programs that write tables put it."""
    said = answer.get(name, False)
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    known = words.get(str(said).strip().lower(), None if said else False)
    if known is None:
        raise ValueError(f"{name!r} is true or false, not {said!r}")
    return known


def _pair(said: object) -> tuple[object, object]:
    """The two ends of a range, also where the pair is written as a text."""
    pair = said
    if isinstance(said, str):
        with suppress(ValueError, RecursionError):
            pair = json.loads(said)
    if not isinstance(pair, list) or len(cast("list[object]", pair)) != 2:
        raise ValueError(f"'range' is a pair of numbers, not {said!r}")
    low, high = cast("list[object]", pair)
    return low, high


def _figure(value: object) -> float:
    """A number, also one that is written as a text, such as ``"1/2"``."""
    found = parse_response.number(value)
    if found is None:
        raise ValueError(f"{value!r} is no number")
    return found


def _string(plain: Plain, common: Plain) -> Question:
    answers = tuple(
        TextAnswer(
            str(answer["answer"]),
            right=_truth(answer),
            feedback=str(answer.get("feedback", "")),
            match_case=_truth(answer, "match_case"),
            similarity=float(answer.get("fuzzy_threshold") or 1.0),
        )
        for answer in plain["answers"]
        if answer.get("type") != "default"
    )
    width = plain.get("input_width")
    return ShortText(**common, answers=answers, width=24 if width is None else int(width))


def holds(question: Question) -> bool:
    """Whether this format has the question's kind, and can say how its answers earn."""
    answers: tuple[Any, ...] = getattr(question, "options", ()) or getattr(question, "answers", ())
    plain = all(a.share is None and not getattr(a, "wildcard", False) for a in answers)
    return isinstance(question, _KINDS) and plain


def write(questions: Sequence[Question]) -> list[Plain]:
    """The questions as jupyterquiz's list; raises `BadInput` for a kind that it doesn't have."""
    return [_plain(question) for question in questions]


def _plain(question: Question) -> Plain:
    plain: Plain = {"question": question.prompt}
    if question.code:
        plain["code"] = html.escape(question.code, quote=False)
    match question:
        case SingleChoice() | MultipleChoice():
            single = isinstance(question, SingleChoice)
            plain["type"] = "multiple_choice" if single else "many_choice"
            if question.columns > 1:
                plain["answer_cols"] = question.columns
            answers = [_plain_option(option) for option in question.options]
        case Numeric():
            plain["type"] = "numeric"
            if question.digits is not None:
                plain["precision"] = question.digits
            answers = [_plain_number(answer) for answer in question.answers]
        case ShortText():
            plain["type"] = "string"
            if question.width != ShortText.width:
                plain["input_width"] = question.width
            answers = [_plain_text(answer) for answer in question.answers]
        case _:
            raise BadInput(
                f"Question {question.id!r} is of kind {question.kind!r}; jupyterquiz has single "
                "and multiple choice, numbers and text."
            )
    if question.otherwise:
        answers.append({"type": "default", "feedback": question.otherwise})
    plain["answers"] = answers
    extras = {
        name: getattr(question, name)
        for name in _EXTRAS
        if getattr(question, name) != getattr(Question, name)
    }
    return {**plain, "pipeline_widgets": extras} if extras else plain


def _with_feedback(plain: Plain, right: bool, feedback: str) -> Plain:
    return {**plain, "correct": right, **({"feedback": feedback} if feedback else {})}


def _plain_option(option: Option) -> Plain:
    parts: Plain = {"answer": option.text} if option.text else {}
    if option.code:
        parts["code"] = html.escape(option.code, quote=False)
    return _with_feedback(parts, option.right, option.feedback)


def _plain_number(answer: NumberAnswer) -> Plain:
    if answer.range is not None:
        low, high = answer.range
    elif answer.tolerance:
        value = cast("float", answer.value)
        low, high = value - answer.tolerance, value + answer.tolerance
    else:
        return _with_feedback(
            {"type": "value", "value": answer.value}, answer.right, answer.feedback
        )
    if answer.closed:  # their ranges leave out the upper end
        high = math.nextafter(high, math.inf)
    # their ranges need a feedback, if only an empty one
    plain: Plain = {"type": "range", "range": [low, high], "feedback": ""}
    return _with_feedback(plain, answer.right, answer.feedback)


def _plain_text(answer: TextAnswer) -> Plain:
    plain = _with_feedback({"answer": answer.text}, answer.right, answer.feedback)
    plain["match_case"] = answer.match_case
    return {**plain, "fuzzy_threshold": answer.similarity} if answer.similarity < 1 else plain
