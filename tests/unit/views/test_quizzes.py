from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.engine import load
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import markup as prose
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.cards import DAYS, Card, Deck
from pipeline_widgets.quizzes.store import Journal
from tests.unit.quiz_samples import POINTS, RIGHT, SAMPLES, odd_text, odd_values

SECRETS = (
    "half of BERT-base", "It has 12", "Layers: 12", "768 / 12", "That is the width",
    "Divide width", "DistilBERT's.", "1000 × 50 × 768", "1000, 50, 768", "Count again",
    "return 2 * x", "double(2) == 4", "Distilled models are smaller",
)  # fmt: skip


def _quiz(**words: Any) -> pw.Quiz:
    return pw.Quiz(list(SAMPLES), title="All kinds", save=False, **words)


def _state(widget: Any) -> str:
    state = {k: v for k, v in widget.get_state().items() if k not in ("_esm", "_css")}
    return json.dumps(state, ensure_ascii=False, default=str)


def _hear(widget: Any, **content: Any) -> None:
    widget._hear(widget, content, [])


@pytest.mark.parametrize("reveal", ["each", "end", "never"])
def test_nothing_that_leaves_python_holds_a_key_before_it_is_due(reveal: str) -> None:
    quiz = _quiz(reveal=reveal)
    bundle = json.dumps(quiz._repr_mimebundle_()[0], ensure_ascii=False)
    for secret in SECRETS:
        assert secret not in _state(quiz)
        assert secret not in bundle
        assert secret not in quiz.static_html()
    _hear(quiz, act="submit", id="single", response="DistilBERT")
    assert ("half of BERT-base" in _state(quiz)) == (reveal == "each")
    assert "768 / 12" not in _state(quiz)
    _hear(quiz, act="finish")
    assert ("1000 × 50 × 768" in _state(quiz)) == (reveal != "never")


def test_the_table_has_each_question_with_its_answer_and_no_key() -> None:
    quiz = _quiz(reveal="never")
    quiz.submit("single", "DistilBERT")
    rows = pd.DataFrame(quiz.to_table()).set_index("question")
    assert list(rows.index) == [question.id for question in SAMPLES]
    assert (rows.loc["single", "answer"], rows.loc["single", "status"]) == (
        "DistilBERT",
        "recorded",
    )
    assert rows["points"].isna().all()  # this quiz never says them
    assert not any(secret in rows.to_json() for secret in SECRETS)
    told = _quiz(reveal="each")
    told.submit("single", "DistilBERT")
    assert pd.DataFrame(told.to_table()).set_index("question").loc["single", "points"] == 1.0


def test_repr_and_static_twin_are_the_same_before_and_after_answers() -> None:
    quiz = _quiz()
    before = quiz._repr_mimebundle_()[0]
    quiz.submit("single", "RoBERTa-base")
    after = quiz._repr_mimebundle_()[0]
    assert repr(quiz) == f"Quiz(title='All kinds', count={len(SAMPLES)})"
    assert (before["text/plain"], before["text/html"]) == (after["text/plain"], after["text/html"])
    assert "<script" not in before["text/html"]


def test_the_static_twin_is_the_same_in_another_process() -> None:
    code = (
        "import pipeline_widgets as pw; from tests.unit.quiz_samples import SAMPLES;"
        "print(pw.Quiz(list(SAMPLES), save=False).static_html())"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(Path.cwd())},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(pages) == 1


def test_a_teachers_check_in_ci() -> None:
    quiz = _quiz()
    for name, response in RIGHT.items():
        if name not in ("code", "shape"):
            quiz.submit(name, response)
    short = f"{POINTS - 2:g} of {POINTS:g} points"
    with pytest.raises(AssertionError, match=short + r".*shape \(open\), code \(open\)"):
        quiz.assert_passed()
    quiz.assert_passed(share=0.8)
    assert (quiz.score, quiz.maximum) == (POINTS - 2, POINTS)
    assert quiz.responses["order"] == RIGHT["order"]
    quiz.assert_valid()


def test_a_function_in_the_notebook_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    import __main__

    quiz = _quiz()
    _hear(quiz, act="submit", id="code", response="double")
    assert quiz._progress["code"]["status"] == "unreadable"
    monkeypatch.setattr(__main__, "double", lambda x: 2 * x, raising=False)
    _hear(quiz, act="submit", id="code", response="double")
    assert quiz._progress["code"]["status"] == "right"
    assert "lambda x: 2 * x" in quiz.responses["code"]


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "act": st.sampled_from(["submit", "hint", "show", "restart", "copy", "x"]),
            "id": st.one_of(st.sampled_from(sorted(RIGHT)), odd_text),
            "response": odd_values,
        },
    )
)
def test_no_message_of_a_browser_breaks_a_quiz(content: dict[str, Any]) -> None:
    quiz = _quiz()
    _hear(quiz, **content)
    quiz._hear(quiz, content["response"], [])
    assert quiz._heard == 2


def test_answers_are_there_again_and_go_out_as_files(tmp_path: Path) -> None:
    def make() -> pw.Quiz:
        return pw.Quiz(list(SAMPLES), title="T", folder=tmp_path, learner="ada")

    make().submit("single", "DistilBERT")
    quiz = make()
    assert quiz.responses == {"single": "DistilBERT"}
    assert quiz.score == 1
    plain = json.loads(quiz.export(tmp_path / "out.json").read_text())
    assert plain["entries"][0]["response"] == "DistilBERT"
    [first, *_] = csv.DictReader(quiz.export(tmp_path / "out.csv").read_text().splitlines())
    assert [*first.values()][:6] == ["ada", "T", "single", "1", "1", "right"]
    assert quiz.copy_line().startswith("pw1:")
    assert quiz.regrade(Bank("T", SAMPLES)) == 1
    with pytest.raises(BadInput, match=r"json or \.csv"):
        quiz.export(tmp_path / "out.xls")


def test_a_drawn_quiz_is_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[str]:
        return [f["id"] for f in _quiz(seed=seed, shuffle=True, count=4)._faces]

    assert drawn(1) == drawn(1)
    assert len(drawn(1)) == 4
    assert len({tuple(drawn(seed)) for seed in range(9)}) > 5


def test_a_quiz_comes_from_every_source(tmp_path: Path) -> None:
    text = "# T\n\n## Heads?\n= 12\n"
    (tmp_path / "t.md").write_text(text)
    theirs = [{"question": "?", "type": "numeric", "answers": [{"value": 12, "correct": True}]}]
    for quiz in (
        pw.Quiz(tmp_path / "t.md", save=False),
        pw.Quiz.from_markdown(text, save=False),
        pw.Quiz.from_jupyterquiz(theirs, save=False),
    ):
        assert quiz.submit("q1", "12").right
    with pytest.raises(BadInput, match="from_markdown"):
        pw.Quiz(text, save=False)


# --- live ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pipeline() -> pw.Pipeline:
    return load("distilbert")


def test_live_questions_follow_the_sentence(pipeline: pw.Pipeline) -> None:
    quiz = pw.Quiz.live(pipeline, text="a cat", about=["token count"], count=1, save=False)
    assert "a cat" in quiz._faces[0]["prompt"]
    _hear(quiz, act="text", text="a cat sat here")
    assert "a cat sat here" in quiz._faces[0]["prompt"]
    id = quiz._faces[0]["id"]
    count = len(pipeline.trace("a cat sat here").tokens)
    assert quiz.submit(id, str(count)).right


def test_a_fresh_question_is_another_one(pipeline: pw.Pipeline) -> None:
    quiz = pw.Quiz.live(pipeline, count=1, save=False)
    prompts = {quiz._faces[0]["prompt"]}
    for _ in range(9):
        _hear(quiz, act="fresh")
        prompts.add(quiz._faces[0]["prompt"])
    assert len(prompts) >= 8


def test_an_answer_about_a_sentence_that_is_gone_is_not_graded(pipeline: pw.Pipeline) -> None:
    class Explorer:
        trace = pipeline.trace("one cat")

    explorer = Explorer()
    quiz = pw.Quiz.live(explorer, text="", about=["token count"], count=1, save=False)
    assert "one cat" in quiz._faces[0]["prompt"]
    explorer.trace = pipeline.trace("two cats and a dog")
    _hear(quiz, act="submit", id=quiz._faces[0]["id"], response="4")
    assert quiz._notice == "stale"
    assert "two cats and a dog" in quiz._faces[0]["prompt"]
    assert quiz.responses == {}


# --- challenge ----------------------------------------------------------------------------------


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _challenge(clock: _Clock, **words: Any) -> pw.Challenge:
    words = {"seconds": 60, "save": False, "now": clock, **words}
    return pw.Challenge(list(SAMPLES[:3]), **words)


def test_the_clock_closes_a_problem_and_only_pythons_clock_counts() -> None:
    clock = _Clock()
    challenge = _challenge(clock)
    assert challenge.time_left is None
    _hear(challenge, act="begin")
    clock.now = 30
    _hear(challenge, act="time", id="single")  # a browser that runs ahead
    assert not challenge.session.is_due("single")
    clock.now = 60.1
    _hear(challenge, act="time", id="single")
    assert (challenge.session.is_due("single"), challenge._notice) == (True, "time_up")
    _hear(challenge, act="submit", id="single", response="DistilBERT")
    assert challenge.points == 0


def test_the_clock_runs_for_the_problem_on_the_screen_only() -> None:
    clock = _Clock()
    challenge = _challenge(clock)
    _hear(challenge, act="begin")
    clock.now = 20
    _hear(challenge, act="at", id="numeric")
    clock.now = 50
    assert (challenge.left("single"), challenge.left("numeric")) == (40, 30)


@pytest.mark.parametrize(("switched", "badge"), [(False, "clock"), (True, "no clock")])
def test_the_badge_says_whether_the_clock_ran(switched: bool, badge: str) -> None:
    clock = _Clock()
    challenge = _challenge(clock)
    _hear(challenge, act="begin")
    if switched:
        _hear(challenge, act="clock", on=False)
        clock.now = 1000
        assert challenge.left("single") == 60
    for name in ("single", "multiple", "numeric"):
        assert challenge.badge == ""
        _hear(challenge, act="submit", id=name, response=RIGHT[name])
    assert challenge.badge == badge


def test_two_attempts_then_the_answer() -> None:
    challenge = _challenge(_Clock())
    for _ in range(2):
        challenge.submit("single", "RoBERTa-base")
    assert challenge._progress["single"]["due"]
    with pytest.raises(BadInput, match="seconds"):
        _challenge(_Clock(), seconds=0)


# --- cards --------------------------------------------------------------------------------------


def _deck(tmp_path: Path, moment: list[datetime]) -> Deck:
    cards = tuple(Card(f"front {i}", f"back {i}", f"c{i}") for i in range(6))
    return Deck(cards, Journal("cards", learner="ada", folder=tmp_path), now=lambda: moment[0])


def test_leitners_boxes_space_what_is_known_and_bring_back_what_is_not(tmp_path: Path) -> None:
    moment = [datetime(2026, 1, 1, tzinfo=UTC)]
    deck = _deck(tmp_path, moment)
    first = deck.current
    deck.answer(False)
    assert deck.queue.index(first.id) == 3  # type: ignore[union-attr]
    while deck.current:
        deck.answer(True)
    assert deck.counts == [0, 6, 0, 0, 0]
    for box in range(2, 5):
        moment[0] += timedelta(days=DAYS[box - 1], seconds=-1)
        assert _deck(tmp_path, moment).current is None
        moment[0] += timedelta(seconds=1)
        deck = _deck(tmp_path, moment)  # read from the file
        assert len(deck.queue) == 6
        while deck.current:
            deck.answer(True)
        assert deck.counts[box] == 6


def test_the_back_of_a_card_stays_in_python_until_it_is_turned() -> None:
    cards = pw.Flashcards([("front", "secret"), ("two", "hidden")], title="C", save=False)
    assert repr(cards) == "Flashcards(title='C', count=2)"
    assert "secret" not in _state(cards) + cards.static_html()
    assert "hidden" not in _state(cards) + cards.static_html()
    _hear(cards, act="answer", known=True)  # not turned yet: nothing happens
    assert cards.boxes == [2, 0, 0, 0, 0]
    _hear(cards, act="flip")
    assert ("secret" in _state(cards)) != ("hidden" in _state(cards))
    _hear(cards, act="answer", known=True)
    assert cards.boxes == [1, 1, 0, 0, 0]


def test_cards_come_from_markdown_and_from_a_lesson() -> None:
    cards = pw.Flashcards.from_markdown("# T\n\n## a?\n\nb\n\n## c?\nd", save=False)
    assert (cards.title, cards.count) == ("T", 2)
    assert pw.Flashcards.lesson(save=False).count == 12
    with pytest.raises(BadInput, match="line 3"):
        pw.Flashcards.from_markdown("# T\n\n## a?\n\n## c?\nd", save=False)


# --- words --------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("a*`$_^{}\\<>/bi &;#()[]!|\n-1")), max_size=80))
def test_any_text_becomes_a_tree_whose_html_is_closed(text: str) -> None:
    from html.parser import HTMLParser

    opened: list[str] = []

    class Check(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            assert tag in prose_tags
            if tag != "br":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    names = """
    p ul ol li pre code b i em strong sub sup u br a math mrow mi mo mn mtext mspace mfrac msqrt
    mroot msub msup msubsup munder mover munderover
    """
    prose_tags = set(names.split())
    check = Check(convert_charrefs=True)
    check.feed(prose.to_html(prose.blocks(text)))
    check.close()
    assert opened == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<img src=x onerror=alert(1)>", "<p>[picture]</p>"),
        ("<b onclick=alert(1)>x</b>", "<p><b>x</b></p>"),
        (r"$\frac{1}{2}$", "<p><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>"),
        (r"$x_i^2$", "<p><math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math></p>"),
        (r"$\unknown$", "<p><code>$\\unknown$</code></p>"),
        (r"$\sqrt[3]{x}$", "<p><math><mroot><mi>x</mi><mn>3</mn></mroot></math></p>"),
        ("costs $5 and $6", "<p>costs $5 and $6</p>"),
        ("`a*b*c` *d*", "<p><code>a*b*c</code> <em>d</em></p>"),
        (r"\*not\* &lt;s&gt;", "<p>*not* &lt;s&gt;</p>"),
    ],
)
def test_words_are_rendered_and_nothing_runs(text: str, words: str) -> None:
    assert prose.to_html(prose.blocks(text)) == words
