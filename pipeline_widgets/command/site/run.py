"""A notebook run once, in a kernel of its own, as *Run all* does: for the views on its page.

Import it only where nbclient and ipykernel are installed.
"""

# nbclient and nbformat are only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false
from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from ..handout.page import text_of

VIEW = "application/vnd.jupyter.widget-view+json"
_SECONDS = 600  # for a cell
_BEGIN = "from pipeline_widgets.command.site import recording as _r; _r.begin(torch={torch})"
_END = "from pipeline_widgets.command.site import recording as _r; _r.write({folder!r}, {shared!r})"


@dataclass(frozen=True)
class Ran:
    """What a run gave: each cell's outputs, its views by their models, what went wrong."""

    outputs: list[list[dict[str, Any]]] = field(default_factory=list[list[dict[str, Any]]])
    views: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    troubles: tuple[str, ...] = ()


def run(book: dict[str, Any], folder: Path, shared: Path, *, torch: bool) -> Ran:
    """Run ``book`` in ``folder``; a cell that fails is named, and those after it run.

    What pages share of its views goes into ``shared``, see `SharedFiles`.
    """
    notebook: Any = nbformat.v4.new_notebook(metadata=book.get("metadata", {}))
    with tempfile.TemporaryDirectory(prefix="site-") as place, _environment(place):
        first = nbformat.v4.new_code_cell(_BEGIN.format(torch=torch))
        last = nbformat.v4.new_code_cell(_END.format(folder=place, shared=str(shared.resolve())))
        notebook.cells = [first, *map(_fresh, book["cells"]), last]
        client = NotebookClient(
            notebook,
            timeout=_SECONDS,
            allow_errors=True,
            store_widget_state=False,
            skip_cells_with_tag="nbval-skip",  # such as one that writes a certificate
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute()
        except (CellTimeoutError, DeadKernelError) as error:
            return Ran(troubles=(f"its run was given up: {str(error).splitlines()[0]}",))
        outputs = [list(cell.get("outputs", ())) for cell in notebook.cells]
        troubles = [
            f"cell {number - 1} failed when it was run: {one.get('ename')}: {one.get('evalue')}"
            for number, some in enumerate(outputs)
            for one in some
            if one["output_type"] == "error"
        ]
        views = {
            file.stem: json.loads(file.read_text("utf-8")) for file in Path(place).glob("*.json")
        }
    return Ran(outputs[1:-1], views, tuple(troubles))


def _fresh(cell: dict[str, Any]) -> Any:
    """A cell that nobody has run; text stands as nothing in its place."""
    source, tags = "", cell.get("metadata", {}).get("tags", [])
    if cell["cell_type"] == "code":
        source = text_of(cell["source"])
    return nbformat.v4.new_code_cell(source, metadata={"tags": tags})


@contextmanager
def _environment(place: str) -> Generator[None]:
    """Nobody's kept answers come into a page, and nothing is asked from a network."""
    ours = {
        "PIPELINE_WIDGETS_DATA": str(Path(place) / "answers"),
        "HF_HUB_OFFLINE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
