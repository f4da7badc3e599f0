from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.bank import Bank, parse, read
from pipeline_widgets.quizzes.command import main
from pipeline_widgets.quizzes.formats import native
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import (
    NumberAnswer,
    Numeric,
    Option,
    Question,
    ShortText,
    SingleChoice,
    TextAnswer,
    blank,
    public_view,
    seal,
)
from pipeline_widgets.quizzes.session import Session
from tests.unit.quiz_samples import RIGHT, SAMPLES, odd_values

CHEAP = 2**4  # the digest's cost does not change what it tells
SEALABLE = [q for q in SAMPLES if q.kind != "code"]


@pytest.mark.parametrize("question", SEALABLE, ids=lambda question: question.id)
def test_a_sealed_question_tells_right_from_wrong_and_says_nothing(question: Question) -> None:
    sealed = seal(question, cost=CHEAP)
    assert grade(sealed, RIGHT[question.id]).right
    assert public_view(sealed) == public_view(question)
    text = json.dumps(native.to_plain(sealed), ensure_ascii=False)
    for secret in ("half of BERT-base", "768 / 12", "Layers: 12", '"right"', "Count again"):
        assert secret not in text
    assert sealed.right_response() is None
    assert native.from_plain(json.loads(text)) == sealed


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SEALABLE), odd_values)
def test_sealed_and_open_agree_on_every_response(question: Question, response: object) -> None:
    sealed = seal(question, cost=2, salt="00")
    assert grade(sealed, response).right == grade(question, response).right


def test_the_same_answer_sealed_twice_looks_different() -> None:
    question = SAMPLES[0]
    assert seal(question, cost=CHEAP).digests != seal(question, cost=CHEAP).digests


def test_a_tolerance_is_kept_on_the_grid_of_its_decimals() -> None:
    question = Numeric("?", answers=(NumberAnswer(0.62, tolerance=0.01),))
    sealed = seal(question, cost=CHEAP)
    typed = ("0.61", "0.62", "0.63", ".625", "0.64", "0.6")
    assert [grade(sealed, x).right for x in typed] == [1, 1, 1, 1, 0, 0]
    digits = seal(Numeric("?", answers=(NumberAnswer(3.14159),), digits=3), cost=CHEAP)
    assert [grade(digits, x).right for x in ("3.14", "3.1416", "3.15")] == [1, 1, 0]


def test_case_counts_only_where_it_should() -> None:
    question = ShortText("?", answers=(TextAnswer("<S>", match_case=True), TextAnswer("Token")))
    sealed = seal(question, cost=CHEAP)
    assert [grade(sealed, x).right for x in ("<S>", "<s>", "TOKEN")] == [1, 0, 1]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (next(one for one in SAMPLES if one.kind == "code"), "code"),
        (ShortText("?", answers=(TextAnswer("a", similarity=0.8),)), "similar"),
        (Numeric("?", answers=(NumberAnswer(range=(0, 1e6)),)), "200"),
        (SingleChoice("?", options=(Option("a"), Option("b"))), "no right answer"),
    ],
)
def test_what_cannot_be_sealed_is_refused_with_the_way_out(question: Question, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        seal(question)


def test_a_blank_quiz_records_without_grading() -> None:
    session = Session(Bank("T", tuple(blank(question) for question in SAMPLES)))
    for question in SAMPLES:
        response = "double" if question.kind == "code" else RIGHT[question.id]
        assert session.submit(question.id, response).verdict == "recorded"
    assert session.points == 0


def test_the_command_seals_a_file(tmp_path: Path) -> None:
    source = tmp_path / "quiz.md"
    source.write_text("# Q {#q}\n\n## Heads?\n= 12\n\n## Which?\n- (x) six\n- ( ) twelve\n")
    assert main(["seal", str(source)]) == 0
    sealed = read(tmp_path / "quiz.sealed.json")
    assert [grade(q, r).right for q, r in zip(sealed.questions, ("12", "six"), strict=True)]
    assert grade(sealed.questions[0], "13").points == 0
    assert sealed.id == parse(source.read_text()).id == "q"


def test_no_command_writes_over_the_key_that_it_reads(tmp_path: Path) -> None:
    """Nor where a part of it is sealed already, so that it looks like something of ours."""
    key = tmp_path / "key.json"
    yes = ShortText("?", id="b", answers=(TextAnswer("yes"),))
    text = native.dumps("T", (seal(ShortText("?", id="a", answers=(TextAnswer("no"),))), yes))
    key.write_text(text)
    for command in (["seal", str(key), "-o", str(key)], ["export", str(key), str(key)]):
        for more in ([], ["--force"]):
            assert main([*command, *more]) == 2
            assert key.read_text() == text
