"""A notebook as one page to print: its cells in order, quizzes numbered through, a key at the end.

Import it only where nbconvert is installed.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from ... import pages
from ...quizzes import worksheet
from ...quizzes.bank import Bank
from ...quizzes.kinds import CodeTask, Question
from . import asked
from . import markup as prose
from .asked import Asked
from .keys import Printable, holds_key, printable
from .offline import offline
from .statements import names_quiz

_STYLE = (Path(__file__).parent / "handout.css").read_text(encoding="utf-8")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # that IPython puts into tracebacks
_LINE_NUMBER = re.compile(r"^(?:-+> ?| +)\d+ ?", re.MULTILINE)  # that IPython puts before code
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_MOST_LINES = 10


@dataclass(frozen=True)
class Made:
    """The page, what is on it, and what its reader should know."""

    html: str
    figures: int
    questions: int
    warnings: tuple[str, ...]


def write(book: dict[str, Any], source: Path, *, key: bool = False, paper: str = "A4") -> Made:
    """The page of the notebook ``book``, which was read from the file ``source``."""
    title = title_of(book, source.stem)
    writer = Writer(source.parent)
    writer.look_through(book["cells"])
    body = "".join(writer.cell(number, cell) for number, cell in enumerate(book["cells"]))
    answers = writer.answers() if key else ""
    sheet = f"@page{{size:{paper};@top-left{{content:{pages.css_string(title)}}}}}"
    page = pages.page(
        title,
        f"<p class='who'><span>Name</span><span>Date</span></p><main>{body}</main>{answers}",
        style=f"{prose.code_style()}\n{_STYLE}\n{sheet}",
    )
    return Made(page, writer.figures, writer.next_number - 1, tuple(writer.warnings))


def title_of(book: dict[str, Any], otherwise: str) -> str:
    """The first heading's words."""
    for cell in book["cells"]:
        heading = re.search(r"^#+ +(.+)$", text_of(cell["source"]), re.MULTILINE)
        if cell["cell_type"] == "markdown" and heading:
            return re.sub(r"[*`_]", "", heading[1]).strip()
    return otherwise


def text_of(lines: str | list[str]) -> str:
    """What a notebook has as a text or as its lines."""
    return lines if isinstance(lines, str) else "".join(lines)


@dataclass
class Writer:
    """Goes through the cells once and remembers what was asked."""

    unfolded: ClassVar[bool] = True  # whether folded text stands open, as on paper

    folder: Path
    figures: int = 0
    next_number: int = 1
    known: list[Asked] = field(default_factory=list[Asked])
    key: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    said: str = ""  # the last Markdown cell, which may have asked already
    readings: dict[int, list[Asked]] = field(default_factory=dict[int, list[Asked]])
    printable: dict[int, Printable] = field(default_factory=dict[int, Printable])
    secrets: list[str] = field(default_factory=list[str])
    has_quiz: bool = False

    def look_through(self, cells: list[dict[str, Any]]) -> None:
        """Read all code first: what a quiz is made of may stand in any cell."""
        code = {number: cell for number, cell in enumerate(cells) if cell["cell_type"] == "code"}
        sources = [text_of(cell["source"]) for cell in code.values()]
        made = [any(map(is_quiz, cell["outputs"])) for cell in code.values()]
        self.printable = dict(zip(code, printable(sources, made), strict=True))
        for number, source in zip(code, sources, strict=True):
            self.readings[number] = asked.asked(source, self.folder)
        self.has_quiz = any(made) or any(map(names_quiz, sources))
        self.secrets = asked.secrets([one for some in self.readings.values() for one in some])

    def _tells(self, number: int, text: str, written: str = "") -> bool:
        """Whether a text that is to be printed says what a key says; if so, that is noted.

        ``written`` is what of it may be a quiz's source.
        """
        if any(secret in text for secret in self.secrets):
            self._leave_out(number, "some of it says what a quiz's key says")
        elif self.has_quiz and holds_key(written):
            self._leave_out(number, "some of it reads like a quiz's source")
        else:
            return False
        return True

    def _leave_out(self, number: int, why: str) -> None:
        self.warnings.append(f"cell {number}: {why} and may hold answers, so it is left out")

    def cell(self, number: int, cell: dict[str, Any]) -> str:
        """A cell's HTML; "" if nothing of it is printed."""
        source = text_of(cell["source"])
        if cell["cell_type"] == "markdown":
            self.said = source
            if self.has_quiz and holds_key(source):
                self._leave_out(number, "it reads like a quiz's source")
                return ""
            return self._prose(source, cell.get("attachments", {}))
        if cell["cell_type"] == "raw":
            if holds_key(source):
                self._leave_out(number, "it reads like a quiz's source")
                return ""
            return f"<pre class='output'>{html.escape(source)}</pre>"
        return self._code(number, source, cell)

    def _code(self, number: int, source: str, cell: dict[str, Any]) -> str:
        readings, may = self.readings[number], self.printable[number]
        self.known += readings
        if may.left_out:
            self._leave_out(number, may.left_out)
        hidden: dict[str, Any] = cell["metadata"].get("jupyter", {})
        shown = "" if hidden.get("source_hidden") else may.code
        parts = [prose.code(shown)] if shown.strip() and not self._tells(number, shown) else []
        outputs: list[dict[str, Any]] = [
            output for output in cell["outputs"] if may.outputs or is_quiz(output)
        ]
        if len(outputs) < len(cell["outputs"]):
            self._leave_out(number, "what it printed has to do with a quiz")
        if not cell["outputs"] and readings:  # not run yet: what it would ask
            parts.append(self._asked(readings[0]))
        if not hidden.get("outputs_hidden"):
            parts += [self._output(number, output, readings) for output in outputs]
        return f"<section class='cell'>{''.join(parts)}</section>" if any(parts) else ""

    def _output(self, number: int, output: dict[str, Any], readings: list[Asked]) -> str:
        if not is_quiz(output) and self._tells(number, _all_text(output), _written(output)):
            return ""
        if output["output_type"] == "stream":
            return _plain(text_of(output["text"]))
        if output["output_type"] == "error":
            return _plain("\n".join(output["traceback"]))
        data: dict[str, Any] = output["data"]
        picture = text_of(data.get("text/html", ""))
        if asked.is_quiz(picture):
            return self._quiz(number, picture, readings)
        return self._result(data)

    def _result(self, data: dict[str, Any]) -> str:
        """The best of what an output has for paper: a picture before HTML, plain text last."""
        for kind in _PICTURES:
            packed = "".join(text_of(data.get(kind, "")).split())
            if packed and _BASE64.fullmatch(packed):
                return self._figure(f"<img src='data:{kind};base64,{packed}' alt=''>")
        for kind in ("image/svg+xml", "text/html"):
            clean = self._clean(text_of(data.get(kind, "")))
            if "<svg" in clean or "<img" in clean or _words(clean):
                return self._figure(clean)
        if "text/markdown" in data:
            return self._prose(text_of(data["text/markdown"]), {})
        if "text/latex" in data:
            return self._prose(text_of(data["text/latex"]), {})
        return _plain(text_of(data.get("text/plain", "")))

    def _prose(self, text: str, attachments: dict[str, Any]) -> str:
        return self._clean(prose.markdown(text, attachments, unfolded=self.unfolded))

    def _clean(self, text: str) -> str:
        """HTML that shows something and does nothing."""
        return offline(text, self.folder)

    def _figure(self, inside: str) -> str:
        self.figures += 1
        return f"<figure>{inside}</figure>"

    def _quiz(self, number: int, picture: str, readings: list[Asked]) -> str:
        """A stored quiz, numbered on; as it is stored where its code doesn't tell what it is."""
        equal = [one for one in self.known if asked.same(one.picture, picture)]
        found = next(iter(equal), None) or (readings[0] if len(readings) == 1 else None)
        if found is not None:
            return self._asked(found)
        return self._untold(number, picture)

    def _untold(self, number: int, picture: str) -> str:
        """A stored quiz of which nothing is known but its picture."""
        self.warnings.append(
            f"cell {number}: its code does not tell which quiz this is; it is printed as stored, "
            "without numbers of its own and without a key"
        )
        return f"<section class='quiz'>{self._clean(picture)}</section>"

    def _asked(self, found: Asked) -> str:
        number = self.next_number
        if found.bank is None:
            self.next_number += len(found.cards)
            self.key.append(_cards(found, number, back=True))
            return _cards(found, number)
        self.next_number += len(found.bank.questions)
        self.key.append(worksheet.answers(found.bank, number_from=number))
        if self._is_said(found.bank):
            inside = _place(found.bank.questions[0], number)
        else:
            inside = worksheet.sheet(found.bank, seed=found.seed, number_from=number)
        room = "".join(_room(one) for one in found.bank.questions if isinstance(one, CodeTask))
        return f"<section class='quiz'>{inside}{room}</section>"

    def _is_said(self, bank: Bank) -> bool:
        """Whether the one task of a quiz stands above it in words already, as in an exercise."""
        task = bank.questions[0]
        if len(bank.questions) > 1 or not isinstance(task, CodeTask):
            return False
        said = " ".join(self.said.split())
        return all(" ".join(part.split()) in said for part in task.prompt.split("\n\n"))

    def answers(self) -> str:
        """The key of all quizzes, on pages of its own."""
        listed = "".join(self.key) or "<p>No question here has a stored answer.</p>"
        return f"<section class='answers'><h1>Answers</h1>{listed}</section>"


def is_quiz(output: dict[str, Any]) -> bool:
    """Whether an output shows a quiz or cards."""
    return asked.is_quiz(text_of(output.get("data", {}).get("text/html", "")))


def _all_text(output: dict[str, Any]) -> str:
    """All that an output says, in whatever form."""
    data: dict[str, Any] = output.get("data", {})
    texts = [output.get("text", ""), output.get("traceback", ""), *data.values()]
    return "\n".join(
        text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in texts
    )


def _written(output: dict[str, Any]) -> str:
    """The letters of an output; of a traceback, the lines of code as they stand in the cell."""
    data: dict[str, Any] = output.get("data", {})
    trace = _COLOURS.sub("", "\n".join(output.get("traceback", [])))
    parts = (output.get("text", ""), data.get("text/plain", ""), data.get("text/markdown", ""))
    return "\n".join([*map(text_of, parts), _LINE_NUMBER.sub("", trace)])


def _plain(text: str) -> str:
    text = _COLOURS.sub("", text).strip("\n")
    return f"<pre class='output'>{html.escape(text)}</pre>" if text else ""


def _words(markup: str) -> str:
    markup = re.sub(r"<style.*?</style>", "", markup, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", "", markup).strip()


def _place(task: Question, number: int) -> str:
    """Where the answer to a task goes that was put into words above."""
    points = f"{task.points:g} point{'' if task.points == 1 else 's'}"
    name = html.escape(getattr(task, "function", ""))
    words = f"{number}. <small>({points})</small> Your <code>{name}</code>:"
    return f"<div class='pw-sheet'><h3>{words}</h3></div>"


def _room(task: CodeTask) -> str:
    """Lines to write a function on: what its solution takes, and some more."""
    count = min(_MOST_LINES, len(task.solution.splitlines()) + 2)
    return f"<div class='room'>{'<span></span>' * count}</div>"


def _cards(found: Asked, number: int, *, back: bool = False) -> str:
    """Cards as a table: the front, and beside it the back or a line for it."""
    rows = "".join(
        f"<tr><th>{index}.</th><td>{worksheet.to_html(card.front)}</td>"
        f"<td>{worksheet.to_html(card.back) if back else ''}</td></tr>"
        for index, card in enumerate(found.cards, start=number)
    )
    title = html.escape(found.title)
    return f"<section class='quiz'><h3>{title}</h3><table class='cards'>{rows}</table></section>"
