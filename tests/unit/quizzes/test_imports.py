"""Files of other programs: what can be read is read, the rest is named by its line."""

# ruff: noqa: E501 (files of other programs are as long as they are)
from __future__ import annotations

import json
from pathlib import Path

import pytest

import pipeline_widgets as pw
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.bank import Bank, parse, read, write
from pipeline_widgets.quizzes.command import main
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import (
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    ShortText,
    SingleChoice,
    TextAnswer,
)
from tests.unit.quiz_samples import MORE

SHARED = (
    SingleChoice(
        "?",
        id="s",
        options=(Option("a", right=True), Option("b", share=0.5), Option("c", share=-0.25)),
    ),
    MultipleChoice(
        "?",
        id="m",
        options=(
            Option("a", right=True, share=0.75),
            Option("b", right=True, share=0.25),
            Option("c", share=-1.0),
        ),
    ),
    ShortText(
        "?",
        id="t",
        answers=(TextAnswer("Frog"), TextAnswer("C*t", right=False, share=0.5, wildcard=True)),
    ),
    Numeric(
        "?",
        id="n",
        answers=(NumberAnswer(1822.0), NumberAnswer(1822.0, tolerance=2.0, right=False, share=0.5)),
    ),
)


@pytest.mark.parametrize("suffix", [".md", ".json", ".gift"])
@pytest.mark.parametrize("question", [*MORE, *SHARED], ids=lambda question: question.id)
def test_gaps_essays_texts_and_shares_survive_each_form(question, suffix):
    text, left_out = write(Bank("T", (question,)), suffix=suffix)
    assert not left_out
    assert parse(text, suffix=suffix).questions == (question,)


def earned(question, response):
    return grade(question, response).points


# --- jupyterquiz, Moodle XML --------------------------------------------------------------------


def test_jupyterquiz_that_is_not_quite_right_is_read_as_far_as_it_goes():
    good = {"question": "A?", "type": "many_choice",
            "answers": [{"answer": "a", "correct": True}, {"answer": "", "correct": False},
                        {"answer": "b", "correct": False}, {"answer": "b", "correct": False}]}  # fmt: skip
    half = {
        "question": "H?",
        "type": "numeric",
        "answers": [{"type": "value", "value": "1/2", "correct": True}],
    }
    bad = {"question": "B?", "type": "essay", "answers": []}
    text = json.dumps([good, half, bad, {"question": "C?"}], indent=1)
    bank = parse(text, suffix=".json")
    assert len(bank.questions) == 2
    assert earned(bank.questions[1], "0.5") == 1
    lines = text.split("\n")
    assert [lines[remark.line - 1].strip() for remark in bank.left_out] == ["{", "{"]
    assert [remark.line for remark in bank.changed] == [2, 2]


@pytest.mark.parametrize(
    "words", [(True, False), ("true", "false"), ("TRUE", ""), (1, 0), ("1", "0")]
)
@pytest.mark.parametrize("kind", ["multiple_choice", "many_choice", "string", "numeric"])
def test_jupyterquiz_s_truths_are_read_in_any_writing(words, kind):
    name = "value" if kind == "numeric" else "answer"
    values = (3, 4) if kind == "numeric" else ("a", "b")
    answers = [
        {name: value, "correct": said, "type": "value"}
        for value, said in zip(values, words, strict=True)
    ]
    [question] = parse(
        json.dumps([{"question": "?", "type": kind, "answers": answers}]), suffix=".json"
    ).questions
    given = [[value] if kind == "many_choice" else str(value) for value in values]
    assert [earned(question, response) for response in given] == [1, 0]


def test_jupyterquiz_that_means_something_else_here_is_said():
    option = lambda text, said: {"answer": text, "correct": said}  # noqa: E731
    questions = [
        {
            "question": "?",
            "type": "multiple_choice",
            "answers": [option("a", said), option("b", said)],
        }
        for said in (True, False, "perhaps")
    ]
    ranges = [{"type": "range", "range": said, "correct": True} for said in ("[1, 2]", "1 to 2")]
    questions += [{"question": "?", "type": "numeric", "answers": [one]} for one in ranges]
    bank = parse(json.dumps(questions, indent=0), suffix=".json")
    assert ["check boxes" in one.why or "poll" in one.why for one in bank.changed] == [True, True]
    assert ["'perhaps'" in one.why or "pair" in one.why for one in bank.left_out] == [True, True]
    assert earned(bank.questions[-1], "1.5") == 1


XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>c</text></category></question>
<question type="multichoice"><name><text>One</text></name><questiontext format="html">
<text><![CDATA[<p>Pick <img src="@@PLUGINFILE@@/p.png" alt="p"></p>]]></text>
<file name="p.png" encoding="base64">aGk=</file></questiontext>
<single>true</single><answer fraction="100"><text>yes</text><feedback><text>good</text></feedback></answer>
<answer fraction="50"><text>half</text></answer><answer fraction="0"><text>no</text></answer></question>
<question type="numerical"><name><text>Two</text></name><questiontext><text>N</text></questiontext>
<answer fraction="100"><text>3,5</text><tolerance>0.1</tolerance></answer></question>
<question type="shortanswer"><name><text>Three</text></name><questiontext><text>S</text></questiontext>
<usecase>1</usecase><answer fraction="100"><text>Cat*</text></answer></question>
<question type="matching"><name><text>Four</text></name><questiontext><text>M</text></questiontext>
<subquestion><text>a</text><answer><text>1</text></answer></subquestion>
<subquestion><text>b</text><answer><text>2</text></answer></subquestion>
<subquestion><text></text><answer><text>3</text></answer></subquestion></question>
<question type="truefalse"><name><text>Five</text></name><questiontext><text>T</text></questiontext>
<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer></question>
<question type="essay"><name><text>Six</text></name><questiontext><text>E</text></questiontext>
<responsefieldlines>15</responsefieldlines></question>
<question type="description"><name><text>Seven</text></name><questiontext><text>D</text></questiontext></question>
<question type="cloze"><name><text>Eight</text></name>
<questiontext><text>The {1:SA:=cat} is {1:MC:=soft~hard}.</text></questiontext></question>
<question type="calculated"><name><text>Nine</text></name><questiontext><text>C</text></questiontext></question>
</quiz>"""


def test_moodle_s_xml_is_read_and_what_we_lack_is_named():
    bank = parse(XML, suffix=".xml")
    kinds = [question.kind for question in bank.questions]
    assert kinds == ["single", "numeric", "text", "match", "single", "essay", "note", "gaps"]
    one_, two, three, four, five, six, _, eight = bank.questions
    assert (earned(one_, "yes"), earned(one_, "half")) == (1, 0.5)
    assert "data:image/png;base64,aGk=" in one_.prompt
    assert earned(two, "3.45") == 1
    assert (earned(three, "Cats"), earned(three, "cats")) == (1, 0)
    assert earned(four, {"a": "1", "b": "2"}) == 1
    assert earned(five, "False") == 1
    assert six.lines == 15
    assert earned(eight, ["Cat", "soft"]) == 2
    [remark] = bank.left_out
    assert "calculated" in remark.why
    assert XML.split("\n")[remark.line - 1].startswith('<question type="calculated"')


@pytest.mark.parametrize(
    ("text", "graded"),
    [
        ("The {1:sa:=cat} is {:mc:hard~=soft}.", [(["cat", "soft"], 2), (["cat", "hard"], 1)]),
        ("{ 1:SA:%100%a~%50%b} {2:NM:=3,5:0,1}", [(["a", "3.45"], 2), (["b", "3.5"], 5 / 3)]),
        ("{1:MC:=a~b} {1:MRVS:=a~=b}", []),
        ("{1:mrx:=a}", []),
    ],
)
def test_moodle_s_embedded_answers_are_gaps_or_named_and_never_shown(text, graded):
    start = XML.index('<question type="cloze">')
    xml = XML.replace("The {1:SA:=cat} is {1:MC:=soft~hard}.", text)
    bank = parse(xml, suffix=".xml")
    if not graded:
        line = XML.count("\n", 0, start) + 1
        assert line in [remark.line for remark in bank.left_out]
    for response, points in graded:
        assert "=" not in bank.questions[-1].as_shown()["prompt"]
        assert earned(bank.questions[-1], response) == pytest.approx(points)


def test_a_fraction_of_moodle_s_may_have_a_comma():
    shares = XML.replace('fraction="50"', 'fraction="33,33333"')
    assert earned(parse(shares, suffix=".xml").questions[0], "half") == pytest.approx(
        1 / 3, abs=1e-6
    )


@pytest.mark.parametrize(
    "text",
    [
        *("<quiz", "<html></html>", "", '<!DOCTYPE q [<!ENTITY a "b">]><quiz/>'),
        f"<quiz>{'<b>' * 60}{'</b>' * 60}</quiz>",
    ],
)
def test_what_is_no_moodle_xml_is_refused_in_words(text):
    with pytest.raises(BadInput):
        parse(text, suffix=".xml")


# --- files: encodings, names, the command --------------------------------------------------------

GIFT = "::Größe::Wie groß?{=groß ~klein}\n\n::Zwei::Zwei?{=ja ~nein}\n"
MD = "# Prüfung\n\n## Größe?\n- (x) groß\n- ( ) klein\n\n## Zwei?\n= 2\n"
JQ = json.dumps(
    [{"question": "Größe?", "type": "string", "answers": [{"answer": "groß", "correct": True}]}],
    ensure_ascii=False,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("name", "text", "count"),
    [("a.gift", GIFT, 2), ("a.gift.txt", GIFT, 2), ("b.txt", GIFT, 2), ("a.md", MD, 2), ("a.MD", MD, 2),
     ("a.json", JQ, 1), ("a.xml", XML.replace("Pick", "Größe"), 8)],
)  # fmt: skip
def test_quiz_files_of_any_encoding_are_read(tmp_path, encoding, ends, name, text, count):
    path = tmp_path / name
    path.write_bytes(text.replace("\n", ends).encode(encoding))
    bank = read(path)
    assert len(bank.questions) == count
    guessed = [remark for remark in bank.changed if "Windows-1252" in remark.why]
    assert len(guessed) == (encoding == "cp1252")
    assert "öße" in bank.questions[0].prompt + bank.questions[0].id
    if name.lower() == "a.md":
        assert (bank.title, bank.id) == ("Prüfung", "Prüfung")


def test_the_check_command_says_what_was_read_as_json(tmp_path, capsys):
    path = tmp_path / "a.gift"
    path.write_text("::a::A{=1 ~2}\n\n::b::B{#x}\n\n::a::C{=1 ~2}\n")
    assert main(["check", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["read"] == 2
    assert said["left_out"] == [{"line": 3, "why": "'x' is neither value:tolerance nor low..high"}]
    assert [remark["line"] for remark in said["changed"]] == [5]
    path.write_text("B{#x}")
    assert main(["check", str(path), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["read"], said["left_out"][0]["line"]) == (0, 1)
    assert main(["check", str(tmp_path / "none.gift"), "--json"]) == 1


def test_a_quiz_says_what_it_had_to_leave_out(tmp_path):
    (tmp_path / "a.gift").write_text("::a::A{=1 ~2}\n\n::b::B{#x}\n")
    quiz = pw.Quiz(tmp_path / "a.gift", save=False)
    assert "line 3" in quiz._notice


# --- whole courses ---------------------------------------------------------------------------------


CODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
COURSES = {  # questions, and the lines of those that no kind of ours can hold
    "course.xml": (10, ["calculated", "ddwtos"]),
    "course.json": (5, ["drag_and_drop"]),
}


@pytest.mark.parametrize("encoding", CODINGS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("name", COURSES)
def test_a_whole_course_of_another_program_is_read_or_named(tmp_path, name, ends, encoding):
    text = (Path(__file__).parent / "corpus" / name).read_text("utf-8")
    path = tmp_path / name
    path.write_bytes(text.replace("\n", ends).encode(encoding))
    bank = read(path)
    count, others = COURSES[name]
    assert len(bank.questions) == count
    assert len(bank.left_out) == len(others)
    for remark, kind in zip(bank.left_out, others, strict=True):
        assert kind in remark.why
        assert kind in text.split("\n")[remark.line - 1]
    assert "Größe" in "".join(question.id + question.prompt for question in bank.questions)
    for question in bank.questions:
        right = question.right_response()
        if right is not None:
            assert grade(question, right).right, question.id
    if name.endswith(".xml"):
        again = parse(write(bank, suffix=".xml")[0], suffix=".xml")
        assert again.questions == bank.questions
