"""HTML of other programs' questions as the tree of `markup`: cleaned, and only what is named here.

nh3 (the ammonia library) cleans it; a tag that a tree doesn't have leaves its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import nh3

Node = str | list[Any]

BLOCKS = (
    "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "pre", "blockquote", "h4",
)  # fmt: skip
INLINE = ("b", "i", "em", "strong", "code", "sub", "sup", "u", "a", "br", "img")
_RENAMED = {
    "h1": "h4", "h2": "h4", "h3": "h4", "h5": "h4", "h6": "h4", "div": "p", "tt": "code",
    "kbd": "code", "samp": "code", "ins": "u",
}  # fmt: skip
_VOID = ("br", "img")
DEEPEST = 40  # tags in one another; more of them change nothing
_OWN = {"*": {"colspan", "rowspan"}, "a": {"href"}, "img": {"src", "alt", "width", "height"}}
IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
_TAG = re.compile(
    r"<(?:/?(?:p|div|span|ul|ol|li|table|thead|tbody|tfoot|tr|th|td|pre|blockquote|h[1-6]|hr|img|a|br"
    r"|b|i|em|strong|code|sub|sup|u|tt|kbd|samp|ins|font|center|small|big)\b[^<>]*)>",
    re.IGNORECASE,
)
_SIMPLE = re.compile(r"</?(?:b|i|em|strong|code|sub|sup|u|br|p)\s*/?>")


def is_html(text: str) -> bool:
    """Whether a text has tags beyond the few bare ones that our Markdown takes; not in code."""
    if "<" not in text:
        return False
    outside = "".join(text.split("`")[::2])
    return any(not _SIMPLE.fullmatch(found[0]) for found in _TAG.finditer(outside))


def tree(text: str, words: Callable[[str], list[Node]]) -> list[Node]:
    """The tree of an HTML text; ``words`` reads what stands between tags (mathematics)."""
    tags = {*BLOCKS, *INLINE, *_RENAMED, "tfoot"}
    clean = nh3.clean(
        text,
        tags=tags,
        attributes=_OWN,
        url_schemes={"http", "https", "data"},
        link_rel=None,
        strip_comments=True,
    )
    reader = _Reader(words)
    reader.feed(clean)
    reader.close()
    return _in_blocks(reader.top)


class _Reader(HTMLParser):
    """Builds the tree of cleaned HTML, in which every tag is closed."""

    def __init__(self, words: Callable[[str], list[Node]]) -> None:
        super().__init__(convert_charrefs=True)
        self.top = list[Node]()
        self._open: list[list[Any]] = []
        self._beyond = 0  # tags open that stand too deep
        self._words = words

    @property
    def _inside(self) -> list[Any]:
        return self._open[-1] if self._open else self.top

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag, about = _RENAMED.get(tag, tag), {name: value or "" for name, value in attrs}
        if tag == "img":
            self._inside.append(_image(about))
            return
        if tag not in _VOID and len(self._open) >= DEEPEST:
            self._beyond += 1
            return
        kept = {"href": about["href"]} if about.get("href", "").startswith("http") else {}
        spans = {n: about[n] for n in ("colspan", "rowspan") if about.get(n, "").isdecimal()}
        node: list[Any] = [tag, {**kept, **spans}]
        self._inside.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._beyond and tag not in _VOID:
            self._beyond -= 1
            return
        tag = _RENAMED.get(tag, tag)
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        verbatim = any(node[0] in ("pre", "code") for node in self._open)
        self._inside.extend([data] if verbatim else self._words(data))


def _image(about: dict[str, str]) -> Node:
    """A picture that the question carries; of others their words, for nothing is fetched."""
    source = "".join(about.get("src", "").split())
    if not IMAGE.fullmatch(source):
        return f"[{about.get('alt') or 'picture'}]"
    sizes = {n: about[n] for n in ("width", "height") if about.get(n, "").isdecimal()}
    return ["img", {"src": source, "alt": about.get("alt", ""), **sizes}]


def _in_blocks(nodes: list[Node]) -> list[Node]:
    """Loose words between blocks as paragraphs."""
    made, loose = list[Node](), list[Node]()
    last: Node = ["p", {}]
    for node in [*nodes, last]:
        if isinstance(node, str) or node[0] not in BLOCKS:
            loose.append(node)
            continue
        if any(not isinstance(one, str) or one.strip() for one in loose):
            made.append(["p", {}, *loose])
        loose = []
        if len(node) > 2:
            made.append(node)
    return made
