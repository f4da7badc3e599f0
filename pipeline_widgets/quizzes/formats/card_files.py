"""Cards as Anki, Quizlet and jupytercards write them: tables of any separator, and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pipeline_widgets.errors import BadInput
from pipeline_widgets.text_files import read_text

from .imported import Remark

_SEPARATORS = {
    "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " ",
}  # fmt: skip
_FRONTS = ("front", "question", "term", "prompt", "word", "vorderseite", "frage")
_BACKS = ("back", "answer", "definition", "meaning", "rückseite", "antwort")
_ABOUT_CARDS = ("", "tags", "tag", "guid", "id", "deck", "notetype", "note type")
# Neither goes beyond where the next one begins: what is never closed costs no more than its length.
_CLOZE = re.compile(
    r"\{\{c\d+::((?:(?!\}\}|::|\{\{c\d).)*)(?:::((?:(?!\}\}|\{\{c\d).)*))?\}\}", re.DOTALL
)
_MEDIA = re.compile(r"\[sound:[^\[\]]*\]")


@dataclass
class CardFile:
    """Front and back of each card, in order; what could not be read, by line."""

    title: str
    pairs: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    left_out: list[Remark] = field(default_factory=list[Remark])

    def add(self, line: int, front: object, back: object) -> None:
        """Take in a card, or what it lacks."""
        first, second = _text(front), _text(back)
        if _CLOZE.search(first):
            answers = [found[1] for found in _CLOZE.finditer(first)]
            gapped = _CLOZE.sub(lambda found: f"[{found[2] or '…'}]", first)
            first, second = gapped, "; ".join([*answers, *([second] if second else [])])
        if not first or not second:
            self.left_out.append(Remark(line, "a card without a front or a back"))
        else:
            self.pairs.append((first, second))


def read(path: str | Path) -> CardFile:
    """The cards of a .csv, .tsv, .txt or .json file; raises `BadInput` if it has none."""
    path = Path(path)
    text = read_text(path, "The cards ")
    found = parse(text, title=path.stem, suffix=path.suffix.lower())
    if not found.pairs:
        why = f"{found.left_out[0]}." if found.left_out else "it has no card."
        raise BadInput(f"{path.name}: {why}")
    return found


def parse(text: str, *, title: str = "", suffix: str = ".csv") -> CardFile:
    """The cards in a text."""
    if suffix == ".json":
        return _from_json(text, title)
    return _from_table(text.removeprefix("\ufeff"), title)


def from_dicts(items: Iterable[object], title: str = "") -> CardFile:
    """Cards in jupytercards' form, ``{"front": …, "back": …}``, or pairs."""
    made = CardFile(title)
    for number, item in enumerate(items, start=1):
        if isinstance(item, Mapping):
            fields = cast("Mapping[str, Any]", item)
            sides = [
                next((fields[name] for name in names if name in fields), None)
                for names in (_FRONTS, _BACKS)
            ]
            made.add(number, *sides)
        elif isinstance(item, (list, tuple)) and len(cast("list[object]", item)) >= 2:
            pair = cast("list[object]", item)
            made.add(number, pair[0], pair[1])
        else:
            made.left_out.append(Remark(number, "neither a pair nor a front with a back"))
    return made


def _from_json(text: str, title: str) -> CardFile:
    try:
        plain: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This is not JSON: {error}.") from error
    fields = cast("dict[str, object]", plain) if isinstance(plain, dict) else {"cards": plain}
    items = fields.get("cards") or fields.get("flashcards")
    if not isinstance(items, list):
        raise BadInput("no list of cards, such as [{'front': …, 'back': …}].")
    return from_dicts(cast("list[object]", items), str(fields.get("title") or title))


def _from_table(text: str, title: str) -> CardFile:
    """A line for each card; Anki's file says its separator and columns in lines with #."""
    said, lines, skipped = dict[str, str](), text.split("\n"), 0
    while lines and lines[0].startswith("#"):
        name, _, value = lines.pop(0)[1:].partition(":")
        said[name.strip().lower()] = value.strip()
        skipped += 1
    separator = _separator(said.get("separator", ""), lines)
    made = CardFile(said.get("deck", "") or title)
    html = said.get("html", "").lower() == "true"
    named = _header(said.get("columns", "").split(separator))
    columns = named or _columns(said)
    known = set(range(20)) if named else {*columns, *_special(said)}
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    line = skipped + 1
    for number, row in enumerate(reader):
        start, line = line, skipped + reader.line_num + 1
        if not any(cell.strip() for cell in row):
            continue
        if number == 0 and (found := _header(row)) is not None:
            columns = found
            known = set(range(len(row)))
            names = (name.strip() for at, name in enumerate(row) if at not in columns)
            if others := [name for name in names if name.lower() not in _ABOUT_CARDS]:
                made.left_out.append(Remark(start, f"columns {', '.join(others)}"))
            continue
        more = [at for at, cell in enumerate(row) if at not in known and cell.strip()]
        if more:
            known |= set(range(len(row)))
            said_of = f"column {more[0] + 1}: front and back are columns"
            made.left_out.append(Remark(start, f"{said_of} {columns[0] + 1} and {columns[1] + 1}"))
        front, back = (row[at] if at < len(row) else "" for at in columns)
        if not html and not front.strip():
            made.left_out.append(Remark(start, "a card without a front"))
            continue
        made.add(start, front, back)
    return made


def _separator(said: str, lines: list[str]) -> str:
    """What Anki's file says, else what most lines have: a tab before others."""
    if said:
        return _SEPARATORS.get(said.lower(), said[:1] or "\t")
    filled = [line for line in lines if line.strip()] or [""]
    for sign in "\t;,|":
        if sum(sign in line for line in filled) > 0.6 * len(filled):
            return sign
    return "\t"


def _columns(said: Mapping[str, str]) -> tuple[int, int]:
    """Where front and back stand: behind Anki's columns of ids, kinds and decks."""
    free = [at for at in range(20) if at not in _special(said)]
    return free[0], free[1]


def _special(said: Mapping[str, str]) -> set[int]:
    return {
        int(said[name]) - 1 for name in said if name.endswith("column") and said[name].isdigit()
    }


def _header(row: list[str]) -> tuple[int, int] | None:
    names = [cell.strip().lower() for cell in row]
    front = next((names.index(name) for name in _FRONTS if name in names), None)
    back = next((names.index(name) for name in _BACKS if name in names), None)
    return None if front is None or back is None else (front, back)


def _text(side: object) -> str:
    text = "" if side is None else str(side)
    return _MEDIA.sub("", text.replace("\u2028", "\n")).strip()


def write(pairs: Iterable[tuple[str, str]]) -> str:
    """Cards as a table that Anki and Quizlet import: a tab between the sides."""
    out = io.StringIO()
    out.write("#separator:tab\n#html:false\n")
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(pairs)
    return out.getvalue()
