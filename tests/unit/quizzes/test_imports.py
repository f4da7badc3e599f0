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
from pipeline_widgets.quizzes.formats import card_files, gift
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
from pipeline_widgets.quizzes.parse_response import number, number_hint
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


def one(text):
    [question] = gift.load(text).questions
    return question


# --- GIFT, construct by construct ---------------------------------------------------------------


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
        ("M{=a -> 1 =b -> 2 = -> 3}", [({"a": "1", "b": "2"}, 1), ({"a": "2", "b": "2"}, 0.5)]),
    ],
)  # fmt: skip
def test_gift_means_what_moodle_means(text, graded):
    for response, points in graded:
        assert earned(one(text), response) == pytest.approx(points), response


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


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "language", "value"),
    [
        ("0,125", "", None), ("3,141", "", None), ("12,500", "", None), ("12,5", "", None),
        ("0,125", "de", 0.125), ("3,141", "de", 3.141), ("1.234,5", "de-DE", 1234.5),
        ("3.141", "de", None), ("0.125", "de", 0.125), ("64.5", "fr", 64.5), ("1 000,5", "fr", 1000.5),
        ("3,141", "en", 3141), ("12,500", "en_US", 12500), ("0,125", "en", None),
        ("1,000", "", 1000), ("1,234,567", "", 1234567), ("1,234.5", "", 1234.5), ("1_000", "", 1000),
    ],
)  # fmt: skip
def test_a_comma_is_read_by_the_language_and_never_guessed(typed, language, value):
    assert number(typed, language) == value


def test_a_number_that_can_be_read_in_two_ways_costs_nothing_and_says_both(tmp_path):
    quiz = pw.Quiz.from_markdown(
        "# T\n\n## pi? {#pi}\n= 3.141\n\n## eighth? {#e}\n= 0.125\n", attempts=1, folder=tmp_path
    )
    result = quiz.submit("pi", "3,141")
    assert result.verdict == "unreadable"
    assert "3.141" in result.remarks[0][1]
    assert "3141" in result.remarks[0][1]
    assert "0.125" in number_hint("0,125")
    assert quiz.submit("e", "0,125").verdict == "unreadable"
    assert quiz.session.left("pi") == 1
    german = pw.Quiz.from_markdown("# T {lang=de}\n\n## pi? {#pi}\n= 3.141\n", save=False)
    assert german.submit("pi", "3,141").right
    assert (
        pw.Quiz.from_markdown("# T\n\n## pi?\n= 3.141\n", save=False, language="de")
        .submit("q1", "3,141")
        .right
    )


def test_a_quiz_says_what_it_had_to_leave_out(tmp_path):
    (tmp_path / "a.gift").write_text("::a::A{=1 ~2}\n\n::b::B{#x}\n")
    quiz = pw.Quiz(tmp_path / "a.gift", save=False)
    assert "line 3" in quiz._notice


# --- cards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "anki.txt",
            "#separator:tab\n#html:true\n#tags column:3\nder Hund\tthe dog\ttag\ndie Größe\tsize\t\n",
        ),
        (
            "anki.txt",
            '#separator:Semicolon\n#html:false\n#guid column:1\nx1;der Hund;the dog\nx2;"die Größe";size\n',
        ),
        ("quizlet.txt", "der Hund\tthe dog\ndie Größe\tsize\n"),
        ("a.csv", "front,back\nder Hund,the dog\ndie Größe,size\n"),
        ("a.csv", "Back;Front\nthe dog;der Hund\nsize;die Größe\n"),
        ("a.tsv", "der Hund\tthe dog\ndie Größe\tsize\n"),
        (
            "a.json",
            '[{"front": "der Hund", "back": "the dog"}, {"front": "die Größe", "back": "size"}]',
        ),
        ("a.md", "## der Hund\nthe dog\n\n## die Größe\nsize\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_cards_of_other_programs_are_read(tmp_path, name, text, encoding):
    path = tmp_path / name
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    cards = pw.Flashcards(path, save=False)
    assert [(card.front, card.back) for card in cards.deck.cards] == [
        ("der Hund", "the dog"), ("die Größe", "size"),
    ]  # fmt: skip


def test_a_blank_of_anki_that_is_never_closed_is_left_as_typed():
    text = "{{c1::" * 20_000 + "{{c2::Paris::city}} is in France"
    ((front, back),) = card_files.parse(f"{text}\t\n").pairs
    assert front.endswith("{{c1::[city] is in France")
    assert back == "Paris"


def test_cards_as_dicts_gaps_of_anki_and_what_is_no_card():
    assert pw.Flashcards([{"front": "x", "back": "y"}], save=False).deck.cards[0].front == "x"
    with pytest.raises(BadInput, match="Card 1"):
        pw.Flashcards([{"a": "x", "b": "y", "c": "z"}], save=False)
    found = card_files.parse("{{c1::Paris}} is in France\t\nonly front\t\n\na\tb\n")
    assert found.pairs == [("[…] is in France", "Paris"), ("a", "b")]
    assert [remark.line for remark in found.left_out] == [2]


def test_cards_go_out_as_they_come_in(tmp_path):
    cards = pw.Flashcards([("a\tb", 'say "c"\nd'), ("e", "f")], save=False)
    for name in ("out.txt", "out.json"):
        again = pw.Flashcards(cards.export(tmp_path / name), save=False)
        pairs = [[(c.front, c.back) for c in deck.deck.cards] for deck in (cards, again)]
        assert pairs[0] == pairs[1]


# --- a corpus ---------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("encoding", CODINGS)
@pytest.mark.parametrize(("name", "count"), [("words.tsv", 8), ("terms.csv", 5)])
def test_whole_decks_of_other_programs_are_read_or_named(tmp_path, name, count, encoding):
    text = (Path(__file__).parent / "corpus" / name).read_bytes().decode("utf-8")
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    found = card_files.read(path)
    assert len(found.pairs) + len(found.left_out) == count
    assert not found.left_out
    assert any("ö" in front or "Ä" in front for front, _ in found.pairs)
