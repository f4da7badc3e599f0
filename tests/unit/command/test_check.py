"""The command `check`; with a running JupyterLab it is in tests/browser/test_lab_command.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from pipeline_widgets.cli import main
from pipeline_widgets.command import check, model_cache
from pipeline_widgets.command.check import front_end, memory
from pipeline_widgets.command.check.line import Line
from pipeline_widgets.engine.checkpoints import find as checkpoints


@pytest.fixture(autouse=True)
def no_servers(tmp_path, monkeypatch):
    """Whatever runs on this machine beside the tests is none of theirs."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))


def the(what: str) -> Line:
    return next(line for line in check.lines() if line.what == what)


def test_all_is_well_here_without_importing_anything_heavy():
    code = (
        "import sys; from pipeline_widgets.cli import main; main(['check', '--json']); "
        "print(*{'torch', 'transformers', 'huggingface_hub', 'jupyterlab', 'anywidget', "
        "'nbconvert'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    answer, heavy = ran.stdout.rsplit("}", 1)
    assert heavy.strip() == ""
    told = json.loads(answer + "}")
    assert told["lessons_work"] is True
    found = {line["what"]: line for line in told["lines"]}
    assert "positive" in found["models"]["found"]  # what a warm and funny film deserves
    for package in ("torch", "transformers", "huggingface_hub"):
        assert found[package]["found"].startswith(version(package))
    assert version("jupyterlab") in found["notebooks"]["found"]
    assert version("anywidget") in found["front end"]["found"]


def test_the_lines_are_aligned_and_one_each_when_piped(capsys):
    main(["check"])
    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(check.lines()))
    for line in lines:
        assert line[:8].strip() in ("ok", "note")
        assert line[8] == line[25] == " "
        assert " " not in (line[9], line[26])
    assert last == "The lessons work here."


def test_on_a_screen_a_long_line_is_folded_under_its_own_beginning():
    line = Line("note", "memory", "some found words " * 6, "And a cure.")
    first, *more = check.written(line, 60).splitlines()
    assert len(first) <= 60
    assert all(part.startswith(" " * 26) and part[26] != " " for part in more)


def test_a_model_that_cannot_be_read_is_a_problem_and_the_status(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(checkpoints, "BUNDLED_FOLDER", tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["check"])
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "problem  models " in said
    assert "pip install --force-reinstall pipeline-widgets" in said


def extension(folder: Path, name: str, number: str) -> Path:
    """An extension as pip installs it, below a folder of Jupyter's path."""
    made = folder / "labextensions" / name
    made.mkdir(parents=True)
    (made / "package.json").write_text(json.dumps({"name": name, "version": number}))
    return made


def test_another_anywidget_in_the_browser_than_in_python_is_a_problem(tmp_path, monkeypatch):
    extension(tmp_path, "anywidget", "0.9.0")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))  # comes before the environment's own
    line = the("front end")
    assert line.status == "problem"
    assert f"{version('anywidget')} in Python and 0.9.0 in the browser" in line.found
    assert "restart the server" in line.cure


def test_a_missing_extension_is_a_problem(monkeypatch):
    monkeypatch.setattr(front_end, "_folders", list)
    line = the("front end")
    assert (line.status, "anywidget is missing" in line.found) == ("problem", True)
    assert "jupyterlab_widgets" in line.cure


@pytest.mark.parametrize(
    ("free", "status", "word"),
    [
        (300_000_000, "problem", "Close other programs"),
        (800_000_000, "note", "live training wants 1200 MB"),
        (8_000_000_000, "ok", ""),
        (None, "note", "450 MB free are enough"),
    ],
)
def test_memory_is_compared_with_what_lessons_and_training_need(free, status, word, monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: free)
    line = the("memory")
    assert (line.status, word in line.cure) == (status, True)


def test_a_containers_limit_counts_what_is_cached_as_free(tmp_path):
    assert memory.free_in_container(tmp_path) is None
    (tmp_path / "memory.max").write_text("1000000000\n")
    (tmp_path / "memory.current").write_text("700000000\n")
    (tmp_path / "memory.stat").write_text("anon 400000000\ninactive_file 250000000\n")
    assert memory.free_in_container(tmp_path) == 550_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_in_container(tmp_path) is None


def test_the_model_cache_is_where_huggingface_hub_says_it_is():
    settings = [
        {},
        {"HF_HOME": "~/class"},
        {"XDG_CACHE_HOME": "/srv/cache"},
        {"HF_HUB_CACHE": "/srv/hub", "HF_HOME": "/srv/home"},
    ]
    code = (
        "import importlib, json, os, sys; from huggingface_hub import constants\n"
        "from pipeline_widgets.command import model_cache\n"
        "for settings in json.loads(sys.argv[1]):\n"
        "    for name in ('HF_HOME', 'HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'XDG_CACHE_HOME'):\n"
        "        os.environ.pop(name, None)\n"
        "    os.environ.update(settings)\n"
        "    importlib.reload(constants)\n"
        "    assert str(model_cache.folder()) == constants.HF_HUB_CACHE, settings\n"
    )
    subprocess.run([sys.executable, "-c", code, json.dumps(settings)], check=True)


def test_the_model_cache_names_what_it_has(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    empty = model_cache.line()
    assert (empty.status, "yours to write, empty" in empty.found) == ("ok", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    offline = model_cache.line()
    assert offline.status == "note"
    assert f"models fetch NAME --cache {tmp_path / 'hub'}" in offline.cure
    snapshot = tmp_path / "hub" / "models--some-one--small--model" / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").write_bytes(b"")
    filled = model_cache.line()
    assert filled.status == "ok"
    assert "with some-one/small--model" in filled.found


def test_an_extension_is_as_old_as_its_folder(tmp_path):
    made = extension(tmp_path, "anywidget", "1.0")
    os.utime(made / "package.json", (0, 0))  # an installer may keep the file's own date
    assert front_end.made(made) > 1_000_000_000


def test_a_user_without_a_home_is_told_so_in_a_line(monkeypatch, capsys):
    def nobody(_path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", classmethod(nobody))
    with pytest.raises(SystemExit, match="1"):
        main(["check"])
    assert "this user has none. Set HOME" in capsys.readouterr().out
