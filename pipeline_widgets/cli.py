"""The command ``pipeline-widgets``: put the lessons into a folder and open them in JupyterLab."""

from __future__ import annotations

import argparse
import importlib.util
import os
import runpy
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .errors import MissingExtra, PipelineError
from .quizzes.command import main as quiz_command

START = "00-start.ipynb"
_HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with ``sys.argv`` or the given arguments; ends by SystemExit on an error."""
    parser = argparse.ArgumentParser(
        prog="pipeline-widgets",
        description="Type a sentence in Jupyter and watch RoBERTa and DistilBERT read it.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
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
    commands.add_parser("quiz", help="check, seal, convert, print or collect quizzes")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["quiz"]:  # has commands of its own
        raise SystemExit(quiz_command(arguments[1:]))
    options, for_jupyter = parser.parse_known_args(arguments)
    try:
        open_lab(options.folder, for_jupyter)
    except PipelineError as error:
        raise SystemExit(f"pipeline-widgets: {error}") from None


def open_lab(folder: Path, for_jupyter: Sequence[str] = ()) -> None:
    """Copy the lessons into ``folder`` and run JupyterLab there until it is stopped.

    Raises MissingExtra if JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise MissingExtra(
            "JupyterLab is not installed. Install it with: pip install 'pipeline-widgets[lessons]'."
            " The widgets also work in any notebook program that you already have."
        )
    changed = copy_lessons(folder)
    if changed:
        print(f"Kept as you left them: {', '.join(changed)}. Delete one to get it anew.")
    paths = [str(_HERE / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    # Only defaults of ours (no news, no update check: both need a network); a user's settings win.
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    where = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{START}"]
    sys.argv = ["jupyter-lab", *where, *root, *for_jupyter]
    runpy.run_module("jupyterlab", run_name="__main__")


def copy_lessons(folder: Path) -> list[str]:
    """Copy the lessons that ``folder`` has not got yet; never write over a file.

    Returns the names of the lessons there that differ from the ones that came with the package.
    """
    source = lessons_folder()
    changed: list[str] = []
    for lesson in sorted(source.rglob("*")):
        name = lesson.relative_to(source)
        target = folder / name
        if not lesson.is_file() or any(part.startswith((".", "__")) for part in name.parts):
            continue
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(lesson, target)
        elif target.read_bytes() != lesson.read_bytes():
            changed.append(str(name))
    return changed


def lessons_folder() -> Path:
    """The lessons that came with the package: inside an installed wheel, or beside a checkout."""
    for folder in (_HERE / "lessons", _HERE.parent / "lessons"):
        if (folder / START).is_file():
            return folder
    raise PipelineError(
        "The lessons are missing from this installation. Reinstall it with: "
        "pip install --force-reinstall --no-deps pipeline-widgets."
    )


if __name__ == "__main__":
    main()
