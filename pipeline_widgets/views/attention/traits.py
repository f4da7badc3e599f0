"""What an attention view shares with the browser: choices in, drawings out."""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import traitlets

from ..shared.view import ECHO_FREE, View
from . import data

PARTS = ("what_if", "heads", "options")
ORDERS = ("layer", "previous", "next", "first", "last", "punctuation", "broad", "effect")


class AttentionTraits(View):
    """The traits of ``AttentionView``; those that are read-only are what the browser draws."""

    layer = traitlets.Int(0).tag(**ECHO_FREE)
    """The chosen layer, counted from 0."""
    head = traitlets.Int(0).tag(**ECHO_FREE)
    """The chosen head, counted from 0."""
    token = traitlets.Int(-1).tag(**ECHO_FREE)
    """The token whose row is locked, counted from 0; -1 when none is."""
    key = traitlets.Int(-1).tag(**ECHO_FREE)
    """The token looked at whose weight is derived; -1 when none is."""
    source = traitlets.Enum(data.SOURCES, "head").tag(**ECHO_FREE)
    """What is drawn: one head, the mean of the layer's heads, of all, or the rollout."""
    words = traitlets.Bool(False).tag(**ECHO_FREE)
    """Whether sub-words are merged to words."""
    specials = traitlets.Enum(data.SPECIALS, "shown").tag(**ECHO_FREE)
    """Whether special tokens are shown, hidden, or hidden with rows brought back to 1."""
    mass = traitlets.Float(1.0, min=0.0, max=1.0).tag(**ECHO_FREE)
    """Only each row's largest weights that make up this share of it are drawn."""
    drawing = traitlets.Enum(("curves", "heatmap"), "heatmap").tag(**ECHO_FREE)
    """How the square is drawn."""
    opened = traitlets.List(traitlets.Enum(PARTS)).tag(**ECHO_FREE)
    """What is unfolded: "what_if", "heads" (all of them), "options" (other ways to draw)."""
    order = traitlets.Enum(ORDERS, "layer").tag(**ECHO_FREE)
    """By what the wall's heads are ordered."""
    off = traitlets.List().tag(**ECHO_FREE)
    """What is left out: ["head", layer, head], ["layer", layer], ["word", n] or ["mask", n]."""
    measuring = traitlets.Bool(False).tag(sync=True)
    """Set it to measure all effects, unset it to stop."""

    _panels = traitlets.Dict(read_only=True).tag(sync=True)
    _shown = traitlets.Dict(read_only=True).tag(sync=True)
    _wall = traitlets.Dict(read_only=True).tag(sync=True)
    _vectors = traitlets.Dict(read_only=True).tag(sync=True)
    _answer = traitlets.Dict(read_only=True).tag(sync=True)
    _effects = traitlets.Dict(read_only=True).tag(sync=True)
    _status = traitlets.Unicode("", read_only=True).tag(sync=True)
