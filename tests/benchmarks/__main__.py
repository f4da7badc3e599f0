"""Every benchmark, one table: ``python -m tests.benchmarks [NAME ...]``.

Measure on an idle machine. NAME picks modules: ``engine`` runs ``bench_engine.py`` alone.
``seeds`` alone is another table: what training reaches over three seeds, see ``seeds.py``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from tests.benchmarks.row import Row


def collect(names: list[str]) -> list[Row]:
    """The rows of the chosen ``bench_*.py`` modules, or of all."""
    rows: list[Row] = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if not names or path.stem.removeprefix("bench_") in names:
            rows += importlib.import_module(f"tests.benchmarks.{path.stem}").rows()
    return rows


def table(rows: list[Row]) -> str:
    """The rows under a heading, with a mark that says which are within their bound."""
    lines = [("what", "must", "measured", "", "detail")]
    for row in rows:
        mark = "pass" if row.passes else "FAIL"
        lines.append(
            (row.what, f"≤ {_figure(row, row.must)}", _figure(row, row.measured), mark, row.detail)
        )
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _figure(row: Row, value: float) -> str:
    return f"{value:.3g} {row.unit}".strip()


def main() -> int:
    if sys.argv[1:] == ["seeds"]:
        from tests.benchmarks import seeds

        return seeds.main()
    rows = collect(sys.argv[1:])
    print(table(rows))
    return 0 if all(row.passes for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
