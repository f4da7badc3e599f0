"""BertViz's views drawn in JupyterLab 4 with the network off (the harness lets nothing out)."""

from __future__ import annotations

START = """
import pipeline_widgets as pw
from pipeline_widgets import bertviz
pipeline = pw.load({model!r})
trace = pipeline.trace("The café was not dull.")
heads = trace.layers.attention.shape[1]
tokens = len(trace.tokens)"""


def test_all_three_views_are_drawn_and_steered(notebook):
    cells = [
        START.format(model="distilbert"),
        "bertviz.head_view(trace, layer=1)",
        "bertviz.model_view(trace)",
        "bertviz.neuron_view(trace, pipeline=pipeline)",
    ]
    lab = notebook(cells, wait_for="iframe >> nth=2", height=1800)
    head, model, neuron = (lab.page.locator("iframe").nth(k).content_frame for k in range(3))
    for frame in (head, model, neuron):
        frame.locator("svg").first.wait_for()
    heads, tokens = lab.value("(heads, tokens)")
    assert head.locator("svg line").count() >= heads * tokens**2
    assert model.locator("svg line").count() >= 3 * heads * tokens**2
    first = head.locator("svg line").first
    before = first.evaluate("line => line.outerHTML + line.parentNode.innerHTML.length")
    head.locator("select#layer").select_option("0")
    head.locator("svg line").first.wait_for(state="attached")
    after = head.locator("svg line").first.evaluate(
        "line => line.outerHTML + line.parentNode.innerHTML.length"
    )
    assert after != before
    assert neuron.locator("svg text").count() >= 2 * tokens
    lab.screenshot("bertviz")


def test_the_neuron_view_of_roberta_unfolds_its_vectors(notebook):
    cells = [
        START.format(model="roberta"),
        "bertviz.neuron_view(trace, pipeline=pipeline, layer=1)",
    ]
    lab = notebook(cells, wait_for="iframe")
    frame = lab.page.locator("iframe").content_frame
    frame.locator("svg rect").first.wait_for(state="attached")
    assert frame.locator("select#layer").input_value() == "1"
    assert "not" in [name.strip() for name in frame.locator("svg text").all_text_contents()]
