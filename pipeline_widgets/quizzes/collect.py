"""Many learners' answers into one table, with whatever looks odd flagged."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from .bank import Bank
from .face import face
from .grading import grade
from .identity import face_print, slug
from .session import EVENTS
from .store import Entry, entries_in, from_plain

LINE = "pw1:"  # how a copied line of answers begins
COLUMNS = (
    "learner", "quiz", "question", "points", "maximum", "verdict", "attempts", "hints",
    "response", "time", "flags", "files",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A learner's best answer to a question; on a tie, the first."""

    entry: Entry
    attempts: int
    flags: tuple[str, ...]  # "edited", "in several files", "lines missing", "no such question",
    # "question changed": answered in two wordings, or in another one than the key's
    files: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """An entry and where it lay."""

    entry: Entry
    file: str
    flags: frozenset[str] = frozenset()


def merge(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, in the order of time; merging again changes nothing."""
    unique = {entry.line: entry for entry in entries}
    return sorted(unique.values(), key=lambda entry: (entry.time, entry.line))


def check_chain(entries: Sequence[Entry], file: str) -> list[Found]:
    """Flag entries whose digest is wrong, and entries before which lines are missing."""
    found, known = list[Found](), {""}
    for entry in entries:
        flags = set[str]()
        if entry.digest != entry.true_digest():
            flags.add("edited")
        if entry.previous not in known:
            flags.add("lines missing")
        known.add(entry.digest)
        found.append(Found(entry, file, frozenset(flags)))
    return found


def read_folder(folder: Path) -> list[Found]:
    """Entries of every .jsonl, exported .json and pasted .txt file below the folder."""
    found = list[Found]()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".jsonl", ".json", ".txt") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        name = path.relative_to(folder).as_posix()
        found += check_chain(_entries(path.suffix, text), name)
    return found


def _entries(suffix: str, text: str) -> list[Entry]:
    if suffix == ".jsonl":
        return list(entries_in(text))
    if suffix == ".txt":
        return [entry for line in text.split() for entry in unpack(line)]
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return []
    items = cast("dict[str, Any]", plain).get("entries") if isinstance(plain, dict) else None
    items = cast("list[object]", items) if isinstance(items, list) else []
    return [entry for entry in map(from_plain, items) if entry is not None]


def rows(found: Sequence[Found], *, key: Bank | None = None) -> list[Row]:
    """One row for each learner and question, best answer first come; with ``key``, graded anew.

    A question is the same if its quiz, its id and what the learner saw are.
    """
    groups = defaultdict[tuple[str, str, str, str], list[Found]](list)
    names = _full_names(found)
    for item in found:
        entry = item.entry
        quiz = names.get((entry.learner, entry.quiz, entry.question, entry.face), entry.quiz)
        groups[entry.learner, quiz, entry.question, entry.face].append(item)
    wordings = Counter(name[:3] for name in groups)
    made = list[Row]()
    for name in sorted(groups):
        row = _row(groups[name], name[1], key)
        if row is not None and wordings[name[:3]] > 1:
            row = replace(row, flags=tuple(sorted({*row.flags, "question changed"})))
        made += [row] if row is not None else []
    return made


def _full_names(found: Sequence[Found]) -> dict[tuple[str, str, str, str], str]:
    """Which quiz an entry of an older version is of: the one that has this very question."""
    entries = [item.entry for item in found]
    asked = defaultdict[tuple[str, str, str], set[str]](set)
    for entry in entries:
        if entry.asked:
            asked[entry.learner, entry.question, entry.face].add(entry.quiz)
    names = dict[tuple[str, str, str, str], str]()
    for entry in entries:
        quizzes = asked.get((entry.learner, entry.question, entry.face), set())
        same = sorted(quiz for quiz in quizzes if slug(quiz).startswith(entry.quiz))
        if not entry.asked and same:
            names[entry.learner, entry.quiz, entry.question, entry.face] = same[0]
    return names


def _row(items: list[Found], quiz: str, key: Bank | None) -> Row | None:
    entries = [replace(entry, quiz=quiz) for entry in merge(item.entry for item in items)]
    answers = [entry for entry in entries if entry.verdict not in EVENTS]
    if not entries[0].question:  # the quiz as a whole: finished, restarted
        return None
    flags = {flag for item in items for flag in item.flags}
    if key is not None:
        if quiz not in (key.id, key.former):
            return None
        answers, extra = _graded(answers, key)
        flags |= extra
    files = tuple(sorted({item.file for item in items}))
    if len(files) > 1:
        flags.add("in several files")
    # max keeps the first of equals; without an answer (only a hint, say) the row earns nothing
    best = max(answers or [replace(entries[0], points=0.0)], key=lambda entry: entry.points)
    return Row(best, len(answers), tuple(sorted(flags)), files)


def _graded(entries: list[Entry], key: Bank) -> tuple[list[Entry], set[str]]:
    if not entries:
        return [], set()
    questions = {question.id: question for question in key.questions}
    question = questions.get(entries[0].question)
    if question is None:
        return entries, {"no such question"}
    seen, graded = entries[0].face, list[Entry]()
    for entry in entries:
        result = grade(question, entry.response)
        words = {"points": result.points, "maximum": result.maximum, "verdict": result.verdict}
        graded.append(replace(entry, **words))
    changed = bool(seen) and seen != face_print(face(question))
    return graded, {"question changed"} if changed else set()


def to_csv(table: Sequence[Row]) -> str:
    """The rows as CSV. Text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in table:
        entry = row.entry
        response = (
            entry.response
            if isinstance(entry.response, str)
            else json.dumps(entry.response, ensure_ascii=False)
        )
        values = (
            entry.learner, entry.quiz, entry.question, f"{entry.points:g}", f"{entry.maximum:g}",
            entry.verdict, row.attempts, entry.hints, response, entry.time,
            "; ".join(row.flags), "; ".join(row.files),
        )  # fmt: skip
        writer.writerow([_harmless(value) for value in values])
    return out.getvalue()


def _harmless(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def totals_csv(table: Sequence[Row]) -> str:
    """One line for each learner and quiz: points, how many questions, flags."""
    sums = defaultdict[tuple[str, str], list[Row]](list)
    for row in table:
        sums[row.entry.learner, row.entry.quiz].append(row)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("learner", "quiz", "points", "maximum", "answered", "flags"))
    for (learner, quiz), group in sorted(sums.items()):
        points = sum(row.entry.points for row in group)
        maximum = sum(row.entry.maximum for row in group)
        flags = sorted({flag for row in group for flag in row.flags})
        line = (learner, quiz, f"{points:g}", f"{maximum:g}", len(group), "; ".join(flags))
        writer.writerow([_harmless(value) for value in line])
    return out.getvalue()


def pack(entries: Iterable[Entry]) -> str:
    """The entries as one line to copy and paste."""
    plain = json.dumps([entry.plain() for entry in entries]).encode()
    return LINE + base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode()


def unpack(line: str) -> list[Entry]:
    """The entries of a copied line; an empty list for any other text."""
    if not line.startswith(LINE):
        return []
    try:
        packed = base64.urlsafe_b64decode(line.removeprefix(LINE))
        plain = json.loads(zlib.decompressobj().decompress(packed, 1 << 24))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return []
    items = cast("list[object]", plain) if isinstance(plain, list) else []
    return [entry for entry in map(from_plain, items) if entry is not None]
