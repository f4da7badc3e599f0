from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import parse_response as reading
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import (
    Check,
    CodeTask,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Order,
    Question,
    Shape,
    ShortText,
    SingleChoice,
    TextAnswer,
    public_view,
)
from pipeline_widgets.quizzes.session import Session
from tests.unit.quiz_samples import (
    RIGHT,
    SAMPLES,
    STAGES,
    gift_questions,
    odd_text,
    odd_values,
)

BY_ID = {question.id: question for question in SAMPLES}


@pytest.mark.parametrize("question", SAMPLES, ids=lambda question: question.id)
def test_the_right_response_earns_all_points(question: Question) -> None:
    result = grade(question, RIGHT[question.id])
    assert result.verdict == "right"
    assert result.points == result.maximum == question.points


@pytest.mark.parametrize("question", SAMPLES, ids=lambda question: question.id)
def test_the_key_that_is_shown_when_due_earns_all_points(question: Question) -> None:
    shown = RIGHT["code"] if question.kind == "code" else question.right_response()
    assert grade(question, shown).right


@settings(max_examples=200, deadline=None)
@given(st.lists(odd_values, min_size=10, max_size=10))
def test_grading_survives_any_response_and_stays_between_zero_and_the_maximum(
    responses: list[object],
) -> None:
    for response in responses:
        for question in SAMPLES:
            result = grade(question, response)
            assert 0 <= result.points <= result.maximum == question.points
            assert (result.verdict == "right") == (result.points == result.maximum)


def test_ten_thousand_odd_strings_crash_no_question() -> None:
    chance = random.Random(6)
    signs = "0123456789.,eE+-/×x*[](){}<>s'\"\\ \n\t∞½٣é😀\u202e\x00ıİß"
    for _ in range(10_000):
        text = "".join(chance.choices(signs, k=chance.randrange(24)))
        for question in SAMPLES:
            result = grade(question, text)
            assert 0 <= result.points <= question.points


@settings(max_examples=300, deadline=None)
@given(gift_questions, st.one_of(odd_text, odd_values))
def test_any_question_grades_any_response(question: Question, response: object) -> None:
    result = grade(question, response)
    assert 0 <= result.points <= result.maximum


@settings(max_examples=200, deadline=None)
@given(gift_questions)
def test_ticking_everything_earns_nothing_unless_everything_is_right(question: Question) -> None:
    if isinstance(question, MultipleChoice):
        result = grade(question, [option.label for option in question.options])
        everything = all(option.right for option in question.options)
        assert result.points == (question.points if everything else 0)


def test_partial_credit_of_check_boxes_is_hits_less_false_ticks() -> None:
    question = BY_ID["multiple"]  # 2 points, 2 right, 2 wrong
    assert grade(question, ["byte-level BPE pieces"]).points == 1.0
    assert grade(question, ["byte-level BPE pieces", "whole sentences"]).points == 0.0
    assert grade(question, [*RIGHT["multiple"], "whole sentences"]).points == 1.0
    assert grade(question, []).points == 0.0


def test_a_random_order_earns_little_and_one_swap_costs_little() -> None:
    question = BY_ID["order"]  # 3 points, 15 pairs
    swapped = [STAGES[1], STAGES[0], *STAGES[2:]]
    assert grade(question, swapped).points == pytest.approx(3 * 13 / 15)
    assert grade(question, STAGES[::-1]).points == 0
    chance = random.Random(1)
    mean = np.mean([grade(question, chance.sample(STAGES, k=6)).points for _ in range(400)])
    assert mean < 0.25 * 3


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("64", 64), (" -3 ", -3), ("−3", -3), ("1,000", 1000), ("1 000 000", 1e6), ("1e3", 1000),
        (".5", 0.5), ("3/4", 0.75), ("12.5 %", 12.5), ("1,5", None), ("", None), ("nan", None),
        ("inf", None), ("1/0", None), ("0x10", None), ("1e999", None), ("twelve", None),
        (True, None), (10**400, None), ("٣", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(typed: object, value: float | None) -> None:
    assert reading.number(typed) == value


@pytest.mark.parametrize(
    "typed",
    ["1000 × 50 × 768", "1000x50x768", "1000 X 50 X 768", "1000*50*768", "(1000, 50, 768)",
     "[1000,50,768]", "1000 50 768", "torch.Size([1000, 50, 768])", [1000, 50, 768],
     (1000, 50, 768)],
)  # fmt: skip
def test_shapes_are_read_in_every_spelling(typed: object) -> None:
    assert reading.shape(typed) == (1000, 50, 768)
    assert grade(BY_ID["shape"], typed).right


@pytest.mark.parametrize("typed", ["1000 ×", "a × b", "1000 - 50", "1.5 × 2", "", "×", None, 5])
def test_what_is_no_shape_is_not_guessed(typed: object) -> None:
    assert reading.shape(typed) is None


def test_the_shape_of_a_single_number_can_be_typed() -> None:
    assert grade(Shape("Of a scalar?", shape=()), "()").right


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("kitten", "sitting", 1 - 3 / 7), ("", "", 1.0), ("a", "", 0.0), ("flaw", "lawn", 0.5)],
)
def test_similarity_counts_edits(one: str, other: str, alike: float) -> None:
    assert reading.similarity(one, other) == pytest.approx(alike)


def test_tolerance_ranges_and_significant_digits() -> None:
    within = Numeric("?", answers=(NumberAnswer(0.3, tolerance=0.1),))
    assert [grade(within, x).right for x in ("0.2", "0.4", "0.41", "0.19")] == [1, 1, 0, 0]
    half_open = Numeric("?", answers=(NumberAnswer(range=(1.0, 2.0), closed=False),))
    assert [grade(half_open, x).right for x in ("1", "1.99", "2")] == [1, 1, 0]
    digits = Numeric("?", answers=(NumberAnswer(3.14159),), digits=3)
    assert [grade(digits, x).right for x in ("3.14", "3.1449", "3.145", "3.1")] == [1, 1, 0, 0]


def test_several_wordings_case_and_similar_spelling() -> None:
    question = ShortText(
        "?", answers=(TextAnswer("DistilBERT", similarity=0.8), TextAnswer("BERT", match_case=True))
    )
    typed = ("distilbert", "Distilbrt", "BERT", "bert", "RoBERTa")
    assert [grade(question, text).right for text in typed] == [1, 1, 1, 0, 0]


def test_checks_of_code_help_without_giving_the_answer_away() -> None:
    task = BY_ID["code"]
    half = grade(task, lambda x: x)
    assert half.points == 0.5
    assert half.remarks == (("", "Try it with 2. `double(2)` gave `2`."),)
    broken = grade(task, lambda: 1)
    assert broken.points == 0
    assert "TypeError" in broken.remarks[0][1]
    assert "4" not in half.remarks[0][1]


def test_a_check_may_be_a_function() -> None:
    task = CodeTask("?", function="f", checks=(Check("", "No.", test=lambda f: f(1) == 1),))
    assert grade(task, lambda x: x).right
    assert grade(task, lambda x: 2).remarks == (("", "No."),)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SingleChoice("?", options=(Option("a"),)), "two options"),
        (lambda: SingleChoice("?", options=(Option("a"), Option("a"))), "read the same"),
        (lambda: SingleChoice("?", options=(Option("a", right=True), Option("b", right=True))),
         "MultipleChoice"),
        (lambda: Numeric("?", answers=(NumberAnswer(),)), "either a value or a range"),
        (lambda: Order("?", items=("a", "a")), "read the same"),
        (lambda: Shape("?", shape=(2,), points=0.0), "points"),
        (lambda: Shape("?", shape=(2,), difficulty="mean"), "difficulty"),
        (lambda: Question("?"), "SingleChoice"),
        (lambda: Bank("T", (Shape("?", shape=(1,), id="a"), Shape("?", shape=(2,), id="a"))),
         "two questions".capitalize()),
    ],
)  # fmt: skip
def test_a_question_that_cannot_work_is_refused_in_words(make: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        make()  # type: ignore[operator]


def _shown(value: object) -> str:
    return str(value)


@pytest.mark.parametrize("question", SAMPLES, ids=lambda question: question.id)
def test_a_face_holds_no_key(question: Question) -> None:
    shown = public_view(question)
    keys = {"right", "feedback", "answers", "explanation", "otherwise", "hints", "checks", "pairs"}
    flat = _shown(shown)
    assert not keys & set(shown)
    assert "'right':" not in flat
    for secret in ("768 / 12", "It has 12", "leading space", "Layers: 12", "Count again", "(0, 3)"):
        assert secret not in flat
    assert "output" not in shown


def test_the_authors_order_is_not_in_the_face() -> None:
    options = (Option("zebra", right=True), Option("ant"), Option("bee"), Option("cat"))
    given_first = SingleChoice("?", id="q", options=options)
    given_last = SingleChoice("?", id="q", options=options[::-1])
    assert public_view(given_first, seed=3) == public_view(given_last, seed=3)
    orders = {
        tuple(o["label"] for o in public_view(given_first, seed=s)["options"]) for s in range(50)
    }
    assert len(orders) > 10  # the seed deals


def test_an_order_question_is_never_dealt_solved() -> None:
    question = Order("?", id="q", items=("a", "b"))
    assert all(public_view(question, seed=seed)["items"] == ["b", "a"] for seed in range(20))


@settings(max_examples=60, deadline=None)
@given(st.permutations(list(RIGHT)), st.sets(st.sampled_from(sorted(RIGHT))))
def test_the_order_of_submission_does_not_matter(order: list[str], wrong: set[str]) -> None:
    session = Session(Bank("T", SAMPLES), find_function=lambda name: RIGHT["code"])
    for name in order:
        session.submit(name, "nonsense" if name in wrong and name != "code" else RIGHT[name])
    lost = sum(BY_ID[name].points for name in wrong if name != "code")
    assert session.points == pytest.approx(sum(q.points for q in SAMPLES) - lost)
