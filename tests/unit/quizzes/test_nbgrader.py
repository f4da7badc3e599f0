"""The pattern that lessons/QUIZZES.md shows for nbgrader, run by nbgrader itself."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes.command import main

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "lessons" / "QUIZZES.md").read_text(encoding="utf-8")
QUIZ_MD = """# Layers {#layers}

## How many layers has DistilBERT? {#six}
= 6

## Which can be right? {#boxes points=2}
- [x] this
- [x] that
- [ ] neither

> SECRET is only a word that the key may not hold.
"""


def _cells_of_the_guide() -> list[str]:
    """The Python blocks below the guide's heading on nbgrader."""
    section = GUIDE.split("## With nbgrader")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)\n```", section, re.DOTALL)


def _nbgrader(course: Path, *arguments: str) -> str:
    own = {name: str(course / "jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # for alembic
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, **own, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _write_source(course: Path) -> None:
    question, test = _cells_of_the_guide()
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "P"}}
    )
    book.cells = [nbformat.v4.new_code_cell(question), nbformat.v4.new_code_cell(test)]
    book.cells[1].metadata["nbgrader"] = {
        "grade": True, "grade_id": "layers", "locked": True, "points": 3, "schema_version": 3,
        "solution": False, "task": False, "cell_type": "code",
    }  # fmt: skip
    folder = course / "source" / "ps1"
    folder.mkdir(parents=True)
    nbformat.write(book, folder / "quiz.ipynb")
    (course / "key").mkdir()
    (course / "key" / "layers.md").write_text(QUIZ_MD)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")


def test_answers_are_graded_after_nbgraders_own_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = tmp_path / "course"
    _write_source(course)
    monkeypatch.chdir(course)
    assert main(["seal", "--blank", "key/layers.md", "-o", "source/ps1/layers.json"]) == 0
    _nbgrader(course, "generate_assignment", "ps1", "--create")
    release = course / "release" / "ps1"
    given = "".join(path.read_text() for path in release.iterdir())
    assert "regrade" not in given
    assert '"right"' not in given

    for learner, boxes in (("ada", ["this", "that"]), ("bob", ["this"]), ("cyd", None)):
        submitted = course / "submitted" / learner / "ps1"
        shutil.copytree(release, submitted)
        monkeypatch.chdir(submitted)
        quiz = pw.Quiz("layers.json", folder="answers", learner="me")
        if boxes is not None:  # as the browser's Submit does
            assert quiz.submit("six", "6").verdict == "recorded"
            quiz.submit("boxes", boxes)
    _nbgrader(course, "autograde", "ps1", "--create")
    _nbgrader(course, "export", "--to", "grades.csv")
    with (course / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"ada": 3.0, "bob": 2.0, "cyd": 0.0}
