"""A view outside a notebook: one offline page that still moves, one SVG, one table.

The page holds the view's own module and style, its state, and the answers that Python would have
given to what a reader can choose (``Recorded``); ``recorded.js`` stands in for Jupyter.
"""

# what it is made with is only partly typed
# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anywidget

from pipeline_widgets import pages

from .linker import exports, expression, link

JUPYTERS_OWN = {*anywidget.AnyWidget.class_traits(), "_anywidget_id", "_css", "_esm"}
_FONT = "font-family:system-ui,sans-serif;font-size:13px"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What Python answers when one of the traits ``when`` changes.

    ``answers`` has for their values, joined by ``|``, the numbers of the ``changes`` to make; each
    change is {trait, or trait.key.key: value}. A value that was not recorded is taken back.
    """

    when: tuple[str, ...]
    answers: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    changes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, values: Sequence[object], *changes: int) -> None:
        """Say which changes answer these values."""
        self.answers["|".join(map(_spoken, values))] = list(changes)

    def change(self, **what: Any) -> int:
        """Keep a change, with ``__`` for the dots in its path; returns its number."""
        self.changes.append({path.replace("__", "."): value for path, value in what.items()})
        return len(self.changes) - 1


def _spoken(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def page(
    title: str,
    state: Mapping[str, Any],
    recorded: Sequence[Recorded],
    *,
    fallback: str,
    later: Mapping[str, tuple[str, ...]],
) -> str:
    """The page: ``state`` is a widget's, ``fallback`` what is shown without scripts.

    ``later`` names scripts and styles that run when the view asks for them.
    """
    kept = {"state": own_state(state) | {"offline": True}, "recorded": answers(recorded)}
    widget, host = expression(str(state["_esm"])), expression(link("shared/offline.js"))
    return pages.page(
        title,
        f'<div id="view"></div><noscript>{fallback}</noscript>'
        + pages.data_element("kept", kept, default=as_letters),
        style=page_style(str(state["_css"])),
        module=f"({host})({widget},{loaders(later)});",
    )


def loaders(later: Mapping[str, tuple[str, ...]]) -> str:
    """What `withScripts` calls for the parts of a view that few need, as JavaScript."""
    each = (f"{json.dumps(name)}:()=>{exports(*of)}" for name, of in later.items())
    return f"{{{','.join(each)}}}"


def answers(recorded: Sequence[Recorded]) -> list[dict[str, Any]]:
    """What was recorded, as ``recorded.js`` reads it."""
    return [{"when": one.when, "answers": one.answers, "changes": one.changes} for one in recorded]


def own_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A widget's state without what is Jupyter's."""
    return {key: value for key, value in state.items() if key not in JUPYTERS_OWN}


def page_style(sheet: str) -> str:
    """A view's style sheet with what the page around it needs."""
    return f":root{{color-scheme:light dark}}body{{margin:16px;{_FONT}}}{sheet}"


def as_letters(value: Any) -> dict[str, str]:
    """Bytes as JSON can hold them: {"$bytes": base64}."""
    return {"$bytes": base64.b64encode(bytes(value)).decode()}


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The records as CSV, with the mark at its start that spreadsheets need to read UTF-8."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + text.getvalue()


def table(rows: list[dict[str, Any]]) -> Any:
    """The records as a pandas frame if pandas is there, else as they are."""
    try:
        import pandas
    except ImportError:
        return rows
    return pandas.DataFrame(rows)
