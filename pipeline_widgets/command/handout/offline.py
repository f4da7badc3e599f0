"""HTML made safe to hand out: no script, no request, no way elsewhere, each local picture inside.

What a notebook holds may have come from anywhere. Only elements and attributes that show something
are passed on, each closed where it was opened, so that no cell can swallow the next, and a style
sheet is for what it came with. Pictures beside the notebook are written into the page, pictures
elsewhere become their words, and links to other files become plain text, as on paper they lead
nowhere.
"""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from .sheets import Part

_HTML = """
a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup data dd
del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img
ins kbd li main mark nav ol p picture pre q rp rt ruby s samp section small span strike strong style
sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_SVG = """
svg g path rect circle ellipse line polyline polygon text tspan textpath defs symbol use marker
lineargradient radialgradient stop clippath mask pattern image title desc metadata switch view
filter feblend fecolormatrix fecomponenttransfer fecomposite feconvolvematrix fediffuselighting
fedisplacementmap fedistantlight fedropshadow feflood fefunca fefuncb fefuncg fefuncr fegaussianblur
femerge femergenode femorphology feoffset fepointlight fespecularlighting fespotlight fetile
feturbulence foreignobject
"""
_MATH = """
math mi mn mo mtext mspace ms mrow mfrac msqrt mroot mstyle merror mpadded mphantom menclose msub
msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd semantics
annotation
"""
_SHOWN = frozenset(f"{_HTML} {_SVG} {_MATH}".split())
_VOID = frozenset(("br", "col", "hr", "img", "wbr"))
_WITH_ALL = """
script iframe object noscript noembed noframes video audio template textarea select xmp plaintext
canvas frameset
"""
_GONE = frozenset(_WITH_ALL.split())
_OPEN = frozenset(("style", "title"))  # that a browser takes for open, whatever the slash says
_FILES = """
src href xlink:href srcset poster background data action cite longdesc usemap profile classid
codebase archive manifest dynsrc
"""
_ADDRESSES = frozenset(_FILES.split())
_ACTING = frozenset(("srcdoc", "formaction", "ping", "http-equiv", "target", "is", "nonce", "slot"))
_NAME = re.compile(r"[a-zA-Z_][\w:.-]*")
_WHOLE = re.compile(r"""<[a-zA-Z][\w-]*(?:\s+[\w:.-]+(?:="[^"<>]*"|='[^'<>]*')?)*\s*/?>""")
_PART = re.compile(r"""\s+([\w:.-]+)(?:="[^"<>]*"|='[^'<>]*')?""")
_INSIDE = re.compile(r"data:image/[a-z+.-]+[;,]|#|$", re.IGNORECASE)
_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_FETCHES = re.compile(r"url\(\s*[\"']?(?!#|data:|[\"'])|@import|expression\s*\(", re.IGNORECASE)
_LARGEST = 20_000_000  # bytes of a picture
_BEGINNINGS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"\0\0\1\0")


def offline(text: str, folder: Path, pages: Mapping[str, str] | None = None) -> str:
    """The same HTML or SVG without what would need a network or run; ``folder`` has its files.

    Of links to files, those named in ``pages`` stay, and lead to the page that is named there.
    """
    part = Part(text)
    rewriter = _Rewriter(folder, pages or {}, part)
    rewriter.feed(text)
    rewriter.close()
    return part.around(rewriter.done())


def embedded(data: bytes, kind: str) -> str:
    """A file as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


class _Rewriter(HTMLParser):
    """Passes on what shows something, letter by letter (SVG minds capitals) where it can."""

    def __init__(self, folder: Path, pages: Mapping[str, str], part: Part) -> None:
        super().__init__(convert_charrefs=False)
        self.folder, self.pages, self.part = folder, pages, part
        self.parts: list[str] = []
        self.gone: list[str] = []  # elements that are left out with all they hold
        self.open: list[tuple[str, bool]] = []  # elements that are open, and whether they are shown

    def done(self) -> str:
        """What was passed on, with everything closed."""
        left = [f"</{tag}>" for tag, shown in reversed(self.open) if shown]
        return "".join([*self.parts, *left])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _GONE | _OPEN:
            self._start(tag, attrs, alone=True)

    def _start(self, tag: str, attrs: list[tuple[str, str | None]], *, alone: bool = False) -> None:
        if tag in _GONE:
            self.gone.append(tag)
        if self.gone or tag not in _SHOWN:
            return
        if tag == "img":
            self.parts.append(self._picture({name: value or "" for name, value in attrs}))
            return
        target = dict(attrs).get("href") or ""
        page = self._page(target) if tag == "a" else ""
        is_place = not target and bool(dict(attrs).get("id"))
        is_link = tag != "a" or is_place or bool(page) or bool(_LINK.match(target))
        if page:
            title = dict(attrs).get("title") or ""
            said = f' title="{html.escape(title)}"' if title else ""
            self.parts.append(f'<a href="{html.escape(page)}"{said}>')
        elif is_link:
            self.parts.append(self._written(tag, attrs))
        if not alone and tag not in _VOID:
            self.open.append((tag, is_link))

    def _page(self, target: str) -> str:
        """Where a link to a file that has a page of its own leads; "" for another."""
        name, mark, place = target.partition("#")
        page = self.pages.get(unquote(name), "")
        return f"{page}{mark}{place}" if page else ""

    def handle_endtag(self, tag: str) -> None:
        if self.gone:
            if tag in self.gone:
                del self.gone[len(self.gone) - 1 - self.gone[::-1].index(tag) :]
            return
        if not any(one == tag for one, _ in self.open):
            return
        shown = False
        while self.open:  # what was opened inside ends here, too
            name, shown = self.open.pop()
            if name == tag:
                break
            self.parts.append(f"</{name}>" if shown else "")
        self.parts.append(f"</{tag}>" if shown else "")

    def handle_data(self, data: str) -> None:
        in_style = bool(self.open) and self.open[-1][0] == "style"
        self._put(self.part.sheet(data) if in_style else data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        self._put(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._put(f"&#{name};")

    def _put(self, text: str) -> None:
        if not self.gone:
            self.parts.append(text)

    def _written(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        """The tag as it was written if it is plain, without the attributes that act or fetch."""
        bad = {name for name, value in attrs if not self._is_plain(tag, name, value or "")}
        text = self.get_starttag_text() or ""
        if _WHOLE.fullmatch(text):
            return _PART.sub(lambda part: "" if part[1].lower() in bad else part[0], text)
        kept = {name: value or "" for name, value in attrs if name not in bad}
        rest = "".join(f' {name}="{html.escape(value)}"' for name, value in kept.items())
        return f"<{tag}{rest}>"

    def _is_plain(self, tag: str, name: str, value: str) -> bool:
        """Whether an attribute neither acts nor fetches."""
        if not _NAME.fullmatch(name) or name.startswith("on") or name in _ACTING:
            return False
        if name in _ADDRESSES:
            return bool((_LINK if tag == "a" and name == "href" else _INSIDE).match(value))
        if name == "style":
            return self.part.takes(value)
        self.part.reaches_out |= name == "overflow"
        return not _FETCHES.search(value)

    def _picture(self, attributes: dict[str, str]) -> str:
        """The picture with its file inside, or its words."""
        address = attributes.pop("src", "")
        if not _INSIDE.match(address) or not address:
            address = _from_file(self.folder, address)
        if not address:
            words = attributes.get("alt") or "a picture that is not here"
            return f"<em>[{html.escape(words)}]</em>"
        kept = ("alt", "title", "width", "height", "style", "class")
        plain = {n: v for n, v in attributes.items() if n in kept and self._is_plain("img", n, v)}
        rest = "".join(f' {name}="{html.escape(value)}"' for name, value in plain.items())
        return f'<img src="{html.escape(address)}"{rest}>'


def _from_file(folder: Path, address: str) -> str:
    """The address of a picture beside the notebook, with the file in it; "" if there is none."""
    if not address or re.match(r"[a-z][a-z0-9+.-]*:|//", address, re.IGNORECASE):
        return ""
    try:
        file = (folder / unquote(address.split("?")[0].split("#")[0])).resolve()
        kind = mimetypes.guess_type(file.name)[0] or ""
        inside = file.is_relative_to(folder.resolve()) and file.is_file()
        if not inside or not kind.startswith("image/") or file.stat().st_size > _LARGEST:
            return ""
        data = file.read_bytes()
    except (OSError, ValueError):
        return ""
    return embedded(data, kind) if _is_picture(data, kind) else ""


def _is_picture(data: bytes, kind: str) -> bool:
    """Whether a file begins as a picture does, whatever its name says."""
    if kind == "image/svg+xml":
        return (
            re.match(rb"\s*(<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg\b", data[:4096])
            is not None
        )
    if data[:4] == b"RIFF":
        return data[8:12] == b"WEBP"
    return data.startswith(_BEGINNINGS) or data[4:12] in (b"ftypavif", b"ftypheic")
