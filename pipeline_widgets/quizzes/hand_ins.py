"""Answers as they come back: files in any encoding, mails, forms, quoted, wrapped, zipped.

Everything is looked into; what was read of each file, and what not and why, is told.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import cast

from pipeline_widgets.errors import BadInput
from pipeline_widgets.text_files import decode, read_bytes

from .enclosed import notebook_text, parts_of_mail
from .store import Entry, from_plain, read_line

LINE = "pw1:"  # how a copied line of answers begins
_LONGEST = 1 << 24  # bytes of a file, or of what is unpacked from a copied line
_LONGEST_ZIP = 1 << 26  # bytes of a zip, and of all that is in it
_MOST_FILES = 5000  # in a zip
_OBJECT = re.compile(r'\{\s*"')
_IN_VAIN = 10  # times its length that a text is read without finding an answer
_DEEP = 10_000  # characters that are read of what is nested too deep
_FIRST = 4096  # characters in which an entry mostly ends
_MOST_SAID = 5  # problems of a file that are told one by one
_PIECE = re.compile(r"[A-Za-z0-9_-]+=*")
# wraps, quotes, marks
_BETWEEN = re.compile(r"(?:=\n|<[^>\n]{0,500}>|&\w{1,32};|[\s>|\"'\u200b\\,])*")
_PLAIN_SUFFIXES = (".jsonl", ".ndjson")


@dataclass
class HandIn:
    """What a file held. Each of ``chains`` was written one line after the other."""

    name: str
    chains: list[list[Entry]] = field(default_factory=list[list[Entry]])
    cut: list[bool] = field(default_factory=list[bool])  # for each chain: its end is missing
    problems: list[str] = field(default_factory=list[str])  # the first ones
    more: int = 0  # problems

    @property
    def count(self) -> int:
        """How many entries were read."""
        return sum(map(len, self.chains))

    def add(self, entries: list[Entry], *, cut: bool = False) -> None:
        """Take in entries that belong together."""
        if entries:
            self.chains.append(entries)
            self.cut.append(cut)

    def note(self, problem: str) -> None:
        """Take in why something was not read."""
        if len(self.problems) < _MOST_SAID:
            self.problems.append(problem)
        else:
            self.more += 1

    def __str__(self) -> str:
        read = f"{self.count} lines of answers" if self.count else "nothing read"
        more = [f"and {self.more} more"] if self.more else []
        return f"{self.name}: {'; '.join([read, *self.problems, *more])}"


def read_folder(folder: Path) -> list[HandIn]:
    """Every file below the folder, in the order of their names; none stops the others."""
    found = list[HandIn]()
    for path in sorted(path for path in folder.rglob("*") if not path.is_dir()):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith((".", "~$")):
            continue
        try:
            found += _read(name, read_bytes(path, _LONGEST_ZIP))
        except OSError as error:
            found.append(HandIn(name, problems=[error.strerror or str(error)]))
    return found


def read_text(name: str, text: str) -> HandIn:
    """The answers in a text: lines of JSON, exported JSON, copied lines, wherever they stand."""
    made, text = HandIn(name), text.replace("\ufeff", "").replace("\x00", "")
    text = notebook_text(text) if name.lower().endswith(".ipynb") else text
    _read_copied(made, text)
    if not _read_export(made, text):
        _read_lines(made, text)
    if not made.count and not made.problems:
        made.note("no line of answers in it")
    return made


def _read(name: str, data: bytes) -> Iterator[HandIn]:
    if data.startswith(b"PK\x03\x04"):
        yield from _read_zip(name, data)
    elif len(data) > _LONGEST:
        yield HandIn(name, problems=[f"larger than {_LONGEST >> 20} MB"])
    elif not data.strip():
        yield HandIn(name, problems=["empty"])
    elif (parts := list(_read_mail(name, data))) and any(part.count for part in parts):
        yield from (part for part in parts if part.count or part.name != name)
    else:
        yield read_text(name, decode(data)[0])


def _read_mail(name: str, data: bytes) -> Iterator[HandIn]:
    """The text of a mail and what is attached to it."""
    said = False
    for file, kind, content in parts_of_mail(data):
        if file:
            yield from _read(f"{name}/{PurePosixPath(file).name}", content)
        elif not (said and kind == "text/html"):  # which says the same as the text
            made = read_text(name, decode(content)[0])
            said |= made.count > 0
            yield made


def _read_zip(name: str, data: bytes) -> Iterator[HandIn]:
    """The files in a zip; one in a zip is not opened again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inner = [one for one in packed.infolist() if not one.is_dir()]
            if len(inner) > _MOST_FILES or sum(one.file_size for one in inner) > _LONGEST_ZIP:
                yield HandIn(name, problems=["too much in the zip"])
                return
            for one in inner:
                base = PurePosixPath(one.filename).name
                if base.startswith(".") or "__MACOSX" in one.filename:
                    continue
                content = packed.read(one)
                if content.startswith(b"PK\x03\x04"):
                    yield HandIn(f"{name}/{one.filename}", problems=["a zip in a zip; unpack it"])
                else:
                    yield from _read(f"{name}/{one.filename}", content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        yield HandIn(name, problems=[f"no zip that can be opened: {error}"])


def _read_copied(made: HandIn, text: str) -> None:
    """Copied lines, also wrapped, quoted, in HTML or in a cell of a table."""
    line, counted = 1, 0
    for start in re.finditer(re.escape(LINE), text):
        packed, whole = _unwrapped(text, start.end())
        entries, count = _unpacked(packed)
        line += text.count("\n", counted, start.start())
        counted = start.start()
        if not entries:
            made.note(f"line {line}: a copied line that can't be unpacked")
            continue
        if not whole or len(entries) < count:
            of = f" of {count}" if count else ""
            made.note(f"line {line}: cut off; {len(entries)}{of} answers are left")
        made.add(entries, cut=not whole)


def _unwrapped(text: str, start: int) -> tuple[bytes, bool]:
    """What is unpacked from the letters after a mark, and whether the end was reached."""
    stream, letters, unpacked, at = zlib.decompressobj(), "", b"", start
    while not stream.eof and len(unpacked) < _LONGEST:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        piece = _PIECE.match(text, at)
        if piece is None or text.startswith(LINE, at):
            break
        at = piece.end()
        letters += piece[0].rstrip("=")
        whole = len(letters) - len(letters) % 4
        try:
            unpacked += stream.decompress(base64.urlsafe_b64decode(letters[:whole]), _LONGEST)
        except (zlib.error, binascii.Error):
            return unpacked, False
        letters = letters[whole:]
    if letters and not stream.eof:
        try:
            rest = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
            unpacked += stream.decompress(rest, _LONGEST)
        except (zlib.error, binascii.Error):
            return unpacked, False
    return unpacked, stream.eof


def _unpacked(packed: bytes) -> tuple[list[Entry], int]:
    """The entries of a copied line, as far as it goes, and how many it says it has."""
    text = packed.decode("utf-8", "replace")
    try:
        plain: object = json.loads(text)
    except (ValueError, RecursionError):
        said = re.match(r'\{"count": (\d{1,9})', text)
        return list(_objects(text)), int(said[1]) if said else 0
    fields = cast("dict[str, object]", plain) if isinstance(plain, dict) else {"entries": plain}
    items = fields.get("entries")
    listed = cast("list[object]", items) if isinstance(items, list) else []
    entries = [entry for entry in map(from_plain, listed) if entry is not None]
    return entries, len(listed)


def _read_export(made: HandIn, text: str) -> bool:
    """A file that `Quiz.export` wrote; False if it is none."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        plain: object = json.loads(text)
    except (ValueError, RecursionError):
        return False
    items = cast("dict[str, object]", plain).get("entries") if isinstance(plain, dict) else plain
    if not isinstance(items, list):
        return False
    listed = cast("list[object]", items)
    entries = [entry for entry in map(from_plain, listed) if entry is not None]
    if len(entries) < len(listed):
        made.note(f"{len(listed) - len(entries)} of {len(listed)} are no answers")
    made.add(entries)
    return True


def _read_lines(made: HandIn, text: str) -> None:
    """Lines of JSON; those that are glued, quoted or wrapped are put right."""
    entries, odd = list[Entry](), list[tuple[int, str, str]]()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(read_line(line))
        except BadInput as error:
            odd.append((number, line, str(error)))
    mended = _mended([line for _, line, _ in odd])
    if entries and mended:  # as they were written, not as they were read
        entries = sorted([*entries, *mended], key=lambda entry: (entry.time, entry.count))
    entries = entries or mended
    made.add(entries)
    ours = made.name.lower().endswith(_PLAIN_SUFFIXES)
    if not mended:
        looks = [item for item in odd if '"learner"' in item[1] or (ours and LINE not in item[1])]
        for number, _, why in looks:
            made.note(f"line {number}: {why}")


def _mended(lines: list[str]) -> list[Entry]:
    """The entries in lines that are not plain: quoted in a mail or a table, wrapped, in HTML."""
    if not any("{" in line for line in lines):
        return []
    unquoted = [re.sub(r"^[>|\s]+", "", line) for line in lines]
    text = re.sub(r"<[^<>{}]*>", "", "".join(unquoted))
    for changed in (text, text.replace('""', '"'), html.unescape(text), text.replace('\\"', '"')):
        if found := list(_objects(changed)):
            return found
    return []


def _objects(text: str) -> Iterator[Entry]:
    """The entries among the JSON objects in a text.

    What begins like one and is none is read again from its next brace, but not without end: where
    all that was read in vain is many times the text, the rest is given up.
    """
    decoder, at, left = json.JSONDecoder(), 0, _IN_VAIN * (len(text) + 1000)
    while (start := _OBJECT.search(text, at)) and left > 0:
        at = start.start()
        plain, end = _object_at(decoder, text, at)
        entry = from_plain(plain)
        if entry is not None:
            yield entry
            at = end
        else:
            left -= end - at + 50
            at += 1


def _object_at(decoder: json.JSONDecoder, text: str, at: int) -> tuple[object, int]:
    """The JSON value at a place, None if there is none, and how far it was read.

    It is looked for in a piece of the text first, as an error counts all lines before it.
    """
    size = _FIRST
    while True:
        piece = text[at : at + size]
        try:
            plain, end = decoder.raw_decode(piece)
            return plain, at + end
        except json.JSONDecodeError as error:
            is_cut = error.msg.startswith("Unterminated") or error.pos > len(piece) - 16
            if not is_cut or at + size >= len(text):
                return None, at + max(1, error.pos)
        except (ValueError, RecursionError):
            return None, at + _DEEP
        size *= 8
