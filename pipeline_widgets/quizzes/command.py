"""`pipeline-widgets quiz …`: check, seal, convert, print, collect."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline_widgets.errors import BadInput, PipelineError
from pipeline_widgets.pages import MARK
from pipeline_widgets.writing import write_new

from . import bank, class_page, collect, hand_ins
from .formats import native
from .kinds import blank, seal
from .worksheet import page


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status and says in words what was wrong."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (PipelineError, OSError) as error:
        print(f"pipeline-widgets quiz: {error}", file=sys.stderr)
        return 2
    return status


_FORCE = "write over a file that is there"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pipeline-widgets quiz", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="read quiz files and say what is wrong, by line")
    check.add_argument("files", nargs="+", type=Path)
    check.add_argument("--json", action="store_true", help="what was read and what not, as JSON")
    check.set_defaults(run=_check)

    seal = commands.add_parser("seal", help="replace the answers by salted digests")
    seal.add_argument("file", type=Path)
    seal.add_argument("-o", "--output", type=Path, help="default: NAME.sealed.json")
    seal.add_argument("--blank", action="store_true", help="leave the answers out altogether")
    seal.add_argument("--force", action="store_true", help=_FORCE)
    seal.set_defaults(run=_seal)

    export = commands.add_parser(
        "export",
        help="write a quiz as .md, .json, .jupyterquiz.json, .gift, .xml or .html (to print)",
    )
    export.add_argument("file", type=Path)
    export.add_argument("output", type=Path)
    export.add_argument("--key", action="store_true", help="with the answers (.html)")
    export.add_argument("--force", action="store_true", help=_FORCE)
    export.set_defaults(run=_export)

    gather = commands.add_parser("collect", help="a folder of learners' files into one CSV")
    gather.add_argument("folder", type=Path)
    gather.add_argument("-o", "--output", type=Path, help="default: the screen")
    gather.add_argument("--key", type=Path, help="the quiz with its answers: grade anew")
    gather.add_argument("--totals", action="store_true", help="one line for each learner")
    gather.add_argument("--html", type=Path, help="a page for the teacher, to open offline")
    gather.add_argument("--force", action="store_true", help=_FORCE)
    gather.set_defaults(run=_collect)
    return parser


def _check(options: argparse.Namespace) -> int:
    reports, wrong = [_report(file) for file in options.files], 0
    for file, report in zip(options.files, reports, strict=True):
        wrong += not report["read"]
        if not options.json:
            _tell(file, report)
    if options.json:
        print(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=True))
    return 1 if wrong else 0


def _report(file: Path) -> dict[str, Any]:
    """What could be read of a file, and what not."""
    try:
        found = bank.read(file)
    except PipelineError as error:
        line = re.search(r"line (\d+)", str(error))
        left = [{"line": int(line[1]) if line else 1, "why": str(error)}]
        return {"file": str(file), "read": 0, "left_out": left, "changed": []}
    remarks = {
        name: [{"line": remark.line, "why": remark.why} for remark in getattr(found, name)]
        for name in ("left_out", "changed")
    }
    return {"file": str(file), "read": len(found.questions), "points": found.points, **remarks}


def _tell(file: Path, report: dict[str, Any]) -> None:
    if not report["read"]:
        print(report["left_out"][0]["why"], file=sys.stderr)
        return
    print(f"{file}: {report['read']} questions, {report['points']:g} points")
    for name, word in (("left_out", "left out"), ("changed", "changed")):
        for remark in report[name]:
            said = f"{file}: line {remark['line']}: {word}: {remark['why']}"
            print(said, file=sys.stderr)


def _seal(options: argparse.Namespace) -> int:
    found = bank.read(options.file)
    close = blank if options.blank else seal
    questions = tuple(close(question) for question in found.questions)
    text = native.dumps(found.title, questions, id=found.id, lesson=found.lesson)
    output: Path = options.output or options.file.with_name(f"{options.file.stem}.sealed.json")
    if output.suffix != ".json":
        raise BadInput(f"A sealed quiz is JSON: give it a name that ends in .json, not {output}.")
    _check_other(output, options.file)
    write_new(output, text, mark='"kind": "sealed"', force=options.force)
    what = "without answers" if options.blank else "with digests in place of answers"
    print(f"{output}: {len(questions)} questions {what}")
    return 0


def _check_other(output: Path, source: Path) -> None:
    """Raise `BadInput` where a quiz would be written over by what is made of it."""
    if output.exists() and output.samefile(source):
        raise BadInput(f"{output} is the quiz itself, with its answers: give another name.")


def _export(options: argparse.Namespace) -> int:
    found = bank.read(options.file)
    output: Path = options.output
    _check_other(output, options.file)
    if output.suffix == ".html":
        write_new(output, page(found, key=options.key), mark=MARK, force=options.force)
        return 0
    suffix = ".jupyterquiz.json" if output.name.endswith(".jupyterquiz.json") else output.suffix
    text, left_out = bank.write(found, suffix=suffix)
    write_new(output, text, mark="", force=options.force)
    if left_out:
        print(f"{output}: {suffix} has no such kind of question as {', '.join(left_out)}.")
    return 0


def _collect(options: argparse.Namespace) -> int:
    if not options.folder.is_dir():
        raise NotADirectoryError(f"{options.folder} is not a folder.")
    key = bank.read(options.key) if options.key else None
    files = hand_ins.read_folder(options.folder)
    found = collect.check_files(files)
    table = collect.rows(found, key=key)
    for file in files:
        print(file, file=sys.stderr)
    if not table:
        about = f" to {key.title}" if key and found else ""
        print(f"{options.folder}: no answer{about} was found.", file=sys.stderr)
        return 1
    if options.html:
        page_there = class_page.page(table, found, key)
        write_new(options.html, page_there, mark=MARK, force=options.force)
        print(f"{options.html}: written")
    text = collect.totals_csv(table) if options.totals else collect.to_csv(table)
    if options.output is None:
        if not options.html:
            _print_any(text)
        return 0
    mark = text.split("\n")[0]
    write_new(options.output, collect.for_excel(text), mark=mark, force=options.force)
    learners = {row.entry.learner for row in table}
    flagged = sum(bool(row.flags) for row in table)
    print(f"{options.output}: {len(learners)} learners, {len(table)} answers, {flagged} flagged")
    return 0


def _print_any(text: str) -> None:
    """Print text that the screen's or the pipe's encoding may not have."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        print(text, end="")
