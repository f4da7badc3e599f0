from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest

import pipeline_widgets as pw
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.bank import Bank, lesson, parse, read
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import CodeTask, Numeric, PredictOutput, Question, SingleChoice

FOLDER = Path(__file__).parents[3] / "lessons" / "quizzes"
LESSONS = [
    "01-why", "02-learn", "03-pipeline-trace", "04-deep-dive", "05-try", "06-challenge",
    "07-experiment", "08-metrics", "09-recall",
]  # fmt: skip
BANKS = {path.stem: read(path) for path in sorted(FOLDER.glob("*.md"))}
QUESTIONS = [(bank, question) for bank in BANKS.values() for question in bank.questions]
EACH = pytest.mark.parametrize(
    ("bank", "question"), QUESTIONS, ids=[f"{b.id}:{q.id}" for b, q in QUESTIONS]
)


def test_every_lesson_has_a_quiz_and_the_page_has_three_questions() -> None:
    assert sorted(BANKS) == sorted([*LESSONS, "page"])
    assert len(BANKS["page"].questions) == 3
    assert len(BANKS["06-challenge"].questions) == 5
    assert all(lesson(name) == BANKS[name] for name in BANKS)
    with pytest.raises(BadInput, match="02-learn"):
        lesson("10-more")


@pytest.mark.parametrize("name", sorted(BANKS))
def test_each_key_earns_full_points_and_nothing_earns_nothing(name: str) -> None:
    pw.Quiz.lesson(name, save=False).assert_valid()


@EACH
def test_a_question_has_a_name_of_its_own_and_helps_who_fails(
    bank: Bank, question: Question
) -> None:
    assert not question.id.removeprefix("q").isdigit()
    help_texts = [question.otherwise, question.explanation, *question.hints]
    help_texts += [part.feedback for part in getattr(question, "options", ())]
    help_texts += [part.feedback for part in getattr(question, "answers", ())]
    assert any(help_texts)


PRINTED = [question for _, question in QUESTIONS if isinstance(question, PredictOutput)]
WRITTEN = [question for _, question in QUESTIONS if isinstance(question, CodeTask)]


@pytest.mark.parametrize("question", PRINTED, ids=lambda question: question.id)
def test_what_a_question_says_is_printed_is_printed(question: PredictOutput) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(question.code, question.id, "exec"), {})
    assert grade(question, printed.getvalue()).right


@pytest.mark.parametrize("question", WRITTEN, ids=lambda question: question.id)
def test_the_solution_passes_and_the_starter_does_not(question: CodeTask) -> None:
    names: dict[str, object] = {"np": np}
    exec(question.solution, names)
    assert grade(question, names[question.function]).right
    exec(question.starter, names)
    failed = grade(question, names[question.function])
    assert failed.points < question.points
    assert failed.remarks


@pytest.mark.parametrize("bank", BANKS.values(), ids=BANKS)
def test_the_right_option_is_not_always_the_longest(bank: Bank) -> None:
    choices = [q for q in bank.questions if isinstance(q, SingleChoice)]
    longest = [max(q.options, key=lambda option: len(option.text)).right for q in choices]
    assert len(choices) < 3 or not all(longest)


def test_the_guides_example_is_a_quiz_and_its_mistake_is_named_as_it_says() -> None:
    guide = (FOLDER.parent / "QUIZZES.md").read_text(encoding="utf-8")
    example = guide.split("````markdown\n")[1].split("````")[0]
    bank = parse(example)
    assert [question.id for question in bank.questions] == ["six", "true", "size"]
    pw.Quiz(bank, save=False).assert_valid()
    said = guide.split("my-quiz.md: line 14: ")[1].split("\n")[0]
    with pytest.raises(BadInput) as wrong:
        parse("\n" * 11 + "## Q?\n= 5\n- [x] a\n- [ ] b\n")
    assert str(wrong.value) == f"line 14: {said}"


def test_the_numbers_asked_for_follow_from_one_another() -> None:
    """The arithmetic of FACTS.md that the banks use, redone."""
    assert grade(_q("08-metrics", "faster"), 668 / 410).right
    assert round((92.7 - 91.3) / (94.8 - 91.3), 2) == 0.4  # distillation's part of the gap
    assert grade(_q("04-deep-dive", "softmax"), float(np.exp(2) / (np.exp(2) + 1))).right
    assert grade(_q("03-pipeline-trace", "maps"), 6 * 12).right
    assert round(1 - 66.4 / 109.5, 2) == 0.39  # the paper's "40 % smaller", against BERT
    assert round(1 - 66_955_010 / 124_647_170, 2) == 0.46  # and against RoBERTa
    assert 4 * 124.6 < 500 < 4 * 125.1


def _q(name: str, id: str) -> Question:
    return next(question for question in BANKS[name].questions if question.id == id)


SINGLE = [
    question
    for bank in BANKS.values()
    for question in bank.questions
    if isinstance(question, SingleChoice)
]


@pytest.mark.parametrize("name", BANKS)
def test_every_wrong_option_says_what_is_wrong_with_it(name: str) -> None:
    for question in BANKS[name].questions:
        for option in getattr(question, "options", ()):
            assert option.right or option.feedback, f"{question.id}: {option.text}"
        if isinstance(question, Numeric):
            assert question.otherwise, question.id


def test_the_length_of_an_option_gives_nothing_away() -> None:
    longest = 0
    for question in SINGLE:
        lengths = [len(option.text) for option in question.options]
        assert max(lengths) - min(lengths) <= max(14, min(lengths)), (question.id, lengths)
        right = next(len(option.text) for option in question.options if option.right)
        longest += right > max(len(o.text) for o in question.options if not o.right)
    assert len(SINGLE) >= 40
    assert longest <= len(SINGLE) / 4  # with three or four options, no more than chance gives


def test_a_third_of_the_questions_is_about_what_is_on_the_screen_and_some_in_every_lesson() -> None:
    """Their ids begin with "see-"."""
    seen = {
        name: [question.id for question in bank.questions if question.id.startswith("see-")]
        for name, bank in BANKS.items()
    }
    count = sum(len(bank.questions) for bank in BANKS.values())
    assert sum(map(len, seen.values())) >= count / 3
    for name in BANKS.keys() - {"09-recall", "page"}:  # cards, and a summary
        assert seen[name], name


def test_what_the_questions_about_the_screen_take_for_right_is_on_the_screen() -> None:
    """The numbers behind the keys of the "see-" questions, computed."""
    model = pw.load("roberta")
    trace = model.trace("The waiter was not friendly.")
    without = model.trace("The waiter was friendly.")
    looks = trace.layers.attention[:, :, 0, trace.tokens.shown.index("not")]
    assert divmod(int(looks.argmax()), 12) == (5, 9)
    assert f"{looks[5, 9]:.2f} {looks[4, 6]:.2f}" == "1.00 0.85"
    off = model.trace(trace.text, without=[pw.SwitchOffHeads(5, [9])])
    assert f"{off.prediction.probabilities[0]:.2f}" == "0.97"
    back = model.patch(without, trace).share[:, 0]
    assert (back[:6] < 0.05).all()
    assert back[6] > 0.95
    steps = " ".join(f"{step:.2f}" for step in model.predict_after_layers(trace)[:, 0])
    assert steps == "0.54 0.53 0.54 0.53 0.52 0.67 0.97"
    first = model.tokenize(" unfriendly").steps[0][0]
    assert (first.left, first.right, first.rank) == ("n", "d", 12)
    dog = model.trace("The tired old dog slept under the kitchen table.")
    assert f"{dog.layers.attention[0, 2, 5, 4]:.2f}" == "0.99"
    near = [word for word, _ in pw.load("distilbert").neighbours("good", count=6)]
    assert {"excellent", "bad"} <= set(near)
    assert near.index("excellent") < near.index("bad")
    assert pw.MetricsView("roberta").counts[0].tolist() == [[136, 14], [11, 139]]
