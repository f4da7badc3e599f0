"""The API reference: made of the docstrings without a warning, every public name in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline_widgets as pw

ROOT = Path(pw.__file__).parents[1]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of each page, by its path."""
    pytest.importorskip("pdoc")
    folder = tmp_path_factory.mktemp("reference")
    run = [sys.executable, "-W", "error", "recipes/reference", folder]
    ran = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    found = folder.rglob("*.html")
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def test_every_public_name_has_its_place(pages: dict[str, str]) -> None:
    whole = pages["pipeline_widgets.html"]
    modules = {"quizzes", "training"}
    for name in set(pw.__all__) - modules:
        assert f'<section id="{name}">' in whole, name
    for module in modules:
        names = getattr(pw, module).__all__
        page = pages[f"pipeline_widgets/{module}.html"]
        own = [name for name in names if f"pipeline_widgets/{module}/{name}.html" not in pages]
        assert [name for name in own if f'<section id="{name}">' not in page] == []


def test_a_view_has_its_constructor_traits_and_methods_and_no_others_words(
    pages: dict[str, str],
) -> None:
    whole = pages["pipeline_widgets.html"]
    start = whole.index('<section id="AttentionView">')
    view = whole[start : whole.index("<section", start + 1)]
    for name in ("layer", "head", "selected", "follow", "measure", "to_html", "link", "to_table"):
        assert f'id="AttentionView.{name}"' in view, name
    assert "opened" in view[: view.index("classattr") + 2000]  # the constructor's own keywords
    for page in pages.values():
        for foreign in ("Public constructor", "An instance of a Python", "A trait for", "0x7f"):
            assert foreign not in page
        assert not re.search(r'id="\w+\._[a-z]', page)
