"""The stored lessons, read once."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

LESSONS = Path(__file__).parents[2] / "lessons"
NAMES = sorted(path.stem for path in LESSONS.glob("[0-9]*.ipynb"))
TEMPLATE = "template"  # for a lesson of one's own


def stored(name: str) -> NotebookNode:
    """The notebook as it is in the repository."""
    return nbformat.read(LESSONS / f"{name}.ipynb", as_version=4)


def code_cells(name: str) -> list[NotebookNode]:
    """Its code cells."""
    return [cell for cell in stored(name).cells if cell.cell_type == "code"]


def prose(name: str) -> str:
    """All its Markdown."""
    return "\n\n".join(cell.source for cell in stored(name).cells if cell.cell_type == "markdown")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes ``lesson`` runs for each, and for the template."""
    if "lesson" in metafunc.fixturenames:
        metafunc.parametrize("lesson", [*NAMES, TEMPLATE])
