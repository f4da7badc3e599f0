"""Answer files are the learner's own, links are not followed, and a front end stores nothing."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

import pipeline_widgets as pw
from pipeline_widgets.command.lessons import copy_lessons
from pipeline_widgets.quizzes import collect, kinds
from pipeline_widgets.quizzes.bank import Bank, parse
from pipeline_widgets.quizzes.command import main
from pipeline_widgets.quizzes.formats import native
from pipeline_widgets.quizzes.places import home
from pipeline_widgets.quizzes.store import Entry, Journal, read_line
from tests.unit.quiz_samples import SAMPLES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")
ENTRY = Entry("q", "ada", "a", "x", 1.0, 1.0, "right")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_whoever_runs_these_tests_has_answered_is_neither_read_nor_added_to() -> None:
    assert home().is_relative_to(tempfile.gettempdir())
    told = "from pipeline_widgets.quizzes.places import home; print(home())"
    begun = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert begun.stdout.strip() == str(home())


def test_in_a_home_answers_are_for_nobody_elses_eyes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIPELINE_WIDGETS_DATA", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    old = tmp_path / ".local" / "share" / "pipeline-widgets"
    old.mkdir(parents=True, mode=0o755)
    journal = Journal("q", learner="ada")
    journal.append(ENTRY)
    assert (mode(old), mode(journal.path)) == (0o700, 0o600)
    assert mode(tmp_path / ".local") != 0o700  # not ours to close
    shared = Journal("q", learner="ada", folder=tmp_path / "class")
    shared.append(ENTRY)
    assert mode(shared.path) & 0o044  # a folder that a teacher named stays as the system has it


def test_a_link_in_the_place_of_a_file_is_neither_written_nor_read(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text(ENTRY.sealed_off("", 1).line + "\n")
    before = victim.read_text()
    journal = Journal("q", learner="ada", folder=tmp_path / "answers")
    journal.path.parent.mkdir()
    journal.path.symlink_to(victim)
    journal.append(ENTRY)
    assert victim.read_text() == before
    assert journal.elsewhere is not None
    assert len(journal.entries()) == 1  # the one kept elsewhere


def test_lessons_are_copied_through_no_link(tmp_path: Path) -> None:
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "00-start.ipynb").symlink_to(tmp_path / "outside.ipynb")
    (folder / "quizzes").symlink_to(tmp_path / "outside")
    (tmp_path / "outside").mkdir()
    changed = copy_lessons(folder)
    assert "00-start.ipynb" in changed
    assert list((tmp_path / "outside").iterdir()) == []
    assert not (tmp_path / "outside.ipynb").exists()


# --- a front end --------------------------------------------------------------------------------


def test_what_a_browser_sends_changes_neither_points_nor_words(tmp_path: Path) -> None:
    bank = Bank("All", SAMPLES, id="all")
    quiz = pw.Quiz(bank, folder=tmp_path, learner="ada")
    quiz.submit("single", "RoBERTa-base")
    sent: dict[str, Any] = {
        "score": 999.0, "finished": True, "strings": {}, "_faces": [], "_progress": {},
        "responses": {"single": "DistilBERT"}, "title": "x", "maximum": 0.0, "_esm": "alert(1)",
    }  # fmt: skip
    before = {name: getattr(quiz, name) for name in sent}
    quiz.set_state(sent)
    assert {name: getattr(quiz, name) for name in sent} == before
    assert quiz.regrade(bank) == 0
    quiz.set_state({"current": 2})
    assert quiz.current == 2
    for current in (-5, 10**9):
        quiz.set_state({"current": current})
        quiz._hear(None, {"act": "fresh"}, [])
        quiz.static_html()


@pytest.mark.parametrize("name", ["_shown", "_panels", "_result", "_stages", "strings"])
def test_no_view_takes_a_read_only_trait_from_a_browser(name: str) -> None:
    trace = pw.load("roberta").trace("good")
    for view in (pw.AttentionView(trace), pw.TokenView(trace), pw.PredictionView(trace)):
        if name in view.traits() and view.traits()[name].read_only:
            before = getattr(view, name)
            view.set_state({name: {}})
            assert getattr(view, name) is before
            view.static_html()
            view.summary()


# --- foreign lines ------------------------------------------------------------------------------


def line(**changes: Any) -> str:
    return json.dumps({**ENTRY.sealed_off("", 1).plain(), **changes})


@pytest.mark.parametrize(
    "bad",
    [
        line(learner="\ud800"), line(response="\ud800"), line(quiz="a\udfffb"),
        line(points=10**400), line(points=float("nan")), line(points=float("inf")),
        line(maximum=-1), line(points=True), line(hints="x"), line(learner=None), line(more=1),
        line(response=json.loads("[" * 900 + "]" * 900)), "[]", "{}", "null", "1" * 5000,
        line().replace('"x"', "[" * 100_000), line(response={"\ud800": 1}),
        line(response=float("nan")),
    ],
)  # fmt: skip
def test_a_line_that_can_be_no_answer_costs_its_own_row_and_is_named(
    bad: str, tmp_path: Path
) -> None:
    with pytest.raises(pw.BadInput) as said:
        read_line(bad)
    assert len(str(said.value)) > 5
    (tmp_path / "a.jsonl").write_text(f"{bad}\n{line()}\n")
    rows = collect.rows(collect.read_folder(tmp_path))
    assert [row.entry.points for row in rows] == [1.0]
    collect.to_csv(rows).encode()
    collect.totals_csv(rows).encode()


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "−", "﹦", "﹢"])
@pytest.mark.parametrize(
    "before",
    [
        *("", " ", "\u00a0", "x;", "x; ", "a\n", "a\r", "\t", "x|", "\ufeff", "\u2060", "\u202e"),
        *("x\u2028", "x\x0b", "\xad", "\x00"),
    ],
)
def test_no_locale_finds_a_formula_in_the_table(sign: str, before: str) -> None:
    entry = Entry(
        "q", f"{before}{sign}cmd|' /C calc'!A0", "a", f"{before}{sign}1", 1.0, 1.0, "right"
    )
    text = collect.to_csv(collect.rows([collect.Found(entry, "f")]))
    for separator in ";,\t|\n\r":
        for cell in text.split(separator):
            assert not cell.strip(' "\u00a0\ufeff\u200b\u2060\u202e\xad\0').startswith(sign), cell


def test_looking_for_formulas_takes_time_as_the_cell_is_long() -> None:
    for shape in ("\n", ";", "; ", " ", "\n="):
        entry = Entry("q", "x", "a", shape * 50_000, 1.0, 1.0, "right")
        started = time.process_time()
        collect.to_csv(collect.rows([collect.Found(entry, "f")]))
        assert time.process_time() - started < 2, repr(shape)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cost": 2**30}, "power of two"), ({"cost": 3}, "power of two"), ({"cost": -1}, "power"),
        ({"cost": "x"}, "cost can't be 'x'"), ({"salt": "zz"}, "hexadecimal"),
        ({"salt": 5}, "salt can't be 5"), ({"digests": ["q"]}, "hexadecimal"),
        ({"salt": ""}, "no salt"), ({"digits": 10**9}, "20"), ({"decimals": "2"}, "can't be '2'"),
        ({"face": "[]"}, "face"), ({"face": '{"kind": []}'}, "face"),
    ],
)  # fmt: skip
def test_a_sealed_question_of_odd_parts_is_refused(changes: dict[str, Any], said: str) -> None:
    plain = native.to_plain(kinds.seal(SAMPLES[0], cost=2)) | changes
    whole = {"format": native.FORMAT, "version": 1, "title": "T", "questions": [plain]}
    with pytest.raises(pw.BadInput, match=said):
        parse(json.dumps(whole), suffix=".json")


def test_of_two_hundred_files_twenty_hostile_ones_cost_themselves_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out.csv"
    for number in range(180):
        Journal("q", learner=f"ada{number}", folder=folder).append(ENTRY)
    bad = [
        "",
        "\0" * 999,
        "[" * 99_999,
        "{}",
        line(points=10**400),
        line(learner="\ud800"),
        "x" * 10**6,
    ]
    bad += [line(response=json.loads("[" * 900 + "]" * 900)), line(points=float("nan")), "pw1:AAAA"]
    for number in range(20):
        name = f"bad{number}.{('jsonl', 'json', 'txt')[number % 3]}"
        (folder / name).write_text(bad[number % len(bad)])
    assert main(["collect", str(folder), "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert "180 learners, 180 answers, 0 flagged" in said.out
    named = [one for one in said.err.splitlines() if one.startswith("bad")]
    assert len({one.split(":")[0] for one in named}) == 20
    assert out.read_text().count("\n") == 181
