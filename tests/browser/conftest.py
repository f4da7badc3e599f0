"""Fixtures of the browser tests: one JupyterLab, one Chromium, a fresh page for each notebook."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.lab import OpenNotebook, Theme, open_notebook
from tests.browser.server import LabServer, find_chromium, launch_chromium

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


@pytest.fixture
def notebook(
    chromium: Browser, lab_server: LabServer, request: pytest.FixtureRequest
) -> Iterator[Callable[..., OpenNotebook]]:
    """Open a notebook of the given cells and run it; see `tests.browser.lab`."""
    opened: list[OpenNotebook] = []

    def open_and_run(
        cells: list[str],
        *,
        wait_for: str | None = None,
        theme: Theme = "light",
        width: int = 1200,
        height: int = 1000,
    ) -> OpenNotebook:
        page = chromium.new_page(viewport={"width": width, "height": height})
        name = f"test-{len(list(Path(lab_server.root).glob('*.ipynb')))}.ipynb"
        lab = OpenNotebook(page)
        opened.append(lab)
        open_notebook(lab, lab_server, cells, name=name, theme=theme, wait_for=wait_for)
        return lab

    yield open_and_run
    for lab in opened:
        if request.node.stash.get(FAILED, False):
            lab.screenshot(f"failed-{request.node.name}")
        lab.page.context.close()
    lab_server.end_kernels()
    for lab in opened:
        assert lab.outside_requests == [], "the page sent a request that leaves the machine"
        assert lab.console_errors == [], "the page's console has errors"


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
