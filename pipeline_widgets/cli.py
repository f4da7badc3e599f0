"""The command ``pipeline-widgets``: the lessons, and what a class needs around them.

| command | does |
|---|---|
| ``lab [FOLDER]`` | copies the lessons and opens them in JupyterLab |
| ``lessons FOLDER`` | copies the lessons; a file that is there is kept |
| ``check`` | says what works on this machine, and the cure for what doesn't |
| ``handout LESSON`` | a lesson to print: one offline HTML file and a PDF |
| ``site FOLDER [LESSON …]`` | lessons as pages for any browser, with no kernel |
| ``models fetch NAME`` | downloads and verifies a hub checkpoint for a class |
| ``quiz …`` | checks, seals, converts, prints and collects quizzes |
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__
from .command import check, handout, lessons, models, site
from .errors import PipelineError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with ``sys.argv`` or the given arguments; ends by SystemExit on an error."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["quiz"]:  # has commands of its own
        from .quizzes.command import main as quiz_command

        raise SystemExit(quiz_command(arguments[1:]))
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown and options.command != "lab":
        parser.error(f"{options.command} has no option {' '.join(unknown)}")
    options.for_jupyter = unknown
    try:
        status: int = options.run(options)
    except (PipelineError, OSError) as error:
        raise SystemExit(f"pipeline-widgets: {error}") from None
    if status:
        raise SystemExit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pipeline-widgets",
        description="Type a sentence in Jupyter and watch RoBERTa and DistilBERT read it.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (lessons, check, handout, site, models):
        module.add_to(commands)
    commands.add_parser("quiz", help="check, seal, convert, print or collect quizzes")
    return parser


if __name__ == "__main__":
    main()
