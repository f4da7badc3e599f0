"""The lessons, made from one Markdown source each: ``python -m recipes lessons [NAME …]``.

A source begins with what its header says, as YAML, and goes on as Markdown. A fence ``python`` is
a code cell (``python network`` and other words become its tags); a fence ``exercise`` has lines
such as ``change flip``, a size and the id of a code task in ``lessons/quizzes/exercises/``. Its
cell is made from the task's solution, with the body taken out, so a solution is written once, and
never in a notebook. A fence ``after`` is prose that gives an answer away: it is folded until the
learner opens it, having run the cell above (or ``after answering``, ``after trying``). Other fences
stay as they are. The first use of each term of the glossary
becomes a link to it, with its plain sentence as the link's title.

Notebooks are stored executed, without widget state, times and names of models in memory, so that
building one again changes nothing unless what it shows has changed. A stored widget shows its
static picture.
"""

from __future__ import annotations

import ast
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mistune
import nbformat
import yaml
from nbclient import NotebookClient

from pipeline_widgets import glossary
from pipeline_widgets.quizzes import bank
from pipeline_widgets.quizzes.kinds import CodeTask

SOURCES = Path(__file__).parent
LESSONS = SOURCES.parents[1] / "lessons"
RECALL = "09-recall"
TEMPLATE = "template"  # for a lesson of one's own; not one of the ten
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
OPEN_AFTER = {
    "running": "Run the cell above, then open this",
    "answering": "Answer above, then open this",
    "trying": "Try it, then open this",
}
WORDS_A_MINUTE = 150  # of a text that one wants to understand
MINUTES_FOR = {"cell": 0.2, "question": 0.5, "exercise": 2.0}  # to run and look, to answer, to code
# Fences of three signs at the start of a line; "python", "exercise", "after" become cells.
_CELL = re.compile(r"^```(python|exercise|after)([^\n]*)\n(.*?)^```$\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class About:
    """What a lesson's header, the start page's cards and the README say of it."""

    name: str  # "02-learn"
    title: str
    tagline: str
    minutes: int
    audience: str
    needs: str
    verbs: tuple[str, ...]  # what the learner will do, one verb first
    appears: str  # what the first cell shows when it is run

    @property
    def numbered(self) -> str:
        """The title with the lesson's number; the start page and the template have none."""
        number = 0 if self.name == TEMPLATE else int(self.name[:2])
        return f"{number} · {self.title}" if number else self.title

    @property
    def link(self) -> str:
        """The title as a Markdown link."""
        return f"[{self.numbered}]({self.name}.ipynb)"


def names() -> list[str]:
    """The ten lessons, in order."""
    return sorted(path.stem for path in SOURCES.glob("[0-9]*.md"))


def read(name: str) -> tuple[About, str]:
    """What a source says in its header, and the rest of it."""
    _, head, body = (SOURCES / f"{name}.md").read_text("utf-8").split("---\n", 2)
    plain: dict[str, Any] = yaml.safe_load(head)
    return About(name=name, **plain | {"verbs": tuple(plain["verbs"])}), body


def build(name: str) -> nbformat.NotebookNode:
    """The notebook of a lesson, not yet run."""
    about, body = read(name)
    middle = [*_cells(name, body), _markdown(_footer(about))]
    cells = [_markdown(_header(about, reading_minutes(middle))), *middle]
    known: set[str] = set()
    for cell in cells:
        if cell.cell_type == "markdown":
            cell["source"] = link_terms(cell["source"], known)
    for index, cell in enumerate(cells):
        cell["id"] = f"{name.split('-', 1)[-1]}-{index:02d}"
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def blank(task: CodeTask) -> str:
    """What a learner begins with: the task's own start, or its solution without the body."""
    if task.starter:
        return task.starter.rstrip("\n")
    made = next(n for n in ast.parse(task.solution).body if isinstance(n, ast.FunctionDef))
    first = made.body[0]
    documented = ast.get_docstring(made) is not None
    end = first.end_lineno if documented else first.lineno - 1
    return "\n".join([*task.solution.splitlines()[made.lineno - 1 : end], "    ..."])


def run(notebook: nbformat.NotebookNode, folder: Path = LESSONS) -> None:
    """Execute a notebook in place and take out what differs from run to run."""
    with tempfile.TemporaryDirectory() as data:
        own = {"PIPELINE_WIDGETS_DATA": data, "HF_HUB_OFFLINE": "1", "PYTHONHASHSEED": "0"}
        client = NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=True,
            skip_cells_with_tag="nbval-skip",
        )
        client.execute(env=os.environ | own)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)


# Where no term is linked: code, links and what is in them, headings, HTML, the names of models.
_LEFT_ALONE = re.compile(
    r"```.*?```|~~~.*?~~~|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|^#.*?$|<table.*?</table>|<[^>]*>"
    r"|^\|?[ :|-]+$",
    re.MULTILINE | re.DOTALL,
)
_TERMS = {form.lower(): term for form, term in glossary.forms()}
_TERM = re.compile(
    r"(?<![\w-])(" + "|".join(re.escape(form) for form, _ in glossary.forms()) + r")(?![\w-])",
    re.IGNORECASE,
)


def link_terms(text: str, known: set[str]) -> str:
    """The text with the first use of each term linked to the glossary; ``known`` grows."""

    def linked(found: re.Match[str]) -> str:
        term = _TERMS[found[1].lower()]
        if term.name in known:
            return found[0]
        known.add(term.name)
        return f'[{found[1]}](GLOSSARY.md#{term.anchor} "{term.meaning}")'

    parts: list[str] = []
    at = 0
    for kept in _LEFT_ALONE.finditer(text):
        parts += [_TERM.sub(linked, text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, _TERM.sub(linked, text[at:])])


def main(arguments: list[str]) -> None:
    """Build, run and write the lessons named (all and the template, if none is)."""
    (LESSONS / "GLOSSARY.md").write_text(glossary.page(), encoding="utf-8")
    for name in arguments or [*names(), TEMPLATE]:
        notebook = build(name)
        run(notebook)
        nbformat.validate(notebook)
        if name == RECALL:
            (LESSONS / "cheat-sheet.html").write_text(cheat_sheet(), encoding="utf-8")
        target = LESSONS / f"{name}.ipynb"
        nbformat.write(notebook, target)
        print(f"{target.name}: {len(notebook.cells)} cells, {target.stat().st_size / 1e3:.0f} kB")


def cheat_sheet() -> str:
    """The cheat sheet of the last lesson as one page to print."""
    body = re.search(
        r"^## Cheat sheet\n\n.*?\n\n(.*?)^## ", read(RECALL)[1], re.MULTILINE | re.DOTALL
    )
    assert body is not None
    text = re.sub(r" \(\[F[^\]]*\]\(FACTS\.md\)\)", "", body[1])
    tables = mistune.create_markdown(plugins=["table"])(text)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Cheat sheet</title>'
        f"<style>{_SHEET_STYLE}</style><h1>How a transformer reads</h1>\n{tables}"
        "<footer>Sources: FACTS.md, beside the lessons</footer></html>\n"
    )


_SHEET_STYLE = (
    "@page{size:A4 landscape;margin:10mm}body{font:13px/1.35 system-ui,sans-serif;color:#1f2328;"
    "max-width:277mm;margin:1rem auto;columns:2;column-gap:8mm}h1,footer,table:first-of-type"
    "{column-span:all}h1{font-size:1.4rem;margin:0 0 .5rem}footer{font-size:.8rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 .8rem;break-inside:avoid}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .5rem;border-bottom:1px solid #d0d7de}"
    "th{background:#eef0fb}code{font-size:.95em}"
)


def _cells(name: str, body: str) -> Iterator[nbformat.NotebookNode]:
    at = 0
    for fence in _CELL.finditer(body):
        yield from _prose(body[at : fence.start()])
        kind, tags, text = fence[1], fence[2].split(), fence[3].rstrip("\n")
        if kind == "exercise":
            for line in text.splitlines():
                yield from _exercise(name, *line.split())
        elif kind == "after":
            yield _folded(text, *tags)
        else:
            yield _code(text, tags)
        at = fence.end()
    yield from _prose(body[at:])


def _prose(text: str) -> Iterator[nbformat.NotebookNode]:
    """Markdown cells; each heading begins a new one."""
    for part in re.split(r"^(?=##? )", text, flags=re.MULTILINE):
        if part.strip():
            yield _markdown(part.strip().replace("{{cards}}", _cards()))


def _folded(text: str, when: str = "running") -> nbformat.NotebookNode:
    """What would answer a question before it is asked: JupyterLab and GitHub fold it."""
    return _markdown(f"<details>\n<summary>{OPEN_AFTER[when]}</summary>\n\n{text}\n\n</details>")


def _exercise(name: str, size: str, id: str) -> Iterator[nbformat.NotebookNode]:
    task = bank.lesson(f"exercises/{name}").only(id).questions[0]
    if not isinstance(task, CodeTask):
        raise ValueError(f"{name}: the exercise {id!r} is no code task")
    yield _markdown(f"### {size.title()}\n\n{task.prompt}")
    yield _code(blank(task), ["exercise"])
    yield _code(f'pw.Quiz.lesson("exercises/{name}", only=["{id}"], bare=True)', [])


def _markdown(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(text)


def _code(text: str, tags: list[str]) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(text, metadata={"tags": tags} if tags else {})


def reading_minutes(cells: list[nbformat.NotebookNode]) -> int:
    """How long the prose takes to read, by its words; the rest of a lesson's time is trying."""
    words = [
        word
        for cell in cells
        if cell.cell_type == "markdown"
        for word in re.sub(r"\[([^\]]*)\]\([^)]*\)|<[^>]*>", r"\1", cell.source).split()
    ]
    return max(1, round(len(words) / WORDS_A_MINUTE))


def working_minutes(cells: list[nbformat.NotebookNode]) -> float:
    """How long a lesson takes: its words read, its cells run, its questions and exercises done."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    exercises = sum('pw.Quiz.lesson("exercises/' in text for text in code)
    asked = [re.search(r"pw\.Quiz\.lesson\(\"(?!exercises/).*only=\[(.*)\]", t) for t in code]
    questions = sum(found[1].count(",") + 1 for found in asked if found)
    questions += sum("pw.Predict(" in text for text in code)
    done = {"cell": len(code), "question": questions, "exercise": exercises}
    return reading_minutes(cells) + sum(MINUTES_FOR[what] * done[what] for what in done)


def _header(about: About, reading: int) -> str:
    verbs = "\n".join(f"> - {verb}" for verb in about.verbs)
    times = f"**{about.minutes} minutes**, {reading} of them reading"
    return (
        f"# {about.numbered}\n\n***{about.tagline}***\n\n"
        f"> {times} · for {about.audience} · needs {about.needs}\n>\n"
        f"> You will\n>\n{verbs}\n\n"
        f"▶ Click the cell below, then press <kbd>Shift</kbd> + <kbd>Enter</kbd>: {about.appears}. "
        "Go on like that, cell by cell."
    )


def _footer(about: About) -> str:
    after = [name for name in names() if name > about.name]
    following = read(after[0])[0] if after else None
    way = f"**Next:** {following.link}. {following.tagline}\n\n" if following else ""
    back = "" if about.name == names()[0] else "[All lessons](00-start.ipynb) · "
    return f"---\n\n{way}{back}[Words](GLOSSARY.md) · [Where the numbers come from](FACTS.md)"


def _cards() -> str:
    """The lessons as a table of three cards in a row: what, how long, for whom."""
    abouts = [read(name)[0] for name in names()[1:]]
    cards = [
        f'<td width="33%" valign="top" align="left">'
        f'<a href="{about.name}.ipynb"><b>{about.numbered}</b></a><br>{about.tagline}<br>'
        f"<small>{about.minutes} min · for {about.audience}</small></td>"
        for about in abouts
    ]
    rows = [cards[start : start + 3] for start in range(0, len(cards), 3)]
    return "<table>\n" + "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "\n</table>"
