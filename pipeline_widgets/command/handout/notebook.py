"""A notebook's file, read as far as it has the form that nbformat 4 describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from ...errors import PipelineError
from ...text_files import read_bytes


def read(source: Path) -> dict[str, Any]:
    """A notebook of format 4. Raises PipelineError if it is none."""
    try:
        book = _fields(json.loads(read_bytes(source)))
        cells = book["cells"]
        odd = next((n for n, cell in enumerate(cells) if not _is_cell(_fields(cell))), None)
        if book["nbformat"] == 4 and isinstance(cells, list) and odd is None:
            return book
        where = "" if odd is None else f" (see cell {odd})"
    except (ValueError, LookupError, TypeError, RecursionError):
        where = ""
    raise PipelineError(
        f"{source} is not a notebook of format 4{where}. Open it in JupyterLab and save it again."
    )


def _fields(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no JSON object")
    return cast("dict[str, Any]", value)


def _is_cell(cell: dict[str, Any]) -> bool:
    """Whether a cell has what the format says of its kind."""
    _fields(_fields(cell["metadata"]).get("jupyter", {}))
    _check_text(cell["source"])
    if cell["cell_type"] == "code":
        outputs: Any = cell["outputs"]
        return isinstance(outputs, list) and all(map(_is_output, cell["outputs"]))
    for attached in _fields(cell.get("attachments", {})).values():
        for packed in _fields(attached).values():
            _check_text(packed)
    return cell["cell_type"] in ("markdown", "raw")


def _is_output(output: object) -> bool:
    fields = _fields(output)
    if fields["output_type"] == "stream":
        _check_text(fields["text"])
    elif fields["output_type"] == "error":
        _check_text(fields["traceback"])
        return isinstance(fields["traceback"], list)
    else:
        for kind, content in _fields(fields["data"]).items():
            if not kind.endswith("json"):
                _check_text(content)
    return True


def _check_text(text: object) -> None:
    """A text, or the list of its lines."""
    lines = cast("list[object]", text) if isinstance(text, list) else [text]
    if not all(isinstance(line, str) for line in lines):
        raise TypeError("no text")
