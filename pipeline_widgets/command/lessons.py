"""``lab`` and ``lessons``: the lessons copied to where they are the learner's own."""

from __future__ import annotations

import argparse
import importlib.util
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import MissingExtra, PipelineError
from . import Commands
from .fresh import fresh

START = "00-start.ipynb"
_PACKAGE = Path(__file__).parents[1]


def add_to(commands: Commands) -> None:
    """Add both to the command's parser."""
    lab = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        description="Copy the lessons into a folder, where they are yours to change, and open "
        "them in JupyterLab. Any further options go to JupyterLab (--no-browser, --port=8889).",
    )
    lab.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("pipeline-lessons"),
        help="where the lessons go (default: %(default)s); a file that is there is kept",
    )
    lab.set_defaults(run=_lab)
    lessons = commands.add_parser(
        "lessons",
        help="copy the lessons into a folder",
        description="Copy the lessons into a folder, to be opened in any notebook program.",
    )
    lessons.add_argument("folder", type=Path, help="a file that is there is kept")
    lessons.set_defaults(run=_lessons)


def _lab(options: argparse.Namespace) -> int:
    open_lab(options.folder, options.for_jupyter)
    return 0


def _lessons(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    _say_what_was_kept(copy_lessons(folder))
    print(f"The lessons are in {folder.resolve()}. Begin with {START}, in any notebook program:")
    print(f"  jupyter lab {_quoted(folder / START)}")
    return 0


def _quoted(path: Path) -> str:
    """A path as it is typed into a shell."""
    return f'"{path}"' if " " in str(path) else str(path)


def _say_what_was_kept(changed: Sequence[str]) -> None:
    if changed:
        print(f"Kept as you left them: {', '.join(changed)}. Delete one to get it anew.")


def open_lab(folder: Path, for_jupyter: Sequence[str] = ()) -> None:
    """Copy the lessons into ``folder`` and run JupyterLab there until it is stopped.

    Raises MissingExtra if JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise MissingExtra(
            "JupyterLab is not installed. Install it with: pip install 'pipeline-widgets[lessons]'."
            " The widgets also work in any notebook program that you already have."
        )
    _say_what_was_kept(copy_lessons(folder))
    paths = [str(_PACKAGE / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    # Only defaults of ours (no news, no update check: both need a network); a user's settings win.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    where = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{START}"]
    sys.argv = ["jupyter-lab", *where, *root, *for_jupyter]
    runpy.run_module("jupyterlab", run_name="__main__")


def copy_lessons(folder: Path) -> list[str]:
    """Copy the lessons that ``folder`` has not got yet, not run; never write over a file.

    Returns the names of the lessons there that differ from the ones that came with the package.
    """
    source = lessons_folder()
    changed: list[str] = []
    for lesson in sorted(source.rglob("*")):
        name = lesson.relative_to(source)
        target = folder / name
        if not lesson.is_file() or any(part.startswith((".", "__")) for part in name.parts):
            continue
        ours = _as_given(lesson)
        if any(part.is_symlink() for part in _below(folder, target)):
            changed.append(str(name))  # a link may lead anywhere
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(ours)
        elif target.read_bytes() not in (ours, lesson.read_bytes()):
            changed.append(str(name))
    return changed


def _below(folder: Path, target: Path) -> list[Path]:
    """The target and each folder between it and ``folder``."""
    return [target, *(one for one in target.parents if folder in one.parents)]


def _as_given(lesson: Path) -> bytes:
    """What a learner gets of a file: a notebook without its outputs, anything else as it is."""
    content = lesson.read_bytes()
    return fresh(content.decode()).encode() if lesson.suffix == ".ipynb" else content


def lessons_folder() -> Path:
    """The lessons that came with the package: inside an installed wheel, or beside a checkout."""
    for folder in (_PACKAGE / "lessons", _PACKAGE.parent / "lessons"):
        if (folder / START).is_file():
            return folder
    raise PipelineError(
        "The lessons are missing from this installation. Reinstall it with: "
        "pip install --force-reinstall --no-deps pipeline-widgets."
    )
