"""Our own form of a quiz: Markdown that reads well as it is. `lessons/QUIZZES.md` has the guide.

::

    # Title {#id lesson=02-learn}

    ## Size of one head in RoBERTa-base? {#head-size points=2 hard}

    = 64 ± 0.5
        Yes, 768 / 12.
    != 768
        That is the width of the model.

    > Divide the width by the number of heads.

    => Each of 12 heads works on 64 of 768 numbers.

Text may begin with a backslash where it would read as something else. Errors name the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline_widgets.errors import BadInput

from ...kinds import DIFFICULTIES, Question
from ..imported import in_language
from . import answers as markdown_answers
from .lines import Line, Part, attributes, parts
from .writing import question_lines, words


@dataclass(frozen=True)
class Page:
    """What a quiz file says."""

    title: str
    questions: tuple[Question, ...]
    id: str = ""
    lesson: str = ""


def read(text: str) -> Page:
    """Read a quiz; raises `BadInput` that begins with ``line 12:`` where something is wrong."""
    lines = [Line(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1)]
    title, about = "", dict[str, str]()
    blocks = list[list[Line]]()
    fenced = False
    for line in lines:
        fenced ^= line.text.lstrip().startswith("```")
        if line.text.startswith("## ") and not fenced:
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
        elif line.text.startswith("# "):
            title, about = attributes(line.text[2:], line.number)
    if not blocks:
        raise BadInput("line 1: no question; each begins with a heading such as '## Which …?'.")
    questions = in_language((_question(block) for block in blocks), about.get("lang", ""))
    return Page(title, questions, id=about.get("id", ""), lesson=about.get("lesson", ""))


def _question(block: list[Line]) -> Question:
    heading, about = attributes(block[0].text[3:], block[0].number)
    found = parts(block[1:])
    fields = _common(about, block[0].number)
    prompt = [heading, *(part.text for part in found if part.kind == "prompt")]
    fields["prompt"] = "\n".join(prompt).strip("\n")
    fields["hints"] = tuple(part.text for part in found if part.kind == "hint")
    for name in ("explanation", "otherwise"):
        texts = [part.text for part in found if part.kind == name]
        fields[name] = "\n".join(texts)
    answers = [part for part in found if part.kind not in _COMMON_PARTS]
    first = answers[0].line if answers else block[0].number
    try:
        return markdown_answers.question(fields, about, answers, first)
    except BadInput as error:
        if re.match(r"line \d", str(error)):
            raise
        raise BadInput(f"line {first}: {error}") from error


_COMMON_PARTS = ("prompt", "hint", "explanation", "otherwise")


def _common(about: dict[str, str], line: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": about.pop("id", ""), "lesson": about.pop("lesson", "")}
    if "points" in about:
        try:
            fields["points"] = float(about.pop("points"))
        except ValueError as error:
            raise BadInput(f"line {line}: points is a number.") from error
    levels = [level for level in DIFFICULTIES if about.pop(level, None) is not None]
    if levels:
        fields["difficulty"] = levels[-1]
    return fields


def write(page: Page) -> str:
    """The quiz in this form; reading it gives the same questions."""
    names = {"id": "" if page.id == page.title else page.id, "lesson": page.lesson}
    top = f"# {page.title} {words(names)}".rstrip()
    return "\n\n".join([top, *("\n".join(question_lines(q)) for q in page.questions)]) + "\n"


__all__ = ["Page", "Part", "read", "write"]
