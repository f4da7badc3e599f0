"""Fixtures of the browser tests: one JupyterLab, one Chromium, a fresh page for each notebook."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

import pipeline_widgets as pw
from pipeline_widgets.quizzes.bank import write
from tests.browser.lab import OpenNotebook, Theme, open_notebook, reuse_notebook
from tests.browser.quiz_page import BANK
from tests.browser.server import LabServer, Quiet, find_chromium, launch_chromium

expect.set_options(timeout=15_000)  # two busy cores need more than Playwright's 5 s

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember on the test that it failed, for the screenshot that `notebook` then keeps."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; without one the test is skipped, in CI it fails."""
    executable = find_chromium()
    if executable is None:
        reason = "no Chromium here: apt-get install chromium, or set CHROMIUM to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # A SIGTERM (`timeout`, a cancelled job) then ends like Ctrl+C: servers and browser stop too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright, executable)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab_server(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab that serves an empty folder; not started when there is no Chromium."""
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server


class Desk:
    """Opens the notebooks of a test and leaves the first one open for the next test."""

    def __init__(self, chromium: Browser, server: LabServer) -> None:
        self.opened: dict[str, OpenNotebook] = {}  # by file name, in this test
        self._chromium, self._server = chromium, server
        self._kept: tuple[str, OpenNotebook] | None = None
        self._keeps_first = True
        self._count = 0

    def open(
        self, cells: list[str], *, width: int, height: int, fresh: bool, **options: Any
    ) -> OpenNotebook:
        """A notebook of these cells: the kept one, or one with a page and a kernel of its own."""
        first = not self.opened
        if first:
            self._keeps_first = not fresh
        if first and not fresh and self._kept is not None:
            (name, lab), self._kept = self._kept, None
            self.opened[name] = lab
            lab.page.set_viewport_size({"width": width, "height": height})
            if reuse_notebook(lab, cells, **options):
                return lab
            self.opened.pop(name).page.context.close()  # its kernel is gone
        lab = OpenNotebook(self._chromium.new_page(viewport={"width": width, "height": height}))
        self._count += 1
        name = f"test-{self._count}.ipynb"
        self.opened[name] = lab
        open_notebook(lab, self._server, cells, name=name, **options)
        return lab

    def clear(self, *, keep: bool) -> None:
        """Close this test's notebooks and end their kernels; all but the first if `keep`."""
        opened, self.opened = self.opened, {}
        if keep and self._keeps_first and opened:
            name = next(iter(opened))
            self._kept = name, opened.pop(name)
            self._kept[1].page.unroute_all()
            self._kept[1].page.emulate_media(media="null", reduced_motion="null")
        for lab in opened.values():
            lab.page.context.close()
        self._server.end_kernels(keep=self._kept[0] if self._kept else None)


@pytest.fixture(scope="package")
def desk(chromium: Browser, lab_server: LabServer) -> Desk:
    """What the fixture `notebook` opens and keeps notebooks with."""
    return Desk(chromium, lab_server)


@pytest.fixture
def notebook(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Callable[..., OpenNotebook]]:
    """Open a notebook of the given cells and run it; see `tests.browser.lab`.

    The first one of a test gets the page and the kernel of the test before, with all widgets closed
    and an empty namespace. `fresh=True` asks for a page and a kernel of its own, which end with the
    test, as do those of a test that failed.
    """

    def open_and_run(
        cells: list[str],
        *,
        wait_for: str | None = None,
        theme: Theme = "light",
        width: int = 1200,
        height: int = 1000,
        fresh: bool = False,
    ) -> OpenNotebook:
        options = {"width": width, "height": height, "theme": theme, "wait_for": wait_for}
        return desk.open(cells, fresh=fresh, **options)

    yield open_and_run
    opened = list(desk.opened.values())
    outside = [url for lab in opened for url in lab.outside_requests]
    errors = [error for lab in opened for error in lab.console_errors]
    failed = request.node.stash.get(FAILED, False)
    for lab in opened if failed else ():
        lab.screenshot(f"failed-{request.node.name}")
    desk.clear(keep=not failed and not outside and not errors)
    assert outside == [], "the page sent a request that leaves the machine"
    assert errors == [], "the page's console has errors"


@pytest.fixture
def axe_violations() -> Callable[[Page, str], list[str]]:
    """What axe-core says against the part of a page that a selector names: one line for each."""

    def look(page: Page, selector: str) -> list[str]:
        found = Axe().run(page, context=selector).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:160]}"
            for rule in found
            for node in rule["nodes"]
        ]

    return look


@pytest.fixture
def quiz_file(lab_server: LabServer) -> Path:
    """The quiz as a file beside the notebook: its source must not pass through the browser."""
    path = lab_server.root / "all.json"
    path.write_text(write(BANK, suffix=".json")[0], encoding="utf-8")
    return path


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page, for views without Jupyter (see `tests.browser.bridge`)."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def pipelines() -> list[pw.Pipeline]:
    return [pw.load(name) for name in ("roberta", "distilbert")]


@pytest.fixture(scope="module")
def served() -> Iterator[Callable[[Path], str]]:
    """The address of a folder on a server of its own."""
    servers = dict[Path, ThreadingHTTPServer]()

    def serve(folder: Path) -> str:
        if folder not in servers:
            quiet = partial(Quiet, directory=str(folder))
            servers[folder] = ThreadingHTTPServer(("127.0.0.1", 0), quiet)
            Thread(target=servers[folder].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[folder].server_port}"

    yield serve
    for server in servers.values():
        server.shutdown()
        server.server_close()
