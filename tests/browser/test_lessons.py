"""Each lesson, opened as a learner has it and run from top to bottom, with the network off."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.lab import OpenNotebook

LESSONS = Path(__file__).parents[2] / "lessons"
NAMES = sorted(path.stem for path in LESSONS.glob("*.ipynb"))
LONG = 300_000  # ms; the longest lesson trains three small models
# Off-screen widgets are drawn when they come into view.
WALK = """
async () => {
  const notebook = jupyterapp.shell.currentWidget.content;
  for (const index of [...notebook.widgets.keys(), 0]) {
    await notebook.scrollToItem(index);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)));
  }
}
"""


@pytest.fixture
def open_lesson(chromium, lab_server):
    """Open a lesson by its name, in a copy of the lessons' folder; nothing is run yet."""
    opened: list[OpenNotebook] = []
    folder = lab_server.root / "lessons"
    shutil.copytree(LESSONS, folder, dirs_exist_ok=True)

    def show(name: str) -> OpenNotebook:
        page = chromium.new_page(viewport={"width": 1150, "height": 1000})
        lab = OpenNotebook(page)
        opened.append(lab)
        lab.open(f"{lab_server.url}/doc/tree/lessons/{name}.ipynb?reset&token={lab_server.token}")
        page.set_default_timeout(LONG)
        return lab

    yield show
    for lab in opened:
        lab.page.context.close()
    lab_server.end_kernels("lessons/")
    for lab in opened:
        assert lab.outside_requests == []
        assert lab.console_errors == []


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_from_top_to_bottom_with_no_error(open_lesson, name):
    lab = open_lesson(name)
    lab.run_all()  # raises if a cell does
    first = nbformat.read(LESSONS / f"{name}.ipynb", 4).cells[0].source.splitlines()[0]
    lab.page.evaluate(WALK)
    expect(lab.page.get_by_role("heading", level=1)).to_contain_text(first.removeprefix("# "))
    expect(lab.page.locator(".pw").first).to_be_visible()
    expect(lab.page.locator(".pw").get_by_text("undefined", exact=True)).to_have_count(0)
    lab.screenshot(f"lesson-{name}")


def test_a_lesson_that_was_not_run_yet_shows_its_pictures(open_lesson):
    lab = open_lesson("01-why")
    static = lab.page.locator(".jp-RenderedHTMLCommon table, .jp-RenderedHTMLCommon svg")
    expect(static.first).to_be_visible()
    expect(lab.page.get_by_text("Loading widget")).to_have_count(0)
    expect(lab.page.get_by_text("Error displaying widget")).to_have_count(0)


def test_an_exercise_is_solved_in_its_cell_and_submitted_below(open_lesson):
    lab = open_lesson("02-learn")
    lab.run_cell("import pipeline_widgets as pw")
    lab.run_cell('def word():\n    return "untidy"')
    lab.run_cell('pw.Quiz.lesson("exercises/02-learn", only=["long-word"], save=False)')
    quiz = lab.page.locator(".pw-quiz").last
    quiz.scroll_into_view_if_needed()
    quiz.get_by_role("button", name="Check my function").click()
    expect(quiz.get_by_text("At least four pieces")).to_be_visible()


def test_the_cheat_sheet_prints_on_one_page(chromium):
    page = chromium.new_page()
    page.goto((LESSONS / "cheat-sheet.html").as_uri())
    expect(page.get_by_role("cell", name="softmax(Q Kᵀ / √d) V", exact=False)).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    page.close()
