"""The command `site`: what is in its folder; how its pages act is in tests/browser."""

from __future__ import annotations

import html
import importlib.util
import json
import random
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pipeline_widgets.cli import main
from pipeline_widgets.command.handout.asked import asked, secrets
from pipeline_widgets.command.lessons import lessons_folder
from pipeline_widgets.command.site import marking
from pipeline_widgets.quizzes import bank
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import Match, Order, Question
from pipeline_widgets.views.shared.linker import link
from tests.unit.command.test_handout import code, markdown, notebook
from tests.unit.quiz_samples import SAMPLES

LESSONS = sorted(lessons_folder().glob("[0-9]*.ipynb"))
CHECK = "<p>☐ Run the cell above, then check it here.</p>"  # what such a cell stores
KEYED = """## In which stage does *not* become a number? {#stage}
- (x) tokenization: it gets an id there
    Right: the id is all that the model gets.
- ( ) the last of the layers
    The layers know nothing but numbers.
=> Every piece of the vocabulary has its place in a list.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All ten lessons without answers, as they are stored."""
    folder = tmp_path_factory.mktemp("site")
    main(["site", str(folder), "--as-stored"])
    return folder


class Page(HTMLParser):
    """A page's ids, its links, and whatever could bring something in."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids, self.links, self.loads = set[str](), list[str](), list[str]()
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                assert value not in self.ids, f"{value} is there twice"
                self.ids.add(value)
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href"):
                self.loads.append(value or "")


def test_every_link_leads_somewhere_and_every_file_is_there(site: Path) -> None:
    pages = {file.name: Page(file) for file in site.glob("*.html")}
    assert set(pages) >= {f"{one.stem}.html" for one in LESSONS} | {"index.html", "glossary.html"}
    for name, page in pages.items():
        for address in page.links:
            if re.match("https?:|mailto:", address):
                continue
            file, _, place = address.partition("#")
            assert file in ("", *pages), (name, address)
            if place and not place.startswith("show?"):
                assert unquote(place) in pages[file or name].ids, (name, address)
        for address in page.loads:
            assert address.startswith("data:") or (site / address).is_file(), (name, address)


def test_the_lessons_stand_in_their_order_and_in_the_contents(site: Path) -> None:
    contents = Page(site / "index.html").links
    names = [f"{one.stem}.html" for one in LESSONS]
    assert [one for one in contents if one in names] == names
    for before, name, after in zip(names, names[1:], names[2:], strict=False):
        text = (site / name).read_text("utf-8")
        assert f"rel='prev' href='{before}'" in text
        assert f"rel='next' href='{after}'" in text


def test_every_heading_can_be_searched_for(site: Path) -> None:
    text = (site / "parts/search.js").read_text("utf-8")
    rows = json.loads(text[text.index("[") : text.rindex("]") + 1])
    for lesson in LESSONS:
        own = [row for row in rows if row[0].split("#")[0] == f"{lesson.stem}.html"]
        cells = json.loads(lesson.read_text("utf-8"))["cells"]
        prose = ["".join(one["source"]) for one in cells if one["cell_type"] == "markdown"]
        headings = [line for one in prose for line in one.split("\n") if re.match("#{1,3} ", line)]
        assert len([row for row in own if row[2]]) == len(headings)
    assert any("trace.layers.attention[layer, head]" in row[3] for row in rows)


def test_without_answers_no_file_holds_a_key(site: Path) -> None:
    hidden = set[str]()
    for lesson in LESSONS:
        cells = json.loads(lesson.read_text("utf-8"))["cells"]
        texts = ["".join(one["source"]) for one in cells]
        readings = [one for text in texts for one in asked(text, lesson.parent)]
        own = [one for one in secrets(readings) if one not in "\n".join(texts)]
        page = (site / f"{lesson.stem}.html").read_text("utf-8")
        assert [one for one in own if one in page or html.escape(one) in page] == [], lesson
        hidden |= {one for one in own if len(one) > 30}  # a sentence, not a word of the field
    assert len(hidden) > 150
    for file in (site / "parts").iterdir():
        text = file.read_text("utf-8")
        assert [one for one in hidden if one in text] == [], file


def made(folder: Path, *cells: dict[str, Any], options: tuple[str, ...] = ()) -> str:
    """The page of a notebook of these cells."""
    book = folder / "own.ipynb"
    book.write_text(json.dumps(notebook(*cells)), "utf-8")
    main(["site", str(folder / "out"), str(book), "--force", *options])
    return (folder / "out/own.html").read_text("utf-8")


def test_with_answers_the_page_holds_them_and_says_so(tmp_path: Path) -> None:
    quiz = code('import pipeline_widgets as pw\npw.Quiz.lesson("02-learn", only=["see-bytes"])')
    options = ("--as-stored", "--answers")
    text = made(tmp_path, markdown("# One\n\n# One"), quiz, options=options)
    assert "whoever reads the page" in text
    assert '"act":"marking"' in text
    assert 'id="One-2"' in text
    task = (
        "import pipeline_widgets as pw\npw.Quiz.lesson('exercises/01-why', only=['{}'], bare=True)"
    )
    tasks = [code(task.format(name), **{"text/html": CHECK}) for name in ("undecided", "one-word")]
    assert made(tmp_path, *tasks, options=options).count("A solution") == 2
    without = made(tmp_path, markdown("# One"), quiz, *tasks, options=options[:1])
    assert "A solution" not in without
    assert "whoever reads" not in without
    assert '"act"' not in without


def test_what_counts_or_is_sealed_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key.md").write_text(KEYED)
    main_quiz = ["quiz", "seal", str(tmp_path / "key.md"), "-o", str(tmp_path / "sealed.json")]
    with pytest.raises(SystemExit):
        main(main_quiz)
    for number, call in enumerate(
        [
            'pw.Quiz("key.md", attempts=2)',
            'pw.Quiz("key.md", reveal="end")',
            'pw.Quiz("key.md", restart=False)',
            'pw.Quiz("key.md", folder="answers", learner="me")',
            'pw.Quiz("key.md", **TERMS)',
            'pw.Quiz("sealed.json")',
        ]
    ):
        cell = code(f"import pipeline_widgets as pw\nTERMS = dict(attempts=1)\n{call}")
        for answers in ((), ("--answers",)):
            text = made(tmp_path, cell, options=("--as-stored", *answers))
            assert "is not on this page" in text, call
            assert "left out" in capsys.readouterr().err
            for word in ("tokenization", "The layers know", "its place in a list"):
                assert word not in text, (number, call)


def test_a_practice_quiz_of_ones_own_is_shown(tmp_path: Path) -> None:
    (tmp_path / "key.md").write_text(KEYED)
    cell = code('import pipeline_widgets as pw\npw.Quiz("key.md")')
    plain = made(tmp_path, cell, options=("--as-stored",))
    assert "tokenization: it gets an id" in plain
    assert "its place in a list" not in plain
    assert "its place in a list" in made(tmp_path, cell, options=("--as-stored", "--answers"))


@pytest.mark.skipif(importlib.util.find_spec("ipykernel") is None, reason="no ipykernel")
def test_a_notebook_of_ones_own_is_run_and_its_views_act(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [
        code("import pipeline_widgets as pw\nfrom pipeline_widgets import training"),
        code("guess = pw.Predict('How many?')\nguess"),
        code("with guess:\n    print('forty-two')"),
        code("1 / 0"),
        code("pw.TrainingView(training.Replay(training.recorded('distilbert')))"),
    ]
    text = made(tmp_path, *cells)
    assert "2 here, 1 replay" in capsys.readouterr().err
    found = [json.loads(one) for one in _data(text)]
    guess, outcome, run = found
    assert outcome["asked"] == guess["name"]
    assert outcome["traits"]["result"] == "forty-two\n"
    rows = [row for frame in run["tracks"][0] for row in frame["news"]["epochs"]]
    assert max(row["epoch"] for row in rows) == 5
    assert run["tracks"][0][-1]["at"] == 15_000
    assert run["traits"]["_whole"]["runs"][0]["epochs"] == []
    assert "ZeroDivisionError" in text


def _data(page: str) -> Iterator[str]:
    yield from re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)


def test_nothing_is_written_over_that_is_not_a_page_of_ours(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>mine")
    with pytest.raises(SystemExit, match="--force"):
        main(["site", str(tmp_path), "00-start", "--as-stored"])
    assert (tmp_path / "index.html").read_text() == "<p>mine"
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match="is a file"):
        main(["site", str(tmp_path / "file"), "00-start", "--as-stored"])
    (tmp_path / "00-start.ipynb").write_text(json.dumps(notebook()))
    with pytest.raises(SystemExit, match="another name"):
        main(["site", str(tmp_path / "x"), "02-learn", *2 * [str(tmp_path / "00-start.ipynb")]])


# --- marked in the page as in Python ------------------------------------------------------------


def practice() -> list[Question]:
    """All questions of the lessons, and the samples, that a page can mark."""
    named = [q for name in bank.lesson_names() for q in bank.lesson(name).questions]
    return [q for q in (*named, *SAMPLES) if isinstance(q, marking.MARKED)]


def responses(question: Question, chance: random.Random) -> list[Any]:
    """The right one, and some at random: too many, too few, of the wrong kind."""
    made: list[Any] = [question.right_response()]
    for _ in range(12):
        if isinstance(question, Order):
            made.append(chance.sample(question.items, len(question.items)))
        elif isinstance(question, Match):
            rights = [right for _, right in question.pairs] + list(question.extra)
            some = chance.sample(question.pairs, chance.randint(1, len(question.pairs)))
            made.append({left: chance.choice(rights) for left, _ in some})
        else:
            labels = [option.label for option in question.options]  # type: ignore[attr-defined]
            some = chance.sample(labels, chance.randint(0, len(labels)))
            made.append(some if question.kind == "multiple" else chance.choice(labels))
    return made


def test_a_page_marks_as_python_does(node: str, tmp_path: Path) -> None:
    chance = random.Random(2026)
    asked_for = [(q, one) for q in practice() for one in responses(q, chance)]
    assert {q.kind for q, _ in asked_for} == {"single", "multiple", "order", "match"}
    keys = [[marking.key(q), one] for q, one in asked_for]
    script = tmp_path / "mark.mjs"
    module = link("../command/site/marking.js").replace("export function", "function")
    script.write_text(
        f"{module}\nimport {{ readFileSync }} from 'node:fs';\n"
        "const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'));\n"
        "console.log(JSON.stringify(asked.map(([key, response]) => mark(key, response))));\n"
    )
    (tmp_path / "asked.json").write_text(json.dumps(keys))
    ran = subprocess.run(
        [node, script, tmp_path / "asked.json"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for (question, response), there in zip(asked_for, json.loads(ran.stdout), strict=True):
        here = grade(question, response)
        assert there["verdict"] == here.verdict, (question.id, response)
        assert there["share"] * question.points == pytest.approx(here.points), question.id
        assert [part for part, _ in there["remarks"]] == [part for part, _ in here.remarks]
