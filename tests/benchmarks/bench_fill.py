"""What a keystroke costs in FillView, beside the explorer: from key to pixels, both models each."""

from __future__ import annotations

from statistics import median

from tests.benchmarks.bench_browser import DRAWN, START, TYPED, milliseconds
from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row

EXPLORER = f"""
import pipeline_widgets as pw
view = pw.PipelineExplorer(text={START!r}, show="both", opened=["layers"])
view
"""
FILLING = f"blanks = pw.FillView({START.replace('sat', '<mask>')!r})\nblanks"


def rows() -> list[Row]:
    """Thirty keys in each view by turns, the first one for warming up."""
    explorer: list[float] = []
    filling: list[float] = []
    with notebook_page([EXPLORER, FILLING], wait_for=".pw-filling", height=2400) as lab:
        for key in TYPED:
            explorer.append(milliseconds(lab, key, ".pw-explorer textarea", ".pw-explorer", DRAWN))
            filling.append(milliseconds(lab, key, ".pw-filling textarea", ".pw-filling", DRAWN))
    shown, alone = median(filling[1:]), median(explorer[1:])
    detail = f"{shown:.0f} ÷ {alone:.0f} ms, medians of {len(TYPED) - 1}"
    return [Row("keystroke in FillView ÷ explorer, both models", 1.3, shown / alone, "", detail)]
