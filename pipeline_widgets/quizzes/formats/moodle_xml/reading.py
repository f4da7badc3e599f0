"""Moodle's XML: multiple choice, true or false, numbers, short text, matching, gaps, essays, texts.

https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

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
from ..gift import reading as gift_reading
from ..imported import Imported

EXTRAS = " pipeline-widgets "  # how a comment begins that says what the format has no place for
_SPECIAL = ("codes", "closed", "ranges", "match_case", "similarity")
_GAP = re.compile(r"\{(\d*:[A-Z_]+:(?:[^{}\\]|\\.)*)\}", re.DOTALL)
_IMAGES = ("png", "jpg", "jpeg", "gif", "webp")


@dataclass
class _Node:
    """An element, the line where it begins, and what is in it."""

    name: str
    about: dict[str, str]
    line: int
    inner: list[_Node] = field(default_factory=list["_Node"])
    said: str = ""
    extras: dict[str, Any] = field(default_factory=dict[str, Any])

    def all(self, name: str) -> list[_Node]:
        return [node for node in self.inner if node.name == name]

    def first(self, name: str) -> _Node | None:
        return next(iter(self.all(name)), None)

    def text(self, name: str = "") -> str:
        """The text in ``<name><text>``, with its files in place."""
        node = self.first(name) if name else self
        if node is None:
            return ""
        inner = node.first("text")
        text = (inner.said if inner is not None else node.said).strip()
        for file in node.all("file"):
            link = f"@@PLUGINFILE@@/{file.about.get('name', '')}"
            text = text.replace(link, _data_url(file))
        return text

    def number(self, name: str, default: float) -> float:
        text = self.text(name)
        try:
            return float(text.replace(",", ".")) if text else default
        except ValueError as error:
            raise BadInput(f"{name} is no number: {text!r}") from error


def _data_url(file: _Node) -> str:
    kind = file.about.get("name", "").rpartition(".")[2].lower()
    if kind not in _IMAGES or file.about.get("encoding") != "base64":
        return ""
    coded = "".join(file.said.split())
    return f"data:image/{'jpeg' if kind == 'jpg' else kind};base64,{coded}"


def load(text: str) -> Imported:
    """The questions of a file, and what was left out or changed, by line."""
    made, top = Imported(), _tree(text)
    if top.name != "quiz":
        raise BadInput(f"line {top.line}: not Moodle's XML: it begins with <{top.name}>.")
    for node in top.all("question"):
        kind = node.about.get("type", "")
        if kind == "category":
            continue
        made.add(node.line, lambda: _question(node, kind, made))  # noqa: B023 (called at once)
    return made


_DEEPEST = 50  # elements in elements; Moodle's own files have seven


def _tree(text: str) -> _Node:
    """The elements with their lines; definitions of types and entities are refused."""
    parser = expat.ParserCreate()
    top = _Node("", {}, 1)
    stack, comment = [top], [""]

    def start(name: str, about: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            line = parser.CurrentLineNumber
            raise BadInput(
                f"line {line}: elements stand more than {_DEEPEST} deep in each other; "
                "export the questions from Moodle anew."
            )
        node = _Node(name, about, parser.CurrentLineNumber, extras=_extras(comment.pop()))
        comment.append("")
        stack[-1].inner.append(node)
        stack.append(node)

    def end(_name: str) -> None:
        stack.pop()

    def said(words: str) -> None:
        stack[-1].said += words

    def remark(words: str) -> None:
        comment[0] = words

    def refuse(*_: object) -> None:
        raise BadInput("XML with a document type is not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = said, refuse
    parser.CommentHandler, parser.buffer_text = remark, True
    try:
        parser.Parse(re.sub(r"^<\?xml[^>]*\?>", "", text.strip()), True)
    except expat.ExpatError as error:
        raise BadInput(f"line {error.lineno}: this is no XML: {error}.") from error
    return top.inner[0]


def _extras(comment: str) -> dict[str, Any]:
    """What a comment of ours says of the question that follows it."""
    if not comment.startswith(EXTRAS):
        return {}
    try:
        return dict(json.loads(comment.removeprefix(EXTRAS)))
    except (ValueError, TypeError, RecursionError):
        return {}


def _question(node: _Node, kind: str, made: Imported) -> Question:
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
    common["prompt"] = gift_reading.without(common["prompt"], str(extras.get("code", "")))
    return readers[kind](node, {**common, **extras}, made)


def _worth(answer: _Node) -> float:
    try:
        return float(answer.about.get("fraction", "0")) / 100
    except ValueError as error:
        raise BadInput(f"a fraction is no number: {answer.about.get('fraction')!r}") from error


def _partial(worth: float) -> float | None:
    return None if worth in (0, 1) else max(-1.0, min(1.0, worth))


def _choice(node: _Node, common: dict[str, Any], made: Imported) -> Question:
    single = node.text("single").lower() not in ("false", "0")
    codes = [*node.extras.get("codes", ()), *[""] * len(node.all("answer"))]
    options = tuple(
        Option(
            gift_reading.without(answer.text(), code),
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
        options = gift_reading.simple_shares(list(options))
        return MultipleChoice(**common, options=options, shuffle=shuffle)
    return SingleChoice(**common, options=options, shuffle=shuffle)


def _numeric(node: _Node, common: dict[str, Any], made: Imported) -> Question:
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


def _short(node: _Node, common: dict[str, Any], made: Imported) -> Question:
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


def _match(node: _Node, common: dict[str, Any], made: Imported) -> Question:
    sides = [(one.text(), one.text("answer")) for one in node.all("subquestion")]
    pairs = tuple((left, right) for left, right in sides if left)
    rights = {right for _, right in pairs}
    extra = tuple(right for left, right in sides if not left and right not in rights)
    return Match(**common, pairs=pairs, extra=extra)


def _order(node: _Node, common: dict[str, Any], made: Imported) -> Question:
    ranked = sorted(node.all("answer"), key=_worth)
    made.change(node.line, "an order is graded by pairs here")
    return Order(**common, items=tuple(answer.text() for answer in ranked))


def _essay(node: _Node, common: dict[str, Any], made: Imported) -> Question:
    lines = int(node.number("responsefieldlines", Essay.lines))
    if node.number("attachments", 0):
        made.change(node.line, "files can't be attached")
    template = node.text("responsetemplate")
    return Essay(**common, lines=max(1, min(100, lines)), template=template)


def _note(node: _Node, common: dict[str, Any], made: Imported) -> Question:
    return TextOnly(**common)


def _gaps(node: _Node, common: dict[str, Any], made: Imported) -> Question:
    """Moodle's embedded answers: ``{1:SHORTANSWER:=cat}`` in the text."""
    gaps = [gift_reading.read_gap(found[1]) for found in _GAP.finditer(common["prompt"])]
    numbers = iter(range(1, len(gaps) + 1))
    prompt = _GAP.sub(lambda _: f"[[{next(numbers)}]]", common["prompt"])
    common["prompt"] = prompt
    if node.first("defaultgrade") is None:
        common["points"] = float(len(gaps) or 1)
    return Gaps(**common, gaps=tuple(gaps))
