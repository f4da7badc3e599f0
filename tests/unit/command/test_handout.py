"""The command `handout`: what is on its page; how that prints is in tests/browser."""

from __future__ import annotations

import base64
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipeline_widgets.cli import main
from pipeline_widgets.command.handout import read
from pipeline_widgets.command.handout.offline import offline
from pipeline_widgets.command.handout.page import Made, write
from pipeline_widgets.command.lessons import lessons_folder

LESSONS = sorted(lessons_folder().glob("*.ipynb"))
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def stored(lesson: Path) -> list[str]:
    """The HTML that the cells of a notebook hold as outputs."""
    cells = json.loads(lesson.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [
        "".join(one["data"]["text/html"]) for one in outputs if "text/html" in one.get("data", {})
    ]


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(source: str, **data: str) -> dict[str, Any]:
    shown = [{"output_type": "execute_result", "data": data, "metadata": {}}] if data else []
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": shown}


def page(tmp_path: Path, *cells: dict[str, Any], key: bool = False) -> Made:
    return write(notebook(*cells), tmp_path / "own.ipynb", key=key)


class Tags(HTMLParser):
    """Every tag, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_each_lesson_has_every_figure_and_question_that_it_stores_and_nothing_to_fetch(lesson):
    made = write(read(lesson), lesson)
    assert made.warnings == ()
    assert "open this" not in made.html
    quizzes = [one for one in stored(lesson) if "pw-sheet" in one]
    cards = [one for one in stored(lesson) if one.startswith("<div><h3>")]
    figures = [one for one in stored(lesson) if one not in quizzes + cards]
    assert made.figures == len(figures) == made.html.count("<figure>")
    assert [one for one in figures if f"<figure>{one}</figure>" not in made.html] == []
    asked = sum(one.count("<h3>") for one in quizzes) + sum(one.count("<li>") for one in cards)
    assert made.questions == asked
    numbers = re.findall(r"<h3>(\d+)\.|<th>(\d+)\.</th>", made.html)
    assert [int(one or other) for one, other in numbers] == list(range(1, asked + 1))
    for tag, attributes in Tags(made.html).all:
        assert tag not in ("script", "link", "iframe")
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("src") or "data:").startswith("data:")
        assert re.match(r"https?:|#|$", attributes.get("href") or "")


def test_the_answers_come_with_the_key_alone_and_under_their_questions_numbers():
    lesson = lessons_folder() / "03-pipeline-trace.ipynb"
    assert "Answer" not in write(read(lesson), lesson).html
    body, _, key = write(read(lesson), lesson, key=True).html.partition("<h1>Answers</h1>")
    assert "Answer" not in body
    # Six layers of twelve heads; where the tokens go from the shape.
    for number, right in ((3, "72"), (4, "layers and pooling")):
        said = rf"<h3>{number}\.</h3><div class='pw-key'><p><strong>Answer:</strong> {right}<"
        assert re.search(said, key)


def test_live_questions_get_the_key_of_the_model_that_they_were_asked_of():
    lesson = lessons_folder() / "09-recall.ipynb"
    body, _, key = write(read(lesson), lesson, key=True).html.partition("<h1>Answers</h1>")
    # "friendly" is token 5, and RoBERTa's positions begin at 2.
    for asked, right in (
        ("RoBERTa reads .{50}", "7<"),
        ("Select every special", r"<code>\[CLS\]<"),
    ):
        question = re.search(rf"<h3>(\d+)\.((?!<h3>).)*{asked}", body)
        assert question is not None
        assert re.search(rf"<h3>{question[1]}\.</h3>((?!<h3>).)*</strong> {right}", key)


def test_an_inline_quizs_answers_are_not_printed_with_its_code(tmp_path):
    text = "# Mine\n\n## What is 2 + 2?\n\n- (x) quadruple-right\n- ( ) five\n    That is a tale.\n"
    source = f"import pipeline_widgets as pw\n\nquiz = pw.Quiz.from_markdown('''{text}''')\nquiz"
    without, with_key = (page(tmp_path, code(source), key=key) for key in (False, True))
    assert without.questions == 1
    assert "That is a tale" not in without.html
    assert "(x)" not in without.html
    assert "○ quadruple-right" in without.html
    assert "import</span>" in without.html
    assert "That is a tale" in with_key.html


def test_a_quiz_that_the_code_does_not_tell_is_printed_as_stored_and_said(tmp_path):
    picture = "<div class='pw-sheet'><h2>Mine</h2><section><h3>1.</h3><p>Why?</p></section></div>"
    made = page(tmp_path, code("make_quiz(secrets())", **{"text/html": picture}))
    assert "<p>Why?</p>" in made.html
    assert len(made.warnings) == 1
    assert "cell 0" in made.warnings[0]


def test_what_runs_or_fetches_is_left_out_and_a_picture_beside_the_notebook_is_taken_in(tmp_path):
    (tmp_path / "my plot.png").write_bytes(PIXEL)
    clean = offline(
        "<p onclick='alert(1)' class=\"x\">a &lt; b<script>fetch('//x')</script></p>"
        '<img src="my%20plot.png" alt="mine"><img src="https://example.org/x.png" alt="theirs">'
        '<iframe src="https://example.org"></iframe><a href="01-why.ipynb">next</a>'
        '<a href="https://example.org">out</a><link rel=stylesheet href=x.css>'
        '<svg viewBox="0 0 1 1"><linearGradient id="g"/><image href="https://example.org/y.png"/>'
        '<use href="#g"/></svg>',
        tmp_path,
    )
    inside = base64.b64encode(PIXEL).decode()
    assert clean == (
        f'<p class="x">a &lt; b</p><img src="data:image/png;base64,{inside}" alt="mine">'
        '<em>[theirs]</em>next<a href="https://example.org">out</a>'
        '<svg viewBox="0 0 1 1"><linearGradient id="g"/><image/><use href="#g"/></svg>'
    )


def test_what_a_notebook_folds_stands_open_on_paper(tmp_path):
    folded = "<details>\n<summary>Why</summary>\n\nBecause *so*.\n\n</details>"
    made = page(tmp_path, markdown(folded), markdown("Code: `<details>`"))
    assert re.search(r"<details open(?:=\"\")?>\s*<summary>Why</summary>", made.html)
    assert "<em>so</em>" in made.html
    assert "&lt;details&gt;" in made.html


def test_markdown_mathematics_becomes_mathml_and_outputs_keep_their_best_form(tmp_path):
    picture = base64.b64encode(PIXEL).decode()
    made = page(
        tmp_path,
        markdown(r"Scores are $\frac{q \cdot k}{\sqrt{d}}$, as `$` says."),
        code("plot()", **{"image/png": picture, "text/plain": "<Figure>"}),
        code("live()", **{"text/html": "<script>draw()</script>", "text/plain": "Live(1)"}),
    )
    assert "<mfrac>" in made.html
    assert "<msqrt>" in made.html
    assert f"data:image/png;base64,{picture}" in made.html
    assert "&lt;Figure&gt;" not in made.html
    assert "draw()" not in made.html
    assert "Live(1)" in made.html
    assert made.figures == 1


def test_without_a_browser_the_html_is_written_and_the_way_to_a_pdf_is_said(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    main(["handout", "00-start", "--key", "--paper", "letter"])
    assert "@page{size:letter;" in (tmp_path / "00-start-key.html").read_text()
    said = capsys.readouterr().out
    assert "print it to a PDF from there" in said
    assert "CHROMIUM" in said
    main(["handout", "00-start", "--output", "made/mine.pdf", "--html-only"])
    assert (tmp_path / "made" / "mine.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.ipynb"], r"no notebook nothing\.ipynb.*03-pipeline-trace"),
        (["00-start", "-o", "x.ipynb"], r"not as \.ipynb"),
        (["old.ipynb"], "not a notebook of format 4"),
    ],
)
def test_what_cannot_be_printed_is_said(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    Path("old.ipynb").write_text('{"nbformat": 3, "worksheets": []}')
    with pytest.raises(SystemExit, match=message):
        main(["handout", *arguments, "--html-only"])


def test_without_nbconvert_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "nbconvert", None)  # Python's own way to make it missing
    with pytest.raises(SystemExit, match=r"pip install 'pipeline-widgets\[lessons\]'"):
        main(["handout", "00-start"])
