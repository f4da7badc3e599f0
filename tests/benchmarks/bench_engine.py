"""The engine beside transformers, on the same weights, in one process, taking turns.

Each side runs a few times in a row before the other does, and the first runs of a turn don't count:
the two libraries keep their own threads, which go on spinning for a while after a call.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
import transformers

import pipeline_widgets as pw
from tests.benchmarks.row import Row
from tests.models.conftest import FULL, save_classifier

LENGTHS = (12, 20, 50, 128)
WIDE = "avx512f" in Path("/proc/cpuinfo").read_text()
MINIS = dict.fromkeys((12, 20), 0.9 if WIDE else 0.6)  # for texts of so many tokens
LONGER = 0.75
SENTENCES = 1000
START_UP = """
import json, sys, time
start = time.perf_counter()
import pipeline_widgets as pw
pw.load("roberta").trace("The cat sat on the mat.")
seconds = time.perf_counter() - start
heavy = [name for name in ("torch", "transformers", "plotly", "IPython") if name in sys.modules]
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
megabytes = int(status["VmHWM"].split()[0]) * 1024 / 1e6  # ru_maxrss would count the parent's too
print(json.dumps([seconds, megabytes, heavy]))
"""


def rows() -> list[Row]:
    """All of the engine's rows."""
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    return [*start_up(), *minis(), *full_size(), *flows()]


def start_up() -> list[Row]:
    """A fresh interpreter: import, load, first trace."""
    runs: list[tuple[float, float, list[str]]] = []
    for _ in range(5):
        run = [sys.executable, "-c", START_UP]
        runs.append(json.loads(subprocess.run(run, capture_output=True, check=True).stdout))
    seconds, megabytes, heavy = zip(*runs, strict=True)
    detail = f"heavy imports: {', '.join(sorted(set(itertools.chain(*heavy)))) or 'none'}"
    return [
        Row("start-up: import, load, first trace", 0.8, median(seconds), "s", detail),
        Row("start-up: peak memory", 250, median(megabytes), "MB"),
    ]


def minis() -> list[Row]:
    """Both bundled classifiers, traced, against transformers' eager forward."""
    found: list[Row] = []
    for name in ("roberta", "distilbert"):
        with tempfile.TemporaryDirectory() as folder:
            model = reference(merged(name, Path(folder)))
            what = f"{name} mini ({'AVX-512' if WIDE else 'AVX2'}): numpy trace ÷ transformers"
            found += ratios(pw.load(name), model, what, LONGER, shorter=MINIS)
    return found


def full_size() -> list[Row]:
    """RoBERTa of base size with random weights: both backends against the same forward."""
    with tempfile.TemporaryDirectory() as folder:
        path = save_classifier(Path(folder), "roberta", sizes=FULL["roberta"])
        model = reference(path)
        found = ratios(pw.load(path), model, "base-size: numpy trace ÷ transformers", 1.0, turns=4)
        with_torch = pw.load(path, backend="torch")
        what = "base-size: torch trace ÷ transformers"
        return found + ratios(with_torch, model, what, 1.05, turns=4)


def flows() -> list[Row]:
    """1000 sentences through ``flow`` and through transformers' pipeline, in batches of 32."""
    texts = list(itertools.islice(itertools.cycle(one.text for one in pw.sentences()), SENTENCES))
    found: list[Row] = []
    for name in ("roberta", "distilbert"):
        pipeline = pw.load(name)
        with tempfile.TemporaryDirectory() as folder:
            path = str(merged(name, Path(folder)))
            classify = transformers.pipeline("text-classification", model=path, device="cpu")
            options = {"batch_size": 32, "truncation": True, "max_length": 50}
            ours, theirs = in_turns(
                lambda pipeline=pipeline: pipeline.flow(texts),
                lambda classify=classify, options=options: classify(texts, **options),
                turns=3,
                calls=1,
                warm_up=0,
            )
        detail = f"{ours:.2f} s ÷ {theirs:.2f} s"
        found.append(
            Row(f"{name} mini: flow ÷ transformers pipeline", 0.9, ours / theirs, "", detail)
        )
    return found


def ratios(
    pipeline: pw.Pipeline,
    model: Any,
    what: str,
    must: float,
    *,
    shorter: Mapping[int, float] | None = None,
    turns: int = 8,
) -> list[Row]:
    """Trace ÷ bare forward with attentions and hidden states, for texts of each length."""
    found: list[Row] = []
    for length in LENGTHS:
        text = text_of(length, pipeline)
        ids = torch.tensor(pipeline.tokenize(text).ids[None].astype(np.int64))
        mask = torch.ones_like(ids)

        def forward(ids: Any = ids, mask: Any = mask) -> Any:
            with torch.inference_mode():
                return model(
                    ids, attention_mask=mask, output_attentions=True, output_hidden_states=True
                )

        assert len(forward().attentions) == pipeline.config.layers
        ours, theirs = in_turns(lambda text=text: pipeline.trace(text), forward, turns=turns)
        detail = f"{ours * 1000:.1f} ms ÷ {theirs * 1000:.1f} ms"
        bound = (shorter or {}).get(length, must)
        found.append(Row(f"{what}, {length} tokens", bound, ours / theirs, "", detail))
    return found


def in_turns(
    ours: Callable[[], Any],
    theirs: Callable[[], Any],
    *,
    turns: int,
    calls: int = 8,
    warm_up: int = 3,
) -> tuple[float, float]:
    """The median seconds of each side."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for side, run in zip(times, (ours, theirs), strict=True):
            for call in range(warm_up + calls):
                start = perf_counter()
                run()
                if call >= warm_up:
                    side.append(perf_counter() - start)
    return median(times[0]), median(times[1])


def text_of(length: int, pipeline: pw.Pipeline) -> str:
    """A text of exactly so many tokens, special ones included."""
    words = [word for one in pw.sentences() for word in one.text.split()]
    for start in range(0, len(words), 7):
        for end in range(start + 1, start + length):
            text = " ".join(words[start:end])
            count = len(pipeline.tokenize(text))
            if count >= length:
                break
        if count == length:
            return text
    raise AssertionError(f"no text of {length} tokens")


def reference(folder: Path) -> Any:
    """transformers' own classifier."""
    return transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()


def merged(name: str, folder: Path) -> Path:
    """A bundled classifier as an ordinary folder, in float32."""
    from recipes.pack import BUNDLED, merge_to

    return merge_to(BUNDLED / f"{name}-mini", folder)
