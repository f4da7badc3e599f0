"""Text files of other programs' making: Notepad's, PowerShell's, Excel's, old editors'."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from pathlib import Path

from .errors import BadInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


LARGEST = 1 << 29  # bytes of a file that is read as a whole


def read_bytes(path: str | os.PathLike[str], most: int = LARGEST) -> bytes:
    """A file's bytes, if it is a plain file of ``most`` bytes at most; else raises `OSError`.

    What is no plain file (a pipe, a device) may never end.
    """
    found = Path(path).stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", os.fspath(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no plain file", os.fspath(path))
    if found.st_size > most:
        raise OSError(errno.EFBIG, f"it is larger than {most >> 20} MB", os.fspath(path))
    return Path(path).read_bytes()


def decode(data: bytes) -> tuple[str, str]:
    r"""The text of a file, line ends as ``\n``, and the encoding it was read in.

    A byte order mark decides; without one UTF-16 shows by its zeros, and what is no UTF-8 is read
    as Windows-1252, of which Latin-1's letters are a part. Never raises.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _lines(data[len(mark) :].decode(encoding, "replace")), encoding
    if (encoding := _unmarked_utf16(data[:2000])) is not None:
        return _lines(data.decode(encoding, "replace")), encoding
    try:
        return _lines(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        return _lines(data.decode("cp1252", "replace")), "cp1252"


def read_text(path: str | os.PathLike[str], what: str = "") -> str:
    """The text of a file in whatever encoding it is; raises `BadInput` if it can't be read."""
    return read_decoded(path, what)[0]


def read_decoded(path: str | os.PathLike[str], what: str = "") -> tuple[str, str]:
    """The text of a file and its encoding, as `decode` tells it; raises `BadInput` likewise."""
    try:
        return decode(read_bytes(path))
    except OSError as error:
        name = os.fspath(path)
        raise BadInput(f"{what}{name!r} can't be read: {error.strerror or error}.") from error


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _unmarked_utf16(start: bytes) -> str | None:
    """UTF-16 by its zeros: in Latin letters every other byte is one."""
    half = len(start) // 2
    if half < 2:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None
