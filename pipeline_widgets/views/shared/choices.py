"""What a view may be asked for: one sentence for each value, word or keyword that is no choice."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

import traitlets

from ...errors import BadInput

Choices = range | tuple[Any, ...]


class BadTrait(BadInput, traitlets.TraitError):
    """A value that a trait can't take now; the trait keeps the one it has."""


class BadOption(BadInput, TypeError):
    """A keyword that a view doesn't have."""


class Each(tuple[Choices, ...]):
    """The choices of each place in a list."""

    __slots__ = ()


def check(view: str, name: str, value: Any, choices: Choices | Each) -> None:
    """Raise `BadTrait`, which names the choices, unless all of ``value`` is among them."""
    if isinstance(choices, Each):
        given = cast("list[Any]", value) if isinstance(value, (list, tuple)) else []
        if len(given) != len(choices):
            raise BadTrait(f"{view}: {name} is a list of {len(choices)}; got {value!r}.")
        pairs = [(one, its) for one, its in zip(given, choices, strict=True) if one not in its]
    else:
        given = cast("list[Any]", value) if isinstance(value, (list, tuple)) else [value]
        pairs = [(one, choices) for one in given if one not in choices]
    if pairs:
        wrong, its = pairs[0]
        got = f"{wrong!r} in {name}={value!r}" if isinstance(value, (list, tuple)) else repr(value)
        raise BadTrait(f"{view}: {name} is one of {said(its)}; got {got}.")


def nearest(value: Any, choices: Choices | Each) -> Any:
    """The choice next to ``value``, where choices are in a row; ``value`` itself elsewhere."""
    if isinstance(choices, Each) and isinstance(value, list):
        pairs = zip(cast("list[Any]", value), choices, strict=False)
        return [nearest(one, its) for one, its in pairs]
    if isinstance(choices, range) and len(choices) and isinstance(value, int):
        return min(max(value, choices[0]), choices[-1])
    return value


def said(choices: Choices) -> str:
    """``0 to 5``, or the names."""
    if isinstance(choices, range) and len(choices) > 2:
        return f"{choices[0]} to {choices[-1]}"
    return ", ".join(map(repr, choices)) or "none"


def check_words(view: str, given: Mapping[str, object], known: Mapping[str, str]) -> None:
    """Raise `BadInput` unless each key of ``strings`` is a word of the view's interface."""
    for key, text in given.items():
        if key not in known:
            raise BadInput(f"{view}: strings has no word {key!r}; {_perhaps(key, known)}.")
        if not isinstance(text, str):
            raise BadInput(f"{view}: strings[{key!r}] is a text, not {text!r}.")


def check_keywords(view: type, options: Iterable[str]) -> None:
    """Raise `BadOption` unless each keyword is one of the constructor's."""
    parameters = list(inspect.signature(view.__init__).parameters.values())[1:]
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return
    named = [one.name for one in parameters if one.kind is not one.VAR_POSITIONAL]
    for option in options:
        if option not in named:
            raise BadOption(f"{view.__name__} has no option {option!r}; {_perhaps(option, named)}.")


def _perhaps(wrong: str, known: Iterable[str]) -> str:
    names: Sequence[str] = sorted(known)
    close = get_close_matches(wrong, names, 1)
    listed = ", ".join(names)
    return (f"did you mean {close[0]!r}? There are " if close else "there are ") + listed
