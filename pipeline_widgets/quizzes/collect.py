"""Many learners' answers into one table, with whatever looks odd flagged."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import hand_ins
from .bank import Bank
from .hand_ins import LINE, HandIn
from .identity import face_print, slug
from .kinds import Question, public_view
from .rules import CLOCK, EVENTS, Ledger, graded, in_order
from .store import Entry

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
    # "question changed": answered in two wordings, or in another one than the key's; and those of
    # `rules`, for answers that don't count
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
    """Flag a line whose digest is wrong, and all lines of a file of which some are missing.

    A line that comes again, as when a file was pasted twice, is taken once.
    What is about the quiz as a whole has no row of its own: edited, it flags the file too.
    """
    entries = list({entry.line: entry for entry in entries}.values())
    known, whole, counted = {""}, set[str](), 0
    flags = ["edited" if entry.digest != entry.true_digest() else "" for entry in entries]
    for entry, flag in zip(entries, flags, strict=True):
        gap = bool(entry.count) and entry.count != counted + 1
        if entry.previous not in known or gap:
            whole.add("lines missing")
        if flag and (not entry.question or entry.verdict in EVENTS):
            whole.add(flag)
        known.add(entry.digest)
        counted = entry.count or counted + 1
    return [
        Found(entry, file, frozenset({flag, *whole} - {""}))
        for entry, flag in zip(entries, flags, strict=True)
    ]


def read_folder(folder: Path) -> list[Found]:
    """The entries of every file below the folder, see `hand_ins`."""
    return check_files(hand_ins.read_folder(folder))


def check_files(files: Iterable[HandIn]) -> list[Found]:
    """The entries of files that were read, with what looks odd about them."""
    found = list[Found]()
    for file in files:
        for chain, cut in zip(file.chains, file.cut, strict=True):
            items = check_chain(chain, file.name)
            flags = {"lines missing"} if cut else set[str]()
            found += [replace(item, flags=item.flags | flags) for item in items]
    return check_ends(found)


def check_ends(found: Sequence[Found]) -> list[Found]:
    """Flag a learner's own file that is shorter than a copy of it in another file."""
    last = {item.file: item.entry for item in found if item.file.endswith(".jsonl")}
    followed = defaultdict[str, set[str]](set)
    for item in found:
        followed[item.entry.previous].add(item.file)
    cut = {file for file, entry in last.items() if followed[entry.digest] - {file}}
    return [
        replace(item, flags=item.flags | {"lines missing"}) if item.file in cut else item
        for item in found
    ]


def rows(found: Sequence[Found], *, key: Bank | None = None) -> list[Row]:
    """One row for each learner and question, best answer first come; with ``key``, graded anew.

    A question is the same if its quiz, its id and what the learner saw are. `rules` says what
    counts.
    """
    groups = defaultdict[tuple[str, str], list[Found]](list)
    names = _full_names(found)
    for item in found:
        entry = item.entry
        quiz = names.get((entry.learner, entry.quiz, entry.question, entry.face), entry.quiz)
        groups[entry.learner, quiz].append(item)
    made = [row for name in sorted(groups) for row in _rows_of(groups[name], name[1], key)]
    wordings = Counter((row.entry.learner, row.entry.quiz, row.entry.question) for row in made)
    return [
        replace(row, flags=tuple(sorted({*row.flags, "question changed"})))
        if wordings[row.entry.learner, row.entry.quiz, row.entry.question] > 1
        else row
        for row in made
    ]


def _rows_of(items: list[Found], quiz: str, key: Bank | None) -> list[Row]:
    """The rows of one learner on one quiz."""
    if key is not None and quiz not in (key.id, key.former):
        return []
    questions = {question.id: question for question in key.questions} if key else {}
    ledger, asked = Ledger(), defaultdict[tuple[str, str], list[Entry]](list)
    for entry in in_order(item.entry for item in items):
        entry = _by_key(replace(entry, quiz=quiz), questions)
        points = entry.points if entry.question in questions else None
        ledger.add(entry, points=points)
        if entry.question and entry.verdict not in CLOCK:
            asked[entry.question, entry.face].append(entry)
    made = list[Row]()
    for (id, seen), entries in sorted(asked.items()):
        own = [item for item in items if (item.entry.question, item.entry.face) == (id, seen)]
        account = ledger.account(seen or id)
        flags = {flag for item in own for flag in item.flags} | account.flags
        flags |= _key_flags(entries, key, questions)
        files = tuple(sorted({item.file for item in own}))
        flags |= {"in several files"} if len(files) > 1 else set()
        answers = [entry for entry in entries if entry.verdict not in EVENTS]
        # max keeps the first of equals; where nothing counts (only a hint, say) nothing is earned
        nothing = replace((answers or entries)[0], points=0.0)
        best = max(account.counted or [nothing], key=lambda entry: entry.points)
        if id in questions and best.verdict not in EVENTS:
            best = replace(best, verdict=graded(questions[id], best).verdict)
        made.append(Row(best, len(answers), tuple(sorted(flags)), files))
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


def _by_key(entry: Entry, questions: dict[str, Question]) -> Entry:
    """An answer with the points that the key gives; what isn't in the key stays as it is."""
    question = questions.get(entry.question)
    if question is None or entry.verdict in EVENTS:
        return entry
    result = graded(question, entry)
    return replace(entry, points=result.points, maximum=result.maximum)


def _key_flags(entries: list[Entry], key: Bank | None, questions: dict[str, Question]) -> set[str]:
    """What a key says against answers: not asked there, asked otherwise, not to be graded anew."""
    if key is None:
        return set()
    question = questions.get(entries[0].question)
    if question is None:
        return {"no such question"}
    changed = bool(entries[0].face) and entries[0].face != face_print(public_view(question))
    flags = {"question changed"} if changed else set[str]()
    return flags | (set() if question.regradable else {"not graded anew"})


def for_excel(text: str) -> str:
    """The text with a mark by which Excel knows UTF-8, if it has letters beyond ASCII."""
    return text if text.isascii() else f"\ufeff{text}"


def to_csv(table: Sequence[Row]) -> str:
    """The rows as CSV. Text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
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


# Where a cell begins in some locale's spreadsheet, and a sign that makes it a formula there.
_ENDS = ";|\t\r\n\x0b\x0c\x1c-\x1f\x85\u2028\u2029"
_UNSEEN = "\\s\x00-\x1f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_SIGNS = "=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212-"
_FORMULA = re.compile(f"((?:^|[{_ENDS}])[{_UNSEEN}]*+)([{_SIGNS}]?)")


def _harmless(value: object) -> object:
    """Text in which no spreadsheet finds a formula, at its start or behind a separator."""
    if not isinstance(value, str):
        return value
    return _FORMULA.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[0], value)


def totals_csv(table: Sequence[Row]) -> str:
    """One line for each learner and quiz: points, how many questions, flags."""
    sums = defaultdict[tuple[str, str], list[Row]](list)
    for row in table:
        sums[row.entry.learner, row.entry.quiz].append(row)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("learner", "quiz", "points", "maximum", "answered", "flags"))
    for (learner, quiz), group in sorted(sums.items()):
        points = sum(row.entry.points for row in group)
        maximum = sum(row.entry.maximum for row in group)
        flags = sorted({flag for row in group for flag in row.flags})
        line = (learner, quiz, f"{points:g}", f"{maximum:g}", len(group), "; ".join(flags))
        writer.writerow([_harmless(value) for value in line])
    return out.getvalue()


def pack(entries: Sequence[Entry]) -> str:
    """The entries as one line to copy and paste, with their number, so that none gets lost."""
    plain = {"count": len(entries), "entries": [entry.plain() for entry in entries]}
    packed = zlib.compress(json.dumps(plain).encode(), 9)
    return LINE + base64.urlsafe_b64encode(packed).decode()


def unpack(line: str) -> list[Entry]:
    """The entries of a copied line; an empty list for any other text."""
    if not line.startswith(LINE):
        return []
    [*chains] = hand_ins.read_text("", line).chains
    return chains[0] if chains else []
