"""Each lesson, opened as a learner has it and run from top to bottom, with the network off."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from pipeline_widgets.command.lessons import copy_lessons
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


# All that the notebook shows, cell by cell: JupyterLab draws only what is in view.
READ = """
async () => {
  const notebook = jupyterapp.shell.currentWidget.content;
  let text = '', outputs = 0;
  for (const index of notebook.widgets.keys()) {
    await notebook.scrollToItem(index);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)));
    text += notebook.widgets[index].node.innerText + '\\n';
    outputs += notebook.widgets[index].node.querySelectorAll('.jp-OutputArea-child').length;
  }
  return [text, outputs];
}
"""


@pytest.fixture
def open_lesson(chromium, lab_server):
    """Open a lesson by its name, as `lab` and `lessons` copy it; nothing is run yet."""
    opened: list[OpenNotebook] = []
    copy_lessons(lab_server.root / "lessons")

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
def test_it_gives_nothing_away_and_then_runs_from_top_to_bottom_with_no_error(open_lesson, name):
    lab = open_lesson(name)
    text, outputs = lab.page.evaluate(READ)
    lab.screenshot(f"lesson-{name}-first")
    assert outputs == 0  # no loose picture
    book = nbformat.read(LESSONS / f"{name}.ipynb", 4)
    written = "\n".join(cell.source for cell in book.cells)
    assert "Where the numbers come from" in text.splitlines()[-1]  # all of it was read
    for line in _printed(book):
        assert line in written or line not in text, line

    lab.run_all()  # raises if a cell does
    lab.page.evaluate(WALK)
    first = book.cells[0].source.splitlines()[0]
    expect(lab.page.get_by_role("heading", level=1)).to_contain_text(first.removeprefix("# "))
    expect(lab.page.locator(".pw").first).to_be_visible()
    expect(lab.page.locator(".pw").get_by_text("undefined", exact=True)).to_have_count(0)
    lab.screenshot(f"lesson-{name}")


def _printed(book: nbformat.NotebookNode) -> set[str]:
    """The lines that its cells print when they are run, long enough to be nothing else."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return {line for text in texts for line in text.splitlines() if len(line) >= 10}


def test_a_lesson_can_be_projected_with_larger_letters(open_lesson):
    """View › Presentation Mode, as TEACHING.md says, with a view that is alive."""
    lab = open_lesson("02-learn")
    title = lab.page.get_by_role("heading", level=1)
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    before = title.evaluate(size)
    lab.page.evaluate("jupyterapp.commands.execute('application:toggle-presentation-mode')")
    expect(lab.page.locator(".jp-mod-presentationMode").first).to_be_attached()
    assert title.evaluate(size) > before
    lab.run_cell(
        "import pipeline_widgets as pw\npw.PipelineExplorer('The waiter was not friendly.')"
    )
    view = lab.page.locator(".pw").last
    view.scroll_into_view_if_needed()
    expect(view).to_be_visible()
    lab.screenshot("lesson-projected")


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
