"""Our own JSON: every kind of question, sealed ones too, without loss."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, cast

from pipeline_widgets.errors import BadInput

from ..kinds import (
    KINDS,
    Check,
    Question,
)
from . import typed

FORMAT = "pipeline-widgets quiz"


def to_plain(question: Question) -> dict[str, Any]:
    """The question as JSON would have it; defaults are left out."""
    plain: dict[str, Any] = {"kind": question.kind}
    for field in dataclasses.fields(question):
        value = getattr(question, field.name)
        if value != field.default:
            plain[field.name] = _plain(value)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Check) and value.test is not None:
        raise BadInput("A check that is a Python function can't be written; use an expression.")
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        pairs = {field.name: (getattr(value, field.name), field.default) for field in fields}
        return {name: _plain(item) for name, (item, default) in pairs.items() if item != default}
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[Any, ...]", value)]
    return value


def from_plain(plain: dict[str, Any]) -> Question:
    """The opposite of `to_plain`."""
    fields = dict(plain)
    name = str(fields.pop("kind", ""))
    if name not in KINDS:
        raise BadInput(f"There is no kind of question called {name!r}; known: {', '.join(KINDS)}.")
    try:
        for field, value in fields.items():
            part = KINDS[name].records.get(field)
            fields[field] = _tuple(value) if part is None else _records(part, value)
        typed.check(KINDS[name], fields)
        return KINDS[name](**fields)
    except TypeError as error:
        raise BadInput(f"A question of kind {name!r} can't be made: {error}.") from error


def _records(part: type, items: list[dict[str, Any]]) -> tuple[Any, ...]:
    """The parts of a question, such as its options."""
    made = list[Any]()
    for item in items:
        fields = {name: _tuple(value) for name, value in item.items()}
        typed.check(part, fields)
        made.append(part(**fields))
    return tuple(made)


def _tuple(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuple(item) for item in cast("list[Any]", value))
    if isinstance(value, dict):
        return {name: _tuple(item) for name, item in cast("dict[str, Any]", value).items()}
    return value


def dumps(title: str, questions: tuple[Question, ...], *, id: str = "", lesson: str = "") -> str:
    """A whole quiz as indented JSON."""
    plain = {
        "format": FORMAT,
        "version": 1,
        "title": title,
        "id": id,
        "lesson": lesson,
        "questions": [to_plain(question) for question in questions],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
