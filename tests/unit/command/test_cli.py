"""The command `pipeline-widgets`; what its JupyterLab shows is in tests/browser."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

from pipeline_widgets.cli import main
from pipeline_widgets.command.lessons import START, copy_lessons, lessons_folder


def test_version_is_the_installed_distributions(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"pipeline-widgets {version('pipeline-widgets')}\n"


def test_lessons_are_copied_as_they_are_and_notebooks_as_nobody_has_run_them(tmp_path):
    assert copy_lessons(tmp_path / "mine") == []
    original = lessons_folder()
    files = {path.relative_to(original) for path in original.rglob("*") if path.is_file()}
    assert {Path(START), Path("FACTS.md"), Path("quizzes/02-learn.md")} <= files
    for name in files:
        if name.suffix != ".ipynb":
            assert (tmp_path / "mine" / name).read_bytes() == (original / name).read_bytes()
            continue
        kept, given = (nbformat.read(folder / name, 4) for folder in (original, tmp_path / "mine"))
        nbformat.validate(given)
        assert any(cell.get("outputs") for cell in kept.cells)
        for cell in kept.cells:  # nothing else is changed
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        assert given == kept


def test_a_changed_lesson_is_kept_and_a_deleted_one_comes_back(tmp_path):
    copy_lessons(tmp_path)
    (tmp_path / START).write_text("my answers")
    assert copy_lessons(tmp_path) == [START]
    assert (tmp_path / START).read_text() == "my answers"
    (tmp_path / START).unlink()
    assert copy_lessons(tmp_path) == []
    given = nbformat.read(tmp_path / START, 4)
    assert given.cells[0] == nbformat.read(lessons_folder() / START, 4).cells[0]


def test_lessons_says_where_they_are_how_to_open_them_and_what_it_kept(tmp_path, capsys):
    main(["lessons", str(tmp_path / "my class")])
    said = capsys.readouterr().out
    assert f"The lessons are in {tmp_path / 'my class'}." in said
    assert f'jupyter lab "{tmp_path / "my class" / START}"' in said
    (tmp_path / "my class" / START).write_text("my answers")
    main(["lessons", str(tmp_path / "my class")])
    assert f"Kept as you left them: {START}." in capsys.readouterr().out


def test_an_option_that_is_not_there_is_refused_except_for_jupyter(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["lessons", str(tmp_path / "mine"), "--port=1"])
    assert "lessons has no option --port=1" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_the_lessons_themselves_can_be_the_folder(tmp_path):
    assert copy_lessons(lessons_folder()) == []


def test_without_jupyterlab_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)  # Python's own way to make it missing
    with pytest.raises(SystemExit, match=r"pip install 'pipeline-widgets\[lessons\]'"):
        main(["lab", str(tmp_path / "mine")])
    assert not (tmp_path / "mine").exists()
