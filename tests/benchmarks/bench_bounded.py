"""Doubling table: the worst growth of each reader's time, over twenty shapes of text."""

from __future__ import annotations

import time
from collections.abc import Callable

import pipeline_widgets as pw
from pipeline_widgets.quizzes.kinds import ShortText, TextAnswer
from tests.benchmarks.row import Row
from tests.benchmarks.shapes import MORE, READERS, SHAPES, grown

SIZES = (1_000, 10_000, 100_000)
LINEAR = 20.0  # times as long: with room for what a cache holds, and far from a square


def rows() -> list[Row]:
    """For each reader, how many times longer ten times the text takes, at most."""
    return [*(_row(name, read) for name, read in READERS.items()), *_megabyte()]


def _megabyte() -> list[Row]:
    """What a kernel takes for a megabyte that is typed or pasted, at most over the shapes."""
    explorer = pw.PipelineExplorer(text="warm", models=["distilbert"])
    quiz = pw.Quiz([ShortText("?", id="a", answers=(TextAnswer("yes"),))], save=False)
    ways: dict[str, Callable[[str], object]] = {
        "explorer": lambda text: explorer.set_state({"text": text, "_sequence": 1}),
        "quiz": lambda text: quiz.submit("a", text),
    }
    made = list[Row]()
    for name, take in ways.items():
        slowest, where = max((_seconds(take, grown(shape, 10**6)), shape) for shape in SHAPES)
        made.append(Row(f"a megabyte into the {name}", 0.3, slowest, "s", f"{where!r}"))
    return made


def _row(name: str, read: Callable[[str], object]) -> Row:
    worst, where, slowest = 0.0, "", [0.0]
    for shape in (*SHAPES, *MORE.get(name, ())):
        texts = [grown(shape, size) for size in SIZES]
        taken = [_seconds(read, text) for text in texts]
        for _ in range(4):  # what else the machine does only adds to a time
            growth = taken[2] / max(taken[1], 0.005)  # below that, a clock measures itself
            if growth <= LINEAR:
                break
            again = [_seconds(read, text) for text in texts]
            taken = [min(pair) for pair in zip(taken, again, strict=True)]
        if growth > worst:
            worst, where = growth, shape
        slowest = max(slowest, taken, key=lambda times: times[-1])
    detail = f"{where!r}; slowest {', '.join(f'{seconds:.3f}' for seconds in slowest)} s"
    return Row(f"{name}: time at 10⁵ ÷ at 10⁴ characters", LINEAR, worst, "×", detail)


def _seconds(read: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started
