"""Notebooks in a real JupyterLab in a real Chromium, driven from pytest.

A test asks for the fixture ``notebook`` and gives it cells; it gets back an `OpenNotebook`::

    def test_typing_shows_the_tokens(notebook):
        lab = notebook(
            ["import pipeline_widgets as pw", "view = pw.PipelineExplorer(text='Hi'); view"],
            wait_for=".pw-explorer",
            theme="dark",
            width=900,
        )
        lab.page.get_by_role("textbox", name="Sentence").fill("The cat")  # Playwright's own page
        expect(lab.page.get_by_text("Ġcat")).to_be_visible()  # wait for role or text, never sleep
        assert lab.value("view.text") == "The cat"  # an expression, asked from the kernel
        assert lab.run_cell("print(view.layer)") == "0\n"  # a new cell below, run; its text
        lab.screenshot("explorer-dark", ".pw-explorer")  # test-artefacts/explorer-dark.png
        lab.change_theme("light")  # JupyterLab's own command

When the test ends, it fails if the page sent any request that leaves the machine, wrote an error
to its console or threw (`OpenNotebook.outside_requests`, `OpenNotebook.console_errors`; clear the
list in a test that means it). Widgets send binary frames: see `OpenNotebook.kernel_frames`.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import nbformat
from playwright.sync_api import ConsoleMessage, Page, WebSocket

from tests.browser.server import LOOPBACK, LabServer, find_chromium, launch_chromium

__all__ = [
    "LabServer",
    "OpenNotebook",
    "Theme",
    "find_chromium",
    "launch_chromium",
    "open_notebook",
    "reuse_notebook",
]

Theme = Literal["light", "dark"]
ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"
TIMEOUT = 60_000  # ms; a cold JupyterLab on two idle cores needs 5 s, on busy ones 30 s


@dataclass
class OpenNotebook:
    """A notebook that is open and has run."""

    page: Page
    console_errors: list[str] = field(default_factory=list)  # console.error and thrown errors
    outside_requests: list[str] = field(default_factory=list)  # URLs beyond the loopback
    kernel_frames: list[int] = field(default_factory=list)  # bytes of each frame kernel → browser

    def open(self, url: str) -> None:
        """Go to a notebook's address, taking note of all that happens; wait for its kernel."""
        self.watch()
        self.page.goto(url)
        self.page.wait_for_function(_KERNEL_IS_IDLE)
        self.page.evaluate(_MARK)

    def watch(self) -> None:
        """Take note of all that happens in the page, whatever it shows."""
        self.page.set_default_timeout(TIMEOUT)
        self.page.on("request", lambda request: self._note_url(request.url))
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("websocket", self._note_websocket)

    def run_all(self) -> None:
        """Run every cell by JupyterLab's own command; AssertionError if one raised."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        for outputs in self.page.evaluate(_ALL_OUTPUTS):
            _text_of(outputs)

    def run_cell(self, code: str) -> str:
        """Add a cell at the end and run it; what it printed and its value as text.

        Raises AssertionError with the traceback if the cell raised.
        """
        return _text_of(self.page.evaluate(_RUN_CELL, code))

    def value(self, expression: str) -> Any:
        """What ``expression`` is in the kernel, if its repr is a literal; adds no cell."""
        answer = self.page.evaluate(_VALUE, expression)
        if answer["status"] == "error":
            raise AssertionError(f"{expression}: {answer['ename']}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])

    def change_theme(self, theme: Theme) -> None:
        """Switch JupyterLab's theme by its own command and wait until the page has it.

        Each switch shows JupyterLab's splash, which two at once would both take away, with an
        error: so each waits until the page is clear, as it does after loading.
        """
        chosen = f'body[data-jp-theme-light="{json.dumps(theme == "light")}"]'
        self.page.wait_for_selector(_SPLASH, state="detached")
        if self.page.query_selector(chosen) is None:
            self.page.evaluate(_CHANGE_THEME, f"JupyterLab {theme.title()}")
            self.page.wait_for_selector(chosen, state="attached")
            self.page.wait_for_selector(_SPLASH, state="detached")

    def screenshot(self, name: str, selector: str | None = None) -> Path:
        """Keep a picture of the window, or of one element, as ``test-artefacts/<name>.png``."""
        path = ARTEFACTS / f"{name}.png"
        shown = self.page if selector is None else self.page.locator(selector).first
        shown.screenshot(path=path)
        return path

    def _note_url(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"blob", "data", "about"} and parts.hostname != LOOPBACK:
            self.outside_requests.append(url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _note_websocket(self, socket: WebSocket) -> None:
        self._note_url(socket.url)
        if "/channels" in socket.url:
            socket.on("framereceived", lambda data: self.kernel_frames.append(_size(data)))


def open_notebook(
    lab: OpenNotebook,
    server: LabServer,
    cells: list[str],
    *,
    name: str = "test.ipynb",
    theme: Theme = "light",
    wait_for: str | None = None,
) -> None:
    """Write a notebook of these code cells, open it alone in the window and run all of it.

    ``wait_for`` is a selector to wait for afterwards, usually the widget's root class.
    Raises AssertionError with the traceback if a cell raised.
    """
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(book, server.root / name)
    lab.open(f"{server.url}/doc/tree/{name}?reset&token={server.token}")
    lab.change_theme(theme)
    lab.run_all()
    if wait_for is not None:
        lab.page.wait_for_selector(wait_for)


def reuse_notebook(
    lab: OpenNotebook,
    cells: list[str],
    *,
    theme: Theme = "light",
    wait_for: str | None = None,
) -> bool:
    """Give an open notebook other cells and its kernel an empty namespace, and run all of it.

    False, with nothing run, if its kernel is gone or the page was loaded again: views of kernels
    that have ended, which lie in its file, are looked for until some seconds later. Otherwise as
    `open_notebook`. To boot JupyterLab and a kernel takes most of a short test.
    """
    if not (lab.page.evaluate(_IS_MARKED) and lab.page.evaluate(_KERNEL_IS_IDLE)):
        return False
    lab.page.mouse.move(0, 0)
    lab.page.evaluate(_CHANGE_CELLS, cells)  # first, so that no view is drawn of a closed widget
    lab.value(_NAMESPACE_EMPTIED)
    lab.change_theme(theme)
    lab.kernel_frames.clear()
    lab.console_errors.clear()  # of a view still on its way to the screen when its widget closed
    lab.run_all()
    if wait_for is not None:
        lab.page.wait_for_selector(wait_for)
    return True


def _size(data: str | bytes) -> int:
    return len(data.encode() if isinstance(data, str) else data)


def _text_of(outputs: list[dict[str, Any]]) -> str:
    """The text of a cell's outputs (nbformat dicts), or AssertionError if one is an error."""
    text = ""
    for output in outputs:
        if output["output_type"] == "error":
            raise AssertionError(_COLOURS.sub("", "\n".join(output["traceback"])))
        plain = output["text"] if "text" in output else output["data"].get("text/plain", "")
        text += plain if isinstance(plain, str) else "".join(plain)
    return text


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # that IPython puts into tracebacks

_KERNEL_IS_IDLE = """
() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'
"""

_MARK = "globalThis.neverLoadedAgain = true"
_IS_MARKED = "globalThis.neverLoadedAgain === true"

_ALL_OUTPUTS = """
() => jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code').map(cell => cell.model.outputs.toJSON())
"""

_RUN_CELL = """
async code => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await jupyterapp.commands.execute('notebook:insert-cell-below');
  const cell = notebook.activeCell;
  cell.model.sharedModel.setSource(code);
  await jupyterapp.commands.execute('notebook:run-cell');
  return cell.model.outputs.toJSON();
}
"""

_VALUE = """
async expression => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const content = { code: '', silent: true, store_history: false };
  const asked = kernel.requestExecute({ ...content, user_expressions: { it: expression } });
  return (await asked.done).content.user_expressions.it;
}
"""

_CHANGE_CELLS = """
async cells => {
  const { content, model } = jupyterapp.shell.currentWidget;
  const shared = model.sharedModel, before = shared.cells.length;
  shared.insertCells(before, cells.map(source => ({ cell_type: 'code', source, metadata: {} })));
  shared.deleteCellRange(0, before);
  content.activeCellIndex = 0;
  content.node.querySelector('.jp-WindowedPanel-outer')?.scrollTo(0, 0);
}
"""

_NAMESPACE_EMPTIED = (
    "(__import__('ipywidgets').Widget.close_all(), __import__('IPython').get_ipython().reset())"
)

_SPLASH = "#jupyterlab-splash"

_CHANGE_THEME = """
async theme => jupyterapp.commands.execute('apputils:change-theme', { theme })
"""
