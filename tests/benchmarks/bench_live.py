"""A page with no kernel: its size, how soon it lives, and from key to pixels beside JupyterLab.

    python -m tests.benchmarks live

Keystrokes in the page and in JupyterLab are measured in one run, on one machine. The page is served
from this machine; its weights come from the browser's own store, as on a second visit.
"""

from __future__ import annotations

import gzip
import re
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from threading import Thread

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

import pipeline_widgets as pw
from pipeline_widgets import pages
from pipeline_widgets.views.live.shared_files import SharedFiles
from tests.benchmarks.bench_browser import (
    BOX,
    DRAWN,
    KERNEL_RESTS,
    PICTURE,
    START,
    TYPED,
    WATCH_ONE_KEY,
)
from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row
from tests.browser.server import find_chromium, launch_chromium

EXPLORER = f"""
import pipeline_widgets as pw
view = pw.PipelineExplorer({START!r}, models=["roberta"], opened=["layers"])
view
"""
BOUNDS = {"one model": (40, 80), "both models": (70, 120), "a quarter of the processor": (150, 300)}
VISITS = 5
WEIGHTS = re.compile(r"/\d+\.js$")
# A function: the page's own policy lets no text be evaluated.
READY = f"() => document.querySelector('{PICTURE}')?.dataset.sequence === '1'"


def rows() -> list[Row]:
    """Sizes, then times and memory of one model, of both, and at a quarter of the processor."""
    with site() as (folder, address), chromium() as browser:
        found = size_rows(browser, folder, address)
        found += visit_rows(browser, address)
        alone = keystrokes(live_page(browser, f"{address}/one.html"))
        measured = {
            "one model": alone,
            "both models": keystrokes(live_page(browser, f"{address}/both.html")),
            "a quarter of the processor": keystrokes(live_page(browser, f"{address}/one.html", 4)),
        }
        for name, times in measured.items():
            middle, high = BOUNDS[name]
            found += [
                Row(f"keystroke → pixels, {name}", middle, median(times), "ms"),
                Row(f"the same, 95 of 100, {name}", high, quantiles(times, n=20)[-1], "ms"),
            ]
    lab = median(lab_keystrokes())
    detail = f"{median(alone):.0f} ÷ {lab:.0f} ms"
    return [*found, Row("keystroke, page ÷ JupyterLab", 0.6, median(alone) / lab, "", detail)]


@contextmanager
def site() -> Generator[tuple[Path, str]]:
    """A folder with a page of one model and one of both, and where it is served."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        shared = SharedFiles(folder / "engine")
        for name, models in (("one", ["roberta"]), ("both", ["roberta", "distilbert"])):
            here = shared.page("engine/")
            show = "both" if name == "both" else None
            view = pw.PipelineExplorer(START, models=models, show=show, opened=["layers"])
            body = here.element(view)
            page = pages.page(name, body, files=here.files, sheets=here.sheets, worker=True)
            (folder / f"{name}.html").write_text(page, "utf-8")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=home)) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield folder, f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A server that says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def chromium() -> Generator[Browser]:
    """A Chromium of its own."""
    executable = find_chromium()
    if executable is None:
        raise RuntimeError("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright, launch_chromium(playwright, executable) as browser:
        yield browser


def asked(browser: Browser, address: str) -> list[str]:
    """What a page asks for until it has read a sentence, but for its weights."""
    page, urls = browser.new_page(), list[str]()
    page.on("request", lambda request: urls.append(request.url))
    visit(page, f"{address}/one.html")
    page.close()
    return [url for url in urls if "blob:" not in url and not WEIGHTS.search(url)]


def size_rows(browser: Browser, folder: Path, address: str) -> list[Row]:
    """What a page and the engine weigh, and the weights."""
    sizes = {
        path: len(gzip.compress(path.read_bytes())) / 1e3
        for path in (folder / url.removeprefix(f"{address}/") for url in asked(browser, address))
    }
    words = [path for path in sizes if path.name.startswith("model-")]
    whole = sum(size for path, size in sizes.items() if path not in words)
    own = f"page {sizes[folder / 'one.html']:.0f}"
    detail = f"{own}; tokenizer beside it {sum(sizes[path] for path in words):.0f} kB"
    found = [Row("page and engine, gzipped", 60, whole, "kB", detail)]
    for name, most in (("roberta", 29), ("distilbert", 19)):
        size = sum(path.stat().st_size for path in folder.glob(f"engine/{name}-*/*.js"))
        found.append(Row(f"weights of {name}", most, size / 1e6, "MB"))
    return found


def visit_rows(browser: Browser, address: str) -> list[Row]:
    """First paint, tokens live, first live result, and the memory of the page's process."""
    context = browser.new_context()
    times, memory = list[tuple[float, float, float]](), 0.0
    for _ in range(VISITS + 1):
        page = context.new_page()
        before = biggest_renderer()
        times.append(visit(page, f"{address}/one.html"))
        memory = biggest_renderer() - before
        page.close()
    context.close()
    paint, tokens, live = (median(column) for column in zip(*times[1:], strict=True))
    return [
        Row("first paint", 0.6, paint, "s", f"medians of {VISITS} visits, weights kept"),
        Row("tokens live, after the first paint", 0.3, tokens, "s"),
        Row("first live result", 1.5, live, "s"),
        Row("memory of the page beside an empty one", 100, memory, "MB", "private, one model"),
    ]


def visit(page: Page, url: str) -> tuple[float, float, float]:
    """Seconds to the first paint, from there to live tokens, and to the first live result."""
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(".pw-chip")
    painted = time.perf_counter()
    page.locator(BOX).fill("What a waste of two hours!")
    page.wait_for_function(READY, polling="raf")
    cut = time.perf_counter()
    expect(page.locator(".pw-badges")).to_contain_text("negative", timeout=60_000)
    return painted - began, cut - painted, time.perf_counter() - began


def biggest_renderer() -> float:
    """Megabytes that the largest process that draws a page has to itself (the browser's own code,
    which all such processes share, is not among them)."""
    found: list[float] = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a page that was closed
            if "--type=renderer" in process.cmdline():
                found.append(process.memory_full_info().uss / 1e6)
    return max(found, default=0.0)


def live_page(browser: Browser, url: str, slower: float = 1) -> Page:
    """A page whose weights have come; its own thread runs ``slower`` times slower."""
    page = browser.new_page(viewport={"width": 1200, "height": 1600})
    page.goto(url)
    page.locator(BOX).fill(f"{START},")
    page.wait_for_function(READY)
    expect(page.locator(".pw-badges")).not_to_be_empty(timeout=60_000)
    page.locator(BOX).fill(START)
    page.wait_for_timeout(500)
    if slower > 1:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return page


def keystrokes(page: Page, rest: str = "() => true") -> list[float]:
    """Milliseconds from key to pixels for each key but the first."""
    times: list[float] = []
    for key in TYPED:
        page.evaluate(WATCH_ONE_KEY, [BOX, PICTURE, DRAWN])
        page.keyboard.press(key)
        times.append(page.evaluate("fromKeyToPixels"))
        page.wait_for_function(rest)
    return times[1:]


def lab_keystrokes() -> Sequence[float]:
    """The same in JupyterLab."""
    with notebook_page([EXPLORER], wait_for=PICTURE) as lab:
        return keystrokes(lab.page, KERNEL_RESTS)
