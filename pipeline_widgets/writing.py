"""Files that a command writes: nothing is written over that we did not write ourselves."""

from __future__ import annotations

from pathlib import Path

from .errors import BadInput


def write_new(path: Path, text: str, *, mark: str, force: bool = False) -> None:
    """Write ``text``; a file that is there must say the same or hold ``mark``, as ours do.

    Raises `BadInput` where it does not, unless ``force``.
    """
    check_free(path, text, mark=mark, force=force)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check_free(path: Path, text: str = "", *, mark: str, force: bool = False) -> None:
    """Raise `BadInput` if there is something at ``path`` that must not be written over."""
    if force or not (path.exists() or path.is_symlink()):
        return
    try:
        there = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        there = ""
    if not mark or mark not in there:
        if there == text and text:
            return
        raise BadInput(
            f"{path} is there and is not written over: give another name, or --force if nothing in "
            "it is needed any more."
        )
