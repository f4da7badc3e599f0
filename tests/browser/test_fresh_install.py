"""A machine with nothing on it: what is downloaded, how much it is, and that it then works.

It takes minutes and a package registry, so it runs only when asked for:
``FRESH_INSTALL=1 pytest -s tests/browser/test_fresh_install.py``
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hatchling.build import build_wheel
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import OpenNotebook, open_notebook
from tests.browser.server import LabServer

ROOT = Path(__file__).parents[2]
EXPLORER = ["import pipeline_widgets as pw", "pw.PipelineExplorer('The film was good.')"]
# The harness starts its own Python, which here makes way for another one.
ANOTHER = ["-c", "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"]
STATED = r"(\d+) MB to download, (\d+) MB on disk"  # in the README, once for each list below

pytestmark = pytest.mark.skipif(
    os.environ.get("FRESH_INSTALL") != "1", reason="installs from a registry: FRESH_INSTALL=1"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / build_wheel(str(folder))


def fresh(folder: Path) -> Path:
    """The Python of a new and empty virtual environment."""
    run([sys.executable, "-m", "venv", str(folder)])
    return folder / "bin" / "python"


def run(command: Sequence[object]) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


@contextmanager
def opened(chromium: Browser, starting: LabServer) -> Iterator[tuple[LabServer, OpenNotebook]]:
    """A server and a page, both gone with the block."""
    with starting as server, chromium.new_page(viewport={"width": 1200, "height": 1200}) as page:
        yield server, OpenNotebook(page)


def typing_changes_the_label(page: Page) -> None:
    label = page.locator(".pw-explorer .pw-badge-label")
    expect(label).to_have_text("positive", timeout=60_000)
    page.get_by_role("textbox", name="Your sentence").fill("The film was not good.")
    expect(label).to_have_text("negative")


def test_pip_install_in_a_cell_needs_one_restart_of_the_server(chromium, wheel, tmp_path):
    python = fresh(tmp_path / "venv")
    run([python, "-m", "pip", "install", "--quiet", "jupyterlab"])

    def lab(home: Path) -> LabServer:
        root = f"--ServerApp.root_dir={home / 'notebooks'}"
        return LabServer(home, [*ANOTHER, str(python), "-m", "jupyterlab", "--allow-root", root])

    with opened(chromium, lab(tmp_path / "before")) as (server, notebook):
        open_notebook(notebook, server, [f"%pip install --quiet {wheel}"])
        for cell in EXPLORER:
            notebook.run_cell(cell)
        # The page was loaded before the widgets' own scripts were there: a still picture.
        still = notebook.page.locator(".jp-OutputArea-output").last
        expect(still).to_contain_text("positive")
        assert notebook.page.locator(".pw-explorer").count() == 0
        notebook.screenshot("fresh-before-the-restart")
    with opened(chromium, lab(tmp_path / "after")) as (server, notebook):
        open_notebook(notebook, server, EXPLORER, wait_for=".pw-explorer")
        typing_changes_the_label(notebook.page)
        notebook.screenshot("fresh-after-the-restart")


def test_the_command_opens_the_lessons_and_the_sizes_are_as_stated(chromium, wheel, tmp_path):
    measured: list[tuple[float, float]] = []
    for name, wanted in (("core", wheel), ("lessons", f"{wheel}[lessons]")):
        python = fresh(tmp_path / name)
        empty = megabytes(tmp_path / name)
        run([python, "-m", "pip", "download", "-q", "-d", tmp_path / f"{name}-wheels", wanted])
        run([python, "-m", "pip", "install", "-q", wanted])
        sizes = megabytes(tmp_path / f"{name}-wheels"), megabytes(tmp_path / name) - empty
        measured.append(sizes)
        print(f"{name}: {sizes[0]:.0f} MB to download, {sizes[1]:.0f} MB on disk")
    without = subprocess.run(
        [tmp_path / "core" / "bin" / "pipeline-widgets", "lab", tmp_path / "mine"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pip install 'pipeline-widgets[lessons]'" in without.stderr
    run([tmp_path / "core" / "bin" / "python", "-m", "pip", "install", "-q", "jupyterlab"])
    for name in ("core", "lessons"):
        home = tmp_path / f"{name}-home"
        command = [str(tmp_path / name / "bin" / "pipeline-widgets"), "lab"]
        server = LabServer(home, [*ANOTHER, *command, str(home / "notebooks")])
        with opened(chromium, server) as (server, notebook):
            notebook.open(f"{server.url}/?token={server.token}")
            assert notebook.page.url.endswith("/lab/tree/00-start.ipynb")
            notebook.run_all()
            assert notebook.outside_requests == []
    stated = re.findall(STATED, (ROOT / "README.md").read_text("utf-8"))
    for (download, disk), said in zip(measured, stated, strict=True):
        assert download == pytest.approx(float(said[0]), rel=0.1)
        assert disk == pytest.approx(float(said[1]), rel=0.1)
