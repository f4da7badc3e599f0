"""What an editor or a type checker knows of a user's script: exact types, and no ``Any``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_widgets as pw

ROOT = Path(pw.__file__).parents[1]
VIEWS = [
    *sorted(name for name in pw.__all__ if name.endswith(("View", "Explorer"))),
    "Challenge",
    "Flashcards",
    "Quiz",
]
SCRIPT = """
import pipeline_widgets as pw

pipeline = pw.load("roberta")
trace = pipeline.trace("x")
flow = pipeline.flow(["x"])
history = pw.History("run")
quiz = pw.Quiz.lesson("01-why")
for expression in (
    {revealed}
):
    pass
pw.load("roberta", backend="tensorflow")
pw.SingleChoice("?", difficulty="impossible")
pw.AttentionView(trace, lyer=3)
"""
REVEALED = {
    "pipeline": "Pipeline",
    "trace": "Trace",
    "trace.prediction.label": "str",
    "trace.tokens.shown": "tuple[str, ...]",
    "trace.layers.attention": "ndarray[",
    "flow.stages[0].shape": "tuple[int, ...]",
    "history.epochs_done": "int",
    "quiz": "Quiz",
    "quiz.points": "float",
    'pw.sentences("held-out")[0].label': "int",
    "pw.training.fine_tune": "(start: str | Path | Pipeline, ",
    "pw.training.recorded": "(",
    "pw.training.metrics.accuracy": "(",
    'pw.Numeric("?").answers': "tuple[NumberAnswer, ...]",
    "pw.quizzes.kinds.KINDS": "dict[str, type[Question]]",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """What pyright says of a user's script, the package being installed as a wheel is."""
    folder = tmp_path_factory.mktemp("user")
    expressions = [*REVEALED, *(f"pw.{name}" for name in VIEWS)]
    expressions += [f"pw.{name}.__init__" for name in VIEWS]
    revealed = "\n    ".join(f"reveal_type({one})," for one in expressions)
    (folder / "script.py").write_text(SCRIPT.replace("{revealed}", revealed))
    settings = {"include": ["."], "extraPaths": [str(ROOT)], "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    run = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    ran = subprocess.run([*run, "-p", str(folder)], capture_output=True, text=True)
    return json.loads(ran.stdout)["generalDiagnostics"]


def said(found: list[dict[str, object]], expression: str) -> str:
    """The type that was revealed for an expression."""
    start = f'Type of "{expression}" is '
    (one,) = [str(item["message"]) for item in found if str(item["message"]).startswith(start)]
    return one.removeprefix(start).strip('"')


@pytest.mark.parametrize("expression", REVEALED)
def test_a_users_editor_knows_the_exact_type(found, expression):
    revealed = said(found, expression)
    assert revealed.startswith(REVEALED[expression])
    assert revealed != "Any"
    assert not revealed.endswith("-> Any")
    assert "Unknown" not in revealed


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_is_its_own_class(found, name):
    assert said(found, f"pw.{name}") == f"type[{name}]"


@pytest.mark.parametrize("name", VIEWS)
def test_each_argument_of_a_view_has_a_type(found, name):
    revealed = said(found, f"pw.{name}.__init__").replace("tuple[Any, ...], dtype", "shape, dtype")
    assert revealed.startswith(f"(self: {name}, ")
    assert not re.search(r"\b(Any|Unknown)\b", revealed)


def test_what_is_no_choice_and_no_keyword_is_an_error_before_it_runs(found):
    errors = " ".join(str(item["message"]) for item in found if item["severity"] == "error")
    for wrong in ("tensorflow", "impossible", "lyer"):
        assert wrong in errors


def test_the_package_says_that_it_is_typed():
    assert (Path(pw.__file__).parent / "py.typed").is_file()
