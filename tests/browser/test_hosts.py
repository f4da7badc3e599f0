"""The explorer and a quiz where no JupyterLab is around them: Notebook 7, Voila, marimo."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.lab import OpenNotebook
from tests.browser.server import LOOPBACK

CELLS = [
    "import pipeline_widgets as pw",
    "explorer = pw.PipelineExplorer('The film was good.')\nexplorer",
    "quiz = pw.Quiz.from_markdown('''# Layers\n\n## Which model has six layers?\n\n"
    "- (x) DistilBERT\n    Half of BERT's twelve.\n- ( ) RoBERTa\n''', save=False)\nquiz",
]
MARIMO = '''import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import pipeline_widgets as pw
    return mo, pw


@app.cell
def _(mo, pw):
    explorer = mo.ui.anywidget(pw.PipelineExplorer("The film was good."))
    explorer
    return (explorer,)


@app.cell
def _(explorer, mo):
    mo.md("Python read: " + explorer.value["text"])
    return


@app.cell
def _(pw):
    quiz = pw.Quiz.from_markdown("""# Layers

## Which model has six layers?

- (x) DistilBERT
    Half of BERT's twelve.
- ( ) RoBERTa
""", save=False)
    quiz
    return
'''


def needs(package: str) -> pytest.MarkDecorator:
    """Skip where a host is not installed; the extra ``test`` brings all three."""
    return pytest.mark.skipif(find_spec(package) is None, reason=f"{package} is not installed")


# What the hosts do on a page without any view of ours. Voila wants icons and MathJax from a CDN and
# does without; it loads JupyterLab's extensions too, and not each of them finds what it needs.
# Notebook 7.6 stumbles over a setting of its own and may ask for its file browser too early.
BY_ITSELF = re.compile(
    "fontawesome-free|mathjax|shared module|reading 'schema'|filebrowser:open-path", re.IGNORECASE
)


@pytest.fixture
def host(chromium, request):
    """A page that is watched: no request of ours leaves the machine, nothing of ours complains."""
    lab = OpenNotebook(chromium.new_page(viewport={"width": 1200, "height": 1600}))
    lab.watch()
    yield lab
    lab.screenshot(request.node.name.removeprefix("test_"))
    lab.page.context.close()
    noted = lab.outside_requests + lab.console_errors
    assert [line for line in noted if not BY_ITSELF.search(line)] == []


@pytest.fixture
def saved(lab_server) -> Iterator[str]:
    """The name of a notebook with the explorer and the quiz, not yet run."""
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(book, lab_server.root / "hosts.ipynb")
    yield "hosts.ipynb"
    lab_server.end_kernels("hosts.ipynb")


def typing_changes_the_label(page: Page) -> None:
    label = page.locator(".pw-explorer .pw-badge-label")
    expect(label).to_have_text("positive", timeout=60_000)
    box = page.get_by_role("textbox", name="Your sentence")
    box.fill("The film was ")
    box.press_sequentially("not good.")
    expect(label).to_have_text("negative")
    expect(page.locator(".pw-chip")).to_have_count(8)  # six for the words and the point, two ends


def an_answer_gets_its_feedback(page: Page) -> None:
    quiz = page.locator(".pw-quiz")
    quiz.get_by_role("radio", name="DistilBERT").check()
    quiz.get_by_role("button", name="Submit").click()
    expect(quiz.get_by_text("Half of BERT's twelve.")).to_be_visible()
    expect(quiz.locator(".pw-score")).to_have_text("1 / 1 point")


@needs("notebook")
def test_notebook_7(host, lab_server, saved):
    host.page.goto(f"{lab_server.url}/notebooks/{saved}?token={lab_server.token}")
    host.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")
    explorer = host.page.locator(".pw-explorer")
    # On a busy machine it may ask which kernel is meant, though the notebook names one, and again.
    select = host.page.locator(".jp-Dialog button.jp-mod-accept")
    host.page.add_locator_handler(select, lambda button: button.click(), no_wait_after=True)
    for _ in range(6):  # Notebook 7 shows its menu before the command behind it is there
        host.page.get_by_role("menuitem", name="Run", exact=True).click()
        host.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(PlaywrightTimeout):
            explorer.wait_for(timeout=10_000)
            break
    typing_changes_the_label(host.page)
    an_answer_gets_its_feedback(host.page)


@needs("voila")
def test_voila(host, lab_server, saved):
    host.page.goto(f"{lab_server.url}/voila/render/{saved}?token={lab_server.token}")
    typing_changes_the_label(host.page)
    an_answer_gets_its_feedback(host.page)


@needs("marimo")
def test_marimo(host, tmp_path):
    (tmp_path / "app.py").write_text(MARIMO, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "marimo", "run", "app.py", "--headless"],
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            host.page.goto(_address(server))
            typing_changes_the_label(host.page)
            expect(host.page.get_by_text("Python read: The film was not good.")).to_be_visible()
            an_answer_gets_its_feedback(host.page)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    """Where marimo says that it answers; it takes the next free port by itself."""
    said = ""
    for line in server.stdout or ():
        said += line
        if address := re.search(r"http://\S+", line):
            url = address[0].replace("localhost", LOOPBACK)
            _until_it_listens(urlsplit(url).port or 80)
            return url
    raise AssertionError(f"marimo did not start:\n{said}")


def _until_it_listens(port: int, seconds: float = 60) -> None:
    """marimo names its address before it opens the port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
