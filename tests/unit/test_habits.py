"""What a contributor finds: files that are read by others' machines are what those can read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline_widgets.deprecation import deprecated

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FILES = sorted([*GITHUB.rglob("*.yml"), GITHUB / "CITATION.cff", ROOT / ".pre-commit-config.yaml"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_file_for_a_service_can_be_read(path):
    assert yaml.safe_load(path.read_text())


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
