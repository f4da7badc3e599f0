"""The most memory that a kernel holds while it runs a lesson from top to bottom.

Without torch is what a core installation is; with it, the lessons that train do so live.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.benchmarks.row import Row

LESSONS = Path(__file__).parents[2] / "lessons"
TRAINING = ("03-pipeline-trace", "05-try", "07-experiment")  # the lessons that use torch
HIDE_TORCH = """
from importlib.machinery import PathFinder
real = PathFinder.find_spec
def find_spec(name, path=None, target=None):
    hidden = name.split(".")[0] in ("torch", "transformers")
    return None if hidden else real(name, path, target)
PathFinder.find_spec = staticmethod(find_spec)
"""
# Unlike getrusage, this begins anew with the program: it knows nothing of who started it.
PEAK = "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"


def rows() -> list[Row]:
    """The heaviest lesson of all without torch, and of those that use it with torch."""
    names = sorted(path.stem for path in LESSONS.glob("*.ipynb"))
    light = {name: peak(name, HIDE_TORCH) for name in names}
    heavy = {name: peak(name) / 1000 for name in TRAINING}
    return [
        Row("lessons without torch: memory of the heaviest kernel", 450, *_heaviest(light, "MB")),
        Row("lessons that train: memory of the heaviest kernel", 1.2, *_heaviest(heavy, "GB")),
    ]


def peak(name: str, first: str = "") -> float:
    """Megabytes at the highest, of a fresh kernel that runs ``first`` and then the lesson."""
    notebook = nbformat.read(LESSONS / f"{name}.ipynb", as_version=4)
    own = [nbformat.v4.new_code_cell(code) for code in (first, PEAK)]
    notebook.cells = [own[0], *notebook.cells, own[1]]
    with tempfile.TemporaryDirectory() as data:
        client = NotebookClient(
            notebook,
            timeout=1200,
            startup_timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": str(LESSONS)}},
            store_widget_state=False,
            skip_cells_with_tag="nbval-skip",
        )
        client.execute(env=os.environ | {"PIPELINE_WIDGETS_DATA": data, "HF_HUB_OFFLINE": "1"})
    _, kibibytes, _ = own[1].outputs[0].text.split()
    return int(kibibytes) * 1024 / 1e6


def _heaviest(measured: dict[str, float], unit: str) -> tuple[float, str, str]:
    """The largest figure, its unit, and all of them."""
    return max(measured.values()), unit, ", ".join(f"{n} {f:.3g}" for n, f in measured.items())
