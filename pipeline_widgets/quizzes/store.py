"""Where answers are kept: one JSON line for each submit, appended under a lock, never rewritten.

Each line holds the digest of itself and of the line before, so that a line changed or taken out by
hand shows. The digests are no secret: they find careless editing, not a determined forger.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import math
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from pipeline_widgets.errors import BadInput
from pipeline_widgets.text_files import read_bytes

from .identity import digest, file_part, slug
from .places import has_home, home, locked, open_to_append, places, unfolded


@dataclass(frozen=True)
class Entry:
    """One submit: who answered what, what it earned, and what went before."""

    quiz: str
    learner: str
    question: str
    response: Any  # plain JSON, see `question`
    points: float
    maximum: float
    verdict: str
    attempt: int = 1
    hints: int = 0
    face: str = ""  # digest of what the learner saw
    prompt: str = ""  # kept for live questions, whose prompt no file has
    time: str = ""  # UTC, ISO 8601
    previous: str = ""
    digest: str = ""
    asked: str = ""  # digest of all questions of the quiz; "" in lines of older versions
    terms: str = ""  # what the quiz was given out under, see `rules`
    took: float = 0.0  # seconds that the question was on the screen, where a clock runs
    count: int = 0  # how many lines the file has with this one; 0 in lines of older versions

    def sealed_off(self, previous: str, count: int = 0) -> Entry:
        """The entry with its place in the chain and its digest."""
        placed = replace(self, previous=previous, count=count)
        return replace(placed, digest=placed.true_digest())

    def true_digest(self) -> str:
        """What ``digest`` must be."""
        plain = self.plain()
        del plain["digest"]
        return hashlib.sha256(_json(plain).encode()).hexdigest()[:32]

    @property
    def line(self) -> str:
        """The entry as one line of JSON, ASCII only."""
        return _json(self.plain())

    def plain(self) -> dict[str, Any]:
        """The entry as JSON has it; a line of an older version stays as it was."""
        plain = asdict(self)
        return {name: value for name, value in plain.items() if value or name not in _NEWER}


_NEWER = ("asked", "terms", "took", "count")  # which a line of an older version doesn't have


def _json(plain: Any) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def now() -> str:
    """The time in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def learner_name() -> str:
    """Who is at the keyboard: the JupyterHub user, else the login name."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):
        return "learner"


class Journal:
    """The answers of one learner to one quiz, in one file.

    ``former`` is the name under which older versions kept this quiz's answers, in a file that other
    quizzes and learners may share: what is this learner's in there is read, never written.
    """

    def __init__(
        self,
        quiz: str,
        *,
        learner: str | None = None,
        folder: str | Path | None = None,
        former: str = "",
    ):
        self.quiz = quiz
        self.learner = learner_name() if learner is None else learner
        self.former = former or slug(quiz)
        self.folder = home() if folder is None else unfolded(folder)
        self.name = f"{file_part(quiz)}--{file_part(self.learner)}.jsonl"
        self.path = self.folder / self.name
        short = slug(self.learner) or digest(self.learner, 8)
        self.former_path = self.folder / f"{self.former}--{short}.jsonl"
        self.elsewhere: Path | None = None if folder is not None or has_home() else self.path
        """Where answers go that could not be kept in the folder wished for."""

    def append(self, entry: Entry) -> Entry:
        """Write one entry behind the others, on disk before this returns.

        If that can't be done it is written in the next best place, which `elsewhere` then names;
        raises ``OSError`` if there is none.
        """
        failed: OSError | None = None
        for folder in places(self.folder):
            try:
                kept = self._append(folder / self.name, entry)
            except OSError as error:
                failed = failed or error
            else:
                if failed is not None:
                    self.elsewhere = folder / self.name
                return kept
        assert failed is not None
        raise failed

    def _append(self, path: Path, entry: Entry) -> Entry:
        with open_to_append(path) as file, locked(file):
            last, torn = _last(file)
            entry = replace(entry, quiz=self.quiz, learner=self.learner, time=entry.time or now())
            entry = entry.sealed_off(last.digest if last else "", _count(file, last) + 1)
            size = file.seek(0, os.SEEK_END)
            try:
                file.write((b"\n" if torn else b"") + entry.line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            except OSError:  # a full disk: what is kept elsewhere must not be here too
                with suppress(OSError):
                    file.truncate(size)
                raise
        return entry

    def entries(self) -> list[Entry]:
        """The learner's entries for the quiz, in the order they were written.

        Torn lines, and lines of other quizzes and learners, are passed over.
        """
        former = [self.former_path] if self.former_path != self.path else []
        found = [*self._ours(*former), *self._ours(self.path)]
        others = self._ours(*(folder / self.name for folder in places(self.folder)[1:]))
        return sorted([*found, *others], key=lambda entry: entry.time) if others else found

    def _ours(self, *paths: Path) -> list[Entry]:
        return [entry for path in paths for entry in entries_of(path) if self._is_ours(entry)]

    def _is_ours(self, entry: Entry) -> bool:
        former = not entry.asked and entry.quiz == self.former
        return entry.learner == self.learner and (entry.quiz == self.quiz or former)


def entries_of(path: Path) -> list[Entry]:
    """All entries of a file, whosoever they are; none if it can't be read."""
    if path.is_symlink():  # what is written there goes elsewhere, too
        return []
    try:
        return list(entries_in(read_bytes(path).decode("utf-8", "replace").replace("\r", "\n")))
    except OSError:
        return []


def entries_in(text: str) -> Iterator[Entry]:
    """The entries among the lines of ``text``."""
    for line in text.split("\n"):
        entry = parse_line(line)
        if entry is not None:
            yield entry


def parse_line(line: str) -> Entry | None:
    """The entry that a line holds, or None; never raises."""
    try:
        return read_line(line)
    except BadInput:
        return None


def read_line(line: str) -> Entry:
    """The entry that a line holds; raises `BadInput` with what is wrong with it."""
    if len(line) > _LONGEST:
        raise BadInput(f"longer than {_LONGEST:,} characters")
    try:
        plain: object = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadInput("not a line of JSON") from None
    return checked(plain)


def _refuse(name: str) -> None:
    raise BadInput(f"{name} is no number")


def from_plain(plain: object) -> Entry | None:
    """The entry with these fields, or None if `checked` would refuse it."""
    try:
        return checked(plain)
    except BadInput:
        return None


def checked(plain: object) -> Entry:
    """The entry with these fields; raises `BadInput` if one is missing, extra or impossible."""
    if not isinstance(plain, dict):
        raise BadInput("no line of answers")
    fields = cast("dict[str, Any]", plain)
    for name in _TEXTS:
        text = fields.get(name, "")
        if not isinstance(text, str) or not is_writable(text):
            raise BadInput(f"{name} is no text that can be written")
    for name in _NUMBERS:
        number = fields.get(name, 0)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise BadInput(f"{name} is no number")
        if not 0 <= number <= _MOST:
            raise BadInput(f"{name} is out of any range")
    if not is_writable(fields.get("response")):
        raise BadInput("the response is nested too deep, or no text that can be written")
    try:
        return Entry(**fields)
    except TypeError:
        raise BadInput("no line of answers: a field is missing or unknown") from None


_LONGEST = 4_000_000  # characters of a line
_DEEPEST = 20  # lists and objects in one another
_MOST = 1e9
_TEXTS = (
    "quiz", "learner", "question", "verdict", "face", "prompt", "time", "asked", "terms",
    "previous", "digest",
)  # fmt: skip
_NUMBERS = ("points", "maximum", "attempt", "hints", "took", "count")


def is_writable(value: object, depth: int = 0) -> bool:
    """Whether plain JSON is finite, not nested too deep, and text that UTF-8 has."""
    if isinstance(value, str):
        return value.isascii() or not _LONE.search(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (list, dict)):
        items = cast("list[object] | dict[str, object]", value)
        inner = [*items, *items.values()] if isinstance(items, dict) else items
        return depth < _DEEPEST and all(is_writable(item, depth + 1) for item in inner)
    return value is None or isinstance(value, (bool, int))


_LONE = re.compile("[\ud800-\udfff]")  # halves of a character, which no file can hold


def _last(file: IO[bytes]) -> tuple[Entry | None, bool]:
    """The last entry, and whether the file ends in the middle of a line."""
    size = file.seek(0, os.SEEK_END)
    reach = 1 << 16
    while True:
        file.seek(max(0, size - reach))
        tail = file.read()
        for line in reversed(tail.split(b"\n")):
            entry = parse_line(line.decode("utf-8", "replace"))
            if entry is not None:
                return entry, not tail.endswith(b"\n")
        if reach >= size:
            return None, bool(tail) and not tail.endswith(b"\n")
        reach *= 4


def _count(file: IO[bytes], last: Entry | None) -> int:
    """How many entries the file has; an older version's last line doesn't say it."""
    if last is None or last.count:
        return last.count if last else 0
    file.seek(0)
    return sum(1 for _ in entries_in(file.read().decode("utf-8", "replace")))
