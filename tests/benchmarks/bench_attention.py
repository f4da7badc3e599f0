"""AttentionView beside BertViz: the time to make it, its bytes, and how soon it is on screen."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median
from typing import Any

import pipeline_widgets as pw
from tests.benchmarks.bench_browser import (
    CHANGED,
    ECHO_BOX,
    ECHO_PICTURE,
    bertviz_page,
    milliseconds,
)
from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row
from tests.benchmarks.synthetic import synthetic_trace
from tests.browser.echo import ECHO
from tests.browser.lab import OpenNotebook

# tokens: the bounds for the time, the bytes with the head open and with the wall open
BOUNDS = {
    12: (1 / 5, 1 / 20, 1 / 10),
    50: (1 / 50, 1 / 100, 1 / 30),
    128: (1 / 200, 1 / 200, 1 / 40),
}
VIEW = """
import pipeline_widgets as pw
from tests.benchmarks.synthetic import synthetic_trace
view = pw.AttentionView(synthetic_trace(layers=12, heads=12, tokens={tokens}))
view
"""
OPEN_AND_TIME = """
async code => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await jupyterapp.commands.execute('notebook:insert-cell-below');
  notebook.activeCell.model.sharedModel.setSource(code);
  const start = performance.now();
  const painted = new Promise((resolve) => {
    const look = () => document.querySelector('.pw-attention[data-painted] .pw-tile canvas')
      ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)))
      : setTimeout(look, 5);
    look();
  });
  await jupyterapp.commands.execute('notebook:run-cell');
  return await painted;
}
"""


def rows() -> list[Row]:
    """The attention rows of the table."""
    found = [row for tokens in BOUNDS for row in python_rows(tokens)]
    return [*found, *effect_rows(), *browser_rows()]


def python_rows(tokens: int) -> list[Row]:
    """Time and bytes beside BertViz's for one 12-layer 12-head trace."""
    trace = synthetic_trace(layers=12, heads=12, tokens=tokens)
    pw.AttentionView(trace)  # imports, once
    ours = best(lambda: pw.AttentionView(trace), 7)
    page = len(bertviz_page(trace))
    theirs = best(lambda: bertviz_page(trace), 3 if tokens < 100 else 1)
    time_bound, head_bound, wall_bound = BOUNDS[tokens]
    what = f"{tokens} tokens, 12 × 12"
    made = f"{ours * 1000:.1f} of {theirs * 1000:.0f} ms"
    found = [Row(f"time to make the view ÷ BertViz, {what}", time_bound, ours / theirs, "", made)]
    for name, wall, bound in (("head", False, head_bound), ("wall", True, wall_bound)):
        data, code = sizes(pw.AttentionView(trace, wall=wall))
        detail = f"{data:,} of {page:,} bytes; code once {code:,} (BertViz: d3, jQuery from a CDN)"
        what_bytes = f"bytes, {name} open ÷ BertViz's page, {what}"
        found.append(Row(what_bytes, bound, data / page, "", detail))
    return found


def best(work: Any, times: int) -> float:
    """The least of some times, in seconds."""
    taken: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def sizes(view: pw.AttentionView) -> tuple[int, int]:
    """The bytes of a view's state: what it draws, and the code and words that draw it."""
    buffers = 0

    def count(value: Any) -> str:
        nonlocal buffers
        buffers += len(bytes(value))
        return ""

    state = view.get_state()
    code = {key: state.pop(key) for key in ("_esm", "_css", "strings")}
    data = len(json.dumps(state, default=count).encode())
    return data + buffers, len(json.dumps(code).encode())


def effect_rows() -> list[Row]:
    """All 72 effects of the bundled RoBERTa on 20 tokens, as the button starts them."""
    pipeline = pw.load("roberta")
    text = "The film was not dull, it was truly superb and I loved every minute of it"
    trace = pipeline.trace(text)
    assert 18 <= len(trace.tokens) <= 20, len(trace.tokens)
    view = pw.AttentionView(trace, pipeline=pipeline)
    view.measure()
    first: list[float] = []
    start = time.perf_counter()
    view.observe(lambda _change: first.append(time.perf_counter() - start), "_effects")
    view.measure()
    whole = time.perf_counter() - start
    detail = f"{len(trace.tokens)} tokens, {len(first)} messages"
    return [
        Row("effect wall of 72 heads", 3, whole, "s", detail),
        Row("effect wall, first values", 0.3, first[0], "s"),
    ]


def browser_rows() -> list[Row]:
    """Choosing a head at 128 tokens, and a wall of 512 tokens, in JupyterLab in Chromium."""
    path = f"import sys\nsys.path.insert(0, {str(Path(__file__).parents[2])!r})"
    short = [path, VIEW.format(tokens=128), ECHO]
    with notebook_page(short, wait_for=".pw-attention[data-painted]") as lab:
        lab.page.wait_for_selector(ECHO_BOX)
        chosen = choosing_row(lab)
    with notebook_page([path, "import pipeline_widgets as pw; pw.AttentionView"]) as lab:
        return [chosen, *long_rows(lab)]


def choosing_row(lab: OpenNotebook) -> Row:
    """From the arrow key on a tile until its head is painted, less the echo's time."""
    ours: list[float] = []
    echo: list[float] = []
    tile, picture = '.pw-tile[aria-checked="true"]', ".pw-attention"
    watched = {"attributeFilter": ["data-shown"]}
    for key in ["ArrowRight", "ArrowDown"] * 11:
        ours.append(milliseconds(lab, key, tile, picture, watched))
        echo.append(milliseconds(lab, "a", ECHO_BOX, ECHO_PICTURE, CHANGED))
    shown, floor = median(ours[2:]), median(echo[2:])
    detail = f"{shown:.0f} − {floor:.0f}, medians of {len(ours) - 2}"
    return Row("choosing a head → painted, 128 tokens, − echo", 50, shown - floor, "ms", detail)


def long_rows(lab: OpenNotebook) -> list[Row]:
    """512 tokens, 12 × 12: from running the cell to the painted wall, and the page's heap."""
    lab.run_cell(
        "from tests.benchmarks.synthetic import synthetic_trace\n"
        "long = synthetic_trace(layers=12, heads=12, tokens=512)"
    )
    opened = "view = pw.AttentionView(long, opened=['heads'])\nview"
    taken = lab.page.evaluate(OPEN_AND_TIME, opened)
    lab.page.locator("[data-key=head-7-3]").click()
    lab.page.wait_for_selector(".pw-attention[data-shown='head 7 3']")
    session = lab.page.context.new_cdp_session(lab.page)
    used = session.send("Runtime.getHeapUsage")
    heap = (used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6
    return [
        Row("512 tokens, 12 × 12: wall painted", 3, taken / 1000, "s", "Python included"),
        Row("512 tokens, 12 × 12: browser heap", 500, heap, "MB", "JupyterLab included"),
    ]
