"""Histories from what others write: Trainer, Keras, tables, JSON, event files; and our own."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from ..text_files import read_text
from . import log_files
from .history import History
from .log_history import history_of
from .log_table import Log, check_room
from .records import Record, from_json


def read(source: Any, *, name: str | None = None, validation: str | None = None) -> History:
    """See ``History.read``."""
    if isinstance(source, History):
        return source
    if isinstance(source, str | os.PathLike):
        return _from_path(Path(cast(str, source)), name, validation)
    return history_of(_log(source), name or "run", validation=validation)


def from_json_lines(path: Path) -> History:
    """What ``History.save`` or a running history wrote; a last line cut short is left out."""
    texts = read_text(path).rstrip("\n").split("\n")
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(texts, start=1):
        try:
            lines.append(dict(json.loads(text)))
        except (ValueError, TypeError, RecursionError) as error:
            if number < len(texts):
                raise BadInput(f"{path}, line {number} is not JSON: {error}.") from error
    if not lines or "history" not in lines[0]:
        raise BadInput(f"{path} is no history: its first line does not name one. See History.save.")
    head, *rest = lines
    with _form_named(path):
        merged, kept = max(1, int(head.get("merged", 1))), int(head.get("kept", 0))
        limit = {"limit": int(head["limit"])} if "limit" in head else {}
        settings = dict[str, Any](head["settings"])
        history = History(str(head["history"]), settings=settings, file=None, **limit)
        history.restore(_records(rest, path), merged=merged, kept=kept)
    return history


def _records(lines: Sequence[Mapping[str, Any]], path: Path) -> Iterator[Record]:
    """The records of a file's lines; a file has no more series than its lines can fill."""
    names, numbers = set[str](), 0
    for number, line in enumerate(lines, start=2):
        try:
            record = from_json(line)
        except BadInput as error:
            raise BadInput(f"{path}, line {number}: {error}.") from error
        names.update(record.values)
        numbers += len(record.values)
        check_room(number, len(names), numbers)
        yield record


@contextmanager
def _form_named(path: Path) -> Generator[None]:
    """Say in words that a file has not the form it was read in, whatever was stumbled over."""
    try:
        yield
    except BadInput:
        raise
    except (
        ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    ) as error:  # fmt: skip
        raise BadInput(
            f"{path} has not the form of a log that is known ({error!r:.120}). Is it a log of "
            "training, and whole? See History.read for the forms."
        ) from error


def _log(source: Any) -> Log:
    """The log in an object: a data frame, a Trainer, a Keras ``History``, rows or columns."""
    if hasattr(source, "columns") and callable(getattr(source, "to_dict", None)):
        return _of_frame(source)
    for inner in ("state", "log_history", "logger", "history"):
        found = getattr(source, inner, None)
        if found is not None and not callable(found):
            return _log(found)
    if isinstance(source, Mapping):
        return _of_mapping(cast("Mapping[str, Any]", source))
    if isinstance(source, list | tuple):
        rows = cast("Sequence[Any]", source)
        if rows and all(isinstance(row, Mapping) for row in rows):
            return Log.of_rows(cast("Sequence[Mapping[str, Any]]", rows))
        if not rows:
            raise BadInput("The log is empty: an empty list has no epoch.")
    kind = type(cast("object", source)).__name__
    raise BadInput(
        f"{kind} is no history: give a Trainer or its log_history, a Keras "
        "History, a data frame, a list of dicts such as {'epoch': 1, 'loss': 0.6}, a dict of "
        "lists, or the path of a log (.csv, .json, .jsonl) or of the folder that holds it."
    )


def _of_frame(frame: Any) -> Log:
    """A data frame; an index that has a name is a column."""
    if any(frame.index.names):
        frame = frame.reset_index()
    return Log({str(name): frame[name].tolist() for name in frame.columns})


def _of_mapping(source: Mapping[str, Any]) -> Log:
    """A list for each series, one number for each epoch; or what holds a log."""
    for inner in ("log_history", "history"):
        if inner in source and not isinstance(source[inner], str | float | int):
            return _log(source[inner])
    lists = {
        str(key): list(cast("Sequence[Any]", column))
        for key, column in source.items()
        if _is_list(column)
    }
    if not source:
        raise BadInput("The log is empty: an empty dict has no series.")
    if not lists:
        raise BadInput(
            "A dict of single numbers is one measurement, no history; give a list of such dicts, "
            "or a dict with a list for each series, such as {'loss': [0.6, 0.5]}."
        )
    left_out = [f"{key}: no list of numbers" for key in source if str(key) not in lists]
    if all(hasattr(item, "step") for column in lists.values() for item in column):
        return _of_items(lists)
    longest = max(map(len, lists.values()))
    columns = {key: [*column, *[None] * (longest - len(column))] for key, column in lists.items()}
    return Log(columns, left_out=left_out)


def _is_list(column: Any) -> bool:
    return hasattr(column, "__len__") and not isinstance(column, str | bytes | Mapping)


def _of_items(lists: Mapping[str, Sequence[Any]]) -> Log:
    """The log of livelossplot: items with a step, which there is an epoch, and a value."""
    rows = dict[int, dict[str, Any]]()
    for name, items in lists.items():
        for item in items:
            rows.setdefault(int(item.step), {"epoch": item.step})[name] = item.value
    return Log.of_rows([rows[step] for step in sorted(rows)])


def _from_path(path: Path, name: str | None, validation: str | None) -> History:
    if path.is_dir():
        return _from_folder(path, name, validation)
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    with _form_named(path):
        return _from_file(path, name, validation)


def _from_file(path: Path, name: str | None, validation: str | None) -> History:
    if "tfevents" in path.name:
        return _history(log_files.log_of_events([path]), path, name, validation)
    if path.suffix.lower() in log_files.TABLES:
        return _history(log_files.log_of_table(path), path, name, validation)
    with path.open("rb") as file:
        if b'"history"' in file.readline(1000) and path.suffix != ".json":
            return from_json_lines(path)
    found = log_files.log_of_json(path)
    return _history(found, path, name, validation)


def _from_folder(folder: Path, name: str | None, validation: str | None) -> History:
    found = log_files.log_in_folder(folder)
    if isinstance(found, Path):
        return _from_path(found, name or folder.name, validation)
    boards = all(path.suffix == ".csv" for path in found)
    log = log_files.log_of_boards(found) if boards else log_files.log_of_events(found)
    return _history(log, folder, name, validation)


def _history(found: Any, path: Path, name: str | None, validation: str | None) -> History:
    try:
        log = found if isinstance(found, Log) else _log(found)
        return history_of(log, name or path.stem, validation=validation)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
