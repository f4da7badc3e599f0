"""``site``: lessons as pages for any browser, with no kernel, no server of ours and no account.

Each notebook is run once, in a kernel of its own, to get its views; what is printed is what the
notebook holds. The folder can be served by anything that serves files, or opened from disk.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from ...errors import BadInput, MissingExtra
from .. import Commands, lessons
from ..handout import find

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+/[\w./-]+")


def add_to(commands: Commands) -> None:
    """Add ``site`` to the command's parser."""
    parser = commands.add_parser(
        "site",
        help="lessons as pages for any browser, with no kernel",
        description="Write lessons, or notebooks of your own, as pages that need no Python: "
        "prose, code with its output, views that act, search. Each notebook is run once, as Run "
        "all does, to get its views.",
    )
    parser.add_argument("folder", type=Path, help="where the pages go")
    parser.add_argument(
        "lessons",
        nargs="*",
        metavar="LESSON",
        help="a notebook, or a lesson's name such as 02-learn; default: all ten",
    )
    parser.add_argument(
        "--answers",
        action="store_true",
        help="practice questions are marked in the page, which then holds their key",
    )
    parser.add_argument(
        "--as-stored", action="store_true", help="run nothing: views are the pictures stored"
    )
    parser.add_argument(
        "--torch",
        action="store_true",
        help="let notebooks find PyTorch when they are run (live training takes its time)",
    )
    parser.add_argument(
        "--binder",
        metavar="OWNER/REPOSITORY/REF",
        default="",
        help="link to each lesson on mybinder.org, where it can be run",
    )
    parser.add_argument("--title", default="Watch a transformer read", help="of the whole site")
    parser.add_argument("--force", action="store_true", help="write over files that are there")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    began = time.monotonic()
    if not options.as_stored and any(find_spec(one) is None for one in ("nbclient", "ipykernel")):
        raise MissingExtra(
            "Notebooks are run by nbclient and ipykernel: pip install 'pipeline-widgets[lessons]', "
            "or add --as-stored to take the pictures that they hold."
        )
    names = options.lessons or sorted(
        file.stem for file in lessons.lessons_folder().glob("[0-9]*.ipynb")
    )
    sources = [find(name) for name in names]
    folder: Path = options.folder
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file; a site is a folder.")
    if options.binder and not _REPOSITORY.fullmatch(options.binder):
        raise BadInput(
            f"--binder takes OWNER/REPOSITORY/REF, such as me/course/v1; not {options.binder}."
        )
    from .build import Settings, build  # needs nbconvert, which is looked for above

    settings = Settings(
        answers=options.answers,
        run=not options.as_stored,
        torch=options.torch,
        force=options.force,
        title=options.title,
        binder=options.binder,
    )
    made = build(folder, sources, settings, lambda words: print(words, file=sys.stderr))
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"{folder / 'index.html'}: {len(made)} lessons, {len(files)} files, {size:.1f} MB, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 0
