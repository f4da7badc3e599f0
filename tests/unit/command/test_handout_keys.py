"""A handout prints no key, in whatever way a notebook makes its quizzes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import pipeline_widgets as pw
from pipeline_widgets.command.handout.keys import holds_key
from pipeline_widgets.command.handout.page import Made, write

NEEDLE = "feedback-that-only-the-key-has"
TEXT = f"# Mine\n\n## What is 2 + 2? {{#sum}}\n- (x) four\n    {NEEDLE}\n- ( ) five\n"
LIST = [
    {
        "question": "What is 2 + 2?",
        "type": "multiple_choice",
        "answers": [
            {"answer": "four", "correct": True, "feedback": NEEDLE},
            {"answer": "five", "correct": False, "feedback": "no"},
        ],
    }
]
IMPORT = "import pipeline_widgets as pw\n"
FORMS: dict[str, list[str]] = {  # cells; the last one shows the quiz
    "in the call": [f"pw.Quiz.from_markdown({TEXT!r})"],
    "a variable of the cell": [f"text = {TEXT!r}\npw.Quiz.from_markdown(text)"],
    "a variable of another cell": [f"text = {TEXT!r}", "quiz = pw.Quiz.from_markdown(text)\nquiz"],
    "a list": [f"qs = {LIST!r}", "pw.Quiz.from_jupyterquiz(qs)"],
    "a list, filled": [
        f"qs = []\nqs.append({LIST[0]!r})",
        "copy = list(qs)\npw.Quiz.from_jupyterquiz(copy)",
    ],
    "a list, filled in a loop": [
        f"qs = []\nfor word in ['four']:\n    qs += [dict(question='2 + 2?', feedback={NEEDLE!r})]",
        "pw.Quiz.from_jupyterquiz(qs)",
    ],
    "a function": [f"def make():\n    return {TEXT!r}", "pw.Quiz.from_markdown(make())"],
    "a function that makes the quiz": [
        f"def show():\n    return pw.Quiz.from_markdown({TEXT!r})",
        "show()",
    ],
    "a class": [f"class Course:\n    text = {TEXT!r}", "pw.Quiz.from_markdown(Course.text)"],
    "another name for the class": [
        f"from pipeline_widgets import Quiz as Q\nsource = {TEXT!r}",
        "ask = Q.from_markdown\nask(source)",
    ],
    "getattr": [f"text = {TEXT!r}", "getattr(pw, 'Quiz').from_markdown(text)"],
    "questions": [
        "from pipeline_widgets.quizzes.kinds import Option, SingleChoice",
        f"q = SingleChoice('2 + 2?', options=(Option('four', right=True, feedback={NEEDLE!r}),\n"
        "    Option('five')))",
        "pw.Quiz([q])",
    ],
    "a comment": [f"# the answer: {NEEDLE}\npw.Quiz.from_markdown({TEXT!r})  # {NEEDLE}"],
    "a file written here": [
        f"from pathlib import Path\nPath('mine.md').write_text({TEXT!r})",
        "pw.Quiz('mine.md')",
    ],
    "a file of text from another cell": [
        f"from pathlib import Path\nbody = {NEEDLE!r} + ' and more'",
        "with open('mine.md', 'w') as file:\n    file.write(body)",
        "pw.Quiz('mine.md')",
    ],
    "writefile": [f"%%writefile mine.md\n{TEXT}", "pw.Quiz('mine.md')"],
    "a module written here": [
        f"%%writefile mine.py\ntext = '{NEEDLE}'",
        "from mine import text\npw.Quiz.from_markdown(text)",
    ],
    "a shell": [f"%%bash\ncat > mine.md <<END\n{TEXT}END", "pw.Quiz('mine.md')"],
    "help": [f"text = {TEXT!r}\ntext?\npw.Quiz.from_markdown(text)"],
    "no Python": [f"text = {TEXT!r}\npw.Quiz.from_markdown(text", "pw.Quiz('mine.md')"],
    "no Python, without a word of it": [f"x = '{NEEDLE}'\nif so", "pw.Quiz('mine.md')"],
    "timed": [f"%%time\ntext = {TEXT!r}", "pw.Quiz.from_markdown(text)"],
    "the cell before": [f"{NEEDLE!r} + ' and much more of it'", "pw.Quiz.from_markdown(_)"],
    "history": [f"{NEEDLE!r} + ' and much more of it'", "pw.Quiz.from_markdown(Out[1])"],
    "globals": [f"text = {NEEDLE!r}", "pw.Quiz.from_markdown(globals()['text'])"],
    "exec": [f"exec('quiz = pw.Quiz.from_markdown({NEEDLE!r})'.replace('x', 'y'))", "quiz"],
    "a helper": [f"secret = {NEEDLE!r}", "from course import show", "show(secret)"],
    "walrus": [f"pw.Quiz.from_markdown((text := {TEXT!r}))", "pw.Quiz.from_markdown(text)"],
    "an answer given in code": [
        f"quiz = pw.Quiz.from_markdown({TEXT!r})",
        f"quiz.submit('sum', {NEEDLE!r})",
        "quiz",
    ],
    "in a box": [
        f"text = {TEXT!r}",
        "import ipywidgets\nipywidgets.VBox([pw.Quiz.from_markdown(text)])",
    ],
    "cards": [f"pairs = [('2 + 2', {NEEDLE!r})]", "pw.Flashcards(pairs)"],
    "cards, named otherwise": [
        f"deck = {{'2 + 2': {NEEDLE!r}}}",
        "F = pw.Flashcards\nF(list(deck.items()))",
    ],
    "jupyterquiz's own": [
        f"from jupyterquiz import display_quiz as dq\nqs = {LIST!r}",
        "dq(qs)",
    ],
    "base64 beside it": [
        f"import base64\nraw = {NEEDLE!r}.encode()\npacked = base64.b64encode(raw)",
        "pw.Quiz.from_jupyterquiz(packed)",
    ],
}
PICTURE = pw.Quiz.from_markdown(TEXT, save=False).static_html()


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def shown(**data: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": data, "metadata": {}}


def page(tmp_path: Path, *cells: dict[str, Any], key: bool = False) -> Made:
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    return write(book, tmp_path / "own.ipynb", key=key)


@pytest.mark.parametrize("ran", [False, True], ids=["not run", "run"])
@pytest.mark.parametrize("form", FORMS)
def test_no_form_prints_the_key_and_all_that_is_left_out_is_named(
    tmp_path: Path, form: str, ran: bool
) -> None:
    *first, last = FORMS[form]
    if form == "a helper":
        ran = True  # till then nothing says that it makes a quiz
    picture = [shown(**{"text/html": PICTURE, "text/plain": f"Quiz({NEEDLE})"})] if ran else []
    before = [code(IMPORT), *(code(source) for source in first)]
    after = code("trace = pw.load('roberta').trace('The cat sat.')\ntrace.shapes")
    made = page(tmp_path, *before, code(last, *picture), after)
    assert NEEDLE not in made.html
    assert "The cat sat" in made.html  # what has nothing to do with it is printed
    assert "import</span>" in made.html
    for number, source in enumerate(first, start=1):
        plain = source.startswith("from") and "\n" not in source
        if NEEDLE in source and not plain and "Quiz" not in source and "Option(" not in source:
            assert any(f"cell {number}:" in warning for warning in made.warnings), source


@pytest.mark.parametrize(
    "source",
    ["print(text)", "text", "quiz.bank.questions", "print(quiz.bank)", "list(text.split())"],
)
def test_nor_does_what_a_cell_printed(tmp_path: Path, source: str) -> None:
    for output in (
        shown(**{"text/plain": f"'{NEEDLE}'"}),
        shown(**{"text/markdown": NEEDLE}),
        {"output_type": "stream", "name": "stdout", "text": f"{NEEDLE}\n"},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [NEEDLE]},
    ):
        first = code(f"text = {TEXT!r}\nquiz = pw.Quiz.from_markdown(text)\nquiz")
        made = page(tmp_path, code(IMPORT), first, code(source, output))
        assert NEEDLE not in made.html
        assert any("cell 2:" in warning for warning in made.warnings)


def test_where_the_key_is_known_its_words_are_printed_nowhere(tmp_path: Path) -> None:
    quiz = code(f"pw.Quiz.from_markdown({TEXT!r})")
    made = page(tmp_path, quiz, code("import other\nother.say()", shown(**{"text/plain": NEEDLE})))
    assert NEEDLE not in made.html
    assert any("cell 1:" in warning for warning in made.warnings)
    assert NEEDLE in page(tmp_path, quiz, key=True).html.partition("<h1>Answers</h1>")[2]


def test_quizzes_of_the_package_take_nothing_away(tmp_path: Path) -> None:
    made = page(
        tmp_path,
        code("import pipeline_widgets as pw\nmodel = pw.load('roberta')\nfriendly = 'a cat'"),
        code("quiz = pw.Quiz.live(model, text=friendly, count=1)\nquiz"),
        code("pw.Quiz.lesson('01-why', only=['negation'])"),
        code("print('fine')", {"output_type": "stream", "name": "stdout", "text": "fine\n"}),
    )
    assert made.warnings == ()
    assert "a cat" in made.html
    assert "fine" in made.html


def test_a_cell_that_is_no_python_is_printed_where_no_quiz_of_ones_own_is(tmp_path: Path) -> None:
    made = page(tmp_path, code("def exercise(:\n    ..."), code("pw.Quiz.lesson('01-why')"))
    assert "exercise" in made.html


def test_a_raw_cell_that_reads_like_a_quiz_is_left_out(tmp_path: Path) -> None:
    for text in (TEXT, json.dumps(LIST), "::q:: 2 + 2? {=four ~five}"):
        made = page(tmp_path, {"cell_type": "raw", "metadata": {}, "source": text})
        assert "four" not in made.html
        assert made.warnings


def test_nor_does_text_or_output_that_reads_like_a_quiz_beside_one(tmp_path: Path) -> None:
    """Wherever it came from: a file that was printed, a traceback, an import, a text cell."""
    lines = enumerate(TEXT.split("\n"), start=1)
    numbered = "".join(f"{'---->' if n == 1 else '     '} {n} {line}\n" for n, line in lines)
    cells = (
        {"cell_type": "markdown", "metadata": {}, "source": f"A fence\n```\n{TEXT}\n```"},
        code("!cat mine.md", {"output_type": "stream", "name": "stdout", "text": TEXT}),
        code("KEY", shown(**{"text/plain": repr(TEXT)})),
        code("show(KEY)", shown(**{"text/markdown": TEXT})),
        code(
            "ask(KEY)",
            {"output_type": "error", "ename": "E", "evalue": "", "traceback": [numbered]},
        ),
    )
    for cell in cells:
        made = page(tmp_path, code("from keys import KEY\npw.Quiz.from_markdown(KEY)"), cell)
        assert NEEDLE not in made.html
        assert any("cell 1:" in warning for warning in made.warnings), cell


def test_looking_for_keys_takes_time_as_the_text_is_long() -> None:
    for shape in ("{=", "{~a=b", "::a", "::a::", "{\n ", "## {", "- "):
        started = time.process_time()
        holds_key(shape * (100_000 // len(shape)))
        assert time.process_time() - started < 2, shape
