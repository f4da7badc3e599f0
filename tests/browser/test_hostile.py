"""Hostile texts in a real browser: nothing runs, nothing is fetched, each page is there."""

from __future__ import annotations

from typing import Any

import pytest

from tests import hostile
from tests.browser.lab import OpenNotebook


def assert_dead(lab: OpenNotebook, asked: list[str]) -> None:
    """Nothing ran in any frame and nothing was asked for."""
    lab.page.wait_for_timeout(500)  # what would run or fetch gets the time to
    assert [frame.url for frame in lab.page.frames if frame.evaluate("'pwned' in window")] == []
    assert [url for url in asked if "pwned" in url] == []


@pytest.fixture
def checkpoint(lab_server: Any) -> str:
    folder = lab_server.root / "hostile"
    return str(folder if folder.exists() else hostile.checkpoint(folder))


def test_a_checkpoints_words_run_in_none_of_bertvizs_pages(notebook, checkpoint):
    lab = notebook(["0"])
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.run_cell(
        "import pipeline_widgets as pw\nfrom pipeline_widgets import bertviz as bv\n"
        f"pipeline = pw.load({checkpoint!r})\ntrace = pipeline.trace('a good film')"
    )
    for made in ("head_view(trace)", "model_view(trace)", "neuron_view(trace, pipeline=pipeline)"):
        lab.run_cell(f"bv.{made}")
        frame = lab.page.locator("iframe").last.content_frame
        frame.locator("svg text").first.wait_for(state="attached")
        shown = [text.strip() for text in frame.locator("svg text").all_text_contents()]
        if "model" not in made:  # whose tokens stand in a head's detail only
            assert {hostile.TEXTS[0], hostile.TEXTS[1]} <= set(shown)
    assert_dead(lab, asked)
    assert lab.page.locator("iframe").last.get_attribute("sandbox") == "allow-scripts"


VIEWS = (
    "pw.TokenView(trace)",
    "pw.EmbeddingView(trace)",
    "pw.AttentionView(trace, pipeline=pipeline)",
    "pw.PredictionView(trace)",
    "pw.CompareView(trace, pw.load('roberta').trace(text))",
    "pw.PipelineExplorer(text=text, models=[pipeline])",
    "pw.FlowView(pipeline.flow(['a good film', text]))",
)


def test_a_checkpoints_words_and_what_is_typed_run_in_none_of_the_views(notebook, checkpoint):
    lab = notebook(["0"])
    asked: list[str] = []
    lab.page.on("request", lambda request: asked.append(request.url))
    lab.run_cell(
        f"import pipeline_widgets as pw\ntext = {hostile.EVERYTHING!r}\n"
        f"pipeline = pw.load({checkpoint!r})\ntrace = pipeline.trace(text)"
    )
    for made in VIEWS:
        lab.run_cell(made)
    assert_dead(lab, asked)
