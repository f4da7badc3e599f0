"""What an attention view shares with the browser: choices in, drawings out."""

from __future__ import annotations

import traitlets

from ..shared.view import View
from ..stages.base import QUIET
from . import data

ORDERS = ("layer", "previous", "next", "first", "last", "punctuation", "broad", "effect")


class AttentionTraits(View):
    """The traits of ``AttentionView``; those that are read-only are what the browser draws."""

    layer = traitlets.Int(0).tag(**QUIET)
    """The chosen layer, counted from 0."""
    head = traitlets.Int(0).tag(**QUIET)
    """The chosen head, counted from 0."""
    token = traitlets.Int(-1).tag(**QUIET)
    """The token whose row is locked, counted from 0; -1 when none is."""
    key = traitlets.Int(-1).tag(**QUIET)
    """The token looked at whose weight is derived; -1 when none is."""
    source = traitlets.Enum(data.SOURCES, "head").tag(**QUIET)
    """What is drawn: one head, the mean of the layer's heads, of all, or the rollout."""
    words = traitlets.Bool(False).tag(**QUIET)
    """Whether sub-words are merged to words."""
    specials = traitlets.Enum(data.SPECIALS, "shown").tag(**QUIET)
    """Whether special tokens are shown, hidden, or hidden with rows brought back to 1."""
    mass = traitlets.Float(1.0).tag(**QUIET)
    """Only each row's largest weights that make up this share of it are drawn."""
    drawing = traitlets.Enum(("heatmap", "arcs"), "heatmap").tag(**QUIET)
    """How the square is drawn."""
    order = traitlets.Enum(ORDERS, "layer").tag(**QUIET)
    """By what the wall's heads are ordered."""
    off = traitlets.List().tag(**QUIET)
    """What is left out: ["head", layer, head], ["layer", layer], ["word", n] or ["mask", n]."""
    measuring = traitlets.Bool(False).tag(sync=True)
    """Set it to measure all effects, unset it to stop."""

    lanes = traitlets.Dict(read_only=True).tag(sync=True)
    shown = traitlets.Dict(read_only=True).tag(sync=True)
    wall = traitlets.Dict(read_only=True).tag(sync=True)
    vectors = traitlets.Dict(read_only=True).tag(sync=True)
    answer = traitlets.Dict(read_only=True).tag(sync=True)
    effects = traitlets.Dict(read_only=True).tag(sync=True)
    status = traitlets.Unicode("", read_only=True).tag(sync=True)
