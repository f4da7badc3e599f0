"""Scripts with short names: what a page loads is smaller, and does the same.

Only names of variables are replaced, within a module each by the same short one wherever it stands,
so scopes stay as they are; names of properties and of what a browser has stay. It reads the
package's own dialect of JavaScript (biome's format, squeezed; no labels, no `eval`, no nested
templates) and no other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice, pairwise, product
from string import ascii_letters

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)
    |(?P<space>\s+)|(?P<name>[A-Za-z_$][\w$]*)|(?P<number>\.?\d[\w.]*)
    |(?P<mark>=>|\.\.\.|\?\.(?!\d)|&&=?|\|\|=?|\?\?=?|[=!<>+\-*/%&|^]=+|\*\*|\+\+|--|>>>?|<<|.)""",
    re.VERBOSE,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_LANGUAGE = """
await break case catch class const continue debugger default delete do else export extends false
finally for function if import in instanceof let new null return super switch this throw true
try typeof undefined var void while with yield
arguments as async constructor from get of set static
"""
# What a browser or a page has under a name of its own: never replaced.
_BROWSER = """
AbortController addEventListener alert Array ArrayBuffer atob BigInt Blob blur Boolean btoa
caches cancelAnimationFrame clearInterval clearTimeout close closed confirm console crypto
customElements DataView Date decodeURIComponent DecompressionStream devicePixelRatio document
DOMParser encodeURIComponent engineRest Error Event event fetch find Float32Array Float64Array
focus frames getComputedStyle getSelection globalThis history Image importScripts Infinity
innerHeight innerWidth Int16Array Int32Array Int8Array IntersectionObserver Intl isFinite isNaN
JSON length localStorage location Map matchMedia Math menubar moveBy moveTo MutationObserver
name NaN navigator Node NodeFilter Number Object onmessage open opener origin outerHeight outerWidth
parent parseFloat parseInt Path2D performance pipelineWidgets postMessage print Promise prompt
queueMicrotask Range Reflect RegExp removeEventListener requestAnimationFrame
requestIdleCallback resizeBy ResizeObserver resizeTo Response screen screenX screenY scroll
scrollBy scrollTo scrollX scrollY self sessionStorage Set setInterval setTimeout status stop
String structuredClone Symbol TextDecoder TextEncoder toolbar top Uint16Array Uint32Array
Uint8Array Uint8ClampedArray URL URLSearchParams WeakMap WeakSet WebAssembly window Worker
XMLSerializer
"""
_KEPT = frozenset((_LANGUAGE + _BROWSER).split())
_BEFORE_VALUE = {"return", "=>", "&&", "||", "??", "...", *"([,=?:;{}!+-*/%<>&|^~"}
_BEFORE_OBJECT = {"return", "const", "let", "in", "of", "yield", "&&", "||", "??", "...", *"([,=?:"}


def shortened(script: str) -> str:
    """The script with short names; a linked module, an expression or a function."""
    pieces = list(_pieces(script))
    free = _free(len(pieces))
    often = Counter(name for _, name, _ in pieces if name)
    return "".join(_written(module, free, often) for module in _modules(pieces))


_Piece = tuple[str, str, bool]


def _modules(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces of each linked module, which begins with ``const $3=``: they share no names."""
    begins = [at for at, (text, _, _) in enumerate(pieces) if re.fullmatch(r"\$\d+", text)]
    begins = [at for at in begins if at > 1 and pieces[at - 2][0] == "const"]
    for start, stop in pairwise([0, *begins, len(pieces)]):
        yield pieces[start:stop]


def _written(module: list[_Piece], free: list[str], often: Counter[str]) -> str:
    names = {name for _, name, _ in module if name}
    short = dict(zip(sorted(names, key=lambda name: (-often[name], name)), free, strict=False))
    return "".join(
        text if not name else f"{name}:{short[name]}" if alone else short[name]
        for text, name, alone in module
    )


def variables(script: str) -> set[str]:
    """The names that `shortened` replaces."""
    return {name for _, name, _ in _pieces(script) if name}


def _free(count: int) -> list[str]:
    """Short names that stand for nothing."""
    lengths = (product(ascii_letters, repeat=length) for length in (1, 2, 3))
    names = map("".join, chain.from_iterable(lengths))
    return list(islice((name for name in names if name not in _KEPT), count))


def _pieces(script: str) -> Iterator[_Piece]:
    """Stretches of the script: the text, and the variable's name if it is one.

    The last says whether that stands alone for a property of its name, too: ``{ name }``.
    """
    tokens = list(_tokens(script))
    marks = [text for text, kind in tokens if kind != "space"]
    around, at = _Around(), 0
    for text, kind in tokens:
        if kind == "space":
            yield text, "", False
            continue
        before = marks[at - 2 : at] if at > 1 else ["", *marks[:at]][-2:] if at else ["", ""]
        after = marks[at + 1] if at + 1 < len(marks) else ""
        at += 1
        if kind == "text" and text.startswith("`"):
            yield from _template(text)
        elif kind == "name":
            yield around.named(text, before, after)
        else:
            yield text, "", False
        around.pass_over(text, before, after)


def _template(text: str) -> Iterator[_Piece]:
    """A template, with the variables in its expressions."""
    end = 0
    for start in (found.end() for found in re.finditer(r"(?<!\\)\$\{", text)):
        depth, stop = 1, start
        while depth:
            depth += {"{": 1, "}": -1}.get(text[stop], 0)
            stop += 1
        yield text[end:start], "", False
        yield from _pieces(text[start : stop - 1])
        yield "}", "", False
        end = stop
    yield text[end:], "", False


def _tokens(script: str) -> Iterator[tuple[str, str]]:
    """Each token and its kind; a pattern between slashes is a text."""
    at, before = 0, ";"
    while at < len(script):
        found = _PATTERN.match(script, at) if before in _BEFORE_VALUE else None
        kind = "text"
        if found is None:
            found = _TOKEN.match(script, at)
            assert found is not None
            kind = found.lastgroup or ""
        yield found[0], kind
        at = found.end()
        if kind != "space":
            before = found[0]


class _Around:
    """In which brackets a token stands."""

    def __init__(self) -> None:
        self.open = ["block"]
        self.class_next = False

    def pass_over(self, text: str, before: list[str], after: str) -> None:
        """Go on behind a token; ``before`` are the two that stand before it, ``after`` the next."""
        if text == "class" and before[1] not in (".", "?.") and after != ":":
            self.class_next = True
        elif text in ("(", "["):
            self.open.append(text)
        elif text in (")", "]", "}"):
            self.open.pop()
        elif text == "{":
            kind = "object" if before[1] in _BEFORE_OBJECT else "block"
            self.open.append("class" if self.class_next else kind)
            self.class_next = False

    def named(self, text: str, before: list[str], after: str) -> _Piece:
        """A name as `_pieces` gives it."""
        kept = text, "", False
        if text in _KEPT or re.fullmatch(r"\$\d+", text):
            return kept
        if before[1] in (".", "?."):
            return kept
        member = before[1] in ("get", "set", "async", "static", "*") and before[0] in "{,;}"
        if self.open[-1] == "class" and (before[1] in "{;}" or member):
            return kept
        if self.open[-1] == "object" and (before[1] in "{," or (member and after == "(")):
            if after in (":", "("):
                return kept
            if after in (",", "}", "="):
                return text, text, True
        return text, text, False
