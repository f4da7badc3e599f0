from __future__ import annotations

import base64
import contextlib
import json
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.bank import Bank, parse, write
from pipeline_widgets.quizzes.formats import gift, jupyterquiz, markdown, moodle_xml, native
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import MultipleChoice, Option, Question, SingleChoice
from tests.unit.quiz_samples import MORE, SAMPLES, gift_questions, jupyterquiz_questions

# Every form that jupyterquiz's documentation shows, in its schema, written afresh.
THEIRS: list[dict[str, Any]] = [
    {"question": "Which model has 6 layers?", "type": "multiple_choice", "answers": [
        {"answer": "DistilBERT", "correct": True, "feedback": "Yes: half of BERT-base."},
        {"answer": "RoBERTa-base", "correct": False, "feedback": "It has 12."},
        {"answer": "BERT-base", "correct": False}]},
    {"question": "What does this print?", "code": "print(&quot;a&quot; &lt; &quot;b&quot;)",
     "type": "multiple_choice", "answer_cols": 2, "answers": [
        {"code": "True", "correct": True}, {"code": "False", "correct": False}]},
    {"question": "Which can RoBERTa's tokenizer give?", "type": "many_choice", "answers": [
        {"answer": "byte-level BPE pieces", "correct": True, "feedback": "Correct."},
        {"answer": "as code", "code": "'Ġworld'", "correct": True, "feedback": "Correct."},
        {"code": "'##ing'", "correct": False, "feedback": "I hope not."}]},
    {"question": "Enter $\\pi$ (checked to 2 digits):", "type": "numeric", "precision": 2,
     "answers": [
        {"type": "value", "value": 3.14, "correct": True, "feedback": "Correct."},
        {"type": "range", "range": [3.142857, 3.142858], "correct": True, "feedback": "Not 22/7."},
        {"type": "range", "range": [-100000000, 0], "correct": False, "feedback": "Positive."},
        {"type": "default", "feedback": "The area of a circle of radius 1."}]},
    {"question": "How many layers?", "type": "numeric", "answers": [
        {"value": 12, "correct": True, "feedback": "Yes."},
        {"range": [1, 12], "correct": False, "feedback": "More."}]},
    {"question": "Which firm made RoBERTa?", "type": "string", "input_width": 12, "answers": [
        {"answer": "Facebook AI", "correct": True, "feedback": "Yes.", "match_case": False,
         "fuzzy_threshold": 0.80},
        {"answer": "FAIR", "correct": True, "feedback": "Yes.", "match_case": True},
        {"answer": "Google", "correct": False, "feedback": "That was BERT."},
        {"type": "default", "feedback": "See arXiv 1907.11692."}]},
    {"question": "", "type": "string", "answers": [{"answer": "<s>", "correct": True}]},
]  # fmt: skip

TYPED = [
    "3.14", "3.14159", "3", "3.1", "3.142857", "22/7", "-1", "0", "12", "11.99", "12.0", "1.2e1",
    "1", "0.5", "Facebook AI", "facebook ai", "Facebok AI", "FAIR", "fair", "Google", "googl",
    "<s>", "<S>", " <s> ", "Facebook",
]  # fmt: skip


_PAGE = """
const shown = { style: {}, classList: { add(name) { shown.verdict = name } },
                parentElement: { parentElement: { id: 'outer' } } };
global.document = { getElementById: (id) => id.startsWith('fb') ? shown : null };
console.log = () => {};
"""
_GRADING = """
const graded = JSON.parse(PAIRS).map(([question, typed]) => {
  const dataset = { answers: JSON.stringify(question.answers) };
  if ('precision' in question) dataset.precision = String(question.precision);
  const field = { id: 'x-0', value: typed, dataset, blur() {}, closest() { return null },
                  classList: { add() {} } };
  shown.verdict = null;
  (question.type === 'numeric' ? check_numeric : check_string)(field, { keyCode: 13 });
  return shown.verdict === 'correct';
});
process.stdout.write(JSON.stringify(graded));
"""


def _grade_as_jupyterquiz(node: str, pairs: list[tuple[dict[str, Any], str]]) -> list[bool]:
    """What jupyterquiz's own JavaScript makes of each typed answer, in node, on a dummy page."""
    folder = files("jupyterquiz").joinpath("js")
    sources = [(folder / name).read_text() for name in ("helpers.js", "numeric.js", "string.js")]
    script = "\n".join([_PAGE, *sources, _GRADING.replace("PAIRS", json.dumps(json.dumps(pairs)))])
    done = subprocess.run(
        [node, "-"], input=script, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


def test_what_jupyterquiz_accepts_is_right_here_and_the_rest_is_not(node: str) -> None:
    typed = [q for q in THEIRS if q["type"] in ("numeric", "string")]
    pairs = [(question, text) for question in typed for text in TYPED]
    ours = [grade(jupyterquiz.read(question)[0], text).right for question, text in pairs]
    assert ours == _grade_as_jupyterquiz(node, pairs)
    assert 10 < sum(ours) < len(ours) - 10  # both verdicts are in it


@settings(max_examples=25, deadline=None)
@given(st.lists(jupyterquiz_questions, min_size=1, max_size=8), st.data())
def test_any_question_written_for_jupyterquiz_is_graded_there_as_here(
    node: str, questions: list[Question], data: st.DataObject
) -> None:
    pairs, ours = list[tuple[dict[str, Any], str]](), list[bool]()
    for question in questions:
        [plain] = jupyterquiz.write([question])
        if plain["type"] not in ("numeric", "string"):
            continue
        known = [str(a.get("value", a.get("answer", a.get("range", [0])[0])))
                 for a in plain["answers"] if a.get("type") != "default"]  # fmt: skip
        for text in [*known, data.draw(st.sampled_from(["0", "1.5", "abc", "-2", "1e3"]))]:
            # digits: theirs have no tolerance after rounding, so such ranges aren't compared
            if getattr(question, "digits", None) and any("range" in a for a in plain["answers"]):
                continue
            if not text.isascii() or not text.strip():
                continue  # their lengths count UTF-16 units
            if plain["type"] == "numeric" and not _is_number(text):
                continue
            pairs.append((plain, text))
            ours.append(grade(question, text).right)
    if pairs:
        assert ours == _grade_as_jupyterquiz(node, pairs)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_every_form_of_theirs_imports_and_exports_unchanged() -> None:
    questions = jupyterquiz.read(THEIRS)
    assert [type(q).__name__ for q in questions] == [
        "SingleChoice", "SingleChoice", "MultipleChoice", "Numeric", "Numeric", "ShortText",
        "ShortText",
    ]  # fmt: skip
    assert questions[1].code == 'print("a" < "b")'
    again = jupyterquiz.read(json.loads(json.dumps(jupyterquiz.write(questions))))
    assert again == questions
    for mine, theirs in zip(jupyterquiz.write(questions), THEIRS, strict=True):
        assert {"question", "type", "answers"} <= set(mine)
        assert mine["type"] == theirs["type"]
        assert mine.get("answer_cols") == theirs.get("answer_cols")
        assert mine.get("precision") == theirs.get("precision")
        assert len(mine["answers"]) == len(theirs["answers"])


def test_list_text_base64_and_file_are_the_same_quiz(tmp_path: Path) -> None:
    text = json.dumps(THEIRS)
    file = tmp_path / "quiz.json"
    file.write_text(text)
    coded = base64.b64encode(text.encode()).decode()
    expected = jupyterquiz.read(THEIRS)
    for source in (THEIRS, text, coded, file, str(file)):
        assert jupyterquiz.load(source) == expected


def test_the_count_of_right_answers_decides_as_it_does_there() -> None:
    two = [{"answer": "a", "correct": True}, {"answer": "b", "correct": True}]
    one = [{"answer": "a", "correct": True}, {"answer": "b", "correct": False}]
    ask = {"question": "?", "type": "multiple_choice"}
    assert isinstance(jupyterquiz.read([ask | {"answers": two}])[0], MultipleChoice)
    assert isinstance(jupyterquiz.read([ask | {"answers": one}])[0], SingleChoice)


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ([1], "Question 1: expected an object"),
        ([{"question": "?", "type": "essay", "answers": []}], "Question 1: type"),
        ([{"question": "?", "type": "numeric"}], "Question 1: 'answers'"),
        ([{"question": "?", "type": "numeric", "answers": [{"correct": True}]}], "range"),
        ([{"type": "string", "answers": []}], "question"),
    ],
)
def test_a_broken_file_of_theirs_is_refused_by_question(plain: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        jupyterquiz.read(plain)
    with pytest.raises(BadInput, match="neither JSON"):
        jupyterquiz.load("§§§")


# --- Moodle's XML -------------------------------------------------------------------------------


@given(st.lists(gift_questions, min_size=1, max_size=3))
def test_a_moodle_xml_round_trip_loses_nothing(questions: list[Question]) -> None:
    assert moodle_xml.load(moodle_xml.write(questions)).all() == tuple(questions)


def test_every_kind_that_moodle_has_is_written_for_it_and_read_back() -> None:
    held = [question for question in (*SAMPLES, *MORE) if moodle_xml.holds(question)]
    assert {type(question).kind for question in held} == {
        "single", "multiple", "numeric", "text", "match", "gaps", "order", "essay", "note",
    }  # fmt: skip
    text = moodle_xml.write(held)
    ElementTree.fromstring(text)
    assert moodle_xml.load(text).all() == tuple(held)
    others, left_out = write(Bank("T", tuple(SAMPLES)), suffix=".xml")
    assert set(left_out) == {q.id for q in SAMPLES if not moodle_xml.holds(q)}
    assert len(parse(others, suffix=".xml").questions) == len(SAMPLES) - len(left_out)


# --- our Markdown and our JSON ------------------------------------------------------------------


def test_every_kind_survives_markdown_and_json() -> None:
    bank = Bank("All kinds", SAMPLES, id="all", lesson="02-learn")
    for suffix in (".md", ".json"):
        text, left_out = write(bank, suffix=suffix)
        assert not left_out
        assert parse(text, suffix=suffix) == bank


FENCES = ("```", "```text\nx", "```\n ```", " ```\nx\n```", "````\n```\n````", "a\n```\nb\n```")


@pytest.mark.parametrize("text", FENCES)
@pytest.mark.parametrize("place", ["prompt", "feedback", "hint", "explanation", "otherwise"])
def test_a_fence_anywhere_survives_markdown(place: str, text: str) -> None:
    options = (Option("a", right=True, feedback=text if place == "feedback" else ""), Option("b"))
    more = {"hint": {"hints": (text,)}, "feedback": {}, "prompt": {}}.get(place, {place: text})
    prompt = f"Which?\n{text}" if place == "prompt" else "Which?"
    question = SingleChoice(prompt, id="a", options=options, **more)
    again = markdown.read(markdown.write(markdown.Page("T", (question,))))
    assert again.questions == (question,)


@settings(max_examples=150, deadline=None)
@given(gift_questions)
def test_a_markdown_round_trip_loses_nothing(question: Question) -> None:
    again = markdown.read(markdown.write(markdown.Page("T", (question,))))
    assert again.questions == (question,)


@settings(max_examples=200, deadline=None)
@given(gift_questions)
def test_a_json_round_trip_loses_nothing(question: Question) -> None:
    assert native.from_plain(json.loads(json.dumps(native.to_plain(question)))) == question


def test_what_a_format_cannot_hold_is_named() -> None:
    bank = Bank("All kinds", SAMPLES)
    _, left_out = write(bank, suffix=".gift")
    assert left_out == ["order", "shape", "token", "cell", "output", "code"]
    _, left_out = write(bank, suffix=".jupyterquiz.json")
    assert left_out == ["order", "match", "shape", "token", "cell", "output", "code"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no question at all", "line 1: no question"),
        ("# T\n\n## Q?\n", "line 3: no answer"),
        ("## Q?\n- [x] a\n- (x) b", "line 3: either"),
        ("## Q?\n- [x] a\n- [ ] b\n= 5", "line 4: answers of two sorts"),
        ("## Q?\n- [x] a\n- [ ] b\nstray words", "line 4: text below the answers"),
        ("## Q? {points=many}\n= 5", "line 1: points"),
        ("## Q? {colour=red}\n= 5", "line 2: .*no attribute 'colour'"),
        ("## Q?\n```python\nx\n", "line 2: the code"),
        ("## Q?\n| a | b |\n| c | *d* |", "line 2: a table"),
        ("## Q?\n```check\nf(1)\n```", "names its function"),
        ('## Q?\n= "a" maybe', "line 2: after the quotes"),
        ("## Q?\n- (x) a\n- (x) b", "line 2: .*MultipleChoice"),
        ("## A\n= 1\n\n## B\n- [x] only", "line 5: .*two options"),
    ],
)
def test_errors_in_markdown_name_the_line(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        markdown.read(text)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list('#-[]() xX=!>.|`\n1a*~"{}\\')), max_size=120))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (markdown.read, gift.read):
        with contextlib.suppress(BadInput):  # any other exception fails the test
            read("## " + text if read is markdown.read else text)


def test_the_form_that_people_write_by_hand() -> None:
    page = markdown.read(
        """# Page quiz {#page lesson=03-pipeline-trace}

## What comes out of the tokenizer?

A picture says it best.

- [x] ids
- [ ] vectors
    Those come next.

> Look at stage 2.

## Size of a head? {#size points=2 hard}
= 64 ± 0.5
!= 768
    The width.
! Divide.

## Order
1. first
2. second
"""
    )
    first, size, order = page.questions
    assert (page.title, page.id, page.lesson) == ("Page quiz", "page", "03-pipeline-trace")
    assert first.prompt == "What comes out of the tokenizer?\n\nA picture says it best."
    assert first.hints == ("Look at stage 2.",)
    assert grade(first, ["vectors"]).remarks == (("vectors", "Those come next."),)
    assert (size.points, size.difficulty, size.otherwise) == (2.0, "hard", "Divide.")
    assert grade(order, ["first", "second"]).right
    assert replace(order, id="") == order
