"""Each exercise: the solution passes its check, the blank does not and is told why."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes.bank import lesson, lesson_names
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import CodeTask
from recipes.lessons import blank
from tests.lessons.conftest import NAMES, code_cells

EXERCISES = {
    name.removeprefix("exercises/"): lesson(name).questions
    for name in lesson_names()
    if name.startswith("exercises/")
}
TASKS = [
    pytest.param(name, task, id=f"{name}:{task.id}")
    for name, tasks in EXERCISES.items()
    for task in tasks
]
LOADED = functools.cache(pw.load)
each = pytest.mark.parametrize(("name", "task"), TASKS)


@pytest.fixture(autouse=True)
def _load_each_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks load the models again and again; once is enough for a hundred of them."""
    monkeypatch.setattr(pw, "load", LOADED)


def function(source: str, name: str):
    names = {"np": np, "pw": pw}
    exec(compile(source, name, "exec"), names)
    return names[name]


def test_every_lesson_but_the_first_has_exercises():
    assert sorted(EXERCISES) == NAMES[1:]
    for tasks in EXERCISES.values():
        assert len(tasks) == 3
        assert all(isinstance(task, CodeTask) for task in tasks)


@each
def test_the_solution_passes(name: str, task: CodeTask):
    result = grade(task, function(task.solution, task.function))
    assert result.right, result.remarks


@each
def test_the_blank_fails_and_is_told_why(name: str, task: CodeTask):
    result = grade(task, function(blank(task), task.function))
    assert result.points == 0  # nothing is earned by pressing the button
    said = " ".join(text for _, text in result.remarks)
    assert task.checks[0].message or task.otherwise
    assert any(check.message and check.message in said for check in task.checks), said


@each
def test_every_check_says_what_it_wants_and_a_hint_or_two_are_there(name: str, task: CodeTask):
    assert all(check.message for check in task.checks)
    assert task.hints


@each
def test_the_notebook_has_the_blank_and_not_the_solution(name: str, task: CodeTask):
    sources = [cell.source for cell in code_cells(name)]
    assert blank(task) in sources
    assert f'pw.Quiz.lesson("exercises/{name}", only=["{task.id}"], bare=True)' in sources
    assert not any(task.solution.strip() in source for source in sources)
