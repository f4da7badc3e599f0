"""Logs in files: tables of any separator and encoding, JSON, event files, and folders of them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from ..text_files import read_text
from .log_names import sort_out
from .log_table import Log, check_room

TABLES = (".csv", ".tsv", ".txt", ".log", ".md", ".tab")
_SEPARATORS = ",;\t|"
_COMMA = re.compile(r"-?\d+,\d+(?:[eE][+-]?\d+)?")
_POINT = re.compile(r"-?\d*\.\d+(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:[.,]\d{3})+")
_BOARD = ("wall time", "step", "value")  # the head of TensorBoard's CSV
_NAMES = ("trainer_state.json", "metrics.csv", "training_progress_scores.csv", "training.log")


def log_of_table(path: Path) -> Log:
    """A table with a head; empty cells are gaps."""
    rows = _cells(read_text(path))
    if len(rows) < 2:
        raise BadInput(f"{path} holds no table: a table has a head and at least one row.")
    head, *body = rows
    left_out = list[str]()
    if max(map(len, body)) > len(head):
        body = _not_longer(body, len(head), left_out)
        if not body:
            raise BadInput(
                f"{path} has more cells in each row than in its head. Is a decimal comma taken for "
                "a separator? Then write the table with ; between its cells."
            )
    body = [row for row in body if row != head]  # written again when a run was taken up
    check_room(len(body), len(head), len(head) + sum(map(len, body)))
    names = [name.strip() or f"column {index}" for index, name in enumerate(head, start=1)]
    if min(map(len, body), default=0) < len(head):
        body = [[*row, *[""] * (len(head) - len(row))] for row in body]
    columns = {name: [row[index] for row in body] for index, name in enumerate(names)}
    placed = sort_out(names)
    if not (placed.step or placed.epoch or re.search(r"loss|acc", " ".join(names).lower())):
        raise BadInput(f"{path} needs a head with a column named step or epoch; it has {names}.")
    if tuple(name.lower() for name in names) == _BOARD:
        columns[_tag(path)] = columns.pop(names[2])
    return Log(_of_one_run(columns, left_out), left_out=left_out)


def log_of_json(path: Path) -> Log | dict[str, Any] | list[Any]:
    """A log in JSON lines, or whatever else the file holds."""
    text = read_text(path)
    try:
        return cast("dict[str, Any] | list[Any]", json.loads(text))
    except (ValueError, RecursionError) as error:
        rows, left_out = list[Mapping[str, Any]](), list[str]()
        for number, line in enumerate(text.split("\n"), start=1):
            row = _json_row(line)
            if row is not None:
                rows.append(row)
            elif line.strip():
                left_out.append(f"line {number}: no JSON object")
        if not rows:
            raise BadInput(f"{path} is not JSON: {error}.") from error
        return Log.of_rows([_flat(row) for row in rows], left_out)


def log_of_events(paths: Sequence[Path]) -> Log:
    """TensorBoard's event files, read by its own package.

    Raises:
        BadInput: the package isn't there.
    """
    try:
        from tensorboard.backend.event_processing import (  # type: ignore[import-untyped]
            event_accumulator as events,
        )
    except ImportError as error:
        raise BadInput(
            "Event files need the package tensorboard: pip install tensorboard. Or download the "
            "series as CSV from TensorBoard and give the folder that holds them."
        ) from error
    rows = dict[tuple[int, str], dict[str, Any]]()
    for path in paths:
        run: Any = events.EventAccumulator(str(path), size_guidance={events.SCALARS: 0})
        run.Reload()
        for tag in run.Tags()["scalars"]:
            name = _of_run(path.parent.name, tag)
            for event in run.Scalars(tag):
                row = rows.setdefault((event.step, name), {"step": event.step})
                row |= {name: event.value, "wall_time": event.wall_time}
    return Log.of_rows([rows[key] for key in sorted(rows)])


def log_in_folder(folder: Path) -> Path | list[Path]:
    """The log in a folder, in its newest checkpoint or below it; raises `BadInput`."""
    checkpoints = sorted(folder.glob("checkpoint-*"), key=_number)
    for place in (folder, *reversed(checkpoints)):
        for name in _NAMES:
            if (place / name).is_file():
                return place / name
    tables = sorted(path for path in folder.iterdir() if path.suffix in TABLES[:2])
    if boards := [path for path in tables if _is_board(path)]:
        return boards
    if len(tables) == 1:
        return tables[0]
    if events := sorted(folder.rglob("*tfevents*")):
        return events
    versions = sorted(folder.rglob("metrics.csv"), key=lambda path: _number(path.parent))
    if versions:
        return versions[-1]
    raise BadInput(
        f"{folder} holds no log that is known: {', '.join(_NAMES)}, a checkpoint-N with one of "
        "them, TensorBoard's event files or its CSVs, or a single .csv."
    )


def log_of_boards(paths: Sequence[Path]) -> Log:
    """Several of TensorBoard's CSVs, one for each series."""
    rows = list[dict[str, Any]]()
    for path in paths:
        columns = log_of_table(path).columns
        rows += [
            dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
        ]
    return Log.of_rows(rows)


def _cells(text: str) -> list[list[str]]:
    """The rows of a table: split where its head is split most."""
    lines = text.split("\n")
    while lines and (not lines[0].strip() or re.fullmatch(r"sep=.", lines[0].strip())):
        del lines[0]
    if not lines:
        return []
    separator = max(_SEPARATORS, key=lines[0].count)
    if separator == "|":  # a table in Markdown, as on a model's page
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        return [
            row for row in rows if any(row) and not all(re.fullmatch(r":?-+:?", c) for c in row)
        ]
    if not lines[0].count(separator) and len(lines[0].split()) > 1:  # columns of blanks
        return [re.split(r"\s{2,}|\t", line.strip()) for line in lines if line.strip()]
    rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    if separator == "," and '"' not in text:
        return rows
    return _with_points(rows) if separator == "," or "," in text else rows


def _not_longer(rows: list[list[str]], count: int, left_out: list[str]) -> list[list[str]]:
    """The rows without those of too many cells, which may be under another name than their own."""
    kept = list[list[str]]()
    for number, row in enumerate(rows, start=1):
        if any(cell.strip() for cell in row[count:]):
            left_out.append(f"row {number}: more cells than the head has")
        else:
            kept.append(row[:count])
    return kept


def _with_points(rows: list[list[str]]) -> list[list[str]]:
    """Decimal commas as points, and numbers without the signs between their thousands.

    A comma is a decimal one where one of them can't be of thousands, or where no number has a
    point.
    """
    cells = [cell.strip() for row in rows[1:] for cell in row if "," in cell or "." in cell]
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    points = [cell for cell in cells if _POINT.fullmatch(cell)]
    if not commas:
        return rows
    decimal = not points or not all(map(_THOUSANDS.fullmatch, commas))
    grouped = decimal and all(map(_THOUSANDS.fullmatch, points))

    def meant(cell: str) -> str:
        if _COMMA.fullmatch(cell.strip()):
            return cell.replace(",", "." if decimal else "")
        return cell.replace(".", "") if grouped and _POINT.fullmatch(cell.strip()) else cell

    return [[meant(cell) for cell in row] for row in rows]


def _of_one_run(columns: dict[str, list[str]], left_out: list[str]) -> dict[str, list[str]]:
    """Columns named ``run - series``, as Weights & Biases writes them, for the first run alone."""
    pattern = re.compile(r"(.+) - ([^-]+?)(__MIN|__MAX)?")
    matches = {name: pattern.fullmatch(name) for name in columns}
    runs = list(dict.fromkeys(found[1] for found in matches.values() if found))
    if not runs:
        return columns
    left_out += [f"{run}: another run" for run in runs[1:]]
    kept = dict[str, list[str]]()
    for name, cells in columns.items():
        found = matches[name]
        if found is None:
            kept[name] = cells
        elif found[1] == runs[0] and not found[3]:
            kept[found[2]] = cells
    return kept


def _tag(path: Path) -> str:
    """The series of TensorBoard's CSV: ``run-train-tag-epoch_loss.csv`` is the training loss."""
    found = re.fullmatch(r"run-(.*?)-tag-(.*)", path.stem)
    return _of_run(found[1], found[2]) if found else path.stem


def _of_run(run: str, tag: str) -> str:
    """Keras writes one name into the runs ``train`` and ``validation``."""
    kind = re.search(r"(?:^|[/_-])(train|validation|val|test|eval)$", run)
    return f"{kind[1]}_{tag}" if kind and "/" not in tag else tag


def _is_board(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline(200).strip().lower().endswith(b"wall time,step,value")


def _number(path: Path) -> int:
    found = re.search(r"(\d+)$", path.name)
    return int(found[1]) if found else -1


def _json_row(line: str) -> dict[str, Any] | None:
    try:
        row: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", row) if isinstance(row, dict) else None


def _flat(row: Mapping[str, Any], start: str = "") -> dict[str, Any]:
    """Groups inside a row as names with a slash: ``{"train": {"loss": 1}}``."""
    return dict(_pairs(row, start))


def _pairs(row: Mapping[str, Any], start: str) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _pairs(cast("Mapping[str, Any]", value), f"{start}{name}/")
        else:
            yield f"{start}{name}", value
