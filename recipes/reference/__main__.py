"""The API reference, made of the docstrings: ``python recipes/reference FOLDER``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pdoc

PAGES = (
    "pipeline_widgets",  # and quizzes and training, which are among its names
    "pipeline_widgets.bertviz",
    "pipeline_widgets.engine.as_in_the_papers",
    "pipeline_widgets.errors",
    "pipeline_widgets.trace",
    "!pipeline_widgets.quizzes.kinds.public_view",  # a function of that name is meant
)
LAZY = ("pipeline_widgets", "pipeline_widgets.quizzes", "pipeline_widgets.training")


def write(folder: Path) -> None:
    """Write a page for each module that a user meets, and one that finds words in all."""
    for module in map(import_module, LAZY):
        for name in module.__all__:
            setattr(module, name, getattr(module, name))  # pdoc shows what is imported
    quizzes = import_module("pipeline_widgets.quizzes")
    for record in (*quizzes.kinds.KINDS.values(), quizzes.Session):
        names = record.__init__.__annotations__  # those of a base were written in another module
        names |= {name: hint for name, hint in get_type_hints(record).items() if name in names}
    pdoc.render.configure(
        docformat="google", show_source=False, template_directory=Path(__file__).parent / "template"
    )
    pdoc.pdoc(*PAGES, output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "build/reference"))
