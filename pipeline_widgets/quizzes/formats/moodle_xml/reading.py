"""Moodle's XML: multiple choice, true or false, numbers, short text, matching, gaps, essays, texts.

https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

import re
from typing import Any

from pipeline_widgets.errors import BadInput

from ...kinds import (
    Essay,
    Gaps,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Order,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
    TextOnly,
)
from ..gift.answers import simple_shares, without
from ..gift.gaps import read_gap
from ..imported import Imported
from .elements import Node, tree

_SPECIAL = ("codes", "closed", "ranges", "match_case", "similarity")
_GAP = re.compile(r"\{(\s*\d*:[A-Za-z_]+:(?:[^{}\\]|\\.)*)\}", re.DOTALL)


def load(text: str) -> Imported:
    """The questions of a file, and what was left out or changed, by line."""
    made, top = Imported(), tree(text)
    if top.name != "quiz":
        raise BadInput(f"line {top.line}: not Moodle's XML: it begins with <{top.name}>.")
    for node in top.all("question"):
        kind = node.about.get("type", "")
        if kind == "category":
            continue
        made.add(node.line, lambda: _question(node, kind, made))  # noqa: B023 (called at once)
    return made


def _question(node: Node, kind: str, made: Imported) -> Question:
    readers = {
        "multichoice": _choice, "truefalse": _choice, "numerical": _numeric, "shortanswer": _short,
        "matching": _match, "essay": _essay, "description": _note, "cloze": _gaps,
        "multianswer": _gaps, "ordering": _order,
    }  # fmt: skip
    if kind not in readers:
        raise BadInput(f"there is no question of type {kind!r} here")
    common: dict[str, Any] = {
        "prompt": node.text("questiontext"),
        "id": node.text("name"),
        "explanation": node.text("generalfeedback"),
        "hints": tuple(text for hint in node.all("hint") if (text := hint.text())),
    }
    points = node.number("defaultgrade", 1.0)
    if kind != "description":
        common["points"] = points if points > 0 else 1.0
        if points <= 0:
            made.change(node.line, "a question of 0 points is one of 1 here")
    if node.number("penalty", 0.0) not in (0.0, 0.1, 0.3333333, 1.0):
        made.change(node.line, "the penalty for another try is left out")
    extras = {name: value for name, value in node.extras.items() if name not in _SPECIAL}
    common["prompt"] = without(common["prompt"], str(extras.get("code", "")))
    return readers[kind](node, {**common, **extras}, made)


def _worth(answer: Node) -> float:
    try:
        return float(answer.about.get("fraction", "0").replace(",", ".")) / 100
    except ValueError as error:
        raise BadInput(f"a fraction is no number: {answer.about.get('fraction')!r}") from error


def _partial(worth: float) -> float | None:
    return None if worth in (0, 1) else max(-1.0, min(1.0, worth))


def _choice(node: Node, common: dict[str, Any], made: Imported) -> Question:
    single = node.text("single").lower() not in ("false", "0")
    codes = [*node.extras.get("codes", ()), *[""] * len(node.all("answer"))]
    options = tuple(
        Option(
            without(answer.text(), code),
            right=_worth(answer) >= 1 if single else _worth(answer) > 0,
            code=code,
            feedback=answer.text("feedback"),
            share=_partial(_worth(answer)) if single else _worth(answer),
        )
        for answer, code in zip(node.all("answer"), codes, strict=False)
    )
    shuffle = node.text("shuffleanswers").lower() not in ("false", "0")
    if node.about["type"] == "truefalse":
        shuffle = False
        options = tuple(
            Option(option.text.capitalize(), right=option.right, feedback=option.feedback)
            for option in options
        )
    if single and sum(option.right for option in options) > 1:
        made.change(node.line, "several options are right: a question with check boxes")
        single = False
    if not single:
        options = simple_shares(list(options))
        return MultipleChoice(**common, options=options, shuffle=shuffle)
    return SingleChoice(**common, options=options, shuffle=shuffle)


def _numeric(node: Node, common: dict[str, Any], made: Imported) -> Question:
    numbers, otherwise = list[NumberAnswer](), ""
    closed, ranges = (node.extras.get(name, ()) for name in ("closed", "ranges"))
    for answer in node.all("answer"):
        text, worth = answer.text(), _worth(answer)
        if text == "*":
            otherwise = answer.text("feedback")
            continue
        words: dict[str, Any] = {"right": worth >= 1, "share": _partial(worth)}
        words["feedback"] = answer.text("feedback")
        at = len(numbers)
        words["closed"] = closed[at] if at < len(closed) else True
        if at < len(ranges) and ranges[at]:
            numbers.append(NumberAnswer(range=tuple(ranges[at]), **words))
            continue
        tolerance = answer.number("tolerance", 0.0)
        numbers.append(NumberAnswer(float(text.replace(",", ".")), tolerance=tolerance, **words))
    if not any(number.worth > 0 for number in numbers):
        made.change(node.line, "no number is right")
    if node.all("units"):
        made.change(node.line, "units are not graded")
    return Numeric(**common, answers=tuple(numbers), otherwise=otherwise)


def _short(node: Node, common: dict[str, Any], made: Imported) -> Question:
    case, texts, otherwise = node.text("usecase") == "1", list[TextAnswer](), ""
    cases, alike = (node.extras.get(name, ()) for name in ("match_case", "similarity"))
    for answer in node.all("answer"):
        text, worth = answer.text(), _worth(answer)
        if text == "*" and worth == 0:
            otherwise = answer.text("feedback")
            continue
        wild = re.search(r"(?<!\\)\*", text) is not None
        at = len(texts)
        texts.append(
            TextAnswer(
                text.replace("\\*", "*"),
                right=worth >= 1,
                share=_partial(worth),
                feedback=answer.text("feedback"),
                match_case=cases[at] if at < len(cases) else case,
                similarity=alike[at] if at < len(alike) else 1.0,
                wildcard=wild,
            )
        )
    if not any(text.worth > 0 for text in texts):
        made.change(node.line, "no answer is right")
    return ShortText(**common, answers=tuple(texts), otherwise=otherwise)


def _match(node: Node, common: dict[str, Any], made: Imported) -> Question:
    sides = [(one.text(), one.text("answer")) for one in node.all("subquestion")]
    pairs = tuple((left, right) for left, right in sides if left)
    rights = {right for _, right in pairs}
    extra = tuple(right for left, right in sides if not left and right not in rights)
    return Match(**common, pairs=pairs, extra=extra)


def _order(node: Node, common: dict[str, Any], made: Imported) -> Question:
    ranked = sorted(node.all("answer"), key=_worth)
    made.change(node.line, "an order is graded by pairs here")
    return Order(**common, items=tuple(answer.text() for answer in ranked))


def _essay(node: Node, common: dict[str, Any], made: Imported) -> Question:
    lines = int(node.number("responsefieldlines", Essay.lines))
    if node.number("attachments", 0):
        made.change(node.line, "files can't be attached")
    template = node.text("responsetemplate")
    return Essay(**common, lines=max(1, min(100, lines)), template=template)


def _note(node: Node, common: dict[str, Any], made: Imported) -> Question:
    return TextOnly(**common)


def _gaps(node: Node, common: dict[str, Any], made: Imported) -> Question:
    """Moodle's embedded answers: ``{1:SHORTANSWER:=cat}`` in the text."""
    gaps = [read_gap(found[1]) for found in _GAP.finditer(common["prompt"])]
    numbers = iter(range(1, len(gaps) + 1))
    prompt = _GAP.sub(lambda _: f"[[{next(numbers)}]]", common["prompt"])
    common["prompt"] = prompt
    if node.first("defaultgrade") is None:
        common["points"] = float(len(gaps) or 1)
    return Gaps(**common, gaps=tuple(gaps))
