"""What the pages of a site say, section by section, for the search box of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

_HEADINGS = ("h1", "h2", "h3")
_WORDS = "a abbr b bdi cite code em i kbd mark q s small span strong sub sup u var"
_INLINE = frozenset(_WORDS.split())  # elements that may stand within a word
_UNSAID = ("script", "style", "details", "svg")  # an answer is not found by searching


@dataclass
class Section:
    """A heading, where it stands, and the words below it."""

    heading: str
    place: str  # its id; "" is the top of the page
    level: int
    text: str = ""


class _Reader(HTMLParser):
    """Goes through a page's body once."""

    def __init__(self) -> None:
        super().__init__()
        self.sections = [Section("", "", 1)]
        self.inside: list[str] = []  # elements whose words are passed over
        self.heading = ""  # the element, while one is open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        if tag in _UNSAID:
            self.inside.append(tag)
        elif tag in _HEADINGS and not self.inside and dict(attrs).get("id"):
            self.heading = tag
            self.sections.append(Section("", dict(attrs)["id"] or "", int(tag[1])))

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        if tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag) :]
        elif tag == self.heading:
            self.heading = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            return
        if self.heading:
            self.sections[-1].heading += data
        else:
            self.sections[-1].text += data

    def _part(self, tag: str) -> None:
        """Words of two paragraphs or cells are two words; a word may be in several colours."""
        if tag not in _INLINE:
            self.sections[-1].text += " "


def sections(body: str) -> list[Section]:
    """The sections of a page, in order; ``body`` is HTML that closes what it opens."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    for one in reader.sections:
        one.heading, one.text = " ".join(one.heading.split()), " ".join(one.text.split())
    return [one for one in reader.sections if one.heading or one.text]


def index(pages: list[tuple[str, str, list[Section]]]) -> list[list[str]]:
    """A row for each section of ``(file, title, sections)``: where it is, and what it says."""
    return [
        [f"{file}#{one.place}" if one.place else file, title, one.heading, one.text]
        for file, title, found in pages
        for one in found
    ]
