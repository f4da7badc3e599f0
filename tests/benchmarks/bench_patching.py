"""The spread map at a keystroke, and the patching square beside a trace of the same text."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import pipeline_widgets as pw
from pipeline_widgets.engine.patching import patch_row, row_order
from pipeline_widgets.engine.text_alignment import align
from tests.benchmarks.bench_browser import DRAWN, KERNEL_RESTS, WATCH_ONE_KEY
from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row
from tests.models.conftest import FULL, save_classifier

PINNED = "The waiter was not friendly, but the soup was warm and nobody in our group complained."
TEXT = PINNED.replace("not", "very")
TYPED = " and late"
FILLED = "!document.querySelector('.pw-difference-panel:not([data-done=all])')"
BOTH = """
import pipeline_widgets as pw
plain = pw.PipelineExplorer({text!r}, show="both", opened=[])
pinned = pw.PipelineExplorer({text!r}, pinned={pinned!r}, show="both", opened=[])
plain"""


def rows() -> list[Row]:
    """All three rows of the table."""
    return [*keystrokes(), *squares(), *full_size()]


def timed(act: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = perf_counter()
    act()
    return perf_counter() - start


def first_full_row(pipeline: pw.Pipeline, pinned: pw.Trace, trace: pw.Trace) -> None:
    """The first row of the square in which more than the first token is read."""
    partners = align(pinned.tokens, trace.tokens).partners
    layer = row_order(pipeline.config.layers)[2]
    for _ in patch_row(pipeline, pinned, trace, partners, layer):
        pass


def squares() -> list[Row]:
    """RoBERTa mini, 20 tokens: the whole square and the first full row, in traces."""
    pipeline = pw.load("roberta")
    pinned, trace = pipeline.trace(PINNED), pipeline.trace(TEXT)
    whole: list[float] = []
    first: list[float] = []
    once: list[float] = []
    for _ in range(9):
        once += [timed(lambda: pipeline.trace(TEXT)) for _ in range(5)]
        whole.append(timed(lambda: pipeline.patch(pinned, trace)))
        first.append(timed(lambda: first_full_row(pipeline, pinned, trace)))
    base = median(once)
    detail = f"{len(trace.tokens)} tokens, a trace takes {1000 * base:.1f} ms"
    return [
        Row("patching square, RoBERTa mini ÷ trace", 60, median(whole) / base, "", detail),
        Row("its first full row ÷ trace", 5, median(first) / base, "", detail),
    ]


def full_size() -> list[Row]:
    """The first full row with weights of the published size."""
    with tempfile.TemporaryDirectory() as folder:
        save_classifier(Path(folder), "roberta", sizes=FULL["roberta"])
        pipeline = pw.load(folder)
        text = "the cat sat on the mat and"
        pinned, trace = pipeline.trace(f"{text} slept"), pipeline.trace(f"{text} ended")
        seconds = [timed(lambda: first_full_row(pipeline, pinned, trace)) for _ in range(3)]
        detail = f"{len(trace.tokens)} tokens, {len(trace.layers.attention)} layers"
        return [Row("first full row, base size", 2, median(seconds), "s", detail)]


def keystrokes() -> list[Row]:
    """A key in an explorer with both models, with a pin and without, by turns."""
    cells = [BOTH.format(text=TEXT, pinned=PINNED), "pinned"]
    with notebook_page(cells, wait_for=".pw-pin canvas", height=2400) as lab:
        took: dict[str, list[float]] = {"plain": [], "pinned": []}
        lab.page.evaluate(
            "document.querySelectorAll('.pw-explorer').forEach("
            "(node, k) => node.classList.add(['bench-plain', 'bench-pinned'][k]))"
        )
        for key in TYPED * 3:
            for name, milliseconds in took.items():
                box, picture = f".bench-{name} textarea", f".bench-{name}"
                lab.page.evaluate(WATCH_ONE_KEY, [box, picture, DRAWN])
                lab.page.keyboard.press(key)
                milliseconds.append(lab.page.evaluate("fromKeyToPixels"))
                lab.page.wait_for_function(KERNEL_RESTS)
                lab.page.wait_for_function(FILLED)  # else one key pays for another's squares
        plain, pinned = (median(one[1:]) for one in took.values())
        tokens = lab.value("len(pinned.trace.tokens)")
        detail = f"{pinned:.0f} ÷ {plain:.0f} ms, both models, {tokens} tokens"
        return [Row("keystroke with a pin ÷ without", 1.25, pinned / plain, "", detail)]
