"""``handout``: a lesson to print, as one HTML file that needs no network and no script, and a PDF.

Nothing is run: what is printed is what the notebook holds. The PDF is made by a Chromium, Chrome
or Edge that is installed anyway.
"""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from ...errors import BadInput, MissingExtra
from ...pages import MARK
from ...writing import check_free, write_new
from .. import Commands, lessons
from . import printing
from .notebook import read

PAPERS = ("A4", "letter")


def add_to(commands: Commands) -> None:
    """Add ``handout`` to the command's parser."""
    parser = commands.add_parser(
        "handout",
        help="a lesson to print: one offline HTML file and a PDF",
        description="Print a notebook as it stands: text, code, figures, and its quizzes as a "
        "worksheet. Nothing is run and nothing is fetched.",
    )
    parser.add_argument("lesson", help="a notebook, or a lesson's name such as 03-pipeline-trace")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: LESSON.html and LESSON.pdf here"
    )
    parser.add_argument("--key", action="store_true", help="with the answers, on pages at the end")
    parser.add_argument("--html-only", action="store_true", help="no PDF")
    parser.add_argument("--paper", choices=PAPERS, default="A4", help="default: %(default)s")
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    source = find(options.lesson)
    html_file = _output(source, options.output, key=options.key)
    from .page import write  # needs nbconvert, which is looked for above

    made = write(read(source), source, key=options.key, paper=options.paper)
    if not options.html_only and not html_file.exists():
        check_free(html_file.with_suffix(".pdf"), mark="", force=options.force)
    write_new(html_file, made.html, mark=MARK, force=options.force)
    for warning in made.warnings:
        print(f"{source.name}: {warning}", file=sys.stderr)
    size = f"{len(made.html.encode()) / 1e3:.0f} kB"
    print(f"{html_file}: {made.figures} figures, {made.questions} questions, {size}")
    if not options.html_only:
        print(_pdf(html_file))
    return 0


def _pdf(html_file: Path) -> str:
    browser = printing.find_browser()
    if browser is None:
        return (
            f"No PDF: no Chromium, Chrome or Edge was found. Open {html_file} in any browser and "
            f"print it to a PDF from there. {printing.NAME_IT}"
        )
    pdf = html_file.with_suffix(".pdf")
    printing.print_page(html_file, pdf, browser)
    return f"{pdf}: {pdf.stat().st_size / 1e3:.0f} kB"


def find(lesson: str) -> Path:
    """The notebook of that path, or the lesson of that name.

    Raises:
        BadInput: there is none.
        MissingExtra: nothing is here that could make a page of it.
    """
    if any(find_spec(package) is None for package in ("nbconvert", "pygments")):
        raise MissingExtra(
            "Pages are rendered by nbconvert, which comes with JupyterLab: "
            "pip install 'pipeline-widgets[lessons]', or pip install nbconvert."
        )
    ours = lessons.lessons_folder() / f"{Path(lesson).stem}.ipynb"
    for file in (Path(lesson), ours):
        if file.is_file():
            return file
    names = ", ".join(sorted(file.stem for file in ours.parent.glob("*.ipynb")))
    raise BadInput(f"There is no notebook {lesson}. Give the path of one, or a lesson: {names}.")


def _output(source: Path, output: Path | None, *, key: bool) -> Path:
    """The HTML file to write; the PDF lies beside it."""
    if output is None:
        return Path(f"{source.stem}{'-key' if key else ''}.html")
    if output.suffix.lower() not in ("", ".html", ".pdf"):
        raise BadInput(f"A handout is written as .html and .pdf, not as {output.suffix}.")
    return output.with_suffix(".html")
