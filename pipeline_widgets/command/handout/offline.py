"""HTML made safe to hand out: no script, no request, each local picture inside.

What a notebook holds may have come from anywhere. Scripts and frames are left out, pictures beside
the notebook are written into the page, pictures elsewhere become their words, and links to other
files become plain text, as on paper they lead nowhere.
"""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

# Nothing can be fetched and no script can run, whatever is on the page.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "form-action 'none'; base-uri 'none'"
)
_WITH_CONTENT = ("script", "iframe", "object", "noscript", "video", "audio", "template")
_ALONE = ("link", "meta", "base", "embed", "source", "track", "input", "button")
_ADDRESSES = ("src", "href", "xlink:href", "srcset", "poster", "background", "data", "action")
_VALUE = r"""("[^"]*"|'[^']*'|[^\s>]+)"""
_KEPT = re.compile(r"data:|#|$", re.IGNORECASE)
_LINK = re.compile(r"https?:|mailto:|#", re.IGNORECASE)


def offline(text: str, folder: Path) -> str:
    """The same HTML or SVG without what would need a network or run; ``folder`` has its files."""
    rewriter = _Rewriter(folder)
    rewriter.feed(text)
    rewriter.close()
    return "".join(rewriter.parts)


def embedded(data: bytes, kind: str) -> str:
    """A file as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


class _Rewriter(HTMLParser):
    """Passes on what it is given, letter by letter (SVG minds capitals), but for what must go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(convert_charrefs=False)
        self.folder = folder
        self.parts: list[str] = []
        self.left_out = 0  # how deep inside elements that are left out
        self.links: list[bool] = []  # whether each open link is one

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WITH_CONTENT:
            self.left_out += 1
        if self.left_out or tag in _ALONE:
            return
        if tag == "img":
            self.parts.append(self._picture({name: value or "" for name, value in attrs}))
        elif tag == "a":
            self.links.append(bool(_LINK.match(str(dict(attrs).get("href") or ""))))
            if self.links[-1]:
                self.parts.append(self._without(tag, attrs, ("href",)))
        else:
            self.parts.append(self._without(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" or (tag not in _WITH_CONTENT and tag != "a"):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _WITH_CONTENT:
            self.left_out = max(0, self.left_out - 1)
        elif self.left_out or tag in _ALONE:
            return
        elif tag != "a" or (self.links and self.links.pop()):
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._put(data)

    def handle_entityref(self, name: str) -> None:
        self._put(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._put(f"&#{name};")

    def _put(self, text: str) -> None:
        if not self.left_out:
            self.parts.append(text)

    def _without(
        self, tag: str, attrs: list[tuple[str, str | None]], allowed: tuple[str, ...] = ()
    ) -> str:
        """The tag as it was, or without the attributes that would act or fetch."""
        bad = [
            name
            for name, value in attrs
            if name.startswith("on")
            or (name in _ADDRESSES and name not in allowed and not _KEPT.match(value or ""))
        ]
        written = self.get_starttag_text() or ""
        for name in bad:
            attribute = rf"\s+{re.escape(name)}(\s*=\s*{_VALUE})?"
            written = re.sub(attribute, "", written, flags=re.IGNORECASE)
        return written

    def _picture(self, attributes: dict[str, str]) -> str:
        """The picture with its file inside, or its words."""
        address = attributes.pop("src", "")
        if not address.startswith("data:"):
            address = _from_file(self.folder, address)
        if not address:
            words = attributes.get("alt") or "a picture that is not here"
            return f"<em>[{html.escape(words)}]</em>"
        kept = ("alt", "title", "width", "height", "style", "class")
        rest = "".join(f' {n}="{html.escape(v)}"' for n, v in attributes.items() if n in kept)
        return f'<img src="{html.escape(address)}"{rest}>'


def _from_file(folder: Path, address: str) -> str:
    """The address of a file beside the notebook, with the file in it; "" if there is none."""
    if re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE):
        return ""
    file = folder / unquote(address.split("?")[0].split("#")[0])
    kind = mimetypes.guess_type(file.name)[0] or ""
    if not kind.startswith("image/") or not file.is_file():
        return ""
    return embedded(file.read_bytes(), kind)
