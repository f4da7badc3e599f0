"""What draws a widget in the browser, and whether the running servers have it.

A Jupyter server looks for extensions when it starts. One that was running while the package was
installed (``%pip install`` in a notebook) shows text in place of a widget until it is restarted;
a restarted kernel changes nothing. So the age of each running server is compared with that of the
installed extension.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .line import Line

OURS = "anywidget"
MANAGER = "@jupyter-widgets/jupyterlab-manager"
RESTART = (
    "Restart the server, not only the kernel: File > Shut Down and start it again; on JupyterHub, "
    "File > Hub Control Panel > Stop My Server, then Start."
)


@dataclass(frozen=True)
class Server:
    """A Jupyter server that is running."""

    url: str
    started: float  # seconds since 1970
    prefix: Path  # the environment that it runs in, as far as that can be told


def lines() -> Iterator[Line]:
    """Whether the front end is installed and fits, and whether each running server has it."""
    extension = _found(_folders(), OURS)
    manager = _found(_folders(), MANAGER)
    if extension is None or manager is None:
        missing = OURS if extension is None else MANAGER
        cure = "pip install --force-reinstall --no-deps anywidget jupyterlab_widgets, here and "
        cure += "wherever the server runs, then restart the server."
        yield Line("problem", "front end", f"JupyterLab's extension {missing} is missing", cure)
        return
    yield _versions(extension, manager)
    running = list(servers())
    late = [one for one in running if (found := _of_server(one)) and made(found) > one.started]
    without = [one for one in running if _of_server(one) is None]
    if late:
        found = f"{_names(late)} started before the front end was installed"
        yield Line("problem", "running servers", found, RESTART)
    if without:
        prefix = without[0].prefix
        found = f"{_names(without)} runs in {prefix}, which has no front end"
        cure = f"{prefix}/bin/pip install anywidget, then restart that server."
        yield Line("problem", "running servers", found, cure)
    if not late and not without:
        found = f"{_names(running)} has the front end" if running else "none"
        yield Line("ok", "running servers", found)


def _versions(extension: Path, manager: Path) -> Line:
    in_browser, in_python = _version(extension), _installed(OURS)
    if in_browser != in_python:
        return Line(
            "problem",
            "front end",
            f"anywidget is {in_python} in Python and {in_browser} in the browser ({extension})",
            "pip install --force-reinstall --no-deps anywidget, then restart the server.",
        )
    found = f"anywidget {in_browser}, in Python and in the browser; manager {_version(manager)}"
    return Line("ok", "front end", found)


def servers() -> Iterator[Server]:
    """Jupyter servers that answer, found by the note that each leaves for its user."""
    for note in sorted(_runtime_folder().glob("jpserver-*.json")):
        try:
            told: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
            with socket.create_connection(("127.0.0.1", int(told["port"])), timeout=0.3):
                pass
        except (OSError, ValueError, KeyError):
            continue  # it has ended without taking its note away
        yield Server(str(told["url"]), note.stat().st_mtime, _prefix(int(told["pid"])))


def _of_server(server: Server) -> Path | None:
    """The extension that a server finds: in its own environment, or in what all share."""
    if server.prefix == Path(sys.prefix):
        return _found(_folders(), OURS)
    here = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    shared = [folder for folder in _folders() if folder != here]
    return _found([server.prefix / "share" / "jupyter" / "labextensions", *shared], OURS)


def _prefix(process: int) -> Path:
    """The environment of a process, where Linux tells it; else our own is assumed."""
    try:
        program = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")[0].decode()
    except OSError:
        return Path(sys.prefix)
    prefix = Path(program).parent.parent
    return prefix if (prefix / "share" / "jupyter").is_dir() else Path(sys.prefix)


def _folders() -> list[Path]:
    """Where JupyterLab looks for extensions, the first first."""
    if find_spec("jupyter_core") is None:
        return [Path(sys.prefix) / "share" / "jupyter" / "labextensions"]
    from jupyter_core.paths import jupyter_path

    return [Path(folder) for folder in jupyter_path("labextensions")]


def _runtime_folder() -> Path:
    if find_spec("jupyter_core") is None:
        return Path("nowhere")
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


def _found(folders: list[Path], name: str) -> Path | None:
    return next((f / name for f in folders if (f / name / "package.json").is_file()), None)


def made(extension: Path) -> float:
    """When it was installed: a file may keep the date of its release, its folder does not."""
    return extension.stat().st_mtime


def _version(extension: Path) -> str:
    return str(json.loads((extension / "package.json").read_text(encoding="utf-8"))["version"])


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _names(found: list[Server]) -> str:
    return ", ".join(one.url for one in found)
