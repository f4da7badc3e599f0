"""The Markdown of quizzes as a tree of plain lists, which becomes HTML here or DOM in a browser.

A node is a string or ``[tag, attributes, *children]``. Tags and attributes come from this module
and `mathematics` alone, so a tree can't hold a script, whatever was typed. The subset: paragraphs,
lists, fenced code, ``code``, **strong**, *emphasis*, links, the tags that jupyterquiz files use,
and LaTeX between dollar signs. Everything else is shown as typed.
"""

from __future__ import annotations

import html
import re
from typing import Any, cast

from .mathml import mathml

Node = str | list[Any]

_TAGS = ("b", "i", "em", "strong", "code", "sub", "sup", "u", "br", "p")
_BLOCK = re.compile(r"^```[a-z]*\n(.*?)\n?```[ ]*$", re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r"\s*(?:[-*]|(\d+)[.)])\s+(.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[^\sA-Za-z0-9])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|\$(?P<math>[^\s$](?:[^$\n]*?[^\s$\\])?)\$(?!\d)"
    r"|\*\*(?P<strong>\S(?:.*?\S)?)\*\*"
    r"|\*(?P<em>[^\s*](?:[^*]*?[^\s*])?)\*"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<url>https?://[^\s()]+)\)"
    rf"|<(?P<close>/?)(?P<tag>{'|'.join(_TAGS)})\s*/?>"
    r"|&(?P<entity>lt|gt|amp|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5});",
    re.DOTALL,
)
_VOID = ("br", "mspace")


def blocks(text: str) -> list[Node]:
    """Paragraphs, lists and fenced code."""
    made, at = list[Node](), 0
    for fence in _BLOCK.finditer(text):
        made += _paragraphs(text[at : fence.start()])
        made.append(["pre", {}, ["code", {}, fence[1]]])
        at = fence.end()
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
    top = list[Node]()
    stack: list[tuple[str, list[Any]]] = [("", top)]
    at = 0
    for found in _INLINE.finditer(text):
        _put(stack, text[at : found.start()])
        if found["tag"]:
            _tag(stack, found["tag"], bool(found["close"]))
        else:
            _put(stack, _span(found))
        at = found.end()
    _put(stack, text[at:])
    return top


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
    elif not close:
        node: list[Any] = [tag, {}]
        _put(stack, node)
        stack.append((tag, node))
    elif stack[-1][0] == tag:
        stack.pop()


def _span(found: re.Match[str]) -> Node:
    part = found.groupdict()
    if part["escaped"] is not None:
        return part["escaped"]
    if part["code"] is not None:
        return ["code", {}, _code_text(part["code"])]
    if part["display"] is not None:
        return mathml(part["display"], display=True)
    if part["math"] is not None:
        return mathml(part["math"])
    for name in ("strong", "em"):
        if part[name] is not None:
            return [name, {}, *inline(part[name])]
    if part["words"] is not None:
        return ["a", {"href": part["url"]}, *inline(part["words"])]
    return html.unescape(found[0])


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
            return f"<{tag}{written}>" if tag == "br" else f"<{tag}{written}></{tag}>"
        return f"<{tag}{written}>{''.join(map(to_html, nodes[2:]))}</{tag}>"
    return "".join(map(to_html, nodes))


def to_text(node: list[Node] | Node) -> str:
    """The words alone, for an accessible name."""
    if isinstance(node, str):
        return node
    words = [to_text(child) for child in node if not isinstance(child, dict)]
    is_element = len(node) > 1 and isinstance(node[1], dict)
    return "".join(words[1:] if is_element else words)


def is_plain(text: str) -> bool:
    """Whether text has nothing to render: one line without a sign of ours."""
    return not re.search(r"[\\`$*<&\[\n]", text)
