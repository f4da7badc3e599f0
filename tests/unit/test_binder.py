"""What Binder builds, from repo2docker's own code and without Docker, and what it then installs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"torch": "pytorch-cpu"}  # the others are called the same on conda-forge
# The Docker image is for 64-bit Linux; repo2docker's own dependency warns when it is imported.
QUIET = pytest.mark.filterwarnings("ignore:pythonjsonlogger:DeprecationWarning")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """The repository as Binder clones it: what git knows, nothing else."""
    clone = tmp_path_factory.mktemp("binder") / "clone"
    listed = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    return clone


@pytest.fixture(scope="module")
def installed(checkout, tmp_path_factory) -> Path:
    """A folder into which Binder's postBuild has installed the package, as it stands there."""
    target = tmp_path_factory.mktemp("installed")
    bin = tmp_path_factory.mktemp("bin")
    (bin / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (bin / "python").chmod(0o755)
    # Without a network: the build backend is at hand here, and Binder fetches it.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_COMPILE": "1"}
    offline |= {"PIP_TARGET": str(target), "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        ["./binder/postBuild"],
        cwd=checkout,
        env=os.environ | offline,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return target


def files_under(folder: Path) -> set[str]:
    """Paths relative to the folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def dependencies() -> dict[str, SpecifierSet]:
    """Binder's packages and their ranges; a conda range of this form is one of Python's too."""
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text("utf-8"))
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    pairs = [re.fullmatch(r"([\w-]+)(.*)", line) for line in environment["dependencies"]]
    return {
        canonicalize_name(pair[1]): SpecifierSet(re.sub(r"^=([\d.]+)$", r"==\1.*", pair[2]))
        for pair in pairs
        if pair
    }


def lowest(ranges: SpecifierSet) -> Version:
    """The oldest version that a range with a lower bound lets in."""
    bounds = [part.version for part in ranges if part.operator in (">=", "==")]
    return max(Version(bound.removesuffix(".*")) for bound in bounds)


@QUIET
def test_repo2docker_takes_the_folder_for_a_conda_one_and_runs_our_three_files(
    checkout, monkeypatch
):
    conda = pytest.importorskip("repo2docker.buildpacks.conda", reason="jupyter-repo2docker")
    monkeypatch.chdir(checkout)
    pack = conda.CondaBuildPack("docker.io/library/buildpack-deps:noble")
    pack.platform = "linux/amd64"
    assert pack.detect()
    assert "conda/environment.py-3.12-linux-64.lock" in pack.get_build_script_files()
    dockerfile = pack.render()
    steps = [
        'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"',
        "COPY --chown=1000:1000 src/ ${REPO_DIR}/",
        "RUN ./binder/postBuild",
        'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ]
    assert [step for step in steps if step not in dockerfile] == []
    places = [dockerfile.index(step) for step in steps]
    assert places == sorted(places)
    # Only the list of packages is copied before they are solved: a new lesson doesn't repeat it.
    before = dockerfile[: dockerfile.index(steps[1])]
    assert re.findall(r"src/\S+", before) == ["src/binder/environment.yml"]


def test_what_postbuild_installs_is_the_package_with_its_models_and_lessons(installed, checkout):
    package = files_under(installed / "pipeline_widgets")
    assert files_under(checkout / "pipeline_widgets") <= package
    assert {f"lessons/{name}" for name in files_under(checkout / "lessons")} <= package
    assert "bundled/roberta-mini/encoder/model.safetensors" in package
    assert "lessons/00-start.ipynb" in package


def test_what_binder_opens_was_not_run_yet(installed, checkout):
    assert installed.is_dir()  # postBuild has run
    notebooks = sorted((checkout / "lessons").glob("*.ipynb"))
    assert len(notebooks) >= 10
    cells = [cell for path in notebooks for cell in nbformat.read(path, 4).cells]
    assert not any(cell.get("outputs") for cell in cells)


def test_the_environment_covers_each_requirement_of_the_installed_wheel(installed):
    (metadata,) = installed.glob("*.dist-info/METADATA")
    lines = re.findall(r"^Requires-Dist: (.*)$", metadata.read_text("utf-8"), re.MULTILINE)
    given, wanted = dependencies(), [Requirement(line) for line in lines]
    # The core, and the extras for live training, for the hub and for JupyterLab.
    extras = ("", "torch", "hub", "lessons")
    needed = [
        one
        for one in wanted
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)
    ]
    assert {"anywidget", "torch", "transformers", "jupyterlab"} <= {one.name for one in needed}
    for one in needed:
        ranges = given[CONDA_NAMES.get(one.name, canonicalize_name(one.name))]
        assert one.specifier.contains(lowest(ranges)), f"{one}: Binder may take {ranges}"
        here = Version(version(one.name)).public  # what the tests run with
        assert ranges.contains(here), f"{one.name} {here} is outside {ranges}"


def test_the_pinned_python_is_one_that_the_wheel_takes():
    python = lowest(dependencies()["python"])
    requires = distribution("pipeline-widgets").metadata["Requires-Python"]
    assert SpecifierSet(requires).contains(python)
