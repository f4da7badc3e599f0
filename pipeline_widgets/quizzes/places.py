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
_TEMPORARY = f"pipeline-widgets-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
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
    others = [home() / instead, Path.cwd() / _BESIDE / instead, _temporary() / instead]
    return [folder, *others]


def is_private(folder: Path) -> bool:
    """Whether a folder is the learner's own: the data folder in a home, or a temporary one."""
    return _is_in_home(folder) or folder.absolute().is_relative_to(_temporary())


def _is_in_home(folder: Path) -> bool:
    with suppress(RuntimeError):
        own = home().absolute()
        return own.is_relative_to(Path.home()) and folder.absolute().is_relative_to(own)
    return False


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / _TEMPORARY


def open_to_append(path: Path) -> IO[bytes]:
    """The file, to read and to append to; where it is the learner's own, nobody else can read it.

    A link in the file's place is not followed, nor a temporary folder of somebody else's used:
    raises ``OSError``.
    """
    private = is_private(path.parent)
    path.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
    if private:
        _keep_private(path.parent)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(path, flags, 0o600 if private else 0o666))
    return path.open("a+b")


def _keep_private(folder: Path) -> None:
    """Close a folder to others; raises ``OSError`` for a temporary one of somebody else's."""
    for place in (folder, *folder.parents):
        if not is_private(place):
            break
        about = place.lstat()
        ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
        if not ours and not _is_in_home(place):
            raise PermissionError(errno.EPERM, "the folder is somebody else's", str(place))
        if ours and about.st_mode & 0o077 and not place.is_symlink():
            place.chmod(0o700)


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
