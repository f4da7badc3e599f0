"""GIFT, construct by construct: what Moodle means by it."""

# ruff: noqa: E501 (files of other programs are as long as they are)
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.bank import parse, read, write
from pipeline_widgets.quizzes.formats import gift
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import Question
from tests.unit.quiz_samples import gift_questions


def one(text):
    [question] = gift.load(text).questions
    return question


@pytest.mark.parametrize(
    ("text", "graded"),
    [
        ("The {=cat} sat on the {=mat}.", [(["cat", "mat"], 2), (["Cat", "dog"], 1), (["mat", "cat"], 0)]),
        ("Water is {1:SA:=H2O}", [(["h2o"], 1), (["x"], 0)]),
        ("{2:NUMERICAL:=4:0.1} and {1:MC:=yes~no}", [(["4.05", "yes"], 2), (["4,05", "yes"], 0)]),
        ("Best?{=Frog =%50%Cat =%10%Ant}", [("Frog", 1), ("cat", 0.5), ("Ant", 0.1)]),
        ("Born?{#=1822:0 =%50%1822:2}", [("1822", 1), ("1823", 0.5), ("1825", 0)]),
        ("Two?{~%75%a ~%25%b ~%-100%c}", [(["a"], 0.75), (["a", "b"], 1), (["b", "c"], 0)]),
        ("He {=run*} fast", [("running", 1), ("ran", 0)]),
        ("Star?{=2\\*3}", [("2*3", 1), ("2x3", 0)]),
        ("Pick{\n=yes\n// a note\n~no\n}", [("yes", 1), ("no", 0)]),
        ("Pick{~=right~wrong}", [("right", 1), ("wrong", 0)]),
        ("Half{=full ~%50%half ~no}", [("full", 1), ("half", 0.5), ("no", 0)]),
        ("Mark{=[html]<p>yes</p> ~[plain]no}", [("<p>yes</p>", 1), ("no", 0)]),
        ("Range{#1.5..2}", [("1.75", 1), ("2.1", 0)]),
        ("Range{#=1,5:0,1}", [("1.55", 1), ("2", 0)]),
        ("True?{TRUE#no#yes}", [("True", 1), ("False", 0)]),
        ("True?{true#no = wrong#yes ~ right}", [("True", 1), ("False", 0)]),
        ("{1:mc:cold~=hot} {1:SA:%100%a~%50%b#near}", [(["hot", "a"], 2), (["cold", "b"], 0.5)]),
        ("[HTML]Pick{=[Plain]a ~b}", [("a", 1), ("b", 0)]),
        ("M{=a -> 1 =b -> 2 = -> 3}", [({"a": "1", "b": "2"}, 1), ({"a": "2", "b": "2"}, 0.5)]),
    ],
)  # fmt: skip
def test_gift_means_what_moodle_means(text, graded):
    for response, points in graded:
        assert grade(one(text), response).points == pytest.approx(points), response


def test_each_kind_of_gift_feedback_is_kept():
    question = one("Q{=a#good ~%-50%b#[html]<b>bad</b> ~c ####[markdown]because}")
    assert [o.feedback for o in question.options] == ["good", "<b>bad</b>", ""]
    assert question.explanation == "because"
    assert one("Q{#=5#yes =*#no}").otherwise == "no"
    assert one("Q{=x =%0%*#nothing fits}").otherwise == "nothing fits"


def test_marks_and_escapes_of_gift_are_not_shown_to_learners():
    question = one('::a\\:b::[html]<p dir="ltr">Is \\(x^2\\) \\= \\{1\\}?</p>{=[plain]a\\~b ~c}')
    assert question.id == "a:b"
    assert question.prompt == '<p dir="ltr">Is \\(x^2\\) = {1}?</p>'
    assert question.options[0].text == "a~b"


def test_descriptions_essays_and_categories():
    text = (
        "  // note\n  $CATEGORY: x/y\n\nRead this.\n\n::E::Write.{}\n\n$CATEGORY: z\n::Q::a{=b}\n"
    )
    found = gift.load(text)
    assert [question.kind for question in found.questions] == ["note", "essay", "text"]
    assert not found.left_out


def test_what_gift_cannot_be_read_is_named_by_line_and_the_rest_is_read():
    text = "::a::A{=1 ~2}\n\n::b::B{#x}\n\n::a::C{=1 ~2}\n\n{ never\n ends\n"
    bank = parse(text, suffix=".gift")
    assert [question.id for question in bank.questions] == ["a", "a 2"]
    assert [remark.line for remark in bank.left_out] == [3, 7]
    assert [remark.line for remark in bank.changed] == [5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Q{foo =bar}", "'foo'"),
        ("Q{foo ~bar =baz}", "'foo'"),
        ("Q{#about =5}", "'about'"),
        ("A {one =two} and {=b}", "'one'"),
        ("Pick {1:MULTIRESPONSE:=a~=b~c} now", "MULTIRESPONSE"),
        ("Pick {1:MR:=a~=b~c} and {1:SA:=x}", "MR"),
        ("Pick {1:FOO:=a} and {1:SA:=x}", "FOO"),
    ],
)
def test_what_gift_s_braces_hold_that_nobody_knows_is_named_and_not_guessed(text, said):
    found = gift.load(f"::a::A{{=1 ~2}}\n\n{text}\n\n::b::B{{T}}")
    assert [question.id for question in found.questions] == ["a", "b"]
    [remark] = found.left_out
    assert remark.line == 3
    assert said in remark.why


@pytest.mark.parametrize("broken", ["Q{=a ~b", "Q{=a ~b\n// note {", "Q {\n=a\n~b", "Q{=a {~b}"])
def test_braces_that_never_end_take_one_question_with_them(broken):
    good = [f"::{name}::{name}?{{=a ~b}}" for name in "xyz"]
    text = "\n\n".join([good[0], "$category: c", broken, good[1], "Read on.", good[2]])
    found = gift.load(text)
    assert [question.id for question in found.questions] == ["x", "y", "", "z"]
    assert [remark.line for remark in found.left_out] == [5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_whole_course_in_gift_is_read_or_named(tmp_path, encoding, ends):
    text = (Path(__file__).parent / "corpus" / "course.gift").read_text("utf-8")
    path = tmp_path / "course.gift"
    path.write_bytes(text.replace("\n", ends).encode(encoding))
    bank = read(path)
    assert not bank.left_out
    assert len(bank.questions) == 40
    names = [question.id for question in bank.questions]
    assert len(set(names)) == len(names)
    assert {remark.why for remark in bank.changed} == {"the name 'Same name' is used twice"}
    for question in bank.questions:
        right = question.right_response()
        if right is not None:
            assert grade(question, right).right, question.id
        for mark in ("[html]", "[plain]", "[moodle]", "// ", "$CATEGORY"):
            assert mark not in repr(vars(question)), question.id
    again = parse(write(bank, suffix=".gift")[0], suffix=".gift")
    assert [q.right_response() for q in again.questions] == [
        q.right_response() for q in bank.questions
    ]


def test_gift_as_others_write_it_is_read() -> None:
    text = """
// a comment
$CATEGORY: layers

::Layers::How many layers has DistilBERT?{
  ~12#That is BERT-base.
  =6#Yes. }

DistilBERT is distilled from {~RoBERTa =BERT ~GPT-2} as its paper says.

::pos::RoBERTa's positions start at 0. {F#They start at 2.#Right.}

Two specials of BERT: {~%50%\\[CLS\\] ~%50%\\[SEP\\] ~%-100%<s>}

Heads of RoBERTa-base?{#12:0}

Size?{#60..70#About 64.}

Which token begins? {=<s> =[CLS]}

Match. {
=tanh -> RoBERTa
=ReLU -> DistilBERT
= -> neither
}
"""
    first, second, third, fourth, fifth, sixth, seventh, eighth = gift.read(text)
    right: list[tuple[Question, object]] = [
        (first, "6"), (second, "BERT"), (third, "False"), (fourth, ["[CLS]", "[SEP]"]),
        (fifth, "12"), (sixth, "64"), (seventh, "[cls]"),
        (eighth, {"tanh": "RoBERTa", "ReLU": "DistilBERT"}),
    ]  # fmt: skip
    assert all(grade(question, response).right for question, response in right)
    assert first.id == "Layers"
    assert "_____" in second.prompt
    assert grade(third, "True").remarks[0][1] == "They start at 2."
    assert grade(fourth, ["[CLS]"]).points == 0.5
    assert not grade(sixth, "71").right


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n\n::a::b{=x", "line 3: the answers begin"),
        ("a {=b} c }", "line 1: a } without"),
        ("::n:x{=a}", "line 1: the name"),
        ("Q{#abc}", "line 1: 'abc'"),
    ],
)
def test_broken_gift_is_refused_by_line(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        gift.read(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(gift_questions, min_size=1, max_size=3))
def test_a_gift_round_trip_loses_nothing(questions: list[Question]) -> None:
    assert gift.read(gift.write(questions)) == tuple(questions)
