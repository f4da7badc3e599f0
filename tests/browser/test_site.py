"""The pages of `pipeline-widgets site`, all ten lessons: served and from disk, in any browser."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect
from pypdf import PdfReader

import pipeline_widgets as pw
from pipeline_widgets.cli import main
from pipeline_widgets.command.site import build
from pipeline_widgets.command.site import run as site_run
from tests.browser.lab import ARTEFACTS
from tests.browser.other_browsers import Firefox, WebKit, missing, wait_for
from tests.browser.server import LOOPBACK

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"width": 390, "height": 844}
LIVE = "[...document.querySelectorAll('.pw-chip')].some((one) => one.textContent.includes('waste'))"
_ALL_STARTED = """() => {
  const all = [...document.querySelectorAll('.pw-page-view')];
  const left = all.find((one) => !one.classList.contains('pw-page-drawn'));
  const fold = left?.closest('details');
  if (fold) fold.open = true;
  left?.scrollIntoView();
  return !left;
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All ten lessons, answers too; two of them with all kinds of views, the rest as stored.

    ``SITE_RUN=all`` runs all ten, which takes about a minute and a half of computing.
    """
    made = tmp_path_factory.mktemp("site")
    run_all = os.environ.get("SITE_RUN") == "all"
    with pytest.MonkeyPatch.context() as patch:

        def run(book: dict[str, Any], home: Path, shared: Path, *, torch: bool) -> site_run.Ran:
            title = "".join(book["cells"][0]["source"])
            wanted = run_all or title.startswith(("# 2", "# 3"))
            return site_run.run(book, home, shared, torch=torch) if wanted else site_run.Ran()

        patch.setattr(build, "run", run)
        main(["site", str(made), "--answers"])
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}/"
        server.shutdown()


class Watched:
    """A page, and all that it asks for and says."""

    def __init__(self, chromium: Browser, **options: object) -> None:
        self.page: Page = chromium.new_page(**options)  # type: ignore[arg-type]
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", self._note_failed)
        self.page.on("response", self._note)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _note_failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that is left asks for no more
            self.said.append(f"failed: {request.url}: {request.failure}")

    def _note(self, response: object) -> None:
        if getattr(response, "status", 200) >= 400:
            self.said.append(f"{response.status}: {response.url}")  # type: ignore[attr-defined]

    def close(self) -> None:
        self.page.context.close()


@pytest.mark.parametrize("way", ["served", "from disk"])
def test_all_pages_are_there_act_and_ask_nobody_else(
    chromium: Browser, folder: Path, served: str, way: str
) -> None:
    """A crawl from the contents: no dead link, no message, no request beyond the folder."""
    start = served if way == "served" else f"{folder.as_uri()}/"
    watched = Watched(chromium, viewport=PHONE, has_touch=True)
    page, waiting, seen = watched.page, [f"{start}index.html"], set[str]()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        page.goto(url)
        page.wait_for_function(_ALL_STARTED)
        assert page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], url
        places = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        for link in page.evaluate("[...document.links].map((one) => one.href)"):
            address, _, place = link.partition("#")
            if address == url and place and not place.startswith("show?"):
                assert page.evaluate("(at) => decodeURIComponent(at)", place) in places, link
            if link.startswith(start) and address not in (*seen, *waiting):
                waiting.append(address)
    assert len([url for url in seen if re.search(r"/\d\d-", url)]) == 10
    beyond = [url for url in watched.asked if not url.startswith((start, "blob:", "data:"))]
    assert beyond == []
    assert watched.said == []
    watched.close()


def test_a_page_on_a_phone_is_clean_to_axe_in_light_and_dark(
    chromium: Browser, folder: Path
) -> None:
    rules = {"runOnly": {"type": "tag", "values": WCAG}}
    names = {"light": ("index.html", "09-recall.html"), "dark": ("02-learn.html",)}
    for theme, looked_at in names.items():
        watched = Watched(chromium, viewport=PHONE, has_touch=True, color_scheme=theme)
        page = watched.page
        for name in looked_at:
            page.goto((folder / name).as_uri())
            page.wait_for_function(_ALL_STARTED)
            found = Axe().run(page, options=rules).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=ARTEFACTS / f"site-phone-{theme}.png")
        watched.close()


def test_questions_guesses_and_runs_act_in_the_page(chromium: Browser, folder: Path) -> None:
    watched = Watched(chromium)
    page = watched.page
    page.goto((folder / "03-pipeline-trace.html").as_uri())
    place = page.locator("[data-way=here]").first
    place.scroll_into_view_if_needed()
    guess = place.locator(".pw-guess")
    guess.get_by_role("radio").first.check()
    guess.get_by_role("button", name="That is my guess").click()
    expect(page.locator(".pw-outcome").first.locator("pre")).to_contain_text("1000 × 50")
    place = page.locator("[data-way=replay]")
    place.scroll_into_view_if_needed()
    run = place.locator(".pw-training")
    run.locator("select").first.select_option("4")
    run.get_by_role("button", name="Start").click()
    expect(run).to_have_attribute("data-state", "finished", timeout=30_000)
    run.get_by_role("button", name="Rewind").click()
    expect(run).to_have_attribute("data-state", "ready")
    page.goto((folder / "01-why.html").as_uri())
    place = page.locator("[data-way=marked]").first
    place.scroll_into_view_if_needed()
    quiz = place.locator(".pw-quiz")
    expect(quiz.get_by_role("radio").first).to_be_visible()
    for option in quiz.get_by_role("radio").all():
        if quiz.locator(".pw-is-right").count():
            break
        option.check()
        quiz.get_by_role("button", name=re.compile("Submit")).click()
    expect(quiz.locator(".pw-result.pw-is-right")).to_be_visible()
    assert watched.said == []
    watched.close()


def test_a_view_that_answers_a_prediction_is_folded(chromium: Browser, folder: Path) -> None:
    watched = Watched(chromium)
    page = watched.page
    page.goto((folder / "02-learn.html").as_uri())
    fold = page.locator("details.answer", has=page.locator(".pw-page-view"))
    fold.scroll_into_view_if_needed()
    expect(fold.locator("summary")).to_have_text("What came out")
    chip = fold.locator(".pw-chip", has_text="friend")
    expect(chip.or_(fold.locator("svg, table"))).to_have_count(1)  # its picture, unseen
    expect(fold.locator(".view")).to_be_hidden()
    fold.locator("summary").click()
    expect(chip).to_be_visible()
    assert watched.said == []
    watched.close()


def test_what_explains_a_result_is_folded_until_it_is_opened_or_printed(
    chromium: Browser, folder: Path
) -> None:
    watched = Watched(chromium)
    page = watched.page
    page.goto((folder / "02-learn.html").as_uri())
    folds = page.locator("main details:not(.answer)")
    told = page.get_by_text("Frequent words are whole, rare")
    assert folds.count() > 5
    assert page.locator("main details[open]").count() == 0
    expect(told).to_be_hidden()
    folds.first.locator("summary").click()
    expect(told).to_be_visible()
    printed = "".join(one.extract_text() for one in PdfReader(BytesIO(page.pdf())).pages)
    for word in ("Frequent words are whole", "it comes in two steps", "RoBERTa cuts the text"):
        assert word in " ".join(printed.split())
    assert "A solution" in printed
    expect(page.locator("main details[open]")).to_have_count(1)
    assert watched.said == []
    watched.close()


def test_search_finds_a_section_and_goes_there(chromium: Browser, folder: Path) -> None:
    watched = Watched(chromium)
    page = watched.page
    page.goto((folder / "index.html").as_uri())
    box = page.get_by_role("searchbox", name="Search")
    box.fill("residual connec")
    found = page.locator(".found a")
    expect(found.first).to_be_visible()
    found.first.click()
    expect(page).to_have_url(re.compile(r"\d\d-.*\.html"))
    expect(page.locator("main")).to_contain_text("residual connection")
    page.get_by_role("searchbox", name="Search").fill("zzzz nothing")
    expect(page.locator(".found")).to_contain_text("Nothing here has")
    assert watched.said == []
    watched.close()


def share_a_store(*pages: Page) -> None:
    """Have each page keep what it writes, and hear of what the others do.

    On a busy machine Chromium gives a document from disk, once in twenty times, a store of its own
    and forgets it, whatever the script; it gets the true one when it is loaded again.
    """
    for attempt in range(10):
        pages[0].evaluate(f"localStorage.setItem('attempt', '{attempt}')")
        for page in pages:
            page.reload()
        if all(one.evaluate("localStorage.getItem('attempt')") == str(attempt) for one in pages):
            return
    pytest.fail("the pages share no store")


@pytest.mark.parametrize("way", ["served", "from disk"])
def test_a_readers_theme_holds_on_all_pages_and_over_the_systems(
    chromium: Browser, folder: Path, served: str, way: str
) -> None:
    start = served if way == "served" else f"{folder.as_uri()}/"
    watched = Watched(chromium)
    page = watched.page
    page.goto(f"{start}index.html")
    with page.expect_popup() as opened:
        page.evaluate("open('glossary.html', '_blank', 'noopener')")
    other = opened.value
    other.bring_to_front()  # behind another, a page takes its time to load
    other.wait_for_load_state()

    def shows(one: Page, theme: str) -> None:
        expect(one.locator("html")).to_have_attribute("data-theme", theme)
        label = "Light" if theme == "dark" else "Dark"
        expect(one.locator("header .theme")).to_have_text(label)

    share_a_store(page, other)
    shows(other, "light")  # it is open, and hears
    page.emulate_media(color_scheme="dark")
    shows(page, "dark")  # the system's, as long as nothing is chosen
    page.emulate_media(color_scheme="light")
    shows(page, "light")
    page.locator("header .theme").click()
    shows(page, "dark")
    shows(other, "dark")
    for _ in range(5):  # see share_a_store
        page.reload()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    shows(page, "dark")
    other.emulate_media(color_scheme="dark")
    other.emulate_media(color_scheme="light")
    shows(other, "dark")
    assert watched.said == []
    watched.close()


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_other_browsers_compute_in_a_page_served_from_disk_and_of_one_file(
    name: str, folder: Path, served: str, tmp_path: Path
) -> None:
    if missing(name):
        pytest.skip(missing(name))
    view = pw.PipelineExplorer("Good film.", models=("distilbert",))
    single = view.to_html(tmp_path / "explorer.html", live=True)
    with (Firefox if name == "firefox" else WebKit)(tmp_path) as browser:
        for start in (f"{served}02-learn.html", (folder / "02-learn.html").as_uri()):
            read_live(browser, start)
            own = start.removesuffix("02-learn.html")
            asked = browser.evaluate(
                "performance.getEntriesByType('resource').map((one) => one.name)"
            )
            assert [url for url in asked if not url.startswith((own, "blob:", "data:"))] == []
        read_live(browser, single.as_uri())
        assert browser.errors == []


def read_live(browser: Firefox | WebKit, url: str) -> None:
    """Open a page with an explorer, type, and wait until what was typed has been read."""
    browser.open(url)
    wait_for(browser, "document.querySelector('.pw-explorer')")
    browser.keys(".pw-explorer input, .pw-explorer textarea", "What a waste of time!")
    wait_for(browser, LIVE)
