"""A folder of pages: lessons in their order, contents, words, search; one copy of each script.

Import it only where nbconvert is installed.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ... import pages
from ...errors import BadInput
from ...views.live.shared_files import SharedFiles
from ...views.shared.linker import link
from ...writing import check_free
from ..handout import markup as prose
from ..handout import read
from ..handout.offline import offline
from ..handout.page import title_of
from .run import Ran, run
from .search import Section, index, sections
from .writer import LessonWriter, placed

_HERE = Path(__file__).parent
PARTS = "parts"  # the folder of what pages share
EXTRA = ("GLOSSARY.md", "FACTS.md")  # files beside notebooks that get a page where one leads there
CONTENTS = "index.html"
_FIRST = """
const key = "pipeline_widgets theme"; // as in theme_button.js
const kept = (() => { try { return localStorage.getItem(key); } catch { return null; } })();
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.dataset.theme = kept ?? (dark ? "dark" : "light");
"""


@dataclass(frozen=True)
class Settings:
    """How a site is made."""

    answers: bool = False
    run: bool = True
    torch: bool = False
    force: bool = False
    title: str = "Watch a transformer read"
    binder: str = ""  # OWNER/REPOSITORY/REF


@dataclass
class Lesson:
    """A notebook on its way to a page."""

    source: Path
    book: dict[str, Any]
    title: str
    body: str = ""
    found: tuple[Section, ...] = ()
    writer: LessonWriter | None = None

    @property
    def file(self) -> str:
        """Its page."""
        return f"{self.source.stem}.html"


def build(
    folder: Path, sources: Sequence[Path], settings: Settings, say: Callable[[str], None]
) -> list[Lesson]:
    """Write the site and return its lessons; ``say`` hears what was left out, and why.

    Raises:
        BadInput: a file in ``folder`` is none of ours, or two notebooks have one name.
    """
    lessons = [Lesson(one, read(one), "") for one in sources]
    _check(folder, lessons, settings)
    for lesson in lessons:
        lesson.title = title_of(lesson.book, lesson.source.stem)
    links = {one.source.name: one.file for one in lessons}
    extra = _extra(lessons)
    links |= {name: f"{Path(name).stem.lower()}.html" for name in extra}
    shared = SharedFiles(folder / PARTS)
    for lesson in lessons:
        _write_body(lesson, shared, links, settings, say)
    site = _Site(folder, lessons, settings)
    for name, file in extra.items():
        site.put_text(name, file, links)
    for at, lesson in enumerate(lessons):
        site.put_lesson(at, lesson)
    site.put_contents()
    site.put_parts()
    return lessons


def _check(folder: Path, lessons: Sequence[Lesson], settings: Settings) -> None:
    """Nothing is written over that isn't ours."""
    names = [one.file for one in lessons]
    double = next((name for name in names if names.count(name) > 1 or name == CONTENTS), None)
    if double:
        raise BadInput(f"Two pages would be called {double}. Give one notebook another name.")
    for name in (*names, CONTENTS):
        check_free(folder / name, mark=pages.MARK, force=settings.force)


def _extra(lessons: Sequence[Lesson]) -> dict[str, Path]:
    """The files of `EXTRA` that lie beside the first notebook and that one of them links to."""
    text = "\n".join(json.dumps(one.book["cells"], ensure_ascii=False) for one in lessons)
    near = {name: lessons[0].source.parent / name for name in EXTRA if f"]({name}" in text}
    return {name: file for name, file in near.items() if file.is_file()}


def _write_body(
    lesson: Lesson,
    shared: SharedFiles,
    links: Mapping[str, str],
    settings: Settings,
    say: Callable[[str], None],
) -> None:
    folder = lesson.source.parent
    began = time.monotonic()
    ran = Ran()
    if settings.run:
        ran = run(lesson.book, folder, shared.folder, torch=settings.torch)
    writer = LessonWriter(folder, shared=shared, links=links, answers_too=settings.answers, ran=ran)
    cells: list[dict[str, Any]] = lesson.book["cells"]
    writer.look_through(cells)
    lesson.body = "".join(writer.cell(number, cell) for number, cell in enumerate(cells))
    lesson.found = tuple(sections(lesson.body))
    lesson.writer = writer
    for what in (*ran.troubles, *writer.warnings, *(f"left out: {one}" for one in writer.left_out)):
        say(f"{lesson.source.name}: {what}")
    ways = ", ".join(f"{count} {way}" for way, count in sorted(writer.ways.items()))
    say(f"{lesson.file}: {ways or 'no view'}; {time.monotonic() - began:.1f} s")


class _Site:
    """What all pages have around them, and where they go."""

    def __init__(self, folder: Path, lessons: Sequence[Lesson], settings: Settings) -> None:
        self.folder, self.lessons, self.settings = folder, lessons, settings
        self.indexed = list[tuple[str, str, list[Section]]]()

    def put_lesson(self, at: int, lesson: Lesson) -> None:
        """A lesson between the one before and the one after."""
        writer = lesson.writer
        assert writer is not None
        self.indexed.append((lesson.file, lesson.title, list(lesson.found)))
        before = self.lessons[at - 1] if at else None
        after = self.lessons[at + 1] if at + 1 < len(self.lessons) else None
        ways = [
            f"<a rel='{rel}' href='{html.escape(one.file)}'>"
            f"<small>{word}</small> {html.escape(one.title)}</a>"
            for rel, word, one in (("prev", "Previous", before), ("next", "Next", after))
            if one
        ]
        body = (
            f"<p class='about'>{html.escape(self._about(bool(writer.ways)))} "
            f"{self._run(lesson)}</p>{lesson.body}"
            f"<nav class='onward' aria-label='Lessons before and after'>{''.join(ways)}</nav>"
        )
        names = writer.files
        self._put(lesson.file, lesson.title, body, _contents(lesson.found), names, writer.sheets)

    def _about(self, views: bool) -> str:
        """What this page is, and what it can't do."""
        acts = "Its views act here; each says how. " if views else ""
        answers = (
            "It holds its questions' answers: whoever reads the page's source can read them. "
            if self.settings.answers
            else ""
        )
        return (
            f"This page is a notebook without Python: nothing to install, and nothing leaves it. "
            f"{acts}Its code is to be read, with what it gave: where the text says to run a cell, "
            f"that has been done. {answers}"
        )

    def _run(self, lesson: Lesson) -> str:
        """Where the notebook itself can be run, as HTML."""
        if not self.settings.binder:
            return "To run and change it, open the notebook."
        path = quote(f"lessons/{lesson.source.name}")
        address = f"https://mybinder.org/v2/gh/{self.settings.binder}?labpath={path}"
        return f"To run and change it, <a href='{html.escape(address)}'>open it on Binder</a>."

    def put_text(self, name: str, file: Path, links: Mapping[str, str]) -> None:
        """A file of words beside the lessons."""
        text = file.read_text("utf-8")
        body = placed(offline(prose.markdown(text, {}), file.parent, links), Counter(main=1))
        title = next((line.lstrip("# ") for line in text.splitlines() if line[:1] == "#"), name)
        self.indexed.append((links[name], title, sections(body)))
        self._put(links[name], title, body, "", [], [])

    def put_contents(self) -> None:
        """All lessons, with what each of them has."""
        items = "".join(
            f"<li><a href='{html.escape(one.file)}'>{html.escape(one.title)}</a>"
            f"<p>{html.escape(_tagline(one))}</p></li>"
            for one in self.lessons
        )
        title = html.escape(self.settings.title)
        body = f"<h1>{title}</h1><ol class='lessons' start='0'>{items}</ol>"
        self._put(CONTENTS, self.settings.title, body, "", [], [])

    def _put(
        self,
        name: str,
        title: str,
        body: str,
        aside: str,
        files: Sequence[str],
        sheets: Sequence[str],
    ) -> None:
        made = pages.page(
            title,
            f"{self._head(name)}<div class='whole'>{aside}<main>{body}</main></div>",
            first=[_FIRST],
            files=[f"{PARTS}/{one}" for one in (*files, "site.js")],
            sheets=[f"{PARTS}/{one}" for one in (*sheets, "site.css")],
            worker=bool(files),
        )
        (self.folder / name).write_text(made, encoding="utf-8")

    def _head(self, name: str) -> str:
        current = " aria-current='page'" if name == CONTENTS else ""
        home = html.escape(self.settings.title)
        return (
            "<a class='skip' href='#main'>To the text</a>"
            f"<header><a class='home' href='{CONTENTS}'{current}>{home}</a>"
            "<search hidden><input type='search' placeholder='Search' aria-label='Search'>"
            "<div class='found' role='status'></div></search>"
            "<button type='button' class='theme' hidden>Dark</button></header><a id='main'></a>"
        )

    def put_parts(self) -> None:
        """Scripts, style sheets and the index, each once."""
        dark = prose.code_style("github-dark", ':root[data-theme="dark"] .highlight')
        code = f"{prose.code_style()}\n{dark}"
        files = {
            "site.js": f"(()=>{{'use strict';\n{link('../command/site/site.js')}\n}})();\n",
            "site.css": f"{code}\n{(_HERE / 'site.css').read_text('utf-8')}",
            "search.js": f"globalThis.pipelineSearch={pages.json_text(index(self.indexed))};\n",
        }
        for name, text in files.items():
            (self.folder / PARTS / name).write_text(text, encoding="utf-8")


def _contents(found: Sequence[Section]) -> str:
    """The headings of a page, beside it."""
    items = "".join(
        f"<li><a href='#{html.escape(one.place)}'>{html.escape(one.heading)}</a></li>"
        for one in found
        if one.place and one.level == 2 and one.heading
    )
    return (
        f"<nav class='contents' aria-label='On this page'><ul>{items}</ul></nav>" if items else ""
    )


def _tagline(lesson: Lesson) -> str:
    """The first words of a lesson below its title."""
    words = next((one.text for one in lesson.found if one.text), "")
    first = re.match(r".{20,160}?[.?!](?= )", words)
    return first[0] if first else words[:160]
