"""The one place that puts text, data and scripts into pages, and the pictures a page may hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline_widgets as pw
from pipeline_widgets import pages
from pipeline_widgets.cli import main
from pipeline_widgets.command.handout.offline import offline
from pipeline_widgets.quizzes import command
from pipeline_widgets.quizzes.bank import Bank
from tests import hostile
from tests.unit.command.test_handout import PIXEL
from tests.unit.quiz_samples import SAMPLES

PACKAGE = Path(pw.__file__).parent
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(hostile.TEXTS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(values)
def test_json_means_the_same_and_has_no_sign_of_html_left(value: object) -> None:
    text = pages.json_text(value)
    assert json.loads(text) == value
    assert not re.search("[<>&\u2028\u2029]", text)


def test_half_a_character_is_written_and_read() -> None:
    assert json.loads(pages.json_text("\ud800")) == "\ud800"
    assert "\ufffd" in pages.page("\ud800", "")


def test_a_page_allows_its_own_scripts_alone_and_no_script_ends_early() -> None:
    page = pages.page("t", "b", scripts=["'</script><!--'"], module="export {}", first=["1"])
    assert page.count("<script") == page.count("</script>") == 3
    policy = re.search('content="(default-src[^"]+)"', page)
    assert policy is not None
    assert len(re.findall("'sha256-", policy[1])) == 3
    assert "script-src" not in pages.page("t", "b")
    assert "unsafe-inline" not in policy[1].split("script-src")[1]


def test_nothing_else_writes_a_page_or_a_script() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.name == "pages.py":
            continue
        code = path.read_text("utf-8")
        written = re.findall(r"""["'](?:[^"'\n]*)<(?:!doctype|script|iframe)[ >\\]""", code, re.I)
        allowed = {"bertviz.py": 4}.get(path.name, 0)  # its frame, and BertViz's own scripts
        assert len(written) <= allowed, (path, written)


# --- pictures beside a notebook -----------------------------------------------------------------


def test_a_picture_comes_from_below_the_notebooks_folder_and_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    for name in ("id.png", "../id.png", "sub.png"):
        (folder / name).write_bytes(PIXEL)
    (folder / "key.png").write_text("= 64, the key")
    (folder / "key.svg").write_text("= 64, the key <svg>")
    (folder / "real.svg").write_text('<?xml version="1.0"?>\n<svg xmlns="x"/>')
    (folder / "link.png").symlink_to(tmp_path / "id.png")
    (folder / "folder.png").mkdir()
    bad = ["../id.png", str(tmp_path / "id.png"), "key.png", "key.svg", "link.png", "folder.png"]
    bad += [
        "..%2fid.png",
        "./../id.png",
        "\0.png",
        "a" * 5000 + ".png",
        "file:///x.png",
        "//x/y.png",
    ]
    for address in bad:
        assert "<img" not in offline(f'<img src="{address}" alt="words">', folder), address
    for address in ("id.png", "sub.png", "real.svg", "../book/id.png"):
        assert "data:image/" in offline(f'<img src="{address}">', folder), address


# --- what is there already ----------------------------------------------------------------------


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    path = tmp_path / "key.md"
    path.write_text("# T\n\n## Q?\n\n= 64\n")
    pw.Quiz(path, folder=tmp_path / "in", learner="ada").submit("q1", "64")
    return path


def test_no_command_writes_over_what_is_not_its_own(
    quiz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "mine.json"
    mine.write_text("my only copy")
    assert command.main(["seal", str(quiz), "-o", str(mine)]) == 2
    assert command.main(["seal", str(quiz), "-o", str(quiz)]) == 2
    assert command.main(["export", str(quiz), str(mine)]) == 2
    assert command.main(["collect", str(tmp_path / "in"), "-o", str(mine)]) == 2
    page = tmp_path / "mine.html"
    page.write_text("<p>my page")
    with pytest.raises(SystemExit, match="--force"):
        main(["handout", "00-start", "--html-only", "-o", str(page)])
    assert (mine.read_text(), page.read_text()) == ("my only copy", "<p>my page")
    assert "--force" in capsys.readouterr().err
    assert quiz.read_text().startswith("# T")


def test_what_is_its_own_is_written_anew_and_the_rest_by_force(quiz: Path, tmp_path: Path) -> None:
    sealed, table = tmp_path / "s.json", tmp_path / "t.csv"
    for _ in range(2):
        assert command.main(["seal", str(quiz), "-o", str(sealed)]) == 0
        assert command.main(["collect", str(tmp_path / "in"), "-o", str(table)]) == 0
        main(["handout", "00-start", "--html-only", "-o", str(tmp_path / "h.html")])
    sealed.write_text("other")
    assert command.main(["seal", str(quiz), "-o", str(sealed), "--force"]) == 0


# --- what a notebook keeps ----------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_no_repr_says_what_is_right(sample: object) -> None:
    bank = Bank("All", (sample,))  # type: ignore[arg-type]
    parts = [*getattr(sample, "options", ()), *getattr(sample, "answers", ())]
    said = repr([bank, sample, parts, getattr(sample, "checks", ())])
    for secret in ("right=", "feedback", "explanation", "solution", "64.0", "half of"):
        assert secret not in said
