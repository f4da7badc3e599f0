"""A hub of one's own on the loopback interface, speaking what huggingface_hub asks for."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

MAIN, PINNED = "a" * 40, "b" * 40  # two commits


@dataclass
class Hub:
    """Which folder each repository has at each commit, and what was asked for."""

    repositories: dict[str, dict[str, Path]]
    gated: set[str] = field(default_factory=set)
    failing: bool = False  # answer 503 to everything
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def fetched(self) -> list[str]:
        """The files whose content was sent."""
        paths = (path for method, path in self.asked if method == "GET" and "/resolve/" in path)
        return sorted(path.rsplit("/", 1)[1] for path in paths)

    def commit(self, repository: str, revision: str) -> str | None:
        """The commit of a branch or of its own name."""
        commit = MAIN if revision == "main" else revision
        return commit if commit in self.repositories[repository] else None


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run the hub on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            path = unquote(self.path.split("?")[0])
            hub.asked.append((self.command, path))
            if hub.failing:
                self.send(503, b"")
            elif path.startswith("/api/models/"):
                self.about(path.removeprefix("/api/models/"))
            else:
                self.file(*path.strip("/").split("/resolve/"))

        def about(self, path: str) -> None:
            repository, _, revision = path.partition("/revision/")
            found = self.found(repository, revision or "main")
            if found:
                commit, folder = found
                names = sorted(file.name for file in folder.iterdir())
                siblings = [{"rfilename": name} for name in names]
                answer = {"id": repository, "modelId": repository, "sha": commit}
                self.send(200, json.dumps({**answer, "siblings": siblings}).encode(), commit)

        def file(self, repository: str, rest: str) -> None:
            revision, _, name = rest.partition("/")
            found = self.found(repository, revision)
            if not found:
                return
            commit, folder = found
            if not (folder / name).is_file():
                self.send(404, b"", commit, error="EntryNotFound")
                return
            self.send(200, (folder / name).read_bytes(), commit)

        def found(self, repository: str, revision: str) -> tuple[str, Path] | None:
            if repository not in hub.repositories:
                self.send(401, b"", error="RepoNotFound")  # as the hub says for private ones too
            elif repository in hub.gated:
                self.send(403, b"", error="GatedRepo")
            elif (commit := hub.commit(repository, revision)) is None:
                self.send(404, b"", error="RevisionNotFound")
            else:
                return commit, hub.repositories[repository][commit]
            return None

        def send(self, status: int, body: bytes, commit: str = "", error: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
            if commit:
                self.send_header("X-Repo-Commit", commit)
            if error:
                self.send_header("X-Error-Code", error)
                self.send_header("X-Error-Message", error)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
