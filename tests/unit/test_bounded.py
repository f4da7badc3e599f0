"""Time is bounded by what is read: a reader's by its input, a keystroke's by the model's limit."""

from __future__ import annotations

import time

import pytest

import pipeline_widgets as pw
from pipeline_widgets.quizzes import markup, parse_response
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import ShortText, TextAnswer
from tests.benchmarks.shapes import grown

PASTED = (
    "the cat sat ",
    "a",
    " ",
    "\n",
    "这",
    "👍🏽",
    "!?",
    "<mask> [MASK] ",
    "a\u0301",
    "🇩",
    "\0",
)


@pytest.mark.parametrize("model", ["roberta", "distilbert"])
def test_a_megabyte_pasted_is_read_as_soon_as_its_beginning_is(model: str) -> None:
    pipeline = pw.load(model)
    pipeline.trace("warm")
    for unit in PASTED:
        text = grown(unit, 1_000_000)
        tokens = pipeline.tokenize(text)
        assert tokens.left_out > 0
        start = pipeline.tokenize(text[:16_000])
        assert tokens.pieces == start.pieces
        assert tokens.text == text


def test_marks_that_end_nowhere_stay_as_typed_and_the_rest_is_read() -> None:
    for start in ("``", "$$", "**", "*", "[", "<x>", "&lt", "$"):
        tree = markup.inline(f"{start} a `b`")
        assert markup.to_text(tree) == f"{start} a b"
    assert markup.inline("**D** and *E*")[0] == ["strong", {}, "D"]
    assert markup.inline("``a`` `` ` ``") == [
        ["code", {}, "a"],
        " ",
        ["code", {}, "`"],
    ]


@pytest.mark.parametrize(
    "text", ["<b>" * 5000, "$" + r"\hat" * 5000 + "$", r"$\sqrt[" * 3000 + "$"]
)
def test_what_is_nested_deep_is_drawn_flat(text: str) -> None:
    nodes = markup.blocks(text)
    markup.to_html(nodes)
    markup.to_text(nodes)


def test_texts_that_are_no_short_answers_are_not_measured() -> None:
    question = ShortText("?", answers=(TextAnswer("a" * 5000, similarity=0.5),))
    started = time.process_time()
    assert grade(question, "b" * 8000).points == 0
    assert grade(question, "a" * 5000).right
    assert time.process_time() - started < 0.5
    assert parse_response.similarity("tokeniser", "tokenizer") > 0.8


def test_questions_get_their_names_in_the_same_order_and_soon() -> None:
    many = tuple(ShortText("?", answers=(TextAnswer("a"),)) for _ in range(20_000))
    started = time.process_time()
    named = Bank("T", many).questions
    assert time.process_time() - started < 2
    assert (named[0].id, named[-1].id) == ("q1", "q20000")
