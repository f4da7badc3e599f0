"""From the answer parts of a Markdown question to the question: their form decides the kind."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from pipeline_widgets.errors import BadInput

from ... import parse_response as reading
from ...kinds import (
    CellChoice,
    Check,
    CodeTask,
    Essay,
    Gap,
    Gaps,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Order,
    PredictOutput,
    Question,
    Shape,
    ShortText,
    SingleChoice,
    TextAnswer,
    TextOnly,
    TokenChoice,
)
from ..gift.gaps import read_gap
from .lines import Part, unescape

Fields = dict[str, Any]
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_VALUE = re.compile(rf"({_NUMBER})(?:\s*(?:±|\+-|\+/-)\s*({_NUMBER}))?$")
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.(<?)\s*({_NUMBER})$")
_SHAPE = re.compile(r"shape\b\s*(.*)$|(\d+(?:\s*[×x]\s*\d+)+)$")
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")(.*)$')
_SHARE_FIRST = re.compile(r"\{(-?\d+(?:\.\d+)?) ?%\} ")
_SHARE_LAST = re.compile(r"\s*\{(-?\d+(?:\.\d+)?) ?%\}$")
_SIMILAR = re.compile(r"~\s*([01]?\.?\d+)")


def question(fields: Fields, about: dict[str, str], answers: list[Part], line: int) -> Question:
    """The question that these answers make; raises `BadInput`."""
    fences = {part.kind: part.text for part in answers if not part.groups}
    answers = [part for part in answers if part.groups]
    kinds = {part.kind for part in answers}
    if len(kinds) > 1:
        other = next(part for part in answers if part.kind != answers[0].kind)
        raise BadInput(f"line {other.line}: answers of two sorts ({' and '.join(sorted(kinds))}).")
    if "check" in fences:
        made = _code(fields, about, fences, line)
    elif "output" in fences:
        made = PredictOutput(**fields, code=fences.get("python", ""), output=fences["output"])
    else:
        fields = {**fields, "code": fences.get("python", "")}
        makers = {
            "option": _choice,
            "number": _order,
            "pair": _match,
            "row": _cell,
            "tokens": _token,
            "answer": _typed,
            "gap": _gaps,
        }
        if not answers and about.pop("note", None) is not None:
            points: Fields = {"points": 0.0}
            return TextOnly(**points | fields)
        if not answers:
            raise BadInput(
                f"line {line}: no answer; write '- [x] …', '= 64 ± 0.5', '1. …' or others."
            )
        made = makers[answers[0].kind](fields, about, answers)
    if about:
        raise BadInput(
            f"line {line}: a {made.kind} question has no attribute {sorted(about)[0]!r}."
        )
    return made


def _whole(about: dict[str, str], name: str, default: int) -> int:
    text = about.pop(name, None)
    if text is None:
        return default
    if not text.isdecimal():
        raise BadInput(f"{name} is a whole number, not {text!r}.")
    return int(text)


def _choice(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    boxes = {part.groups[0] for part in answers}
    if len(boxes) > 1:
        raise BadInput(
            f"line {answers[1].line}: either ( ) for one right answer or [ ] for several."
        )
    options = tuple(
        Option(
            _SHARE_FIRST.sub("", part.text),
            right=part.groups[1] != " ",
            share=_share(_SHARE_FIRST.match(part.text)),
            feedback="\n".join(part.feedback),
            code=part.code,
        )
        for part in answers
    )
    fields["columns"] = _whole(about, "columns", 1)
    fields["shuffle"] = about.pop("ordered", None) is None
    kind = SingleChoice if boxes == {"("} else MultipleChoice
    return kind(**fields, options=options)


def _order(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    return Order(**fields, items=tuple(part.text for part in answers))


def _match(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    pairs, extra = list[tuple[str, str]](), list[str]()
    for part in answers:
        left = re.sub(r"-\\(\\*)>", r"-\1>", unescape(part.groups[0].strip()))
        right = part.text.strip()
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    return Match(**fields, pairs=tuple(pairs), extra=tuple(extra))


def cells(text: str) -> list[tuple[str, bool]]:
    """A row's cells and whether each is starred: ``a | *b*`` → a, b (starred)."""
    found = list[tuple[str, bool]]()
    for raw in re.findall(r"(?:^|\|)((?:[^|\\]|\\.)*)", text):
        cell = raw.strip()
        starred = len(cell) >= 2 and cell[0] == cell[-1] == "*" and cell[-2:] != "\\*"
        cell = cell[1:-1] if starred else cell
        plain = re.sub(r"\\(.)", r"\1", cell)
        if cell[:1] == cell[-1:] == '"' and len(cell) >= 2:
            plain = str(json.loads(cell))
        found.append((plain, starred))
    return found


def _token(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    found = [cell for part in answers for cell in cells(part.groups[-1])]
    right = tuple(index for index, (_, starred) in enumerate(found) if starred)
    several = about.pop("several", None) is not None or len(right) > 1
    if about.pop("any", None) is not None:
        several = False
    tokens = tuple(token for token, _ in found)
    return TokenChoice(**fields, tokens=tokens, right=right, several=several)


def _cell(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    table = [cells(part.groups[0]) for part in answers]
    ruled = len(table) > 2 and all(re.fullmatch(r":?-+:?", text) for text, _ in table[1])
    if not ruled:
        raise BadInput(f"line {answers[0].line}: a table has a header, a line of |---| and rows.")
    columns = tuple(text for text, _ in table[0][1:])
    right = list[tuple[int, int]]()
    for row, part in enumerate(answers[2:]):
        if len(table[row + 2]) != len(columns) + 1:
            raise BadInput(f"line {part.line}: this row has not as many cells as the header.")
        starred = enumerate(star for _, star in table[row + 2][1:])
        right.extend((row, column) for column, star in starred if star)
    values = tuple(tuple(text for text, _ in row[1:]) for row in table[2:])
    if not any(text for row in values for text in row):
        values = ()
    rows = tuple(row[0][0] for row in table[2:])
    return CellChoice(**fields, rows=rows, columns=columns, values=values, right=tuple(right))


def _share(found: re.Match[str] | None) -> float | None:
    return None if found is None else float(found[1]) / 100


def _gaps(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    gaps = list[Gap]()
    for number, part in enumerate(answers, start=1):
        if int(part.groups[0]) != number:
            raise BadInput(f"line {part.line}: gap {number} comes here, not {part.groups[0]}.")
        gaps.append(read_gap(part.groups[1][1:-1]))
    return Gaps(**fields, gaps=tuple(gaps))


def _typed(fields: Fields, about: dict[str, str], answers: list[Part]) -> Question:
    texts = [part.groups[-1].strip() for part in answers]
    if texts == ["essay"]:
        template = json.loads(f'"{about.pop("template", "")}"')
        return Essay(**fields, lines=_whole(about, "lines", Essay.lines), template=template)
    if len(texts) == 1 and (found := _SHAPE.match(texts[0])):
        sizes = reading.shape(found[1] or found[2] or "()")
        if sizes is None:
            raise BadInput(f"line {answers[0].line}: {texts[0]!r} is not a shape such as 12 × 50.")
        return Shape(**fields, shape=sizes)
    numbers = [_number(part) for part in answers]
    if all(number is not None for number in numbers):
        digits = _whole(about, "digits", 0) or None
        answers_ = tuple(cast("list[NumberAnswer]", numbers))
        unit, language = about.pop("unit", ""), about.pop("lang", "")
        return Numeric(**fields, answers=answers_, digits=digits, unit=unit, language=language)
    width = _whole(about, "width", ShortText.width)
    return ShortText(**fields, answers=tuple(map(_text, answers)), width=width)


def _number(part: Part) -> NumberAnswer | None:
    text = part.groups[-1].strip().replace("−", "-")
    words: Fields = {"right": part.groups[0] == "=", "feedback": "\n".join(part.feedback)}
    words["share"] = _share(_SHARE_LAST.search(text))
    text = _SHARE_LAST.sub("", text)
    if found := _RANGE.match(text):
        low_high = (float(found[1]), float(found[3]))
        return NumberAnswer(range=low_high, closed=not found[2], **words)
    if found := _VALUE.match(text):
        return NumberAnswer(float(found[1]), tolerance=float(found[2] or 0), **words)
    return None


def _text(part: Part) -> TextAnswer:
    text, rest = part.groups[-1].strip(), ""
    if found := _QUOTED.match(text):
        try:
            text, rest = str(json.loads(found[1])), found[2]
        except ValueError as error:
            raise BadInput(f"line {part.line}: {found[1]} is not quoted as JSON quotes.") from error
    share = _share(_SHARE_LAST.search(rest))
    rest = _SHARE_LAST.sub("", rest)
    similar = _SIMILAR.search(rest)
    left = _SIMILAR.sub("", rest).replace("case", "").replace("wild", "").strip()
    if left:
        raise BadInput(f'line {part.line}: after the quotes only "case" and "~ 0.8", not {left!r}.')
    return TextAnswer(
        text,
        right=part.groups[0] == "=",
        feedback="\n".join(part.feedback),
        match_case="case" in rest,
        similarity=float(similar[1]) if similar else 1.0,
        wildcard="wild" in rest,
        share=share,
    )


def _code(fields: Fields, about: dict[str, str], fences: dict[str, str], line: int) -> Question:
    if "function" not in about:
        raise BadInput(f"line {line}: a question with checks names its function: {{function=…}}.")
    checks = list[Check]()
    for text in fences["check"].split("\n"):
        expression, _, message = text.partition("  # ")
        if expression.strip():
            checks.append(Check(expression.strip(), message.strip()))
    return CodeTask(
        **fields,
        function=about.pop("function"),
        checks=tuple(checks),
        starter=fences.get("python", ""),
        solution=fences.get("solution", ""),
    )
