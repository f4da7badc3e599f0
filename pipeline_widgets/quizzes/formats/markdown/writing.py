"""The writing half of `markdown`: each question as the lines that read back to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from pipeline_widgets.errors import BadInput

from ...kinds import (
    CellChoice,
    CodeTask,
    Essay,
    Gaps,
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
    TextOnly,
    TokenChoice,
)
from ..gift import write_gap

_SPECIAL = re.compile(
    r"\\|#|\s*`{3}|- [\[(][ xX][\])]|\d+[.)] |- (?:.* )?-> |\|.*\|\s*$|tokens: |"
    r"\[\[\d+\]\] = |!?=|> ?|! |  |\t"
)


def words(about: Mapping[str, str | int | float | None]) -> str:
    """Attributes in braces: ``{#id points=2}``; a value of None makes a flag."""
    found = list[str]()
    for name, value in about.items():
        if name == "id" and not re.search(r"\s", str(value)):
            found += [f"#{value}"] if value else []
        elif value is None:
            found.append(name)
        elif value != "":
            text = _figure(value) if isinstance(value, float) else str(value)
            found.append(f'{name}="{text}"' if re.search(r"\s", text) else f"{name}={text}")
    return "{" + " ".join(found) + "}" if found else ""


def _escape(text: str) -> str:
    return f"\\{text}" if _SPECIAL.match(text) else text


def _escape_inner(text: str) -> str:
    """Only a leading backslash needs one more where the line's kind is settled already."""
    return f"\\{text}" if text.startswith("\\") or not text.strip() else text


def _left(text: str) -> str:
    """A left side: its arrows and what would make it a check box are escaped."""
    text = re.sub(r"-(\\*)>", r"-\\\1>", text)
    return f"\\{text}" if text[:1] in ("[", "(", "\\") else text


def question_lines(question: Question) -> list[str]:
    """Heading, prompt, answers, feedback, hints and explanation."""
    about: dict[str, str | int | float | None] = {"id": question.id}
    if question.points != type(question).points:
        about["points"] = question.points
    if question.difficulty != "medium":
        about[question.difficulty] = None
    about["lesson"] = question.lesson
    answers = _answers(question, about)
    first, *rest = question.prompt.split("\n")
    lines = [" ".join(f"## {first} {words(about) or '{easy}'}".split(" ")).rstrip()]
    lines += _prompt(rest)
    if question.code or isinstance(question, PredictOutput):
        lines += ["", *_fence("python", question.code)]
    lines += ["", *answers]
    if question.otherwise:
        lines += ["", *(f"! {_escape_inner(t)}" for t in question.otherwise.split("\n"))]
    for hint in question.hints:
        lines += ["", *(f"> {_escape_inner(text)}" for text in hint.split("\n"))]
    if question.explanation:
        lines += ["", *(f"=> {_escape_inner(t)}" for t in question.explanation.split("\n"))]
    return lines


def _prompt(rest: list[str]) -> list[str]:
    """The prompt's lines below the heading; those inside a fence that ends stay as they are."""
    lines, at = list[str](), 0
    while at < len(rest):
        below = range(at + 1, len(rest))
        end = next((index for index in below if rest[index].strip() == "```"), at)
        if rest[at] in ("```", "```text") and rest[end] == "```" and end > at:
            lines += rest[at : end + 1]
            at = end + 1
        else:
            lines.append(_escape(rest[at]))
            at += 1
    return lines


def _fence(info: str, text: str, indent: str = "") -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [f"{indent}{line}" for line in (f"{ticks}{info}", *text.split("\n"), ticks)]


def _feedback(text: str) -> list[str]:
    lines = text.split("\n") if text else []
    return [f"    {_escape(t) if '```' in t else _escape_inner(t)}" for t in lines]


def _answers(question: Question, about: dict[str, str | int | float | None]) -> list[str]:
    match question:
        case SingleChoice() | MultipleChoice():
            return _options(question, about)
        case Numeric():
            about["digits"] = question.digits or ""
            about["unit"] = question.unit
            about["lang"] = question.language
            return _with_feedback(
                [(_earning(_number(a), a.share), a.right, a.feedback) for a in question.answers]
            )
        case ShortText():
            about["width"] = "" if question.width == ShortText.width else question.width
            return _with_feedback(
                [(_earning(_text(a), a.share), a.right, a.feedback) for a in question.answers]
            )
        case Order():
            return [f"{i}. {_escape_inner(item)}" for i, item in enumerate(question.items, 1)]
        case Match():
            pairs = [f"- {_left(a)} -> {_escape_inner(b)}" for a, b in question.pairs]
            return pairs + [f"- -> {_escape_inner(extra)}" for extra in question.extra]
        case Shape():
            return [f"= shape {' × '.join(map(str, question.shape)) or '()'}"]
        case TokenChoice():
            if question.several and len(question.right) == 1:
                about["several"] = None
            if not question.several and len(question.right) > 1:
                about["any"] = None
            starred = enumerate(question.tokens)
            return ["tokens: " + " | ".join(_cell(t, i in question.right) for i, t in starred)]
        case CellChoice():
            return _table(question)
        case PredictOutput():
            return _fence("output", question.output)
        case CodeTask():
            return _code(question, about)
        case Gaps():
            gaps = enumerate(question.gaps, start=1)
            return [f"[[{number}]] = {write_gap(gap)}" for number, gap in gaps]
        case Essay():
            about["lines"] = "" if question.lines == Essay.lines else question.lines
            about["template"] = json.dumps(question.template)[1:-1]
            return ["= essay"]
        case TextOnly():
            about["note"] = None
            return []
        case _:
            raise BadInput(
                f"Question {question.id!r}: a question of the kind {question.kind!r} has no form "
                "in Markdown; write it as .json."
            )


def _options(
    question: SingleChoice | MultipleChoice, about: dict[str, str | int | float | None]
) -> list[str]:
    about["columns"] = "" if question.columns == 1 else question.columns
    if not question.shuffle:
        about["ordered"] = None
    left, right = "()" if isinstance(question, SingleChoice) else "[]"
    lines = list[str]()
    for option in question.options:
        box = f"{left}{'x' if option.right else ' '}{right}"
        text = _escape_inner(option.text) if option.text else ""
        lines.append(f"- {box} {_per_cent(option.share)}{text}".rstrip())
        lines += _fence("", option.code, "    ") if option.code else []
        lines += _feedback(option.feedback)
    return lines


def _with_feedback(answers: Sequence[tuple[str, bool, str]]) -> list[str]:
    lines = list[str]()
    for text, right, feedback in answers:
        lines += [f"{'=' if right else '!='} {text}", *_feedback(feedback)]
    return lines


def _number(answer: NumberAnswer) -> str:
    if answer.range is not None:
        low, high = answer.range
        return f"{_figure(low)}..{'' if answer.closed else '<'}{_figure(high)}"
    value = _figure(answer.value or 0.0)
    return f"{value} ± {_figure(answer.tolerance)}" if answer.tolerance else value


def _figure(value: float) -> str:
    return repr(value).removesuffix(".0")


def _per_cent(share: float | None) -> str:
    return "" if share is None else f"{{{round(100 * share, 5):g}%}} "


def _earning(text: str, share: float | None) -> str:
    return f"{text} {_per_cent(share)}".rstrip()


def _text(answer: TextAnswer) -> str:
    text = json.dumps(answer.text, ensure_ascii=False)
    text += " case" if answer.match_case else ""
    text += " wild" if answer.wildcard else ""
    return text + (f" ~ {answer.similarity!r}" if answer.similarity < 1 else "")


def _cell(text: str, starred: bool) -> str:
    if text != text.strip() or text.startswith('"'):
        cell = json.dumps(text).replace("|", "\\u007c")
    else:
        cell = re.sub(r"([\\|*])", r"\\\1", text)
    return f"*{cell}*" if starred else cell


def _table(question: CellChoice) -> list[str]:
    values = question.values or tuple(("",) * len(question.columns) for _ in question.rows)
    rows = [["", *map(_plain_cell, question.columns)], ["---"] * (len(question.columns) + 1)]
    for row, (name, line) in enumerate(zip(question.rows, values, strict=True)):
        cells = [_cell(text, (row, column) in question.right) for column, text in enumerate(line)]
        rows.append([_plain_cell(name), *cells])
    return [f"| {' | '.join(row)} |" for row in rows]


def _plain_cell(text: str) -> str:
    return _cell(text, False)


def _code(question: CodeTask, about: dict[str, str | int | float | None]) -> list[str]:
    about["function"] = question.function
    lines = _fence("python", question.starter) if question.starter else []
    if any(check.test is not None for check in question.checks):
        raise BadInput(f"Question {question.id!r}: a check that is a function can't be written.")
    checks = [
        f"{check.expression}  # {check.message}" if check.message else check.expression
        for check in question.checks
    ]
    lines += _fence("check", "\n".join(checks))
    return lines + (_fence("solution", question.solution) if question.solution else [])
