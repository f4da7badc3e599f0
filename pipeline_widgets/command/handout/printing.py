"""HTML to PDF by a browser that is installed anyway: Chromium, Chrome or Edge, without a window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ...errors import PipelineError

NAME_IT = "The environment variable CHROMIUM can name one."
_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
)
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
_SECONDS = 180


def find_browser() -> str | None:
    """The path of a Chromium, Chrome or Edge; ``CHROMIUM`` in the environment wins."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for command in _COMMANDS:
        if path := shutil.which(command):
            return path
    return next((str(path) for path in _usual_places() if path.is_file()), None)


def _usual_places() -> list[Path]:
    if sys.platform == "darwin":
        return [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in _MAC]
    roots = [os.environ.get(name) for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")]
    return [Path(root) / program for root in roots if root for program in _WINDOWS]


def print_page(page: Path, pdf: Path, browser: str) -> None:
    """Print the HTML file ``page``. Raises PipelineError with what the browser said if it fails."""
    pdf.unlink(missing_ok=True)  # so that an old one isn't taken for the new
    with tempfile.TemporaryDirectory(prefix="handout-", ignore_cleanup_errors=True) as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={pdf.resolve()}",
            *_as_root(),
            page.resolve().as_uri(),
        ]
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise PipelineError(_failed(page, browser, f"no answer in {_SECONDS} s")) from None
    if ran.returncode or not pdf.is_file():
        last = (ran.stderr.strip().splitlines() or [f"exit status {ran.returncode}"])[-1]
        raise PipelineError(_failed(page, browser, last))


def _as_root() -> list[str]:
    """Chromium's sandbox refuses to run as root (in a container); the page has no scripts."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _failed(page: Path, browser: str, said: str) -> str:
    return (
        f"{browser} made no PDF ({said}). {page} is written: open it in any browser and print it "
        f"from there. {NAME_IT}"
    )
