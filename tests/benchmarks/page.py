"""A notebook in a JupyterLab and a Chromium of its own, for measuring."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.lab import OpenNotebook, open_notebook
from tests.browser.server import LabServer, find_chromium, launch_chromium


@contextmanager
def notebook_page(
    cells: list[str], *, wait_for: str | None = None, height: int = 1600
) -> Generator[OpenNotebook]:
    """The cells, run in a fresh kernel, in a window 1200 pixels wide."""
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as server,
        sync_playwright() as playwright,
        launch_chromium(playwright, chromium) as browser,
    ):
        lab = OpenNotebook(browser.new_page(viewport={"width": 1200, "height": height}))
        open_notebook(lab, server, cells, wait_for=wait_for)
        yield lab
