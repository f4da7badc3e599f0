"""A JupyterLab of one's own and a Chromium that reaches nothing else."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, ClassVar, Self

from playwright.sync_api import Browser, Playwright

import pipeline_widgets

JUPYTER_CONFIG = Path(pipeline_widgets.__file__).parent / "jupyter"
LOOPBACK = "127.0.0.1"

CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Even a request that is made cannot leave: every other host is unknown.
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {LOOPBACK}",
]


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome; ``CHROMIUM`` in the environment wins."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, filter(None, names))), None)


def launch_chromium(playwright: Playwright, executable: str) -> Browser:
    """Headless Chromium that can reach nothing but the loopback."""
    return playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)


class LabServer:
    """One JupyterLab on a free loopback port, with all its folders under ``home``.

    A context manager: the server and every kernel it started end with the block. ``command`` is
    what to give to Python in place of the plain ``-m jupyterlab``; it must serve ``root``.
    """

    def __init__(self, home: Path, command: Sequence[str] = ()) -> None:
        self.root = home / "notebooks"
        self.log = home / "jupyterlab.log"
        self.token = secrets.token_hex(16)
        self._home = home
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            self.port: int = probe.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it answers, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        self._without_nbgrader()
        self._with_our_extension()
        plain = ["-m", "jupyterlab", "--allow-root", f"--ServerApp.root_dir={self.root}"]
        command = [
            *(sys.executable, *(self._command or plain), "--no-browser"),
            f"--ServerApp.ip={LOOPBACK}",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
            # Should the tests be killed, nothing is left running for long.
            "--ServerApp.shutdown_no_activity_timeout=600",
            "--MappingKernelManager.cull_idle_timeout=600",
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self.root, env=self._environment(), stdout=log, stderr=log
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()  # JupyterLab ends its kernels on SIGTERM
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def ask(self, path: str, method: str = "GET") -> Any:
        """The JSON that the server's REST interface answers."""
        request = urllib.request.Request(
            f"{self.url}/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def end_kernels(self, under: str = "", *, keep: str | None = None) -> None:
        """Shut down the kernels of notebooks whose path begins with `under`, but that of `keep`.

        The page of a kept notebook hears of it a moment later: a test that opens pages of its own
        says which, and leaves the kernel for the next test alone.
        """
        for session in self.ask("api/sessions"):
            if session["path"].startswith(under) and session["path"] != keep:
                self.ask(f"api/sessions/{session['id']}", "DELETE")

    def _without_nbgrader(self) -> None:
        """Its menu and buttons are no part of what our users see; the quiz tests need the rest."""
        folder = self._home / "config" / "labconfig"
        folder.mkdir(parents=True)
        disabled = {"disabledExtensions": {"@jupyter/nbgrader": True}}
        (folder / "page_config.json").write_text(json.dumps(disabled), encoding="utf-8")

    def _with_our_extension(self) -> None:
        """Where a wheel puts it; a checkout has it in the package alone."""
        folder = self._home / "data" / "labextensions"
        folder.mkdir(parents=True)
        shutil.copytree(JUPYTER_CONFIG / "labextension", folder / "pipeline-widgets")

    def _environment(self) -> dict[str, str]:
        folders = {
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "PIPELINE_WIDGETS_DATA": "answers",
        }
        own = {name: str(self._home / folder) for name, folder in folders.items()}
        if not self._command:  # no news and no update check, as in `pipeline-widgets lab`
            own["JUPYTER_CONFIG_PATH"] = str(JUPYTER_CONFIG)
        own["JUPYTER_PREFER_ENV_PATH"] = "0"  # this checkout's extension, not one installed before
        return {**os.environ, **own, "HF_HUB_OFFLINE": "1"}

    def _wait_until_it_answers(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                self.ask("api/status")
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()}")


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing; while `opened` is not set it holds the weights back."""

    opened = Event()
    opened.set()
    weights: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        if "/distilbert-" in self.path:
            self.opened.wait()
            self.weights.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass
