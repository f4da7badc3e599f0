"""Answers as they come back to a teacher: every file is read or named with its reason."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import quopri
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets.quizzes import class_page, collect, hand_ins
from pipeline_widgets.quizzes.bank import Bank
from pipeline_widgets.quizzes.command import main
from pipeline_widgets.quizzes.kinds import Essay
from pipeline_widgets.quizzes.store import Journal
from tests.benchmarks.shapes import MORE
from tests.unit.quizzes.test_identity import ask


@pytest.fixture
def answers(tmp_path: Path) -> tuple[str, str]:
    """A learner's file of two answers, and the same as a copied line."""
    quiz = pw.Quiz(
        [ask("A?", "a"), ask("B?", "b")], title="T", folder=tmp_path / "in", learner="Åsa"
    )
    quiz.submit("a", "yes")
    quiz.submit("b", "no")
    [path] = (tmp_path / "in").iterdir()
    return path.read_text(), quiz.copy_line()


def _zip(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(f"folder/{name}", text)
    return out.getvalue()


def _form(line: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([["Timestamp", "Name", "Answers"], ["2026", "Anna, B.", line]])
    return out.getvalue()


def _mail(text: str, *, attached: bool = False, html_too: bool = False) -> bytes:
    """As mail programs write it: what is no ASCII in base64, long lines wrapped."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Antworten", "Åsa <a@b.se>", "t@b.se"
    mail.set_content("Grüße" if attached else f"Hallo,\n{text}\nGrüße")
    if html_too:
        mail.add_alternative(f"<p>{html.escape(text)}</p>", subtype="html")
    if attached:
        mail.add_attachment(text.encode(), "application", "octet-stream", filename="a.jsonl")
    return mail.as_bytes()


def _notebook(text: str, output: bool = False) -> bytes:
    """A notebook that holds a text in a cell or below one."""
    shown = {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}
    cells = [
        {"cell_type": "markdown", "source": "# Åsa" if output else text.splitlines(keepends=True)},
        {"cell_type": "code", "source": "print()", "outputs": [shown] if output else []},
    ]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


LINES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "plain": ("a.jsonl", lambda t: t.encode()),
    "windows name": ("a.jsonl.txt", lambda t: t.encode()),
    "capitals": ("A.JSONL", lambda t: t.encode()),
    "another name": ("a.jsonl.json", lambda t: t.encode()),
    "no suffix": ("answers", lambda t: t.encode()),
    "utf-16": ("a.jsonl", lambda t: t.encode("utf-16")),
    "utf-16 without a mark": ("a.jsonl", lambda t: t.encode("utf-16-le")),
    "byte order mark": ("a.jsonl", lambda t: b"\xef\xbb\xbf" + t.encode()),
    "crlf": ("a.jsonl", lambda t: t.replace("\n", "\r\n").encode()),
    "nuls": ("a.jsonl", lambda t: t.encode() + b"\x00" * 50),
    "glued": ("a.jsonl", lambda t: t.replace("\n", "").encode()),
    "conflict": ("a.jsonl", lambda t: f"<<<<<<< HEAD\n{t}=======\n>>>>>>> x\n".encode()),
    "zip": ("a.zip", lambda t: _zip("a.jsonl", t)),
    "quoted mail": ("mail.txt", lambda t: ("Hi,\n> " + t.replace("\n", "\n> ")).encode()),
    "cells": ("form.csv", lambda t: "\n".join(map(_form, t.split("\n"))).encode()),
    "html": ("mail.html", lambda t: f"<p>{html.escape(t)}</p>".encode()),
    "wrapped": ("a.txt", lambda t: "\n".join(textwrap.wrap(t, 76, drop_whitespace=False)).encode()),
    "mail": ("a.eml", _mail),
    "mail, attached": ("mail", lambda t: _mail(t, attached=True)),
    "mail, text and html": ("a.eml", lambda t: _mail(t, html_too=True)),
    "notebook": ("a.ipynb", _notebook),
    "notebook's output": ("a.ipynb", lambda t: _notebook(t, output=True)),
    "pasted twice": ("a.jsonl", lambda t: (t + t).encode()),
    "first line quoted": ("a.txt", lambda t: f"> {t}".encode()),
    "behind other words": ("a.txt", lambda t: f"Here: {t}".encode()),
}
COPIED: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "plain": ("a.txt", lambda t: t.encode()),
    "any name": ("a.rtf", lambda t: t.encode()),
    "wrapped at 76": ("a.txt", lambda t: "\n".join(textwrap.wrap(t, 76)).encode()),
    "wrapped and quoted": ("a.txt", lambda t: "\n> ".join(textwrap.wrap(f"> {t}", 76)).encode()),
    "in quotes": ("a.txt", lambda t: f'"{t}"'.encode()),
    "in html": ("a.html", lambda t: f"<td>{t}</td>".encode()),
    "in wrapped html": ("a.html", lambda t: "<br>\n".join(textwrap.wrap(t, 60)).encode()),
    "byte order mark": ("a.txt", lambda t: b"\xef\xbb\xbf" + t.encode()),
    "utf-16": ("a.txt", lambda t: t.encode("utf-16")),
    "form csv": ("form.csv", lambda t: _form(t).encode()),
    "form txt": ("form.txt", lambda t: _form(t).encode()),
    "form utf-16": ("form.csv", lambda t: _form(t).replace(",", "\t").encode("utf-16")),
    "quoted-printable": ("mail.eml", lambda t: quopri.encodestring(f"Answers: {t}".encode())),
    "words around": ("a.txt", lambda t: f"Here are mine: {t} Greetings, Åsa".encode()),
    "zip": ("a.zip", lambda t: _zip("a.txt", t)),
    "mail": ("a.eml", _mail),
    "mail, text and html": ("a.txt", lambda t: _mail(t, html_too=True)),
    "notebook's output": ("a.ipynb", lambda t: _notebook(t, output=True)),
}


@pytest.mark.parametrize("shape", LINES)
def test_a_file_of_answers_is_read_in_any_shape(
    tmp_path: Path, answers: tuple[str, str], shape: str
) -> None:
    name, change = LINES[shape]
    _whole(tmp_path / "t", name, change(answers[0]))


@pytest.mark.parametrize("shape", COPIED)
def test_a_copied_line_is_read_in_any_shape(
    tmp_path: Path, answers: tuple[str, str], shape: str
) -> None:
    name, change = COPIED[shape]
    _whole(tmp_path / "t", name, change(answers[1]))


def _whole(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir()
    (folder / name).write_bytes(data)
    table = collect.rows(collect.read_folder(folder))
    assert {(row.entry.learner, row.entry.question, row.entry.points) for row in table} == {
        ("Åsa", "a", 1), ("Åsa", "b", 0),
    }  # fmt: skip
    assert {row.flags for row in table} == {()}


def test_what_is_cut_off_is_read_as_far_as_it_goes_and_said(
    tmp_path: Path, answers: tuple[str, str]
) -> None:
    lines, copied = answers
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "torn.jsonl").write_text(lines + '{"quiz": "T", "learner": "Å')
    [torn] = hand_ins.read_folder(tmp_path / "t")
    assert torn.count == 2
    assert "line 3: not a line of JSON" in str(torn)
    (tmp_path / "t" / "torn.jsonl").write_text(copied[: len(copied) - 60])
    [cut] = hand_ins.read_folder(tmp_path / "t")
    assert "cut off" in str(cut) or "can't be unpacked" in str(cut)
    assert all("lines missing" in item.flags for item in collect.read_folder(tmp_path / "t"))


def test_every_file_is_reported_and_one_bad_one_stops_nothing(
    tmp_path: Path, answers: tuple[str, str], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "a.jsonl").write_text(answers[0])
    (folder / "locked.jsonl").write_text("")
    (folder / "empty.txt").write_text("")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x01")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (folder / "notes.txt").write_text("nothing to see")
    (folder / "nonsense.txt").write_text("pw1:AAAA")
    (folder / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    real = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "locked.jsonl":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert main(["collect", str(folder), "-o", str(tmp_path / "out.csv")]) == 0
    said = capsys.readouterr()
    for line in (
        "a.jsonl: 2 lines of answers", "locked.jsonl: nothing read; Permission denied",
        "empty.txt: nothing read; empty", "picture.png: nothing read; no line of answers in it",
        "broken.zip: nothing read; no zip that can be opened", "notes.txt: nothing read",
        "nonsense.txt: nothing read; line 1: a copied line that can't be unpacked",
        "gone.jsonl: nothing read; No such file",
    ):  # fmt: skip
        assert line in said.err
    assert "1 learners, 2 answers" in said.out


@pytest.mark.skipif(sys.platform == "win32", reason="no pipe, no device")
def test_what_may_never_end_or_is_too_large_is_named_and_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "device.jsonl").symlink_to("/dev/zero")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    with (tmp_path / "large.jsonl").open("wb") as large:
        large.truncate(1 << 40)
    said = {file.name: file.problems for file in hand_ins.read_folder(tmp_path)}
    assert said.pop("loop.jsonl")
    assert said == {
        "pipe.jsonl": ["it is no plain file"],
        "device.jsonl": ["it is no plain file"],
        "large.jsonl": ["it is larger than 64 MB"],
    }


@pytest.mark.parametrize("shape", MORE["answers as handed in"])
def test_what_is_no_answer_is_told_in_few_words(shape: str) -> None:
    read = hand_ins.read_text("a.jsonl", shape * 999)
    assert not read.count
    assert len(str(read)) < 1000


def test_an_empty_result_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    assert main(["collect", str(tmp_path)]) == 1
    assert "no answer was found" in capsys.readouterr().err


def test_the_table_opens_in_excel_and_on_any_screen(
    tmp_path: Path, answers: tuple[str, str]
) -> None:
    folder, out = tmp_path / "t", tmp_path / "out.csv"
    folder.mkdir()
    (folder / "a.jsonl").write_text(answers[0])
    assert main(["collect", str(folder), "-o", str(out)]) == 0
    assert out.read_bytes().startswith(b'\xef\xbb\xbf"learner"')
    assert "Åsa" in out.read_text("utf-8-sig")
    (folder / "b.jsonl").write_text(answers[0].replace("\\u00c5sa", "\\u674e\\u96f7"))
    code = f"from pipeline_widgets.cli import main; main(['quiz', 'collect', {str(folder)!r}])"
    env = {"PYTHONIOENCODING": "cp1252", "PATH": "", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=env, check=False)
    assert "李雷" in done.stdout.decode("utf-8")
    assert b"Traceback" not in done.stderr


def test_the_teacher_s_page_says_who_what_was_missed_and_how(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    for name, first, second in (
        ("ada", "yes", "no"),
        ("bob", "yes", "no"),
        ("<i>eve", "no", "yes"),
    ):
        quiz = pw.Quiz([ask("A?", "a"), ask("B?", "b")], title="T", folder=folder, learner=name)
        quiz.submit("a", first)
        quiz.submit("b", second)
    page = tmp_path / "class.html"
    assert main(["collect", str(folder), "--html", str(page)]) == 0
    text = page.read_text("utf-8")
    assert text.index("<th scope='row'>b</th>") < text.index("<th scope='row'>a</th>")
    assert "no (2)" in text
    assert "&lt;i&gt;eve" in text
    assert "1 of 2" in text
    assert "&lt; 1 min" in text or "< 1 min" in text
    for outside in ("http", "<script", "src=", "@import"):
        assert outside not in text


def test_what_no_program_grades_stands_in_full_on_the_teachers_page(tmp_path: Path) -> None:
    essay = Essay("Why do models **cut** words?", id="why", points=3.0)
    folder = tmp_path / "in"
    for name, texts in (("Ben", ["Because."]), ("ada", ["A first try", "Two\n<b>lines</b>" * 60])):
        quiz = pw.Quiz([essay, ask("A?", "a")], title="T", folder=folder, learner=name)
        for text in texts:
            quiz.submit("why", text)
        quiz.submit("a", "yes")
    found = collect.check_files(hand_ins.read_folder(folder))
    for key in (None, Bank("T", (essay, ask("A?", "a")))):
        page = class_page.page(collect.rows(found, key=key), found, key)
        assert "To grade by hand" in page
        assert "2 to grade, 3 points" in page
        assert page.index("<dt>ada") < page.index("<dt>Ben")
        assert html.escape("Two\n<b>lines</b>" * 60) in page
        assert "A first try" not in page.partition("To grade by hand")[2]
    assert "Why do models cut words?" in page
    graded = [one for one in found if one.entry.question == "a"]
    assert "To grade by hand" not in class_page.page(collect.rows(graded), graded)


WRITER = """
import os, signal, sys
from contextlib import contextmanager
import pipeline_widgets as pw
from pipeline_widgets.quizzes import store
from tests.unit.quizzes.test_identity import ask

folder, title, first, last, kill = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
questions = [ask(f"{number}?", f"n{number}") for number in range(30)]
quiz = pw.Quiz(questions, title=title, folder=folder, learner="mia-k")
print("ready", flush=True)
sys.stdin.readline()
whole = store.open_to_append

@contextmanager
def half(path):  # as much of a line as was written when the power went
    with whole(path) as file:
        class Half:
            def write(self, data):
                os.write(file.fileno(), data[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            def __getattr__(self, name):
                return getattr(file, name)
        yield Half()

for number in range(first, last):
    if number == kill:
        store.open_to_append = half
    quiz.submit(f"n{number}", "yes")
"""


def _write_at_once(folder: Path) -> list[int]:
    """Two notebooks with one quiz, and one with another that is killed in its third answer."""
    jobs = (("At once", 0, 15, -1), ("At once", 15, 30, -1), ("Cut", 0, 9, 2))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), *map(str, job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for job in jobs
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    return [writer.returncode for writer in writers]


def test_thirty_learners_and_nine_quizzes_are_counted_exactly(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    names = [*(f"student {n}" for n in range(26)), "mia.k", "mia-k", "Mia.K", "mia k"]
    titles = ("C", "C++", "C#", "Тест 1", "1", "第一课", "Week 1", "week-1", "Week-1")
    for who, name in enumerate(names):
        for what, title in enumerate(titles):
            quiz = pw.Quiz(
                [ask("A?", "a"), ask("B?", "b")], title=title, folder=folder, learner=name
            )
            quiz.submit("a", "yes" if (who + what) % 2 else "no")
            quiz.submit("b", "yes")
    assert _write_at_once(folder) == [0, 0, -9]
    torn = Journal("Cut", learner="mia-k", folder=folder).path
    assert not torn.read_text().endswith("\n")
    first, second = (collect.rows(collect.read_folder(folder)) for _ in range(2))
    assert first == second
    assert len(first) == 30 * 9 * 2 + 30 + 2
    beside = [row.entry for row in first if row.entry.quiz in ("At once", "Cut")]
    assert all(entry.points == 1 and entry.learner == "mia-k" for entry in beside)
    assert sum(entry.quiz == "Cut" for entry in beside) == 2
    right = {
        (row.entry.learner, row.entry.quiz, row.entry.question): row.entry.points for row in first
    }
    for who, name in enumerate(names):
        for what, title in enumerate(titles):
            assert right[name, title, "a"] == (who + what) % 2
            assert right[name, title, "b"] == 1
    assert not any(row.flags for row in first)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_named(text: str) -> None:
    made = hand_ins.read_text("x.txt", text)
    assert made.count == 0
    assert made.problems
    assert json.dumps(str(made))
