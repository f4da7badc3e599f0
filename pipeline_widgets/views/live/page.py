"""A view and its models in one HTML file: read in any browser, with no network and no Python.

What the view shows is there at once, from the state it is written with; the engine reads on as
soon as the weights, which stand at the end of the file, have come.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline_widgets import pages

from ...engine.pipeline import Pipeline
from ..shared import linker, offline_page
from ..shared.strings import PAGE
from .short_names import shortened
from .tables import tables
from .weights import PageModel

REST = ("word_piece", "pinned_view", "attention_view", "plain_kernel")
_WORKER = "live/engine/worker.js"
_PART = 400_000  # bytes of weights in one element: WebKit needs minutes for long ones


@dataclass(frozen=True, slots=True)
class LiveView:
    """A view's state for a page that computes.

    ``kind`` is the name of an answer in ``engine/worker.js``, ``asks`` are the traits that it is
    told when one of them changes; ``names`` are the titles of ``pipelines``, for people, ``shown``
    those whose weights are needed. Until they have come, ``early`` are the values of some traits.
    ``later`` names scripts and styles that run when the view asks for them.
    """

    kind: str
    asks: tuple[str, ...]
    state: Mapping[str, Any]
    pipelines: Sequence[Pipeline]
    names: Sequence[str]
    shown: Sequence[int] = (0,)
    early: Mapping[str, Any] = field(default_factory=dict[str, Any])
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def data(self, models: Sequence[Any]) -> dict[str, Any]:
        """What ``host.js`` shows; ``models`` are what it calls these pipelines."""
        strings = PAGE | self.state["strings"]
        about = {"kind": self.kind, "asks": self.asks, "models": models, "names": self.names}
        about |= {"shown": list(self.shown), "early": self.early}
        return {
            "live": about,
            "state": offline_page.own_state(self.state) | {"strings": strings},
        }

    def page(self, title: str, *, fallback: str) -> str:
        """One page with all in it; ``fallback`` is what is shown without scripts.

        Raises:
            BadInput: the engine in a page doesn't compute a model's family, or it is too large.
        """
        models = [PageModel.of(pipeline) for pipeline in self.pipelines]
        described, blocks = list[dict[str, Any]](), list[str]()
        for index, model in enumerate(models):
            parts = list(model.parts(_PART))
            described.append(model.described([known for known, _ in parts]))
            blocks += [
                pages.letters_element(letters(part), model=index, part=number)
                for number, (_, part) in enumerate(parts)
            ]
        view = self.data(list(range(len(models))))
        kept = {"engine": whole_engine(), "models": described, "view": view}
        widget = linker.expression(str(self.state["_esm"]))
        host = linker.expression(linker.link("live/one_file.js"))
        return pages.page(
            title,
            f'<div id="view"></div><noscript>{fallback}</noscript>'
            + pages.data_element("kept", kept, default=offline_page.as_letters),
            style=offline_page.page_style(str(self.state["_css"]) + sheet()),
            # Not a module: those wait for the whole page, and the weights stand at its end.
            scripts=[f"({host})({widget},{offline_page.loaders(self.later)});"],
            last="".join(blocks),
            worker=True,
        )


def engine() -> dict[str, Any]:
    """The engine itself, for any models, without what few need (`rest`)."""
    kernel = (linker.VIEWS / "live/engine/kernel.wasm").read_bytes()
    return {
        "kernel": letters(kernel),
        "tables": tables(),
        "source": shortened(linker.link(_WORKER)),
    }


def rest() -> dict[str, str]:
    """What few need of the engine, by name: each a script for after its own source."""
    return {
        name: f'engineRest("{name}",{shortened(linker.rest(f"live/engine/{name}.js", _WORKER))});'
        for name in REST
    }


def whole_engine() -> dict[str, Any]:
    """The engine with all that there is of it."""
    made = engine()
    return made | {"source": "\n".join([made["source"], *rest().values()])}


def sheet() -> str:
    """The style of what a page says of its weights."""
    return (linker.VIEWS / "live/page.css").read_text("utf-8")


def letters(data: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(data).decode("ascii")
