"""Plain JSON held against the types of a record's fields."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pipeline_widgets.errors import BadInput


def check(record: type, fields: Mapping[str, Any]) -> None:
    """Raise `BadInput` with the first field whose value is of no type that the record has for it.

    Names that the record doesn't have are left to its constructor.
    """
    hints = _hints(record)
    for name, value in fields.items():
        if name in hints and not fits(value, hints[name]):
            shown = repr(value)
            shown = shown if len(shown) <= 60 else f"{shown[:59]}…"
            raise BadInput(f"{name} can't be {shown}.")


def fits(value: object, hint: Any) -> bool:
    """Whether a value, lists as tuples, is of a type; whole numbers are numbers, too."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return any(type(value) is type(one) and value == one for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and _fit_all(cast("tuple[object, ...]", value), inner)
    if origin is Callable:
        return callable(value)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, dict)
    if hint is float:
        number = not isinstance(value, bool) and isinstance(value, (int, float))
        return number and abs(cast(float, value)) < 1e300  # which neither infinity nor nan is
    if hint is int:
        return type(value) is int and abs(value) < 2**53
    if hint in (str, bool, type(None)):
        return type(value) is hint
    if not dataclasses.is_dataclass(hint):
        return True
    if isinstance(value, dict):
        inside, hints = cast("dict[str, object]", value), _hints(cast(type, hint))
        return all(name in hints and fits(item, hints[name]) for name, item in inside.items())
    return isinstance(value, cast(type, hint))


def _fit_all(values: tuple[object, ...], inner: tuple[Any, ...]) -> bool:
    if len(inner) == 2 and inner[1] is ...:
        return all(fits(value, inner[0]) for value in values)
    pairs: Iterable[tuple[object, Any]] = zip(values, inner, strict=False)
    return len(values) == len(inner) and all(fits(value, hint) for value, hint in pairs)


@cache
def _hints(record: type) -> dict[str, Any]:
    return get_type_hints(record)
