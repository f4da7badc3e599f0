"""A kind of question is one class and one script; all else asks the class."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import pipeline_widgets
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import worksheet
from pipeline_widgets.quizzes.bank import Bank, parse, write
from pipeline_widgets.quizzes.formats import native
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import KINDS, Question, Sealed, blank, public_view, seal
from pipeline_widgets.quizzes.kinds.base import Mark
from pipeline_widgets.quizzes.session import Session
from tests.unit.quiz_samples import FURTHER, MORE, SAMPLES

PACKAGE = Path(pipeline_widgets.__file__).parent
OPEN = sorted(set(KINDS) - {"sealed"})


def test_each_kind_has_a_module_a_sample_and_a_control_in_the_browser() -> None:
    index = (PACKAGE / "views/quiz/kinds/index.js").read_text()
    listed = re.findall(r"\w+", index.partition("export const KINDS = {")[2])
    assert sorted(listed) == OPEN
    assert {question.kind for question in (*SAMPLES, *MORE, *FURTHER)} == set(OPEN)
    homes = {Path(inspect.getfile(kind)).name for kind in KINDS.values()}
    assert homes == {f"{name}.py" for name in KINDS}


def test_nothing_outside_kinds_and_formats_names_a_kind() -> None:
    named = re.compile(r"""(?:kind|inner) ?(?:[=!]=|===|!==) ?["'](\w+)["']""")
    found = {
        path.relative_to(PACKAGE).as_posix(): names
        for path in PACKAGE.rglob("*.*")
        if path.suffix in (".py", ".js") and "kinds" not in path.parts
        if (names := [n for n in named.findall(path.read_text()) if n in KINDS])
        and ("quiz" in path.as_posix())
    }
    assert {path: n for path, n in found.items() if "/formats/" not in path} == {}


@pytest.fixture
def slider() -> Iterator[Question]:
    """A question of a stranger's kind: a number on a scale."""

    @dataclass(frozen=True, repr=False)
    class Slider(Question):
        kind = "strangers-scale"

        goal: float = 0

        def shown_fields(self) -> dict[str, Any]:
            return {"from": 0, "to": 100}

        def mark(self, response: object) -> Mark:
            return Mark(float(response == self.goal) if isinstance(response, int) else None)

        def right_response(self) -> float:
            return self.goal

    yield Slider("How sure?", id="s", goal=70)
    del KINDS["strangers-scale"]


def test_a_strangers_kind_is_stored_shown_sealed_printed_and_graded(slider: Question) -> None:
    assert native.from_plain(native.to_plain(slider)) == slider
    assert "70" not in json.dumps(public_view(slider))
    assert grade(slider, 70).right
    assert grade(slider, "much").verdict == "unreadable"
    halves = seal(replace(slider, goal=70.0), cost=2)  # JSON says 70 of it in a browser
    assert (grade(halves, 70).verdict, grade(halves, 71).verdict) == ("right", "wrong")
    sealed = seal(slider, cost=2)
    assert (grade(sealed, 70).verdict, grade(sealed, 71).verdict) == ("right", "wrong")
    assert grade(blank(slider), 70).verdict == "recorded"
    assert "<strong>Answer:</strong> 70" in worksheet.sheet(Bank("T", (slider,)), key=True)
    session = Session(Bank("T", (slider,)))
    assert session.submit("s", 70).points == 1
    assert session.progress("s")["right"] == 70


@pytest.mark.parametrize("face", ["", "{}", "[]", '{"kind": "nothing"}', '{"kind": "sealed"}'])
def test_a_sealed_question_with_no_kind_inside_is_refused(face: str) -> None:
    with pytest.raises(BadInput, match="face is of no kind"):
        Sealed("?", face=face)


def test_json_holds_each_kind_and_markdown_does_or_says_that_it_cannot(slider: Question) -> None:
    def through(suffix: str, question: Question) -> tuple[Question, ...]:
        text, left_out = write(Bank("T", (question,)), suffix=suffix)
        assert not left_out
        return parse(text, suffix=suffix).questions

    for question in (*SAMPLES, *MORE, *FURTHER, slider):
        assert through(".json", question) == (question,)
    for question in FURTHER:
        with suppress(BadInput):
            assert through(".md", question) == (question,)
    with pytest.raises(BadInput, match="'strangers-scale' has no form in Markdown"):
        through(".md", slider)


def test_a_question_prints_as_one_short_line() -> None:
    for question in (*SAMPLES, *MORE, *FURTHER):
        assert re.fullmatch(r"\w+\(['\"].{1,50}['\"], id='\w+', points=[\d.]+\)", repr(question))
