"""A notebook's cells as the body of a page: a handout's, with views that act and practice.

Import it only where nbconvert is installed.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from ...quizzes import worksheet
from ...quizzes.kinds import Question
from ...views.live.shared_files import SharedFiles
from ..handout.asked import Asked, is_quiz, same
from ..handout.offline import offline
from ..handout.page import Writer, text_of
from . import marking
from .run import VIEW, Ran

WAYS = {
    "live": "Live: type, and the model in this page reads it.",
    "recorded": "Recorded: what Python showed when the page was made. What it also kept can be "
    "chosen; the rest needs the notebook.",
    "replay": "A recorded run: Start plays it again. Nothing is trained in this page.",
    "here": "Your guess stays in this page, and goes when you close it.",
    "marked": "Practice, marked in this page; answers go when you close it. The key is in the "
    "page, for whoever looks for it.",
}


@dataclass
class LessonWriter(Writer):
    """Goes through a lesson's cells; ``views`` has what a run gave for some of its outputs."""

    unfolded: ClassVar[bool] = False

    shared: SharedFiles | None = None
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    answers_too: bool = False
    ran: Ran = field(default_factory=Ran)
    views: dict[int, str] = field(default_factory=dict[int, str])  # by the id of an output
    files: list[str] = field(default_factory=list[str])  # of `shared`, that the page needs
    sheets: list[str] = field(default_factory=list[str])
    places: Counter[str] = field(default_factory=lambda: Counter(main=1))
    left_out: list[str] = field(default_factory=list[str])
    ways: Counter[str] = field(default_factory=Counter[str])

    def look_through(self, cells: list[dict[str, Any]]) -> None:
        """Find each view's output; where nothing is stored, what the run gave is shown."""
        for cell, outputs in zip(cells, self.ran.outputs, strict=False):
            if cell["cell_type"] != "code":
                continue
            cell["outputs"] = cell["outputs"] or outputs
            stored = [one for one in cell["outputs"] if _has_picture(one)]
            given = [one for one in outputs if _has_picture(one)]
            if len(stored) == len(given):
                for here, there in zip(stored, given, strict=True):
                    self.views[id(here)] = there["data"].get(VIEW, {}).get("model_id", "")
        super().look_through(cells)

    def cell(self, number: int, cell: dict[str, Any]) -> str:
        """A cell's HTML; headings of the text get the places that links and contents lead to."""
        made = super().cell(number, cell)
        return placed(made, self.places) if cell["cell_type"] == "markdown" else made

    def _clean(self, text: str) -> str:
        return offline(text, self.folder, self.links)

    def _output(self, number: int, output: dict[str, Any], readings: list[Asked]) -> str:
        inside = super()._output(number, output, readings)
        picture = text_of(output.get("data", {}).get("text/html", ""))
        task = next((one for one in readings if same(one.picture, picture)), None)
        if task is not None and not is_quiz(picture):
            return self._task(task, inside)
        view = self.ran.views.get(self.views.get(id(output), ""))
        if view is None or not inside:
            return inside
        if self.secrets and self._tells(number, view["html"].replace(r"\u003c", "<")):
            return inside
        return self._view(view, inside)

    def _view(self, view: Mapping[str, Any], picture: str) -> str:
        """The place of a view: its picture until a script puts it on the screen."""
        self.files += [one for one in view["files"] if one not in self.files]
        self.sheets += [one for one in view["sheets"] if one not in self.sheets]
        way = view["way"]
        self.ways[way] += 1
        said = f"<p class='way'>{html.escape(WAYS[way])}</p>"
        if view.get("spoiler"):
            picture, said = _disclosed(picture, "What came out"), ""
        made = (
            f"<div class='view' data-way='{way}'>{view['html']}"
            f"<div class='picture'>{picture}</div>{said}</div>"
        )
        return _disclosed(made, "What came out") if view.get("withheld") else made

    # --- quizzes ------------------------------------------------------------------------------

    def _untold(self, number: int, picture: str) -> str:
        return self._not_here("A quiz", "its code does not tell whether it counts")

    def _not_here(self, title: str, why: str) -> str:
        self.left_out.append(f"{title}: {why}")
        words = f"{title} is not on this page: {why}. Answer it in the notebook."
        return f"<p class='not-here'>{html.escape(words)}</p>"

    def _asked(self, found: Asked) -> str:
        why = marking.why_not(found)
        if why:
            return self._not_here(found.title, why)
        if not self.answers_too:
            return super()._asked(found)
        if found.bank is None:
            return f"{super()._asked(found)}{_disclosed(self.key[-1], 'All answers')}"
        made = list[str]()
        for able, questions in marking.runs(found.bank):
            number = self.next_number
            some = replace(found, bank=replace(found.bank, questions=tuple(questions)))
            sheet = super()._asked(some)
            made.append(
                self._marked(some, questions, sheet) if able else _open(sheet, questions, number)
            )
        return "".join(made)

    def _task(self, found: Asked, inside: str) -> str:
        """A task whose text stands above it, with its solution behind a disclosure."""
        why = marking.why_not(found)
        if why:
            return self._not_here(found.title, why)
        if not self.answers_too or found.bank is None:
            return inside
        return inside + "".join(
            _disclosed(worksheet.answer(one), "A solution") for one in found.bank.questions
        )

    def _marked(self, found: Asked, questions: list[Question], sheet: str) -> str:
        assert self.shared is not None
        quiz, keys = marking.asking(questions, found)
        page = self.shared.page("")
        more = {"act": "marking", "keys": keys}
        view = {"html": page.element(quiz, picture=False, more=more), "way": "marked"}
        return self._view(view | {"files": page.files, "sheets": page.sheets}, sheet)


def placed(text: str, taken: Counter[str]) -> str:
    """The same HTML with an id for each plain heading, as Jupyter names them."""

    def place(match: re.Match[str]) -> str:
        words = html.unescape(re.sub(r"<[^>]*>", "", match[2])).strip()
        name = re.sub(r"\s+", "-", words)
        taken[name] += 1
        name = name if taken[name] == 1 else f"{name}-{taken[name]}"
        return f'<h{match[1]} id="{html.escape(name)}">{match[2]}</h{match[1]}>'

    return re.sub(r"<h([1-4])>(.*?)</h\1>", place, text, flags=re.DOTALL)


def _open(sheet: str, questions: list[Question], number: int) -> str:
    """Questions for paper or the notebook, each with its answer behind a disclosure."""
    answers = "".join(
        _disclosed(worksheet.answer(one), "Answer" if len(questions) == 1 else f"Answer to {at}.")
        for at, one in enumerate(questions, start=number)
        if one.right_words()
    )
    return f"{sheet}{answers}"


def _disclosed(inside: str, title: str) -> str:
    return f"<details class='answer'><summary>{html.escape(title)}</summary>{inside}</details>"


def _has_picture(output: dict[str, Any]) -> bool:
    """Whether an output has HTML, as each view has."""
    return bool(text_of(output.get("data", {}).get("text/html", "")))
