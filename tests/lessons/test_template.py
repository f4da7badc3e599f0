"""The template for a lesson of one's own: it runs, and what checks it is right."""

from __future__ import annotations

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes.bank import read
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import CodeTask
from recipes.lessons import blank
from tests.lessons.conftest import LESSONS, TEMPLATE, code_cells, prose, stored

FILES = ("template-quiz.md", "template-exercises.md")
TASKS = read(LESSONS / "template-exercises.md").questions


@pytest.mark.parametrize("file", FILES)
def test_the_notebook_shows_the_quiz_file_beside_it_and_each_key_in_it_is_right(file):
    assert f'pw.Quiz("{file}")' in [cell.source for cell in code_cells(TEMPLATE)]
    assert file.removesuffix(".md") in prose(TEMPLATE)
    pw.Quiz(LESSONS / file, save=False).assert_valid()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_an_exercise_is_in_the_notebook_unsolved_and_its_solution_passes(task: CodeTask):
    given, solved = (grade(task, _function(code, task)) for code in (blank(task), task.solution))
    assert blank(task) in [cell.source for cell in code_cells(TEMPLATE)]
    assert given.points < task.points
    assert any(check.message in str(given.remarks) for check in task.checks if check.message)
    assert solved.right, solved.remarks


def test_every_part_of_it_has_a_note_for_its_author():
    texts = [cell.source for cell in stored(TEMPLATE).cells if cell.cell_type == "markdown"]
    noted = [text for text in texts if text.startswith("## ") and "✎" in text]
    assert len(noted) >= 4


def _function(source: str, task: CodeTask):
    names = {"np": np, "pw": pw}
    exec(compile(source, task.id, "exec"), names)
    return names[task.function]
