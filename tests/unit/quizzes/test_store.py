from __future__ import annotations

import csv
import errno
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.quizzes import collect
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.command import main
from pipeline_widgets.quizzes.places import home
from pipeline_widgets.quizzes.session import Session
from pipeline_widgets.quizzes.store import Entry, Journal, entries_in, parse_line
from tests.unit.quiz_samples import RIGHT, SAMPLES, odd_text, odd_values

BANK = Bank("All kinds", SAMPLES, id="all")


def _session(folder: Path, learner: str = "ada", **words: object) -> Session:
    return Session(BANK, journal=Journal("all", learner=learner, folder=folder), **words)  # type: ignore[arg-type]


def _entry(number: int = 0, **words: object) -> Entry:
    plain: dict[str, object] = {
        "quiz": "all", "learner": "ada", "question": f"q{number}", "response": number,
        "points": 1.0, "maximum": 1.0, "verdict": "right",
    }  # fmt: skip
    return Entry(**{**plain, **words})  # type: ignore[arg-type]


def _write(folder: str, count: int) -> None:
    journal = Journal("all", learner="ada", folder=folder)
    for number in range(count):
        journal.append(_entry(number))


def test_two_writers_lose_nothing_and_keep_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(str(tmp_path), 100)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    entries = Journal("all", learner="ada", folder=tmp_path).entries()
    assert len(entries) == 200
    assert [e.previous for e in entries] == ["", *(e.digest for e in entries[:-1])]
    assert not any(found.flags for found in collect.check_chain(entries, "f"))


def test_a_writer_that_is_killed_leaves_a_file_that_is_read_and_goes_on(tmp_path: Path) -> None:
    code = f"from tests.unit.quizzes.test_store import _write; _write({str(tmp_path)!r}, 10**6)"
    writer = subprocess.Popen([sys.executable, "-c", code])
    journal = Journal("all", learner="ada", folder=tmp_path)
    while len(journal.entries()) < 20:
        assert writer.poll() is None
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    kept = len(journal.entries())
    assert kept >= 20
    with journal.path.open("ab") as file:
        file.write(b'{"quiz": "torn li')  # as a power cut would leave it
    journal.append(_entry(7))
    entries = journal.entries()
    assert len(entries) == kept + 1
    assert entries[-1].previous == entries[-2].digest


@settings(max_examples=200, deadline=None)
@given(odd_text)
def test_any_text_is_read_as_far_as_it_holds_answers(text: str) -> None:
    line = _entry().sealed_off("").line
    assert _entry().sealed_off("") in list(entries_in(f"{text}\n{line}\n{text}"))
    assert parse_line(text) is None


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(asdict(_entry()))), odd_values))
def test_a_line_with_any_values_is_an_entry_or_nothing(fields: dict[str, object]) -> None:
    try:
        line = json.dumps({**asdict(_entry()), **fields})
    except (TypeError, ValueError):
        return
    entry = parse_line(line)
    assert entry is None or entry.line


entries = st.lists(
    st.builds(
        _entry, st.integers(0, 5), points=st.sampled_from([0.0, 0.5, 1.0]),
        learner=st.sampled_from(["ada", "bob"]), time=st.sampled_from(["2026-01", "2026-02", ""]),
    ),
    max_size=12,
)  # fmt: skip


@given(entries, entries)
def test_merging_is_idempotent_and_takes_any_order(one: list[Entry], other: list[Entry]) -> None:
    merged = collect.merge([*one, *other])
    assert collect.merge(merged) == merged == collect.merge([*other, *one, *one])
    assert {e.line for e in merged} == {e.line for e in [*one, *other]}


@given(entries)
def test_the_copied_line_holds_every_entry(some: list[Entry]) -> None:
    assert collect.unpack(collect.pack(some)) == some


@given(odd_text)
def test_any_other_text_is_no_copied_line(text: str) -> None:
    assert collect.unpack(text) == [] == collect.unpack(collect.LINE + text)


def test_a_rerun_restores_answers_hints_and_what_was_shown(tmp_path: Path) -> None:
    first = _session(tmp_path, hint_cost=0.25)
    first.submit("single", "RoBERTa-base")
    first.hint("single")
    first.submit("single", "DistilBERT")
    first.submit("shape", "1000 x 50")
    first.show("shape")
    first.submit("shape", RIGHT["shape"])  # practice: the answer was shown
    lines = first.journal.path.read_text()  # type: ignore[union-attr]
    again = _session(tmp_path, hint_cost=0.25)
    assert again.responses == first.responses == {"single": "DistilBERT", "shape": "1000 x 50"}
    assert again.points == first.points == 0.75
    for name in ("single", "shape", "text"):
        assert again.progress(name) == first.progress(name)
    assert again.progress("shape")["practice"]
    assert again.journal.path.read_text() == lines  # type: ignore[union-attr]


def test_a_finished_quiz_stays_finished_and_a_restart_clears_the_screen_alone(
    tmp_path: Path,
) -> None:
    first = _session(tmp_path)
    first.submit("single", "DistilBERT")
    first.finish()
    assert _session(tmp_path).finished
    first.restart()
    again = _session(tmp_path)
    assert (again.finished, again.responses) == (False, {})
    assert again.points == 1  # what was earned stays earned
    assert len(again.journal.entries()) == 3  # type: ignore[union-attr]


def test_an_answer_to_a_question_that_was_changed_since_is_not_taken_over(tmp_path: Path) -> None:
    _session(tmp_path).submit("shape", RIGHT["shape"])
    changed = replace(SAMPLES[6], prompt="Another question")
    bank = Bank("All kinds", (changed,), id="all")
    again = Session(bank, journal=Journal("all", learner="ada", folder=tmp_path))
    assert again.responses == {}


def test_where_nothing_can_be_written_the_quiz_goes_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setenv("PIPELINE_WIDGETS_DATA", str(tmp_path / "own"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    session = _session(tmp_path)
    assert session.submit("single", "DistilBERT").right
    assert session.journal is not None
    assert session.journal.entries() == []
    assert "No space" in session.trouble


@pytest.mark.parametrize("reason", ["a file in its place", "read-only"])
def test_a_folder_that_cannot_be_written_is_replaced_by_the_next_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setenv("PIPELINE_WIDGETS_DATA", str(tmp_path / "own"))
    (tmp_path / "file").write_text("")
    wished = tmp_path / "file" / "folder" if reason == "a file in its place" else tmp_path / "class"
    if reason == "read-only":
        _make_read_only(monkeypatch, wished)
    quiz = pw.Quiz(BANK, learner="ada", folder=wished)
    quiz.submit("single", "DistilBERT")
    assert quiz._trouble == ""
    assert quiz._elsewhere.startswith(str(tmp_path / "own"))
    again = pw.Quiz(BANK, learner="ada", folder=wished)
    assert again.responses == {"single": "DistilBERT"}
    assert pw.Quiz(BANK, learner="ada", folder=tmp_path / "another").responses == {}
    assert pw.Quiz(BANK, learner="ada").responses == {}
    assert "{elsewhere}" in quiz.strings["kept_elsewhere"]


def _make_read_only(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As a read-only disk answers, also to root."""
    real = Path.open

    def refuse(path: Path, mode: str = "r", *words: object, **more: object) -> object:
        if "a" in mode and path.is_relative_to(folder):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, mode, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)


def test_without_a_home_answers_lie_beside_the_notebook_and_the_view_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_path: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", classmethod(nobody))
    for name in ("PIPELINE_WIDGETS_DATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    quiz = pw.Quiz(BANK, learner="ada")
    assert quiz.submit("single", "DistilBERT").right
    assert Path(quiz._elsewhere).is_relative_to(tmp_path)
    assert pw.Quiz(BANK, learner="ada").responses == {"single": "DistilBERT"}


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pw.Quiz(BANK, learner="ada", folder="~/answers").submit("single", "DistilBERT")
    assert list((tmp_path / "answers").glob("*.jsonl"))
    assert not (tmp_path / "~").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_a_disk_without_locks_keeps_answers_and_a_held_lock_is_waited_for_two_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    journal = Journal("all", learner="ada", folder=tmp_path)
    journal.append(_entry(1))
    with journal.path.open("ab") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        began = time.monotonic()
        journal.append(_entry(2))
        assert 1.5 < time.monotonic() - began < 6
    monkeypatch.setattr(fcntl, "flock", _no_locks)
    journal.append(_entry(3))
    assert [entry.question for entry in journal.entries()] == ["q1", "q2", "q3"]


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_the_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PIPELINE_WIDGETS_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home() == tmp_path / "pipeline-widgets"
    monkeypatch.setenv("PIPELINE_WIDGETS_DATA", str(tmp_path / "class"))
    assert home() == tmp_path / "class"


@pytest.mark.parametrize("name", ["../../evil", "李雷", "Zoë O'Neil", "", "a/b"])
def test_a_learners_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    journal = Journal("all", learner=name, folder=tmp_path)
    assert journal.path.parent == tmp_path
    journal.append(_entry())
    assert journal.entries()[0].learner == name


# --- thirty learners ----------------------------------------------------------------------------


def _class(folder: Path) -> None:
    for number in range(30):
        session = _session(folder, f"student{number:02}")
        session.submit("single", "DistilBERT")
        session.submit("multiple", RIGHT["multiple"] if number % 2 else ["whole sentences"])
        session.submit("text", "=cmd()" if number == 3 else "<s>")


def test_thirty_files_become_one_table_and_odd_ones_are_flagged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _class(tmp_path)
    edited = tmp_path / "all--student00.jsonl"
    edited.write_text(edited.read_text().replace('"points":0.0', '"points":2.0'))
    cut = tmp_path / "all--student02.jsonl"
    cut.write_text("".join(cut.read_text().splitlines(keepends=True)[1:]))
    (tmp_path / "copy").mkdir()
    twin = tmp_path / "copy" / "answers.jsonl"
    twin.write_text((tmp_path / "all--student05.jsonl").read_text())
    (tmp_path / "pasted.txt").write_text(collect.pack([_entry(1, learner="zoe").sealed_off("")]))
    (tmp_path / "notes.txt").write_text("not an answer")
    out = tmp_path / "all.csv"
    assert main(["collect", str(tmp_path), "-o", str(out)]) == 0
    assert "31 learners, 90 answers" in capsys.readouterr().out
    table = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    flags = {(row["learner"], row["question"]): row["flags"] for row in table}
    assert flags["student00", "multiple"] == "edited"
    assert flags["student00", "single"] == ""
    assert flags["student02", "multiple"] == "lines missing"
    assert flags["student05", "single"] == "in several files"
    assert flags["student07", "single"] == ""
    [formula] = [
        row for row in table if row["learner"] == "student03" and row["question"] == "text"
    ]
    assert formula["response"] == "'=cmd()"  # a spreadsheet shows it and runs nothing


def test_collecting_with_the_key_grades_anew(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    _class(folder)
    for file in folder.iterdir():  # everybody a genius
        file.write_text(file.read_text().replace('"points":0.0', '"points":9.0'))
    key = tmp_path / "key.json"
    assert main(["export", str(_bank_file(tmp_path)), str(key)]) == 0
    out = tmp_path / "totals.csv"
    assert main(["collect", str(folder), "--key", str(key), "--totals", "-o", str(out)]) == 0
    points = {
        row["learner"]: float(row["points"]) for row in csv.DictReader(io.StringIO(out.read_text()))
    }
    assert (points["student01"], points["student02"], points["student03"]) == (4.0, 2.0, 3.0)


def _bank_file(folder: Path) -> Path:
    from pipeline_widgets.quizzes.bank import write

    path = folder / "all.md"
    path.write_text(write(BANK, suffix=".md")[0])
    return path


def test_the_command_checks_exports_and_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = _bank_file(tmp_path)
    assert main(["check", str(source)]) == 0
    assert f"{len(SAMPLES)} questions" in capsys.readouterr().out
    for name in ("a.gift", "a.json", "a.jupyterquiz.json", "a.html", "b.md"):
        assert main(["export", str(source), str(tmp_path / name)]) == 0
    assert main(["check", str(tmp_path / "a.gift"), str(tmp_path / "a.jupyterquiz.json")]) == 0
    broken = tmp_path / "broken.md"
    broken.write_text("# T\n\n## Q?\n- [x] a\n= 5\n")
    assert main(["check", str(broken)]) == 1
    assert "broken.md: line 5" in capsys.readouterr().err
    assert main(["collect", str(tmp_path / "nowhere")]) == 2
    assert main(["seal", str(source)]) == 2  # the code question
    assert "blank" in capsys.readouterr().err


def test_a_worksheet_holds_the_key_only_if_asked(tmp_path: Path) -> None:
    source = _bank_file(tmp_path)
    sheet, keyed = tmp_path / "sheet.html", tmp_path / "key.html"
    main(["export", str(source), str(sheet)])
    main(["export", str(source), str(keyed), "--key"])
    for secret in ("Answer:", "half of BERT-base", "return 2 * x", "1000 × 50 × 768"):
        assert secret not in sheet.read_text()
        assert secret in keyed.read_text()
    assert "<script" not in keyed.read_text()
