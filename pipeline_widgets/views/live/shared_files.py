"""The engine and the models as files that all pages of a folder share, served or from a disk.

    shared = SharedFiles(site / "engine")         # once for a site
    here = shared.page("engine/")                 # once for a page: the folder as the page sees it
    body += here.element(explorer)                # for each view, where it stands
    pages.page(title, body, files=here.files, sheets=here.sheets, worker=True)

A view that can compute does so, the others are drawn as they were recorded (`SharedPage.lives` says
which it is). Each script is written once, under a name with the digest of what is in it: a browser
may keep it for ever, and two sites never mix. Weights are scripts too: a page on a disk may read
nothing else. What is in them is gzip, with a byte for each character (`part`).
"""

# traitlets and ipywidgets are only partly typed
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from pipeline_widgets import pages

from ...errors import BadInput
from ..shared import linker, offline_page
from ..shared.view import View
from .page import LiveView, engine, rest, sheet
from .short_names import shortened
from .weights import PageModel

_WORDS = {  # by part: how its words begin
    "guide": ("guide_", "guess_"),
    "inside": ("mixing_", "half_", "halves_"),
    "pin": ("pin_",),
}
_PART = 2_000_000  # bytes of weights in one file
_ESCAPES = ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n"), (b"\r", b"\\r"))


class SharedFiles:
    """A folder with the scripts that live pages share; it is made if it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        host = shortened(linker.expression(linker.link("live/shared_files.js")))
        files = {name: self._write("engine", ".js", text) for name, text in rest().items()}
        own = json.dumps(engine() | {"files": files}, separators=(",", ":"))
        self.engine = self._write("engine", ".js", f"({host})({own});")
        self._models = dict[int, tuple[Any, str, str]]()  # by the pipeline's id: it, name, file

    def page(self, address: str) -> SharedPage:
        """What one page needs; ``address`` is this folder's, relative to it, with a slash."""
        return SharedPage(self, address)

    def model(self, pipeline: Any) -> tuple[str, str]:
        """The name of a pipeline's model in pages, and the file that describes it."""
        if id(pipeline) not in self._models:
            model = PageModel.of(pipeline)
            name = f"{_plain(model.name)}-{model.digest}"
            described = model.described(self._weights(model, name)) | {"name": name}
            script = f"pipelineWidgets.model({pages.json_text(described)});"
            self._models[id(pipeline)] = pipeline, name, self._write("model", ".js", script)
        return self._models[id(pipeline)][1:]

    def script(self, expression: str) -> tuple[str, str]:
        """The name of a view's script, or of a part that few need, and its file."""
        expression = shortened(expression)
        name = sha256(expression.encode()).hexdigest()[:16]
        return name, self._write("view", ".js", f'pipelineWidgets.view("{name}",{expression});')

    def sheet(self, style: str) -> str:
        """The file of a view's style."""
        return self._write("view", ".css", style)

    def _weights(self, model: PageModel, name: str) -> list[dict[str, Any]]:
        """The parts of a model's weights, as files below a folder of their own."""
        written = self.folder / name / "parts.json"  # the last: what is there is whole
        if written.is_file():
            return json.loads(written.read_text("utf-8"))
        written.parent.mkdir(exist_ok=True)
        described: list[dict[str, Any]] = []
        for number, (known, data) in enumerate(model.parts(_PART)):
            file = f"{name}/{number:02}.js"
            (self.folder / file).write_bytes(part(data))
            described.append(known | {"file": file})
        written.write_text(pages.json_text(described), "utf-8")
        return described

    def _write(self, name: str, ending: str, text: str) -> str:
        file = f"{name}-{sha256(text.encode()).hexdigest()[:16]}{ending}"
        (self.folder / file).write_text(text, "utf-8")
        return file


class SharedPage:
    """What one page takes from the shared files; it grows with each view."""

    def __init__(self, shared: SharedFiles, address: str) -> None:
        self._shared, self._address = shared, address
        self._files, self._sheets = [shared.engine], list[str]()
        self.lives: list[bool] = []
        """Whether each view that was added computes in the page."""

    def element(
        self, view: View, *, picture: bool = True, more: Mapping[str, Any] | None = None
    ) -> str:
        """HTML for a view: its place, its data, and what is shown where no script runs.

        Without ``picture``, the page shows that itself, in a ``.picture`` beside the element.
        ``more`` is for what acts in Python's place (see `page_views.js`): the name of an ``act``,
        other ``traits``, and whatever it needs.
        """
        live = _live(view)
        self.lives.append(live is not None)
        state = live.state if live else _state(view)
        kept = self._live(live) if live else self._recorded(view, state)
        name, file = self._shared.script(linker.expression(str(state["_esm"])))
        self._files.append(file)
        self._sheets += [self._shared.sheet(str(state["_css"])), self._shared.sheet(sheet())]
        few = live.later if live else view._later()  # pyright: ignore[reportPrivateUsage]
        strings = kept["state"]["strings"] = dict(kept["state"]["strings"])
        later = {part: self._part(few[part], _own(strings, part, state["_esm"])) for part in few}
        kept |= {"view": name, "later": later, **(more or {})}
        data = pages.data_element("", kept, default=offline_page.as_letters)
        fallback = f"<noscript>{view.static_html()}</noscript>" if picture else ""
        kind = escape(type(view).__name__)
        return f'<div class="pw-page-view" data-view="{kind}">{data}{fallback}</div>'

    def _part(self, of: Sequence[str], words: Mapping[str, str]) -> tuple[str, str]:
        """A part that few need, with its own words."""
        return self._shared.script(f"({{...{linker.exports(*of)},words:{pages.json_text(words)}}})")

    def _live(self, live: LiveView) -> dict[str, Any]:
        found = [self._shared.model(pipeline) for pipeline in live.pipelines]
        self._files += [file for _, file in found]
        return live.data([name for name, _ in found])

    def _recorded(self, view: View, state: Any) -> dict[str, Any]:
        recorded = offline_page.answers(view._recorded())  # pyright: ignore[reportPrivateUsage]
        return {"state": offline_page.own_state(state) | {"offline": True}, "recorded": recorded}

    @property
    def files(self) -> list[str]:
        """The addresses of the scripts, in their order."""
        return [self._address + file for file in dict.fromkeys(self._files)]

    @property
    def sheets(self) -> list[str]:
        """The addresses of the style sheets."""
        return [self._address + file for file in dict.fromkeys(self._sheets)]


def _own(strings: dict[str, str], part: str, script: str) -> dict[str, str]:
    """The words that a part alone needs, taken out of the view's: its ``script`` names no such."""
    begins = _WORDS.get(part, ())
    own = [key for key in strings if key.startswith(begins) and key not in script]
    return {key: strings.pop(key) for key in own}


def _state(view: View) -> dict[str, Any]:
    return view.plain_state() | {"_scripts": {}} | view._exported()  # pyright: ignore[reportPrivateUsage]


def _live(view: View) -> LiveView | None:
    try:
        live = view.live_view()
    except BadInput:
        return None
    return live if isinstance(live, LiveView) else None


def part(data: bytes) -> bytes:
    """A part of the weights as a script.

    Read with ``charset="x-user-defined"`` it is one character for each byte; fetched, it is the
    bytes between the quotes. Four of 256 are written with two: the file is 1.6 % longer.
    """
    for sign, written in _ESCAPES:
        data = data.replace(sign, written)
    return b'pipelineWidgets.part("' + data + b'");'


def _plain(name: str) -> str:
    """A model's name as a part of a file's."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name)[-40:]
