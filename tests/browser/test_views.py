"""The single views and the flow in a real JupyterLab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

START = """
import ipywidgets
import pipeline_widgets as pw
roberta, distilbert = pw.load("roberta"), pw.load("distilbert")
text = "The café was not dull, truly superb."
one, two = roberta.trace(text), distilbert.trace(text)"""


def test_a_token_chosen_in_one_view_moves_a_linked_view(notebook):
    show = """
tokens, embedding = pw.TokenView(one), pw.EmbeddingView(one)
link = ipywidgets.jslink((tokens, "token"), (embedding, "token"))
ipywidgets.VBox([tokens, embedding])"""
    lab = notebook([START, show], wait_for=".pw-stages >> nth=1")
    first, second = (lab.page.locator(".pw-stages").nth(k) for k in (0, 1))
    first.locator(".pw-chip").nth(3).click()
    expect(second.locator(".pw-chip").nth(3)).to_have_attribute("aria-pressed", "true")
    assert lab.value("embedding.token") == 3
    assert lab.value("embedding.selected.shape") == (384,)


def test_each_view_stands_alone(notebook, axe_violations):
    views = {
        "tokens": "pw.TokenView(one, two, opened=('tokens',))",
        "embedding": "pw.EmbeddingView(one)",
        "prediction": "pw.PredictionView(one, after_layers=roberta.predict_after_layers(one))",
        "flow": "pw.FlowView(*(model.flow([s.text for s in pw.sentences()][:60])"
        " for model in (roberta, distilbert)))",
    }
    lab = notebook([START, *views.values()], wait_for=".pw >> nth=3")
    roots = lab.page.locator(".pw")
    for theme in ("light", "dark"):
        lab.change_theme(theme)
        for place, name in enumerate(views):
            root = roots.nth(place)
            expect(root).to_have_attribute("aria-label", re.compile("RoBERTa|DistilBERT"))
            expect(root).to_have_attribute("data-dark", str(theme == "dark").lower())
            lab.screenshot(f"view-{name}-{theme}", f".pw >> nth={place}")
        assert axe_violations(lab.page, ".pw") == []


def test_a_live_flow_fills_its_cards_and_ends_with_real_shapes(notebook):
    show = """
texts = [sentence.text for sentence in pw.sentences("train")][:300]
view = pw.FlowView.live(texts)
view"""
    lab = notebook([START, show], wait_for=".pw-flow")
    last = lab.page.locator(".pw-flow-panel").nth(1).locator(".pw-flow-card").last
    expect(last.locator(".pw-flow-shape")).to_have_text("300 × 2", timeout=60_000)
    shapes = lab.page.locator(".pw-flow-shape").all_inner_texts()
    assert shapes[0].startswith("300")
    assert shapes[2] == "300 × 50 × 384"
    assert lab.value("[len(flow.probabilities) for flow in view.wait()]") == [300, 300]
    expect(lab.page.get_by_role("meter")).to_have_count(12)
    expect(lab.page.locator(".pw-said")).to_have_text(
        re.compile(r"^RoBERTa is done, in .+\. DistilBERT is done, in .+\.$")
    )


def test_a_bar_of_the_flow_is_as_long_as_its_stage_took_and_samples_are_named(notebook):
    show = "flows = [m.flow([s.text for s in pw.sentences()][:60]) for m in (roberta, distilbert)]"
    lab = notebook([START, f"{show}\nview = pw.FlowView(*flows)\nview"], wait_for=".pw-flow")
    times = lab.value("[s.milliseconds for flow in flows for s in flow.stages]")
    tracks = lab.page.locator(".pw-flow .pw-track").evaluate_all(
        "all => all.map(one => one.firstChild.offsetWidth / one.offsetWidth)"
    )
    assert tracks == pytest.approx([time / max(times) for time in times], abs=0.02)
    pieces = lab.page.locator(".pw-flow-piece").all_inner_texts()
    ids = lab.value("[int(i) for flow in flows for i in flow.stages[1].ids[:9]]")
    assert [int(piece.split()[-1]) for piece in pieces] == ids
    encoded = lab.value("roberta.tokenize(pw.sentences()[0].text).ids[:9].tolist()")
    assert ids[:9] == encoded
    names = lab.page.locator(".pw-flow [role=img]").evaluate_all(
        "all => all.map(one => one.ariaLabel)"
    )
    assert len(set(names)) == len(names) == 6  # model, stage, sizes and extremes
    shown = lab.page.locator(".pw-flow-card").last.inner_text()
    probability = lab.value("float(flows[1].probabilities[0, 1])")
    assert f"positive {probability:.2f}" in shown
