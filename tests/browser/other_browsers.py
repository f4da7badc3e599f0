"""Firefox and WebKit over the loopback, for pages that need no Jupyter: what is needed, no more.

Debian has no geckodriver, so Firefox is spoken to in its own WebDriver BiDi; WebKit through
WebKitWebDriver, on a display of its own (Xvfb). Both are asked the same four things::

    with Firefox(home) as browser:  # or WebKit(home)
        browser.open(url)
        browser.wait_for("document.querySelector('.pw-chip')")
        assert browser.errors == []
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Protocol, Self

import websocket

LOOPBACK = "127.0.0.1"
SECONDS = 60.0
_FIREFOX_PREFS = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 1,  # whatever is not on this machine is sent to where nobody listens
    "network.proxy.http": LOOPBACK,
    "network.proxy.http_port": 9,
    "network.proxy.ssl": LOOPBACK,
    "network.proxy.ssl_port": 9,
    "remote.prefs.recommended": True,
    "services.settings.server": "",
    "toolkit.telemetry.enabled": False,
}


class Browser(Protocol):
    """What a test asks of a browser."""

    errors: list[str]
    """What the page has said to its console as an error, and what it has thrown."""

    def open(self, url: str) -> None:
        """Go there and wait until it has loaded."""
        ...

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise awaited."""
        ...


def wait_for(browser: Browser, condition: str, seconds: float = SECONDS) -> float:
    """Wait until the condition holds in the page; how many seconds that took."""
    began = time.monotonic()
    while not browser.evaluate(f"Boolean({condition})"):
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not in {seconds} s: {condition}; errors: {browser.errors}")
        time.sleep(0.03)
    return time.monotonic() - began


def missing(name: str) -> str:
    """Why a browser can't be asked here; "" if it can."""
    wanted = {"firefox": ("firefox-esr",), "webkit": ("WebKitWebDriver", "Xvfb")}[name]
    packages = {"firefox": "firefox-esr", "webkit": "webkit2gtk-driver xvfb"}[name]
    lacking = [program for program in wanted if shutil.which(program) is None]
    if not lacking:
        return ""
    return f"no {' and no '.join(lacking)} here: apt-get install {packages}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _ended(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Firefox:
    """A headless Firefox with a profile of its own, which reaches this machine alone."""

    def __init__(self, home: Path) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._profile = home / "firefox"
        self._log = home / "firefox.log"
        self._count = 0

    def __enter__(self) -> Self:
        self._profile.mkdir(parents=True)
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _FIREFOX_PREFS.items()]
        (self._profile / "user.js").write_text("\n".join(lines), "utf-8")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("firefox-esr", "--headless", "--no-remote", "--new-instance"),
                    *("--profile", str(self._profile), "--remote-debugging-port", "0"),
                ],
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(self._profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
            )
        try:
            self._socket = websocket.create_connection(
                f"{self._address()}/session", suppress_origin=True, timeout=SECONDS
            )
            self._ask("session.new", {"capabilities": {}})
            self._ask(
                "session.subscribe", {"events": ["log.entryAdded", "network.beforeRequestSent"]}
            )
            self._context = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]
        except BaseException:
            _ended(self._process)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        _ended(self._process)

    def _address(self) -> str:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            found = re.search(r"BiDi listening on (ws://\S+)", self._log.read_text("utf-8"))
            if found:
                return found[1]
            time.sleep(0.1)
        raise RuntimeError(f"Firefox did not start:\n{self._log.read_text('utf-8')}")

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            heard = json.loads(self._socket.recv())
            if heard.get("id") == self._count:
                if heard["type"] == "error":
                    raise AssertionError(f"{method}: {heard['error']}: {heard['message']}")
                return heard["result"]
            self._note(heard)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "log.entryAdded" and params["level"] in ("error", "warn"):
            self.errors.append(str(params["text"]))
        elif event.get("method") == "network.beforeRequestSent":
            self.requests.append(params["request"]["url"])

    def resize(self, width: int, height: int) -> None:
        """Give the page this size."""
        viewport = {"width": width, "height": height}
        params = {"context": self._context, "viewport": viewport}
        self._ask("browsingContext.setViewport", params)

    def open(self, url: str) -> None:
        """Go there and wait until it has loaded."""
        params = {"context": self._context, "url": url, "wait": "complete"}
        self._ask("browsingContext.navigate", params)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise awaited; plain JSON."""
        params = {
            "expression": f"Promise.resolve({expression}).then((v) => JSON.stringify(v ?? null))",
            "target": {"context": self._context},
            "awaitPromise": True,
        }
        answer = self._ask("script.evaluate", params)
        if answer["type"] != "success":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def keys(self, selector: str, text: str) -> None:
        """Replace what stands in a text box, as typing does."""
        self.evaluate(_TYPED % (json.dumps(selector), json.dumps(text)))


class WebKit:
    """WebKitGTK's own small browser on a display of its own."""

    def __init__(self, home: Path) -> None:
        self.errors: list[str] = []
        self._home = home / "webkit"
        self._session = ""

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True)
        self._display: subprocess.Popen[bytes] | None = None
        self._driver: subprocess.Popen[bytes] | None = None
        self._log = (self._home / "driver.log").open("wb")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        read, write = os.pipe()
        self._display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stdout=self._log,
            stderr=self._log,
        )
        os.close(write)
        with os.fdopen(read) as said:
            display = f":{said.readline().strip()}"
        port = _free_port()
        self._url = f"http://{LOOPBACK}:{port}"
        own = {name: str(self._home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
        own |= {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1", "GIO_USE_VFS": "local"}
        own |= {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "NO_AT_BRIDGE": "1"}
        self._driver = subprocess.Popen(
            ["WebKitWebDriver", f"--host={LOOPBACK}", f"--port={port}"],
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, **own},
        )
        self._wait_until_it_answers()
        options = {"browserName": "MiniBrowser", "pageLoadStrategy": "normal"}
        options["webkitgtk:browserOptions"] = {"binary": _mini_browser(), "args": ["--automation"]}
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self._session = f"/session/{made['sessionId']}"

    def __exit__(self, *_: object) -> None:
        if self._session:
            self._ask("DELETE", self._session)
        _ended(self._driver)
        _ended(self._display)
        self._log.close()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            try:
                self._ask("GET", "/status")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("WebKitWebDriver did not start")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self._url}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=2 * SECONDS) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            said = json.loads(error.read())["value"]
            raise AssertionError(f"{path}: {said['error']}: {said['message']}") from None

    def resize(self, width: int, height: int) -> None:
        """Give the window this size."""
        self._ask("POST", f"{self._session}/window/rect", {"width": width, "height": height})

    def open(self, url: str) -> None:
        """Go there and wait until it has loaded."""
        self._ask("POST", f"{self._session}/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise awaited; plain JSON."""
        script = (
            "const done = arguments[0];"
            f"Promise.resolve({expression}).then((v) => done(JSON.stringify(v ?? null)),"
            "(error) => done(JSON.stringify({ $error: String(error) })));"
        )
        path = f"{self._session}/execute/async"
        value = json.loads(self._ask("POST", path, {"script": script, "args": []}))
        if isinstance(value, dict) and "$error" in value:
            raise AssertionError(value["$error"])
        return value

    def keys(self, selector: str, text: str) -> None:
        """Replace what stands in a text box, as typing does."""
        self.evaluate(_TYPED % (json.dumps(selector), json.dumps(text)))


def _mini_browser() -> str:
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return str(found[-1]) if found else "MiniBrowser"


_TYPED = """((box, text) => {
  box.focus();
  box.value = text;
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
})(document.querySelector(%s), %s)"""


def main(name: str, url: str) -> None:
    """Say how long a live page takes: ``python -m tests.browser.other_browsers webkit URL``."""
    if missing(name):
        raise SystemExit(missing(name))
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        (Firefox if name == "firefox" else WebKit)(Path(home)) as browser,
    ):
        browser.open("about:blank")
        began = time.monotonic()
        browser.open(url)
        wait_for(browser, "document.querySelector('.pw-explorer')")
        drawn = time.monotonic() - began
        browser.keys(".pw-explorer input, .pw-explorer textarea", "What a waste!")
        wait_for(browser, "document.querySelector('.pw-explorer').textContent.includes('waste')")
        print(f"{name}: drawn after {drawn:.2f} s, live after {time.monotonic() - began:.2f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
