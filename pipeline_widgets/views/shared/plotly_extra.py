"""plotly, which ``figure()`` alone needs: an extra, not a part of every installation."""

from __future__ import annotations

import importlib
from typing import Any

from ...errors import MissingExtra


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra(
            'figure() draws with plotly: pip install "pipeline-widgets[plotly]". '
            "to_svg() and to_html() need nothing more."
        ) from error


def graph_objects() -> Any:
    """``plotly.graph_objects``; raises `MissingExtra` without plotly."""
    return _module("plotly.graph_objects")


def make_subplots(rows: int, columns: int, **options: Any) -> Any:
    """``plotly.subplots.make_subplots``; raises `MissingExtra` without plotly."""
    return _module("plotly.subplots").make_subplots(rows, columns, **options)
