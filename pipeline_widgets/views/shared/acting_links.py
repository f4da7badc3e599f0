"""Links that act on a view: in a lesson's prose, and as a short text that brings a state back.

``#show?layer=5&head=9`` is such a link. In Markdown, ``[show head 5·9](#show?layer=5&head=9)`` acts
on the nearest view that knows these names, without code; where no script runs, it is a sentence.
``acting_links.js`` reads what this writes.
"""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

import traitlets

from ...errors import BadInput

START = "#show?"


def write_link(values: Mapping[str, Any]) -> str:
    """The link that gives these traits these values."""
    return START + "&".join(f"{name}={_written(value)}" for name, value in values.items())


def read_link(link: str, view: type[traitlets.HasTraits], names: Sequence[str]) -> dict[str, Any]:
    """The values that ``link`` gives to traits of ``view``.

    Raises:
        BadInput: it is no link, or names something that is not in ``names``.
    """
    start, found, query = link.partition(START)
    if not found or (start and not start.startswith("http")):
        raise BadInput(f"{link!r} is no link of a view; links begin with {START!r}")
    values: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in names:
            raise BadInput(f"a link can't set {name!r} here, only {', '.join(names)}")
        values[name] = _read(name, text, view.class_traits()[name])
    return values


def acting_link(words: str, **values: Any) -> str:
    """Markdown for a lesson's prose: ``acting_link("show head 5·9", layer=5, head=9)``."""
    for mark in "\\[]":
        words = words.replace(mark, f"\\{mark}")
    return f"[{words}]({write_link(values)})"


def _written(value: Any) -> str:
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return quote(",".join(value), safe=",")
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return quote(text, safe=",[]")


def _read(name: str, text: str, trait: traitlets.TraitType[Any, Any]) -> Any:
    if isinstance(trait, (traitlets.Unicode, traitlets.Enum)):
        return text
    if isinstance(trait, traitlets.List) and not text.startswith("["):
        return [part for part in text.split(",") if part]
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadInput(f"{name}={text!r} in a link is no value of {name!r}") from error
