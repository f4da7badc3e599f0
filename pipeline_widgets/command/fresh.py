"""Notebooks as nobody has run them yet: ``python -m pipeline_widgets.command.fresh FOLDER``.

A lesson is stored executed, for GitHub and for paper. Whoever opens it to learn gets it without
outputs: they would answer each "Predict, then run", and JupyterLab leaves only the loose words of
a picture that it doesn't trust.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def fresh(notebook: str) -> str:
    """The text of an .ipynb file without outputs and execution counts."""
    made: dict[str, Any] = json.loads(notebook)
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(folders: list[str]) -> None:
    """Take the outputs out of all notebooks right in these folders."""
    for folder in folders:
        for path in sorted(Path(folder).glob("*.ipynb")):
            path.write_text(fresh(path.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
