"""Cards of other programs: Anki, Quizlet, tables, JSON."""

# ruff: noqa: E501 (files of other programs are as long as they are)
from __future__ import annotations

from pathlib import Path

import pytest

import pipeline_widgets as pw
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.formats import card_files


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("name", "count"), [("words.tsv", 8), ("terms.csv", 5)])
def test_whole_decks_of_other_programs_are_read_or_named(tmp_path, name, count, encoding):
    text = (Path(__file__).parent / "corpus" / name).read_bytes().decode("utf-8")
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    found = card_files.read(path)
    assert len(found.pairs) + len(found.left_out) == count
    assert not found.left_out
    assert any("ö" in front or "Ä" in front for front, _ in found.pairs)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\tb\tc\nd\te\tf\n", [1]),
        ("a\tb\t\nd\te\tf\n", [2]),
        ("front,back,source\na,b,x\nd,e,y\n", [1]),
        ("#separator:tab\n#tags column:3\na\tb\tt\nd\te\tt\n", []),
        ("#separator:tab\n#columns:Tags\tBack\tFront\nt\tb\ta\nt\te\td\n", []),
        ("Tags;Back;Front\nt;b;a\nt;e;d\n", []),
        ("a\tb\nonly front\t\nd\te\n", [2]),
    ],
)
def test_what_of_a_file_is_no_card_is_said(tmp_path, text, lines):
    (tmp_path / "c.txt").write_text(text)
    cards = pw.Flashcards(tmp_path / "c.txt", save=False)
    assert [card.front for card in cards.deck.cards] == ["a", "d"]
    assert [remark.line for remark in cards.left_out] == lines
    assert all(f"line {line}" in cards._notice for line in lines)
    assert bool(cards._notice) == bool(lines)
