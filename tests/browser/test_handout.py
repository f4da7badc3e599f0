"""A handout from disk: drawn without network or script, and printed without a cut figure."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipeline_widgets.cli import main
from pipeline_widgets.command.lessons import lessons_folder
from tests.browser.server import find_chromium

LESSON = lessons_folder() / "03-pipeline-trace.ipynb"
MILLIMETRE = 96 / 25.4  # px
ON_A4 = round((210 - 2 * 17) * MILLIMETRE)  # between the margins: A4 is the narrower paper,
ON_LETTER = round((279 - 20 - 18) * MILLIMETRE)  # and Letter the lower one
PARTS = """
[...document.querySelectorAll('figure svg, table, .quiz .pw-sheet section')].map(part => ({
  height: part.getBoundingClientRect().height,
  texts: [...part.querySelectorAll('text, td, th, li, p')].map(one => one.textContent),
}))
"""


def stored() -> str:
    """The figures that the lesson's cells hold as outputs: all HTML but the quizzes."""
    cells = json.loads(LESSON.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = ["".join(one.get("data", {}).get("text/html", "")) for one in outputs]
    return "".join(one for one in found if "pw-sheet" not in one)


def plain(text: str) -> str:
    """Without blanks and ligatures, which a PDF has otherwise."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def handout(chromium, tmp_path_factory) -> Path:
    """The HTML of lesson 3; its PDF lies beside it, printed by the command's own browser."""
    file = tmp_path_factory.mktemp("handout") / "three.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "CHROMIUM", str(find_chromium()))
        main(["handout", str(LESSON), "--output", str(file)])
    return file


def test_every_figure_is_drawn_from_disk_without_network_or_script(chromium, handout):
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked, said = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(handout.as_uri())
    figures = page.locator("figure")
    for kind in ("svg", "table"):
        drawn = figures.locator(kind)
        assert drawn.count() == stored().count(f"<{kind}")
        assert all(one.bounding_box()["height"] > 20 for one in drawn.all())
    assert asked == [handout.as_uri()]
    assert said == []
    context.close()


def test_it_fits_the_paper_and_no_figure_or_question_is_cut_by_the_end_of_a_page(chromium, handout):
    page = chromium.new_page(viewport={"width": ON_A4, "height": 1000})
    page.emulate_media(media="print")
    page.goto(handout.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= ON_A4
    parts = page.evaluate(PARTS)
    page.close()
    pages = [plain(one.extract_text()) for one in PdfReader(handout.with_suffix(".pdf")).pages]
    questions = 10  # besides three tasks, which have lines to write on
    assert len(parts) == stored().count("<svg") + stored().count("<table") + questions
    for part in parts:
        assert part["height"] < ON_LETTER, f"longer than a page: {part['texts'][:3]}"
        texts = [plain(text) for text in part["texts"]]
        assert [text for text in texts if not any(text in one for one in pages)] == []
        on_one_page = any(all(text in one for text in texts) for one in pages)
        assert on_one_page, f"cut by the end of a page: {part['texts'][:3]}"
