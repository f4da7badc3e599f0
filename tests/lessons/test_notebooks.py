"""What holds for every lesson: made from its source, stored clean, short cells, public names."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import subprocess
import sys
import textwrap

import nbformat
import pytest

import pipeline_widgets as pw
from pipeline_widgets import glossary, training
from pipeline_widgets.quizzes import bank
from recipes import lessons as maker
from tests.lessons.conftest import LESSONS, NAMES, code_cells, prose, stored

LINKS = re.compile(r"\]\(([^)#]+)\)|href=\"([^\"#]+)\"")
STANDARD = {"collections", "csv", "importlib.util", "math", "pathlib", "tempfile"}
FOREIGN = {"numpy", "transformers"}


def test_ten_lessons_are_there_and_each_has_a_source():
    assert maker.names() == NAMES
    assert len(NAMES) == 10
    assert [int(name[:2]) for name in NAMES] == list(range(10))


def test_the_notebook_is_what_its_source_says(lesson):
    kept = stored(lesson)
    made = maker.build(lesson)
    assert [cell.source for cell in kept.cells] == [cell.source for cell in made.cells]
    assert [cell.id for cell in kept.cells] == [cell.id for cell in made.cells]
    assert [cell.metadata for cell in kept.cells] == [cell.metadata for cell in made.cells]


def test_it_is_stored_executed_and_carries_nothing_that_differs_from_run_to_run(lesson):
    notebook = stored(lesson)
    assert notebook.metadata == maker.METADATA
    for cell in code_cells(lesson):
        skipped = "nbval-skip" in cell.metadata.get("tags", ())
        assert (cell.execution_count is None) == skipped, cell.source
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.get("text")
            assert maker.WIDGET not in output.get("data", {})
            assert "0x" not in output.get("data", {}).get("text/plain", "")


def test_it_is_small(lesson):
    assert (LESSONS / f"{lesson}.ipynb").stat().st_size <= 300_000


def test_code_cells_are_short(lesson):
    for cell in code_cells(lesson):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert 1 <= len(lines) <= 6, cell.source


def test_only_public_names_are_used(lesson):
    tree = ast.parse("\n".join(cell.source for cell in code_cells(lesson)))
    modules = {"pipeline_widgets", "pipeline_widgets.training", *STANDARD, *FOREIGN}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= modules
        elif isinstance(node, ast.ImportFrom):
            assert node.module in modules
            if node.module == "pipeline_widgets.training":
                assert {alias.name for alias in node.names} <= set(training.__all__)
        elif isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), ast.unparse(node)
            if isinstance(node.value, ast.Name) and node.value.id == "pw":
                assert node.attr in pw.__all__


UNLINKED = functools.partial(re.sub, r"\[([^\]]*)\]\(GLOSSARY[^)]*\)", r"\1")


def test_it_has_all_that_a_lesson_has(lesson):
    text, code = UNLINKED(prose(lesson)), [cell.source for cell in code_cells(lesson)]
    about = maker.read(lesson)[0]
    assert 10 <= about.minutes <= 30
    assert len(about.verbs) >= 3
    assert all(re.match(r"\*\*[a-z]+\*\* ", verb) for verb in about.verbs)
    reading = maker.reading_minutes(stored(lesson).cells[1:])
    times = f"> **{about.minutes} minutes**, {reading} of them reading · for"
    assert f"{times} {about.audience} · needs {about.needs}" in text
    assert reading <= about.minutes * 2 / 3  # the rest is for trying
    assert abs(maker.working_minutes(stored(lesson).cells[1:]) - about.minutes) <= 5
    assert f"<kbd>Enter</kbd>: {about.appears}. " in UNLINKED(stored(lesson).cells[0].source)
    predictions = sum("pw.Predict(" in cell for cell in code)
    assert predictions >= 1
    assert sum(cell.count("with guess:") for cell in code) >= predictions - 1
    assert "## In short" in text
    assert "> **Key insight.**" in text
    assert "FACTS.md" in text
    if lesson != NAMES[0]:
        assert any("pw.Quiz." in cell or "pw.Challenge." in cell for cell in code)
        sizes = ["Change", "Complete", "Write"]
        assert [size for size in sizes if f"### {size}\n" in text] == sizes
    if lesson in NAMES[:-1]:
        following = NAMES[NAMES.index(lesson) + 1]
        assert f"**Next:** [{maker.read(following)[0].numbered}]({following}.ipynb)" in text


def test_what_answers_a_prediction_is_folded_until_its_cell_has_run(lesson):
    """A learner who reads on before guessing sees a heading or a closed fold, and no answer."""
    cells = stored(lesson).cells
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and "with guess:" in cell.source:
            after = next(c.source for c in cells[index + 1 :] if c.cell_type == "markdown")
            assert after.startswith(("#", "<details>\n<summary>")), after[:80]


def test_no_view_between_a_prediction_and_its_fold_shows_what_came_out(lesson):
    """With *Run all* all is on screen before anybody has guessed; what is inside waits."""
    cells = stored(lesson).cells
    for index, cell in enumerate(cells):
        if cell.cell_type == "code" and "with guess:" in cell.source:
            below = itertools.takewhile(lambda c: c.cell_type == "code", cells[index + 1 :])
            for one in below:
                pictured = [o for o in one.outputs if "text/html" in o.get("data", {})]
                asks = re.search(r"^guess = |^with guess:|pw\.Quiz", one.source, re.MULTILINE)
                assert not pictured or asks, one.source


def test_no_right_option_stands_in_the_open_prose_below_its_question(lesson):
    cells = stored(lesson).cells
    for index, cell in enumerate(cells):
        for name, ids in re.findall(r'Quiz\.lesson\("([\w-]+)", only=\[(.*?)\]', cell.source):
            told = _words(_open_prose_below(cells[index + 1 :]))
            for id in re.findall(r'"([\w-]+)"', ids):
                for option in getattr(bank.lesson(name).only(id).questions[0], "options", ()):
                    said = _words(option.text)
                    assert not (option.right and len(said) > 1 and said <= told), option.text


def _words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"\w{4,}|\d+", text)}


def _open_prose_below(cells: list[nbformat.NotebookNode]) -> str:
    """What stands under a question before the next cell that is run, folds left out."""
    own = itertools.takewhile(lambda c: c.cell_type == "markdown" or "pw.Quiz" in c.source, cells)
    texts = [c.source for c in own if c.cell_type == "markdown"]
    return re.sub(r"\]\([^)]*\)", "", "\n".join(t for t in texts if not t.startswith("<details")))


def test_something_is_alive_within_the_first_three_cells(lesson):
    first = [output for cell in code_cells(lesson)[:3] for output in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in first)


def test_every_link_within_the_lessons_leads_somewhere(lesson):
    for pair in LINKS.findall(prose(lesson)):
        target = "".join(pair)
        if not target.startswith("http"):
            assert (LESSONS / target).is_file(), target


NO_PROSE = re.compile(r"```.*?```|`[^`]*`|^#.*?$|<table.*?</table>|<[^>]*>", re.M | re.DOTALL)


def test_each_term_of_the_field_is_explained_where_it_is_first_used(lesson):
    """Its first use is a link to the glossary, whose title is the plain sentence."""
    forms = {form.lower(): term for form, term in glossary.forms()}
    words = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    text = NO_PROSE.sub("", prose(lesson))
    outside = re.compile(rf"\]\([^)]*\)|(?<![\w-])({words})(?![\w-])", re.IGNORECASE)
    met: set[str] = set()
    for found in outside.finditer(text):
        term = forms.get((found[1] or "").lower())
        if term is None or term.name in met:
            continue
        if (within := _link_around(text, found.start())) and "GLOSSARY.md" not in within:
            continue  # a link of another kind, such as a lesson's title
        met.add(term.name)
        assert text[found.end() :].startswith(f'](GLOSSARY.md#{term.anchor} "{term.meaning}")'), (
            f"{term.name}: {text[found.start() - 40 : found.end() + 40]}"
        )
    assert met


def _link_around(text: str, at: int) -> str:
    """The target of the link in whose words a place stands; "" if it stands in none."""
    found = re.match(r"[^\[\]\n]*\]\(([^)]*)\)", text[at:])
    return found[1] if found and "[" in text[text.rfind("\n", 0, at) + 1 : at] else ""


def test_the_printed_glossary_is_the_one_that_the_package_has():
    assert (LESSONS / "GLOSSARY.md").read_text("utf-8") == glossary.page()


def test_nothing_is_fetched_when_a_lesson_is_read(lesson):
    source = (LESSONS / f"{lesson}.ipynb").read_text("utf-8")
    assert not re.search(r"<(img|script|link|iframe)|!\[|@import|url\(", source)


WITHOUT_TORCH = """
from importlib.machinery import PathFinder
real = PathFinder.find_spec
def find_spec(name, path=None, target=None):
    hidden = name.split(".")[0] in ("torch", "transformers")
    return None if hidden else real(name, path, target)
PathFinder.find_spec = staticmethod(find_spec)
"""
IN_A_NOTEBOOK = "from IPython.display import display\n"


@pytest.mark.parametrize("name", ["03-pipeline-trace", "05-try", "07-experiment"])
def test_the_lesson_goes_on_where_torch_is_missing(name, tmp_path):
    run = [cell for cell in code_cells(name) if "nbval-skip" not in cell.metadata.get("tags", ())]
    code = "\n".join(cell.source for cell in run)
    program = tmp_path / "lesson.py"
    program.write_text(WITHOUT_TORCH + IN_A_NOTEBOOK + textwrap.dedent(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_printed_cheat_sheet_is_the_one_in_the_lesson():
    assert (LESSONS / "cheat-sheet.html").read_text("utf-8") == maker.cheat_sheet()
