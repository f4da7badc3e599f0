"""A view and its models in one HTML file: read in any browser, with no network and no Python.

What the view shows is there at once, from the state it is written with; the engine reads on as
soon as the weights, which stand at the end of the file, have come.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline_widgets import pages

from ...engine.pipeline import Pipeline
from ...errors import BadInput
from ..shared import linker, offline_page
from .weights import settings, tables, tokenizer, weights

LARGEST = 200_000_000  # bytes of weights; a browser reads more, but nobody wants to wait for it
_BLOCK = 384 * 1024  # bytes of weights in one script: WebKit needs minutes for long ones


def page(
    name: str, state: Mapping[str, Any], pipelines: Sequence[Pipeline], *, fallback: str
) -> str:
    """The page: ``state`` is a widget's, ``fallback`` what is shown without scripts.

    Raises:
        BadInput: a model is of a family that the engine in the page doesn't compute, or too large.
    """
    described = [settings(pipeline) for pipeline in pipelines]
    files = [_weights(pipeline) for pipeline in pipelines]
    models = [
        {
            "config": one,
            "tokenizer": tokenizer(pipeline),
            "bytes": len(file),
            "sum": zlib.adler32(file),
        }
        for one, pipeline, file in zip(described, pipelines, files, strict=True)
    ]
    kernel = (linker.VIEWS / "live/engine/kernel.wasm").read_bytes()
    engine = {
        "kernel": _letters(kernel),
        "tables": tables(),
        "models": models,
        "source": linker.link("live/engine/worker.js"),
    }
    kept = {"state": offline_page.own_state(state), "engine": engine}
    host = (linker.VIEWS / "live/host.js").read_text("utf-8")
    script = str(state["_esm"]).replace("export default", "const widget =") + host
    blocks = [
        pages.letters_element(_letters(file[start : start + _BLOCK]), model=index)
        for index, file in enumerate(files)
        for start in range(0, len(file), _BLOCK)
    ]
    return pages.page(
        name,
        f'<div id="view"></div><noscript>{fallback}</noscript>'
        + pages.data_element("kept", kept, default=offline_page.as_letters),
        style=offline_page.page_style(str(state["_css"])),
        # Not a module: those wait for the whole page, and the weights stand at its end.
        scripts=[f"(() => {{'use strict';\n{script}}})();"],
        last="".join(blocks),
        worker=True,
    )


def _weights(pipeline: Pipeline) -> bytes:
    file = weights(pipeline)
    if len(file) > LARGEST:
        raise BadInput(
            f"A page with {pipeline.name} in it would carry {len(file) / 1e6:.0f} MB of weights; "
            f"{LARGEST // 10**6} MB are the most. Without live=True, to_html() keeps a picture "
            "that can still be steered."
        )
    return file


def _letters(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
