"""Moodle's XML as elements that know their lines, each with our comment before it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from pipeline_widgets.errors import BadInput

EXTRAS = " pipeline-widgets "  # how a comment begins that says what the format has no place for
_IMAGES = ("png", "jpg", "jpeg", "gif", "webp")


@dataclass
class Node:
    """An element, the line where it begins, and what is in it."""

    name: str
    about: dict[str, str]
    line: int
    inner: list[Node] = field(default_factory=list["Node"])
    said: str = ""
    extras: dict[str, Any] = field(default_factory=dict[str, Any])

    def all(self, name: str) -> list[Node]:
        """The elements in it that are called so."""
        return [node for node in self.inner if node.name == name]

    def first(self, name: str) -> Node | None:
        """The first of `all`, or None."""
        return next(iter(self.all(name)), None)

    def text(self, name: str = "") -> str:
        """The text in ``<name><text>``, with its files in place."""
        node = self.first(name) if name else self
        if node is None:
            return ""
        inner = node.first("text")
        text = (inner.said if inner is not None else node.said).strip()
        for file in node.all("file"):
            link = f"@@PLUGINFILE@@/{file.about.get('name', '')}"
            text = text.replace(link, _data_url(file))
        return text

    def number(self, name: str, default: float) -> float:
        """The number in ``<name>``; raises `BadInput` if what stands there is none."""
        text = self.text(name)
        try:
            return float(text.replace(",", ".")) if text else default
        except ValueError as error:
            raise BadInput(f"{name} is no number: {text!r}") from error


def _data_url(file: Node) -> str:
    kind = file.about.get("name", "").rpartition(".")[2].lower()
    if kind not in _IMAGES or file.about.get("encoding") != "base64":
        return ""
    coded = "".join(file.said.split())
    return f"data:image/{'jpeg' if kind == 'jpg' else kind};base64,{coded}"


_DEEPEST = 50  # elements in elements; Moodle's own files have seven


def tree(text: str) -> Node:
    """The elements with their lines; definitions of types and entities are refused."""
    parser = expat.ParserCreate()
    top = Node("", {}, 1)
    stack, comment = [top], [""]

    def start(name: str, about: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            line = parser.CurrentLineNumber
            raise BadInput(
                f"line {line}: elements stand more than {_DEEPEST} deep in each other; "
                "export the questions from Moodle anew."
            )
        node = Node(name, about, parser.CurrentLineNumber, extras=_extras(comment.pop()))
        comment.append("")
        stack[-1].inner.append(node)
        stack.append(node)

    def end(_name: str) -> None:
        stack.pop()

    def said(words: str) -> None:
        stack[-1].said += words

    def remark(words: str) -> None:
        comment[0] = words

    def refuse(*_: object) -> None:
        raise BadInput("XML with a document type is not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = said, refuse
    parser.CommentHandler, parser.buffer_text = remark, True
    try:
        parser.Parse(re.sub(r"^<\?xml[^>]*\?>", "", text.strip()), True)
    except expat.ExpatError as error:
        raise BadInput(f"line {error.lineno}: this is no XML: {error}.") from error
    return top.inner[0]


def _extras(comment: str) -> dict[str, Any]:
    """What a comment of ours says of the question that follows it."""
    if not comment.startswith(EXTRAS):
        return {}
    try:
        return dict(json.loads(comment.removeprefix(EXTRAS)))
    except (ValueError, TypeError, RecursionError):
        return {}
