"""Where answers may be kept: the folder wished for, and the next best if nothing can be put there.

An answer is never lost for want of a folder. Answers that go elsewhere lie in a folder named after
the one wished for, so that two of those share nothing.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .identity import digest

LONGEST_WAIT = 2.0  # seconds for a lock that another program holds
_BESIDE = "pipeline-widgets-answers"  # in the notebook's own folder, where there is no home
_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.EWOULDBLOCK)


def home() -> Path:
    """Where answers go unless a teacher names a folder.

    ``$PIPELINE_WIDGETS_DATA``, else ``pipeline-widgets`` under ``$XDG_DATA_HOME`` or
    ``~/.local/share``; where the user has no home, beside the notebook.
    """
    if named := os.environ.get("PIPELINE_WIDGETS_DATA"):
        return unfolded(named)
    if share := os.environ.get("XDG_DATA_HOME"):
        return Path(share) / "pipeline-widgets"
    with suppress(RuntimeError):
        return Path.home() / ".local" / "share" / "pipeline-widgets"
    return Path.cwd() / _BESIDE


def has_home() -> bool:
    """Whether there is a place that is the user's own."""
    return home() != Path.cwd() / _BESIDE


def unfolded(folder: str | os.PathLike[str]) -> Path:
    """A folder's path; ``~`` is the user's home, where there is one."""
    with suppress(RuntimeError):
        return Path(folder).expanduser()
    return Path(folder)


def places(folder: Path) -> list[Path]:
    """The folder, then where its answers go if it can't be written."""
    instead = f"instead-of_{digest(str(folder.absolute()))}"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    temporary = Path(tempfile.gettempdir()) / f"pipeline-widgets-{user}"
    others = [home() / instead, Path.cwd() / _BESIDE / instead, temporary / instead]
    return [folder, *others]


@contextmanager
def locked(file: IO[bytes]) -> Generator[None]:
    """Hold the file alone, against other processes, for at most two seconds of waiting.

    Some disks have no locks, and a program may hold one for good: then the line is written without
    it, for a line at the end of a file is whole anyway.
    """
    until, held = time.monotonic() + LONGEST_WAIT, False
    while True:
        try:
            _lock(file)
            held = True
        except OSError as error:
            if error.errno in _HELD and time.monotonic() < until:
                time.sleep(0.02)
                continue
        break
    try:
        yield
    finally:
        if held:
            with suppress(OSError):
                _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
