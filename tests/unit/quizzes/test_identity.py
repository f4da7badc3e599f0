"""An answer belongs to one learner and one set of questions, whatever they are called."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes import bank as banks
from pipeline_widgets.quizzes import collect
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.identity import face_print, set_print
from pipeline_widgets.quizzes.kinds import Option, SingleChoice, blank, public_view, seal
from pipeline_widgets.quizzes.session import Session
from pipeline_widgets.quizzes.store import Entry, Journal
from tests.unit.quiz_samples import SAMPLES

names = st.text(max_size=80)


def ask(prompt: str, id: str = "") -> SingleChoice:
    return SingleChoice(prompt, id=id, options=(Option("yes", right=True), Option("no")))


def plain(prompt: str) -> list[dict[str, object]]:
    """jupyterquiz's form of `ask`."""
    answers = [{"answer": "yes", "correct": True}, {"answer": "no", "correct": False}]
    return [{"question": prompt, "type": "multiple_choice", "answers": answers}]


def open_(bank: Bank, folder: Path, learner: str = "ada") -> Session:
    journal = Journal(bank.id, learner=learner, folder=folder, former=bank.former)
    return Session(bank, journal=journal)


def write_old(folder: Path, file: str, *entries: Entry) -> Path:
    """Lines as the versions before `Entry.asked` wrote them, chained."""
    previous, path = "", folder / file
    with path.open("a") as out:
        for entry in entries:
            kept = entry.sealed_off(previous)
            previous = kept.digest
            out.write(kept.line + "\n")
    return path


def old_entry(question: SingleChoice, quiz: str, learner: str = "ada", **words: object) -> Entry:
    print_ = face_print(public_view(question))
    fields: dict[str, object] = {
        "quiz": quiz, "learner": learner, "question": question.id, "response": "yes",
        "points": 1.0, "maximum": 1.0, "verdict": "right", "face": print_, "time": "2025-01-01",
    }  # fmt: skip
    return Entry(**{**fields, **words})  # type: ignore[arg-type]


# --- names apart --------------------------------------------------------------------------------


@given(st.lists(st.tuples(names, names), unique=True, max_size=6))
def test_distinct_names_have_distinct_files_on_any_disk(pairs: list[tuple[str, str]]) -> None:
    paths = [Journal(quiz, learner=learner, folder="f").path for quiz, learner in pairs]
    files = {path.name.casefold() for path in paths}  # some disks see no capitals
    assert len(files) == len(pairs)
    assert all(path.parent == Path("f") and path.name.isascii() for path in paths)
    assert all(len(path.name) < 140 for path in paths)


@pytest.mark.parametrize(
    "learners",
    [
        ("mia.k", "mia-k"),
        ("anna b", "änna b"),
        ("Ada", "ada"),
        ("李雷", "韩梅"),
        ("a" * 90, "a" * 91),
    ],
)
def test_two_learners_in_one_folder_share_nothing(
    tmp_path: Path, learners: tuple[str, str]
) -> None:
    bank = Bank("Heads", (ask("A?"),))
    one = open_(bank, tmp_path, learners[0])
    one.submit("q1", "yes")
    one.finish()
    other = open_(bank, tmp_path, learners[1])
    assert (other.finished, other.points, other.responses) == (False, 0, {})
    assert other.submit("q1", "no").verdict == "wrong"
    table = collect.rows(collect.read_folder(tmp_path))
    assert {row.entry.learner: row.entry.points for row in table} == dict(
        zip(learners, (1, 0), strict=True)
    )


@pytest.mark.parametrize(
    "titles",
    [
        ("C", "C++", "C#"),
        ("第一课", "第二课"),
        ("Тест 1", "Тест 2", "1"),
        ("漢字", "かな"),
        ("אב", "ابجد"),
    ],
)
def test_titles_in_any_script_are_kept_apart(tmp_path: Path, titles: tuple[str, ...]) -> None:
    sets = [Bank(title, (ask("A?"),)) for title in titles]
    first = open_(sets[0], tmp_path)
    first.submit("q1", "yes")
    first.finish()
    for bank in sets[1:]:
        session = open_(bank, tmp_path)
        assert (session.finished, session.responses) == (False, {})
        session.submit("q1", "no")
    table = collect.rows(collect.read_folder(tmp_path))
    assert {row.entry.quiz for row in table} == set(titles)


def test_sets_without_a_title_are_told_apart_by_their_questions(tmp_path: Path) -> None:
    kept = {"folder": tmp_path, "learner": "ada"}
    makers = (
        lambda text: pw.Quiz.from_jupyterquiz(plain(text), **kept),
        lambda text: pw.Quiz([ask(text)], **kept),
        lambda text: pw.Quiz.from_markdown(f"## {text}\n- (x) yes\n- ( ) no", **kept),
    )
    for number, make in enumerate(makers):
        one = make(f"A{number}?")
        one.submit("q1", "yes")
        one.session.finish()
        two = make(f"B{number}?")
        assert not two.session.finished
        assert two.responses == {}
        assert not two._progress
        assert make(f"A{number}?").responses == {"q1": "yes"}
    rows = collect.rows(collect.read_folder(tmp_path))
    assert len({row.entry.quiz for row in rows}) == 3


def test_equal_names_in_two_chapters_are_two_quizzes(tmp_path: Path) -> None:
    kept = tmp_path / "answers"
    for chapter in ("one", "two"):
        (tmp_path / chapter).mkdir()
        (tmp_path / chapter / "review.json").write_text(json.dumps(plain(f"{chapter}?")))
        titled = f"# Review\n\n## {chapter}!\n- (x) yes\n- ( ) no"
        (tmp_path / chapter / "titled.md").write_text(titled)
    for name in ("review.json", "titled.md"):
        first = pw.Quiz(tmp_path / "one" / name, folder=kept, learner="ada")
        first.submit("q1", "yes")
        first.session.finish()
        second = pw.Quiz(tmp_path / "two" / name, folder=kept, learner="ada")
        assert (second.session.finished, second.responses) == (False, {})
        second.submit("q1", "no")
        assert pw.Quiz(tmp_path / "one" / name, folder=kept, learner="ada").responses["q1"] == "yes"
    assert [row.entry.points for row in collect.rows(collect.read_folder(kept))].count(1) == 2
    assert len(collect.rows(collect.read_folder(kept))) == 4


def test_decks_are_told_apart_by_title_and_cards(tmp_path: Path) -> None:
    kept = {"folder": tmp_path, "learner": "ada"}
    for titles in (("漢字", "かな"), (None, None)):
        one = pw.Flashcards([("一", "one")], title=titles[0], **kept)
        one.flip()
        one.answer(True)
        assert pw.Flashcards([("一", "one")], title=titles[0], **kept).boxes[1] == 1
        two = pw.Flashcards([("あ", "a")], title=titles[1], **kept)
        assert two.boxes[0] == 1
        assert two._card["box"] == 1


# --- changed questions --------------------------------------------------------------------------


def test_a_changed_question_starts_anew_and_says_so_and_the_others_stay(tmp_path: Path) -> None:
    first = pw.Quiz([ask("A?", "a"), ask("B?", "b")], title="T", folder=tmp_path, learner="ada")
    first.submit("a", "yes")
    first.submit("b", "no")
    changed = [ask("A?", "a"), ask("B, in other words?", "b")]
    again = pw.Quiz(changed, title="T", folder=tmp_path, learner="ada")
    assert again.responses == {"a": "yes"}
    assert again.session.outdated == ("b",)
    assert "changed" in again.strings[again._notice]
    again.submit("b", "yes")
    assert pw.Quiz(changed, title="T", folder=tmp_path, learner="ada")._notice == ""
    flags = {row.entry.question: row.flags for row in collect.rows(collect.read_folder(tmp_path))}
    assert flags == {"a": (), "b": ("question changed",)}


@pytest.mark.parametrize("reveal", ["each", "end"])
def test_what_a_finished_quiz_has_shown_earns_nothing_in_its_next_version(
    tmp_path: Path, reveal: str
) -> None:
    def open_with(*questions: SingleChoice) -> pw.Quiz:
        return pw.Quiz(
            list(questions),
            title="T",
            folder=tmp_path,
            learner="ada",
            reveal=reveal,  # type: ignore[arg-type]
        )

    open_with(ask("A?", "a"), ask("B?", "b")).session.finish()
    again = open_with(ask("A?", "a"), ask("new?", "b"))
    assert not again.finished
    assert again.submit("a", "yes").points == 1  # graded, but as practice
    assert again.points == 0
    again.submit("b", "yes")
    assert again.points == 1


def test_a_restart_forgets_the_answers_of_its_own_questions_only(tmp_path: Path) -> None:
    one, two = Bank("T", (ask("A?", "a"),)), Bank("T", (ask("B?", "b"),))
    open_(one, tmp_path).submit("a", "yes")
    second = open_(two, tmp_path)
    second.submit("b", "yes")
    second.restart()
    assert open_(one, tmp_path).responses == {"a": "yes"}
    assert open_(two, tmp_path).responses == {}


def test_two_notebooks_at_once_leave_both_their_answers(tmp_path: Path) -> None:
    bank = Bank("T", (ask("A?", "a"), ask("B?", "b")))
    one, two = open_(bank, tmp_path), open_(bank, tmp_path)
    one.submit("a", "yes")
    two.submit("b", "yes")
    one.submit("b", "no")
    again = open_(bank, tmp_path)
    assert again.responses == {"a": "yes", "b": "yes"}
    assert again.points == 2


def test_a_key_and_its_sealed_and_blank_copies_are_one_set() -> None:
    bank = Bank("T", SAMPLES)
    empty = tuple(blank(question) for question in bank.questions)
    assert set_print(empty) == set_print(bank.questions) == set_print(reversed(bank.questions))
    sealed = tuple(seal(q, cost=2) for q in SAMPLES if q.kind in ("single", "order"))
    assert set_print(sealed) == set_print(q for q in SAMPLES if q.kind in ("single", "order"))


def test_prints_stay_as_they_are_for_answers_kept_by_them_are_out_there() -> None:
    prints = {question.id: face_print(public_view(question)) for question in SAMPLES}
    assert prints.items() >= PRINTS.items()


def test_titles_survive_writing_and_reading(tmp_path: Path) -> None:
    for title in ("C++", "Тест 1", "a b"):
        bank = Bank(title, (ask("A?"),))
        for suffix in (".md", ".json"):
            text, _ = banks.write(bank, suffix=suffix)
            assert banks.parse(text, suffix=suffix).id == bank.id
    untitled = Bank.untitled((ask("A?"),), "review one")
    text, _ = banks.write(untitled, suffix=".md")
    assert banks.parse(text).id == untitled.id
    with pytest.raises(BadInput):
        Bank.untitled(())


# --- files of older versions --------------------------------------------------------------------


def test_answers_of_older_versions_are_found_and_nothing_of_theirs_is_lost(tmp_path: Path) -> None:
    question = ask("A?", "q1")
    mine = old_entry(question, "c")
    others = old_entry(question, "c", "mia.k"), old_entry(ask("other?", "q1"), "c", points=0.0)
    old = write_old(tmp_path, "c--mia-k.jsonl", replace(mine, learner="mia-k"), *others)
    before = old.read_text()
    bank = Bank("C++", (question, ask("B?", "q2")))
    session = open_(bank, tmp_path, "mia-k")
    assert session.responses == {"q1": "yes"}
    session.submit("q2", "yes")
    assert old.read_text() == before
    assert open_(bank, tmp_path, "mia-k").points == 2
    assert open_(bank, tmp_path, "mia.k").points == 1
    rows = collect.rows(collect.read_folder(tmp_path))
    counted = {(row.entry.learner, row.entry.quiz, row.entry.question) for row in rows}
    assert ("mia-k", "C++", "q2") in counted
    assert sum(row.entry.points for row in rows if row.entry.learner == "mia-k") == 2


def test_an_old_finish_counts_only_for_the_questions_it_was_about(tmp_path: Path) -> None:
    one, two = ask("A?", "q1"), ask("B?", "q1")
    done = replace(old_entry(one, "quiz"), question="", verdict="finished", face="", response=None)
    write_old(tmp_path, "quiz--ada.jsonl", old_entry(one, "quiz"), done)
    first = open_(Bank.untitled((one,)), tmp_path)
    assert (first.finished, first.points) == (True, 1)
    second = open_(Bank.untitled((two,)), tmp_path)
    assert (second.finished, second.responses) == (False, {})


def test_an_old_file_that_keeps_its_name_goes_on_in_one_chain(tmp_path: Path) -> None:
    question = ask("A?", "q1")
    write_old(
        tmp_path,
        "heads--ada.jsonl",
        old_entry(question, "heads", verdict="wrong", points=0.0, response="no"),
    )
    session = open_(Bank("Heads and more", (question,), id="heads"), tmp_path)
    session.submit("q1", "yes")
    assert session.journal is not None
    entries = session.journal.entries()
    assert [entry.response for entry in entries] == ["no", "yes"]
    assert entries[1].previous == entries[0].digest == entries[0].true_digest()
    [row] = collect.rows(collect.read_folder(tmp_path))
    assert (row.attempts, row.flags) == (2, ())


PRINTS = {
    "single": "0e9341f5735125c6",
    "multiple": "44b455ba72c0ed74",
    "numeric": "7ddb8065b66a38f7",
    "text": "d91efa74a08b6874",
    "order": "cb0f8ef4a199f0e1",
    "match": "a71359bf11f77125",
    "shape": "ff127f364ea0b140",
    "token": "39b91322401daa36",
    "cell": "8abbae3526d93c60",
    "output": "7e376c19f9bdb333",
    "code": "dc9aa71b51bc9beb",
}
