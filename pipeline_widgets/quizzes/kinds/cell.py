"""A table's cell to click."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from .base import UNREADABLE, Mark, Question, Shown
from .token import positions


@dataclass(frozen=True, repr=False)
class CellChoice(Question):
    """Click a cell of a table, such as an attention matrix; any of ``right`` is right."""

    kind = "cell"
    wording: ClassVar[Mapping[str, str]] = {
        "answer_cell": "Choose a cell; arrow keys move",
        "cell": "row {row}, column {column}",
    }

    _: KW_ONLY
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()  # shown in the cells; may be empty
    right: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for row, column in self.right:
            inside = 0 <= row < len(self.rows) and 0 <= column < len(self.columns)
            self.require(inside, f"there is no cell ({row}, {column})")
        self.require(bool(self.right), "no cell is right")
        if self.values:
            fits = len(self.values) == len(self.rows)
            fits = fits and all(len(row) == len(self.columns) for row in self.values)
            self.require(fits, "values has one row for each of rows, one value for each column")

    def shown_fields(self) -> Shown:
        """The table."""
        return {
            "rows": list(self.rows),
            "columns": list(self.columns),
            "values": [list(row) for row in self.values],
        }

    @classmethod
    def paper(cls, shown: Shown) -> str:
        """The table, to mark a cell in."""
        head = "".join(f"<th><code>{html.escape(name)}</code></th>" for name in shown["columns"])
        rows = [f"<tr><th></th>{head}</tr>"]
        for index, name in enumerate(shown["rows"]):
            values = shown["values"][index] if shown["values"] else [""] * len(shown["columns"])
            cells = "".join(f"<td>{html.escape(value)}</td>" for value in values)
            rows.append(f"<tr><th><code>{html.escape(name)}</code></th>{cells}</tr>")
        return f"<table>{''.join(rows)}</table>"

    def mark(self, response: object) -> Mark:
        """All or nothing."""
        cell = positions(response)
        if cell is None or len(cell) != 2:
            return UNREADABLE
        return Mark(float((cell[0], cell[1]) in self.right))

    def right_response(self) -> list[int]:
        """Row and column of the first right cell."""
        return list(self.right[0])

    def right_words(self) -> str:
        """The names of its row and column."""
        row, column = self.right[0]
        return f"row `{self.rows[row]}`, column `{self.columns[column]}`"

    def right_responses(self) -> list[list[int]]:
        """Each right cell."""
        return [list(cell) for cell in self.right]
