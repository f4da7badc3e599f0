"""How much memory is free, by the system's own word and the container's limit."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

_SYSTEM = Path("/proc/meminfo")
_CONTAINER = Path("/sys/fs/cgroup")  # version 2, as Docker and JupyterHub mount it


def free() -> int | None:
    """Bytes that a new program could have, or None where nothing tells."""
    found = [
        size for size in (_free_in_system(), free_in_container(_CONTAINER)) if size is not None
    ]
    return min(found, default=None)


def _free_in_system() -> int | None:
    if _SYSTEM.is_file():
        line = re.search(r"^MemAvailable:\s+(\d+) kB", _SYSTEM.read_text(), re.MULTILINE)
        return int(line[1]) * 1024 if line else None
    if find_spec("psutil") is not None:  # comes with ipykernel
        import psutil

        return int(psutil.virtual_memory().available)
    return None


def free_in_container(folder: Path) -> int | None:
    """The limit less what is used; files that are merely cached don't count as used."""
    try:
        limit = (folder / "memory.max").read_text().strip()
        used = int((folder / "memory.current").read_text())
        cached = re.search(r"^inactive_file (\d+)", (folder / "memory.stat").read_text(), re.M)
    except OSError:
        return None
    if limit == "max":
        return None
    return int(limit) - used + (int(cached[1]) if cached else 0)
