r"""The Markdown of quizzes as a tree of plain lists, which becomes HTML here or DOM in a browser.

A node is a string or ``[tag, attributes, *children]``. Tags and attributes come from this module
and `mathematics` alone, so a tree can't hold a script, whatever was typed. The subset: paragraphs,
lists, fenced code, ``code``, **strong**, *emphasis*, links, HTML (cleaned, see `html_markup`), and
LaTeX between dollar signs or in ``\( \)`` and ``\[ \]``. Everything else is shown as typed.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from typing import Any, cast

from . import html_markup
from .mathml import mathml

Node = str | list[Any]

_TAGS = ("b", "i", "em", "strong", "code", "sub", "sup", "u", "br", "p")
_OPENING = re.compile(r"^```[a-z]*\n", re.MULTILINE)
_CLOSING = re.compile(r"```[ ]*$", re.MULTILINE)
_ITEM = re.compile(r"\s*(?:[-*]|(\d+)[.)])\s+(.*)")
_SPECIAL = re.compile(r"[\\`$*\[<&]")
_TICKS = re.compile(r"`+")
_STRONG_END = re.compile(r"(?<=\S)(?=\*\*)")
_ESCAPED = re.compile(r"\\([^\sA-Za-z0-9])")
_LINK = re.compile(r"\[([^\[\]]+)\]\((https?://[^\s()]+)\)")
_TAG = re.compile(rf"<(/?)({'|'.join(_TAGS)})\s*/?>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_VOID = ("br", "img", "mspace")


def blocks(text: str) -> list[Node]:
    """Paragraphs, lists and fenced code; or what HTML says."""
    if html_markup.is_html(text):
        return html_markup.tree(text, _words)
    made, at = list[Node](), 0
    closing = [found.span() for found in _CLOSING.finditer(text)]
    for fence in _OPENING.finditer(text):
        if fence.start() < at:
            continue
        index = bisect_left(closing, (fence.end(), 0))
        if index == len(closing):
            break
        start, end = closing[index]
        made += _paragraphs(text[at : fence.start()])
        made.append(["pre", {}, ["code", {}, text[fence.end() : start].removesuffix("\n")]])
        at = end
    return made + _paragraphs(text[at:])


def _paragraphs(text: str) -> list[Node]:
    made = list[Node]()
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        if not block.strip():
            continue
        items = [_ITEM.fullmatch(line) for line in block.split("\n")]
        found = [item for item in items if item is not None]
        if len(found) == len(items):
            name = "ol" if all(item[1] for item in found) else "ul"
            made.append([name, {}, *(["li", {}, *inline(item[2])] for item in found)])
        else:
            made.append(["p", {}, *inline(block)])
    return made


def inline(text: str) -> list[Node]:
    """Words, code, emphasis, links and mathematics."""
    if html_markup.is_html(text):
        return _unwrapped(html_markup.tree(text, _words))
    return _words(text)


def _words(text: str) -> list[Node]:
    return _Inline(text).nodes()


def _unwrapped(nodes: list[Node]) -> list[Node]:
    """A single paragraph's inside: short texts stand in a line."""
    one = nodes[0] if len(nodes) == 1 else None
    return one[2:] if isinstance(one, list) and one[0] == "p" else nodes


class _Inline:
    """Goes through a text once; where each mark may end is looked up, so it stays linear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.top = list[Node]()
        self.stack: list[tuple[str, list[Any]]] = [("", self.top)]
        self.runs: dict[int, list[int]] = {}  # backticks: where runs of a length begin
        for run in _TICKS.finditer(text):
            self.runs.setdefault(len(run[0]), []).append(run.start())
        self.strong = [found.start() for found in _STRONG_END.finditer(text)]
        self.missing = set[str]()  # signs that don't come again

    def nodes(self) -> list[Node]:
        """The text as a tree."""
        at = plain = 0
        while special := _SPECIAL.search(self.text, at):
            start = special.start()
            end = self._taken(start, plain)
            if end == start:  # means nothing here: shown as typed
                ticks = _TICKS.match(self.text, start)
                at = ticks.end() if ticks else start + 1
            else:
                at = plain = end
        _put(self.stack, self.text[plain:])
        return self.top

    def _taken(self, start: int, plain: int) -> int:
        """Put what begins at ``start`` behind the words from ``plain``; where it ends."""
        tag = _TAG.match(self.text, start)
        if tag:
            _put(self.stack, self.text[plain:start])
            _tag(self.stack, tag[2], bool(tag[1]))
            return tag.end()
        found = self._span(start)
        if found is None:
            return start
        _put(self.stack, self.text[plain:start])
        _put(self.stack, found[0])
        return found[1]

    def _span(self, start: int) -> tuple[Node, int] | None:
        """The node that begins at ``start`` and where it ends."""
        sign = self.text[start]
        if sign == "`":
            return self._code(start)
        if sign == "$":
            return self._display(start) or self._math(start)
        if sign == "*":
            return self._strong(start) or self._em(start)
        if sign == "\\" and (drawn := self._tex(start)) is not None:
            return drawn
        pattern = {"\\": _ESCAPED, "[": _LINK, "&": _ENTITY}.get(sign)
        match = pattern.match(self.text, start) if pattern else None
        if match is None:
            return None
        if sign == "[":
            return ["a", {"href": match[2]}, *inline(match[1])], match.end()
        return match[1] if sign == "\\" else html.unescape(match[0]), match.end()

    def _tex(self, start: int) -> tuple[Node, int] | None:
        """Mathematics in round or square brackets with backslashes."""
        closing = {"\\(": "\\)", "\\[": "\\]"}.get(self.text[start : start + 2])
        end = -1 if closing is None else self._next(closing, start + 2)
        if end < 0 or not self.text[start + 2 : end].strip():
            return None
        inside, typed = self.text[start + 2 : end], self.text[start : end + 2]
        return mathml(inside, display=closing == "\\]", typed=typed), end + 2

    def _code(self, start: int) -> tuple[Node, int] | None:
        """A run of backticks to the next run that is as long."""
        run = _TICKS.match(self.text, start)
        assert run is not None
        length = len(run[0])
        places = self.runs.get(length, [])
        index = bisect_left(places, run.end())
        if index == len(places):
            return None
        end = places[index]
        return ["code", {}, _code_text(self.text[run.end() : end])], end + length

    def _display(self, start: int) -> tuple[Node, int] | None:
        if not self.text.startswith("$$", start):
            return None
        end = self._next("$$", start + 3)
        inside = self.text[start + 2 : end]
        if end < 0:
            return None
        return mathml(inside, display=True, typed=f"$${inside}$$"), end + 2

    def _math(self, start: int) -> tuple[Node, int] | None:
        end = self._next("$", start + 1)
        inside = self.text[start + 1 : end]
        if end < 0 or not inside or "\n" in inside or inside[0].isspace():
            return None
        ends_well = len(inside) == 1 or not (inside[-1].isspace() or inside[-1] == "\\")
        digit_follows = self.text[end + 1 : end + 2].isdecimal()
        if digit_follows or not ends_well:
            return None
        return mathml(inside, typed=f"${inside}$"), end + 1

    def _strong(self, start: int) -> tuple[Node, int] | None:
        first = self.text[start + 2 : start + 3]
        index = bisect_left(self.strong, start + 3)
        if not self.text.startswith("**", start) or first.isspace() or index == len(self.strong):
            return None
        end = self.strong[index]
        return ["strong", {}, *inline(self.text[start + 2 : end])], end + 2

    def _em(self, start: int) -> tuple[Node, int] | None:
        end = self._next("*", start + 1)
        inside = self.text[start + 1 : end]
        if end < 0 or not inside or inside[0].isspace() or inside[-1].isspace():
            return None
        return ["em", {}, *inline(inside)], end + 1

    def _next(self, sign: str, start: int) -> int:
        """Where ``sign`` comes next, -1 if it doesn't; it is looked for in vain only once."""
        if sign in self.missing:
            return -1
        found = self.text.find(sign, start)
        if found < 0:
            self.missing.add(sign)
        return found


def _put(stack: list[tuple[str, list[Any]]], node: Node) -> None:
    children = stack[-1][1]
    if isinstance(node, str) and children and isinstance(children[-1], str):
        children[-1] += node
    elif node:
        children.append(node)


def _tag(stack: list[tuple[str, list[Any]]], tag: str, close: bool) -> None:
    """Open or close a tag of a jupyterquiz file; one that was never opened is dropped."""
    if tag in ("br", "p"):
        if not close:
            _put(stack, ["br", {}])
    elif not close and len(stack) > html_markup.DEEPEST:
        stack.append((tag, stack[-1][1]))
    elif not close:
        node: list[Any] = [tag, {}]
        _put(stack, node)
        stack.append((tag, node))
    elif stack[-1][0] == tag:
        stack.pop()


def _code_text(text: str) -> str:
    """Inline code's text; one blank on each side of code with backticks belongs to the marks."""
    padded = len(text) > 2 and text[0] == text[-1] == " " and "`" in text
    return text[1:-1] if padded else text


def to_html(nodes: list[Node] | Node) -> str:
    """The tree as HTML and MathML."""
    if isinstance(nodes, str):
        return html.escape(nodes, quote=False)
    if nodes and isinstance(nodes[0], str) and len(nodes) > 1 and isinstance(nodes[1], dict):
        tag, attributes = nodes[0], cast("dict[str, str]", nodes[1])
        written = "".join(f' {name}="{html.escape(v)}"' for name, v in attributes.items())
        if tag in _VOID:
            return f"<{tag}{written}></{tag}>" if tag == "mspace" else f"<{tag}{written}>"
        return f"<{tag}{written}>{''.join(map(to_html, nodes[2:]))}</{tag}>"
    return "".join(map(to_html, nodes))


def to_text(node: list[Node] | Node) -> str:
    """The words alone, for an accessible name."""
    if isinstance(node, str):
        return node
    if node[:1] == ["img"]:
        return str(cast("dict[str, str]", node[1]).get("alt", ""))
    words = [to_text(child) for child in node if not isinstance(child, dict)]
    is_element = len(node) > 1 and isinstance(node[1], dict)
    return "".join(words[1:] if is_element else words)


def is_plain(text: str) -> bool:
    """Whether text has nothing to render: one line without a sign of ours."""
    return not re.search(r"[\\`$*<&\[\n]", text)
