"""The explorer's own tests, asked of a live page: the same selectors, and what they expect comes
from Python. What is looked at, the page has computed itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

import pipeline_widgets as pw
from pipeline_widgets import pages
from pipeline_widgets.views.live.shared_files import SharedFiles
from pipeline_widgets.views.shared.offline_page import page_style
from tests.browser import test_explorer_drawings as drawings
from tests.browser import test_guide as guide
from tests.browser import test_inside_a_layer as inside

CASES: list[tuple[Callable[..., None], dict[str, Any]]] = [
    (
        drawings.test_curves_rise_from_the_token_that_looks_to_the_one_looked_at,
        {"model": "distilbert", "layer": 0, "head": 2, "theme": "dark"},
    ),
    (
        drawings.test_a_row_of_the_heatmap_is_the_token_that_looks,
        {"layer": 1, "head": 8, "theme": "dark"},
    ),
    (
        drawings.test_each_strip_has_the_signs_of_its_own_layer_and_token,
        {"layer": 3, "theme": "light"},
    ),
    (drawings.test_each_bar_and_number_is_the_answer_after_its_layer, {}),
    (drawings.test_one_number_is_written_alike_wherever_it_stands, {}),
    (drawings.test_a_cell_says_its_value_and_its_place_to_pointer_and_keys, {}),
    (drawings.test_a_model_has_its_colour_alone_and_beside_the_other, {}),
    (inside.test_the_two_halves_are_those_of_the_chosen_token_and_layer, {"model": "roberta"}),
    (inside.test_a_mixture_is_the_sum_of_the_values_by_weight, {}),
    (guide.test_the_guide_is_walked_by_keyboard_alone_and_left_by_escape, {}),
    (guide.test_a_guess_is_judged_by_the_numbers_of_the_learners_own_sentence, {}),
    (guide.test_every_control_has_a_name_and_every_picture_says_its_point, {}),
]
# `rest()` is kept when the worker has answered the last ask and the page has drawn it.
_REST = """(() => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  let open = false;
  const Own = Worker;
  window.Worker = class extends Own {
    constructor(...about) {
      super(...about);
      this.addEventListener("message", ({ data }) => {
        if (data.answer && !data.answer.early) open = false;
      });
    }
    postMessage(message) {
      if (message.ask) open = true;
      super.postMessage(message);
    }
  };
  window.rest = async () => {
    for (let still = 0; still < 3; still = open ? 0 : still + 1) await frame();
  };
})()"""


class LivePage:
    """A page over one view, drawn from what its own engine has answered."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def settle(self) -> None:
        """Wait until all that was asked has been drawn."""
        self.page.evaluate("rest()")


@pytest.fixture(scope="module")
def context(chromium) -> Iterator[BrowserContext]:
    size = {"width": 1280, "height": 1000}
    context = chromium.new_context(
        viewport=size, reduced_motion="reduce"
    )  # nothing plays by itself
    context.add_init_script(_REST)
    yield context
    context.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> SharedFiles:
    return SharedFiles(tmp_path_factory.mktemp("live") / "engine")


@pytest.fixture
def show(context: BrowserContext, shared: SharedFiles, served) -> Iterator[Callable[..., Any]]:
    """Draw an explorer of these arguments in a live page; returns it and its root element."""
    live = LivePage(context.new_page())
    folder: Path = shared.folder.parent

    def draw(text=drawings.TEXT, theme="light", **options):
        view = pw.PipelineExplorer(text, **options)
        here = shared.page("engine/")
        body = here.element(view)
        about = {"style": page_style(""), "files": here.files, "sheets": here.sheets}
        (folder / "view.html").write_text(pages.page("A view", body, **about, worker=True), "utf-8")
        live.page.emulate_media(color_scheme=theme)
        live.page.goto(f"{served(folder)}/view.html")
        box = live.page.locator(".pw-box")
        for typed in ("Something else", text):  # nothing recorded is on screen any more
            box.fill(typed)
            live.settle()
        return view, live.page.locator(".pw-explorer")

    draw.live = live
    yield draw
    assert live.errors == []
    live.page.close()


@pytest.mark.parametrize(("test", "about"), CASES, ids=[test.__name__[5:40] for test, _ in CASES])
def test_it_holds_in_a_live_page(show, test, about):
    module = sys.modules[test.__module__]

    def own(text=module.TEXT, **options):
        found = show(text, **options)
        return (*found, show.live) if module is inside else found

    test(own, **about)
