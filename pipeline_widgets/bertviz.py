"""BertViz's own pictures of a ``Trace``, offline and in JupyterLab 4.

BertViz (Vig 2019, arXiv 1906.05714) loads require.js, d3 and jQuery from a CDN, so in JupyterLab 4
its views stay blank, and anywhere else they need a network. Here the same page gets d3 and jQuery
from the copies that the packages mpld3 and XStatic-jQuery carry, the CDN's lines are taken out, the
numbers are rounded to three decimals, and the whole stands in a frame of its own that is shut off.
BertViz writes tokens into a script as they are, and a checkpoint's tokens may be anything:
so it is given marks in their place, and the tokens are put in afterwards.

It draws one element for each weight and writes each as text: over about 30 tokens it gets slow and
large (its own page: 2.5 MB for 20 tokens of a 12-layer model, 105 MB for 128), where
``AttentionView`` shows the same at any length. ``pip install "pipeline-widgets[bertviz]"`` brings
what is needed.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Sequence
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import pages
from .errors import BadInput, MissingExtra

if TYPE_CHECKING:
    from .trace import Trace

__all__ = ["BertVizPicture", "head_view", "model_view", "neuron_view"]

_LIBRARIES = (  # which package carries which file
    ("mpld3", "mpld3/js/d3.v5.min.js"),
    ("XStatic-jQuery", "xstatic/pkg/jquery/data/jquery.slim.min.js"),
)
_MOST = 2_000_000  # weights in a page; a browser shows no more
_SLOW = 30  # tokens from which a note is shown
_CDN = re.compile(r'<script src="https?://[^"]+"></script>')
_SCRIPT = re.compile(r'<script type="text/javascript">(.*?)</script>', re.DOTALL)
_MARK = re.compile(r'"\\ue000(\d+)\\ue001"')  # as JSON writes one of `_marks`
_CONFIG = re.compile(r"require\.config\(\{[^;]*?\}\s*\);")
_IDENTITY = re.compile(r"bertviz-[0-9a-f]{32}")
_REQUIRE = (
    "window.requirejs = window.require = (names, act) => act(window.jQuery, window.d3);"
    "requirejs.config = () => {};"
)


class BertVizPicture:
    """A page of BertViz; a notebook shows it, ``to_html`` writes it."""

    def __init__(self, name: str, trace: Trace, page: str, height: int) -> None:
        self.name = name
        self.trace = trace
        self.html = page
        self._height = height

    def __repr__(self) -> str:
        tokens = len(self.trace.tokens)
        return f"BertVizPicture({self.name!r}, model={self.trace.model!r}, tokens={tokens})"

    def _repr_html_(self) -> str:
        note = ""
        if len(self.trace.tokens) > _SLOW:
            note = (
                f"<p>{len(self.trace.tokens)} tokens make {len(self.html) / 1e6:.1f} MB here; over "
                f"about {_SLOW} BertViz gets slow. AttentionView(trace) shows the same at once.</p>"
            )
        frame = (  # an origin of its own: what runs in it can't reach the notebook around it
            f'<iframe sandbox="allow-scripts" title="{html.escape(repr(self))}" '
            f'srcdoc="{html.escape(self.html)}" '
        )
        return (
            f'<div>{note}{frame}style="width:100%;height:{self._height}px;border:0"></iframe></div>'
        )

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write the page as one file that needs no network."""
        target = Path(path)
        target.write_text(self.html, "utf-8")
        return target


def head_view(
    trace: Trace, *, layer: int | None = None, layers: Sequence[int] | None = None
) -> BertVizPicture:
    """BertViz's head view: lines between tokens, a colour for each head; ``layers`` keeps some."""
    made = _bertviz().head_view(
        _tensors(trace, layers),
        _marks(trace),
        prettify_tokens=False,
        layer=layer,
        include_layers=None if layers is None else list(layers),
        html_action="return",
    )
    return _picture("head_view", trace, made.data, 22.5 * len(trace.tokens) + 70)


def model_view(
    trace: Trace, *, layers: Sequence[int] | None = None, dark: bool = False
) -> BertVizPicture:
    """BertViz's model view: every head of every layer in small; ``layers`` keeps some."""
    made = _bertviz().model_view(
        _tensors(trace, layers),
        _marks(trace),
        prettify_tokens=False,
        display_mode="dark" if dark else "light",
        include_layers=None if layers is None else list(layers),
        html_action="return",
    )
    every, heads, tokens, _ = trace.layers.attention.shape
    wall = (every if layers is None else len(layers)) * (84 * tokens / heads + 10) + 38
    height = max(wall, 18 * tokens + 55) + 40  # by the measures in its script, as in the others
    return _picture("model_view", trace, made.data, height, dark=dark)


def neuron_view(
    trace: Trace, *, pipeline: Any = None, layer: int = 0, head: int = 0, dark: bool = False
) -> BertVizPicture:
    """BertViz's neuron view: query, key and their product, number by number.

    BertViz refuses DistilBERT and needs its own copy of RoBERTa; it is given the vectors of
    ``pipeline`` (loaded by ``trace.model`` if left out) instead, so both work.
    """
    _check(trace, None)
    own = _bertviz("bertviz.neuron_view")
    if pipeline is None:
        from . import load

        pipeline = load(trace.model)
    recorded = _Recorded(trace, pipeline)
    made = own.show(
        recorded,
        "roberta",
        recorded,
        trace.text or " ",
        display_mode="dark" if dark else "light",
        layer=layer,
        head=head,
        html_action="return",
    )
    return _picture("neuron_view", trace, made.data, 26 * len(trace.tokens) + 160, dark=dark)


class _Recorded:
    """A trace in the place of the model and the tokenizer that BertViz asks."""

    def __init__(self, trace: Trace, pipeline: Any) -> None:
        self._trace, self._pipeline = trace, pipeline
        self._marks = _marks(trace)
        self.cls_token, self.sep_token = self._marks[0], self._marks[-1]

    def tokenize(self, _text: str) -> list[str]:
        return self._marks[1:-1]

    def convert_tokens_to_ids(self, _tokens: list[str]) -> list[int]:
        return self._trace.tokens.ids.tolist()

    def eval(self) -> None:
        """Nothing to switch; without these two, BertViz won't call them [CLS] and [SEP] later."""
        self.cls_token = self.sep_token = ""

    def __call__(self, _ids: Any) -> tuple[list[dict[str, Any]]]:
        found: list[dict[str, Any]] = []
        for layer, weights in enumerate(self._trace.layers.attention):
            vectors = [
                self._pipeline.query_key_value(self._trace, layer, head)
                for head in range(len(weights))
            ]
            found.append(
                {
                    "attn": _rounded(weights[None]),
                    "queries": _rounded(np.stack([one.query for one in vectors])[None]),
                    "keys": _rounded(np.stack([one.key for one in vectors])[None]),
                }
            )
        return (found,)


def _picture(
    name: str, trace: Trace, written: str, height: float, *, dark: bool = False
) -> BertVizPicture:
    """The page with what it needs inside, and nothing that asks for more."""
    own = _IDENTITY.sub("bertviz-view", _CDN.sub("", written))
    names = _names(trace)
    scripts = [
        _MARK.sub(lambda mark: pages.json_text(names[int(mark[1])]), _CONFIG.sub("", script))
        for script in _SCRIPT.findall(own)
    ]
    paper = "#111" if dark else "#fff"  # BertViz's words are black where the page is dark, too
    page = pages.page(
        f"BertViz {name}",
        _SCRIPT.sub("", own),
        style=f"body{{margin:0;background:{paper}}}",
        first=(*_libraries(), _REQUIRE),
        scripts=scripts,
    )
    return BertVizPicture(name, trace, page, round(height))


def _libraries() -> list[str]:
    """d3 5 and jQuery, from the packages that carry them."""
    found: list[str] = []
    for package, place in _LIBRARIES:
        try:
            path = Path(str(metadata.distribution(package).locate_file(place)))
            found.append(path.read_text("utf-8"))
        except (metadata.PackageNotFoundError, FileNotFoundError) as error:
            raise _missing(package) from error
    return found


def _bertviz(module: str = "bertviz") -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise _missing("bertviz") from error


def _missing(package: str) -> MissingExtra:
    return MissingExtra(
        f'BertViz\'s views need {package}: pip install "pipeline-widgets[bertviz]". '
        "AttentionView works without."
    )


def _check(trace: Trace, layers: Sequence[int] | None) -> None:
    all_layers, heads, count, _ = trace.layers.attention.shape
    size = (all_layers if layers is None else len(layers)) * heads * count**2
    if size > _MOST:
        raise BadInput(
            f"{count} tokens are {size:,} weights, more than BertViz can show. Keep fewer layers "
            "(layers=[0, 1]) or use AttentionView(trace), which shows them all."
        )


def _tensors(trace: Trace, layers: Sequence[int] | None) -> list[Any]:
    """The attention as BertViz takes it: one (1, H, T, T) tensor for each layer of the model."""
    _check(trace, layers)
    return [_rounded(layer[None]) for layer in trace.layers.attention]


def _rounded(array: Any) -> Any:
    """Three decimals as 64-bit numbers, which JSON writes short."""
    torch: Any = import_module("torch")  # BertViz takes tensors and brings it
    return torch.from_numpy(np.round(array.astype(np.float64), 3))


def _marks(trace: Trace) -> list[str]:
    """A mark for each token, which BertViz passes through; private characters, in no token."""
    return [f"\ue000{position}\ue001" for position in range(len(trace.tokens))]


def _names(trace: Trace) -> list[str]:
    """Each token as the text it covers, so that no byte is shown as a stray letter."""
    return [shown.replace("Ġ", "␣") for shown in trace.tokens.shown]
