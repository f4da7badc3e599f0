"""The house: what the wheel carries, what README, Makefile and Binder promise each other."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from hatchling.build import build_wheel

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def files_under(folder: Path) -> set[str]:
    """Paths relative to the folder's parent, without what Python and Jupyter leave behind."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """The names in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        name = build_wheel(str(folder))
    return set(zipfile.ZipFile(folder / name).namelist())


def test_the_wheel_carries_every_file_of_the_package(wheel):
    assert files_under(ROOT / "pipeline_widgets") - wheel == set()
    kinds = {Path(name).suffix for name in wheel}
    assert {".py", ".js", ".css", ".json", ".csv", ".safetensors", ".ipynb"} <= kinds


def test_the_wheel_carries_the_lessons_and_nothing_beside_the_package(wheel):
    lessons = files_under(ROOT / "lessons")
    assert "lessons/00-start.ipynb" in lessons
    assert {f"pipeline_widgets/{lesson}" for lesson in lessons} <= wheel
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"pipeline_widgets"}


def test_the_wheel_has_the_licence_in_full(wheel):
    licence = (ROOT / "LICENSE").read_text()
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
    assert PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_every_make_command_of_the_readme_is_a_target():
    commands = set(re.findall(r"\bmake ([a-z][a-z-]*)", (ROOT / "README.md").read_text()))
    assert {"lab", "test"} <= commands
    for target in commands:
        asked = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert asked.returncode == 0, f"make {target}: {asked.stderr}"


def test_continuous_integration_calls_the_readmes_command():
    run = ROOT / ".ci" / "run"
    assert run.stat().st_mode & 0o100, ".ci/run is not executable"
    assert "make test" in run.read_text().splitlines()
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    assert {"run": ".ci/run"} in workflow["jobs"]["test"]["steps"]


def test_binder_has_a_pinned_python_and_all_that_the_package_needs():
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    dependencies = environment["dependencies"]
    pinned = re.fullmatch(r"python=3\.(\d+)", dependencies[0])
    assert pinned is not None
    assert 11 <= int(pinned[1]) <= 14
    named = {re.split(r"[<>=]", dependency)[0] for dependency in dependencies}
    needed = {re.split(r"[<>=\[ ]", dependency)[0] for dependency in PROJECT["dependencies"]}
    assert needed | {"jupyterlab", "pip"} <= named
    assert "torch" not in named


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binders_scripts_can_be_run(name):
    script = ROOT / "binder" / name
    assert script.read_text().startswith("#!/bin/bash\n")
    assert script.stat().st_mode & 0o100
    subprocess.run(["bash", "-n", script], check=True)


def test_binder_starts_jupyter_on_the_start_lesson(tmp_path):
    jupyter = tmp_path / "jupyter"
    jupyter.write_text('#!/bin/sh\nprintf "%s\\n" "$JUPYTER_CONFIG_PATH" "$@"\n')
    jupyter.chmod(0o755)
    said = subprocess.run(
        [ROOT / "binder" / "start", jupyter, "lab"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    config, command, url = said.stdout.splitlines()
    assert (Path(config) / "labconfig" / "default_setting_overrides.json").is_file()
    assert command == "lab"
    assert (ROOT / url.removeprefix("--LabApp.default_url=/lab/tree/")).is_file()


def test_no_file_names_a_place_on_somebodys_machine():
    local = re.compile(rb"(?<![\w.~-])/(?:home|Users|root|work|tmp)/[\w.-]+")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert names
    found = {
        str(name.relative_to(ROOT)): local.findall(name.read_bytes())
        for name in names
        if name.is_file() and name.suffix != ".safetensors"
    }
    assert {name: paths for name, paths in found.items() if paths} == {}
