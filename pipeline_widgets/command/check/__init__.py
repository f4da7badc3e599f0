"""``check``: what works on this machine, and the cure for what doesn't; the network is not asked.

Nothing heavy is imported (no torch, no transformers), so the answer is there within a second.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ... import __version__
from ...errors import PipelineError
from .. import Commands, lessons, model_cache
from ..handout import printing
from . import front_end, memory
from .line import Line

SENTENCE = "What a warm and funny film!"
NEEDED = 450  # MB free for the heaviest lesson, and for its training cells
FOR_TRAINING = 1200
_EXTRAS = {  # package: (its extra, what it is for)
    "torch": ("torch", "live training"),
    "transformers": ("torch", "live training"),
    "huggingface_hub": ("hub", "checkpoints of the hub"),
    "bertviz": ("bertviz", "BertViz beside our attention"),
}


def add_to(commands: Commands) -> None:
    """Add ``check`` to the command's parser."""
    parser = commands.add_parser(
        "check",
        help="what works on this machine, and the cure for what doesn't",
        description="Look at Python, the models, the widget front end, memory and the model "
        "cache. The exit status is 1 if something prevents the lessons. No network is used.",
    )
    parser.add_argument("--json", action="store_true", help="as JSON, to send to a helpdesk")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    found = list(lines())
    well = all(line.status != "problem" for line in found)
    if options.json:
        plain = {"lessons_work": well, "lines": [asdict(line) for line in found]}
        print(json.dumps(plain, ensure_ascii=False, indent=1))
    else:
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 0
        print("\n".join(written(line, width) for line in found))
        print("The lessons work here." if well else "The lessons do not work here yet.")
    return 0 if well else 1


def written(line: Line, width: int = 0) -> str:
    """A line as text, aligned; folded to ``width`` columns if that is not 0."""
    text = f"{line.found}. {line.cure}" if line.cure else line.found
    text = f"{line.status:8} {line.what:16} {text}"
    if not width:
        return text
    return textwrap.fill(text, max(width, 50), subsequent_indent=" " * 26, break_long_words=False)


def lines() -> Iterator[Line]:
    """All that is looked at, in order of importance."""
    yield _python()
    yield Line("ok", "package", f"pipeline-widgets {__version__} in {Path(__file__).parents[2]}")
    yield _lessons()
    yield _prediction()
    try:
        Path.home()
    except RuntimeError:  # a container's user without an entry; Jupyter itself stops at that
        cure = "Set HOME to a folder that can be written."
        yield Line("problem", "home folder", "this user has none", cure)
        return
    yield _notebooks()
    yield from front_end.lines()
    yield _memory(memory.free())
    for package, (extra, purpose) in _EXTRAS.items():
        yield _extra(package, extra, purpose)
    yield model_cache.line()
    yield _handout()


def _python() -> Line:
    found = f"{platform.python_version()} ({sys.executable}), {platform.system()}"
    return Line("ok", "Python", found)


def _lessons() -> Line:
    try:
        folder = lessons.lessons_folder()
    except PipelineError as error:
        found, _, cure = str(error).partition(". ")
        return Line("problem", "lessons", found, cure)
    return Line("ok", "lessons", f"{len(list(folder.glob('*.ipynb')))}; pipeline-widgets lab")


def _prediction() -> Line:
    """Whether both bundled models can be read: a real sentence through each."""
    try:
        from ...engine import load

        began = time.perf_counter()
        said = list[str]()
        for name in ("roberta", "distilbert"):
            model = load(name)
            before = time.perf_counter()
            label = model.trace(SENTENCE).prediction.label
            said.append(f"{name} says {label} in {1000 * (time.perf_counter() - before):.0f} ms")
        whole = f"both loaded and asked in {time.perf_counter() - began:.1f} s"
    except Exception as error:  # whatever it is, the person in front of it needs the sentence
        cure = "Reinstall: pip install --force-reinstall pipeline-widgets."
        return Line("problem", "models", f"{type(error).__name__}: {error}".rstrip("."), cure)
    return Line("ok", "models", f"{'; '.join(said)} ({whole}, no network)")


def _notebooks() -> Line:
    names = {"jupyterlab": "JupyterLab", "notebook": "Notebook", "voila": "Voila"}
    found = [f"{name} {one}" for package, name in names.items() if (one := _version(package))]
    if found:
        return Line("ok", "notebooks", ", ".join(found))
    cure = "pip install 'pipeline-widgets[lessons]', unless your notebook program runs elsewhere."
    return Line("note", "notebooks", "no JupyterLab and no Notebook in this environment", cure)


def _memory(free: int | None) -> Line:
    """``free`` is in bytes."""
    if free is None:
        return Line("note", "memory", "not told by this system", f"{NEEDED} MB free are enough.")
    megabytes = free // 1_000_000
    found = f"{megabytes} MB free"
    if megabytes < NEEDED:
        cure = f"Close other programs and notebooks until {NEEDED} MB are free."
        return Line("problem", "memory", found, cure)
    if megabytes < FOR_TRAINING:
        cure = f"Enough for the lessons; live training wants {FOR_TRAINING} MB."
        return Line("note", "memory", found, cure)
    return Line("ok", "memory", found)


def _extra(package: str, extra: str, purpose: str) -> Line:
    if found := _version(package):
        return Line("ok", package, f"{found}, for {purpose}")
    cure = f"pip install 'pipeline-widgets[{extra}]', if you want {purpose}."
    return Line("note", package, "not installed; the lessons do without", cure)


def _handout() -> Line:
    browser = printing.find_browser()
    if not _version("nbconvert"):
        cure = "pip install nbconvert, which also comes with JupyterLab."
        return Line("note", "handouts", "nbconvert is not installed", cure)
    if browser is None:
        cure = f"Install one for the PDF, or print the HTML from any browser. {printing.NAME_IT}"
        return Line("note", "handouts", "HTML only: no Chromium, Chrome or Edge was found", cure)
    return Line("ok", "handouts", f"HTML, and PDF through {browser}")


def _version(package: str) -> str:
    """The installed version, "" if there is none; the package itself is not imported."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
