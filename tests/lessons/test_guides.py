"""README.md and TEACHING.md: what they say of the lessons is what the lessons are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline_widgets.cli import main
from recipes import lessons as maker
from tests.lessons.conftest import LESSONS, NAMES, TEMPLATE, code_cells

ROOT = LESSONS.parent
README = (ROOT / "README.md").read_text("utf-8")
TEACHING = (LESSONS / "TEACHING.md").read_text("utf-8")
PLANS = (LESSONS / "PLANS.md").read_text("utf-8")
BOTH = pytest.mark.parametrize(
    ("text", "folder"),
    [(README, ROOT), (TEACHING, LESSONS), (PLANS, LESSONS)],
    ids=["README", "TEACHING", "PLANS"],
)
CODE = re.compile(r"`([^`]+)`")


def section(title: str) -> str:
    """A part of TEACHING.md, up to the next heading of the same level."""
    return re.split(r"^## ", TEACHING.split(f"\n## {title}")[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of its tables, without heads and rules."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    stripped = [[cell.strip() for cell in line] for line in lines]
    rules = [index for index, line in enumerate(stripped) if set("".join(line)) <= set(":-")]
    heads = {index - 1 for index in rules}
    return [line for i, line in enumerate(stripped) if i not in heads and i not in rules]


def sources(names: list[str]) -> str:
    """All code of some lessons."""
    return "\n".join(cell.source for name in names for cell in code_cells(name))


@BOTH
def test_every_link_leads_somewhere(text: str, folder: Path):
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or (folder / target).exists(), target


@BOTH
def test_every_command_is_one(text: str, folder: Path, capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    known = set(re.findall(r"^ +([a-z]+)  ", capsys.readouterr().out, re.MULTILINE))
    named = set(re.findall(r"\bpipeline-widgets ([a-z]+)", text))
    assert named <= known | {"quiz"}, named - known


@pytest.mark.parametrize(("title", "minutes"), [("45 minutes", 45), ("90 minutes", 90)])
def test_a_plan_has_no_gap_and_shows_cells_that_are_in_its_lessons(title: str, minutes: int):
    plan = section(title)
    spans = [re.findall(r"\d+", row[0]) for row in rows(plan)]
    assert spans[0][0] == "0"
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert spans[-1][1] == str(minutes)
    needed = re.findall(r"\(([\w-]+)\.ipynb\)", plan.split("| minutes")[0])
    shown = [code for row in rows(plan) for code in CODE.findall(row[2])]
    assert len(shown) >= 6
    assert [code for code in shown if code not in sources(needed)] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_lesson_has_a_plan_whose_cells_are_in_it(name: str):
    plan = re.search(rf"^## \[{name}\].*?(?=^## |\Z)", PLANS, re.MULTILINE | re.DOTALL)
    assert plan is not None
    assert f"· {maker.read(name)[0].title}" in plan[0]
    assert all(part in plan[0] for part in ("**Aim.**", "**Listen for.**"))
    shown = [code for row in rows(plan[0]) for code in CODE.findall(row[2])]
    assert len(shown) >= 2
    assert [code for code in shown if code not in sources([name])] == []
    spans = [re.findall(r"\d+", row[0]) for row in rows(plan[0])]
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


def test_each_mistake_is_cured_by_a_cell_of_the_lesson_that_is_named():
    cures = rows(section("Common mistakes"))
    assert len(cures) >= 10
    for _, name, cure in cures:
        code = CODE.findall(cure)[0]
        assert code in sources([name]), f"{name}: {code}"


def test_the_readme_names_each_lesson_with_its_title_and_its_minutes():
    found = re.findall(r"^\| \[([\w-]+)\]\(lessons/\1\.ipynb\) \| (.+?) \| (\d+) \|", README, re.M)
    abouts = [maker.read(name)[0] for name in NAMES]
    assert [name for name, _, _ in found] == NAMES
    assert [int(minutes) for _, _, minutes in found] == [about.minutes for about in abouts]
    assert [title for _, title, _ in found] == [about.title for about in abouts]


def test_only_the_lessons_that_are_said_to_use_torch_do():
    assert "Only 03, 05 and 07 have cells that use PyTorch" in TEACHING
    using = [name[:2] for name in [*NAMES, TEMPLATE] if "torch_is_here" in sources([name])]
    assert using == ["03", "05", "07"]


def test_the_sizes_of_what_is_bundled_are_as_stated():
    stated = re.search(r"Together (\d+) MB", README)
    bundled = ROOT / "pipeline_widgets" / "bundled"
    size = sum(path.stat().st_size for path in bundled.rglob("*") if path.is_file()) / 1e6
    assert stated is not None
    assert float(stated[1]) == pytest.approx(size, abs=1.5)
