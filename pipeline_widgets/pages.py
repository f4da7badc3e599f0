"""The one place that puts text, data and scripts into a page of ours.

A page says in its Content-Security-Policy which scripts are its own, by their digests, and that
nothing is fetched, so what slips in anyway stays dead. Text comes in through `html.escape`, data
through `json_text`; nothing else in the package writes a ``<script>`` or a ``<!doctype html>``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

_IN_A_SCRIPT = re.compile(r"<(?=!--|/script)", re.IGNORECASE)
_NOT_IN_JSON = "<>&\u2028\u2029"
_BASE64 = re.compile("[A-Za-z0-9+/=]*")
_LONE = re.compile("[\ud800-\udfff]")  # halves of a character, which no file can hold
MARK = '<meta name="generator" content="pipeline-widgets">'  # by which we know our own pages
_NOTHING = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
_BESIDE = "'self' file:"  # what lies beside a page, on its server or on a disk


def json_text(value: Any, *, default: Callable[[Any], Any] | None = None) -> str:
    """JSON that means the same and can stand anywhere in a page: no sign of HTML is left in it."""
    plain = json.dumps(value, default=default, ensure_ascii=False, separators=(",", ":"))
    for sign in _NOT_IN_JSON:  # many times as fast as `str.translate`
        plain = plain.replace(sign, f"\\u{ord(sign):04x}")
    return plain.encode("utf-8", "backslashreplace").decode()


def data_element(id: str, value: Any, *, default: Callable[[Any], Any] | None = None) -> str:
    """An element that runs nothing and holds ``value`` for the page's own script."""
    json_there = json_text(value, default=default)
    return f'<script type="application/json" id="{html.escape(id)}">{json_there}</script>'


def letters_element(text: str, **named: object) -> str:
    """An element that runs nothing and holds letters, digits, ``+``, ``/`` and ``=`` (base64)."""
    if not _BASE64.fullmatch(text):
        raise ValueError("only base64 stands in a page as it is")
    names = "".join(f' data-{key}="{html.escape(str(value))}"' for key, value in named.items())
    return f'<script type="text/plain"{names}>{text}</script>'


def css_string(text: str) -> str:
    """A text as a string of a style sheet."""
    return '"' + re.sub(r'[\\"<>\n\r\f\0]', " ", text) + '"'


def page(
    title: str,
    body: str,
    *,
    style: str = "",
    scripts: Sequence[str] = (),
    module: str = "",
    first: Sequence[str] = (),
    last: str = "",
    worker: bool = False,
    files: Sequence[str] = (),
    sheets: Sequence[str] = (),
) -> str:
    """A whole page; ``body`` is HTML that is safe already.

    ``first`` are scripts that run before the body is there, ``scripts`` after it, ``module`` last.
    No other script runs and nothing is fetched, whatever the body says. ``last`` stands behind the
    scripts, so that they are at work while it comes. With ``worker`` they may start one from their
    own text, and WebAssembly in it. ``files`` are the addresses of scripts beside the page, which
    run after ``scripts`` and may fetch what lies beside it; ``sheets`` those of style sheets.
    """
    early, late = [_script(text) for text in first], [_script(text) for text in scripts]
    if module:
        late.append(_script(module, ' type="module"'))
    allowed = " ".join(digest for digest, _ in (*early, *late))
    policy = _NOTHING
    if files or sheets:
        allowed = f"{allowed} {_BESIDE}".lstrip()
        policy = policy.replace("'unsafe-inline'", f"'unsafe-inline' {_BESIDE}")
        policy += f"; connect-src {_BESIDE}"
    if worker:
        allowed += " 'wasm-unsafe-eval'; worker-src blob:"
    policy = f"{policy}; script-src {allowed}" if allowed else policy
    linked = "".join(f'<link rel="stylesheet" href="{html.escape(one)}">' for one in sheets)
    if files or sheets:  # a browser asks a server for an icon, unless it has one
        linked = f'<link rel="icon" href="data:,">{linked}'
    beside = "".join(f'<script src="{html.escape(one)}"></script>' for one in files)
    sheet = style.replace("</", r"<\/")
    whole = (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        # in capitals, so that whoever looks for "http" in a page finds its addresses alone
        f'<meta HTTP-EQUIV="Content-Security-Policy" content="{policy}">'
        f"{MARK}<meta name='viewport' content='width=device-width'>"
        f"<title>{html.escape(title)}</title>{_joined(early)}{linked}<style>{sheet}</style></head>"
        f"<body>{body}{_joined(late)}{beside}{last}</body></html>\n"
    )
    return _LONE.sub("\ufffd", whole)


def _script(text: str, kind: str = "") -> tuple[str, str]:
    """The digest by which a policy knows a script, and its element."""
    safe = _IN_A_SCRIPT.sub(r"\\x3c", text)  # the same in a string, a template and a pattern
    digest = base64.b64encode(hashlib.sha256(safe.encode()).digest()).decode()
    return f"'sha256-{digest}'", f"<script{kind}>{safe}</script>"


def _joined(scripts: Sequence[tuple[str, str]]) -> str:
    return "".join(element for _, element in scripts)
