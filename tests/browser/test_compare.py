"""CompareView, the map and the exported pages in a real browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from tests.browser.eventually import eventually

TEXT = "The café was truly untokenizable, don't go!"
START = f"""
import pipeline_widgets as pw
roberta, distilbert = pipelines = pw.load("roberta"), pw.load("distilbert")
one, two = roberta.trace({TEXT!r}), distilbert.trace({TEXT!r})"""
SHOW = "view = pw.CompareView(one, two, pipelines=pipelines, layers=(1, 0), heads=(8, 8))\nview"


def point(page, key, row, column):
    """Point at a cell of one square."""
    square = page.locator(f"[data-key={key}]")
    place = json.loads(square.get_attribute("data-place"))
    x, y = (
        place[side] + (at + 0.5) * place["side"] for side, at in (("left", column), ("top", row))
    )
    square.hover(position={"x": x, "y": y})


def test_two_models_are_compared_word_by_word(notebook, axe_violations):
    lab = notebook([START, SHOW], wait_for=".pw-compare[data-painted]", height=1800)
    page = lab.page
    names, alike = lab.value("(view.names, view.cut_alike)")
    assert page.locator(".pw-wordcolumn .pw-typed").all_inner_texts() == names
    assert page.locator(".pw-differs").count() == alike.count(False) > 0
    point(page, "square-0", 2, 3)
    one, two = lab.value("[float(square[2, 3]) for square in view.selected]")
    note = page.locator(".pw-cell-note")
    expect(note).to_contain_text(f"RoBERTa {one:.3f}, DistilBERT {two:.3f}")
    page.locator("[data-key=heads-1]").select_option("3")
    eventually(lab, "(view.layers, view.heads)", ([1, 0], [8, 3]))
    point(page, "square-2", 2, 2)
    one, two = lab.value("[float(square[2, 2]) for square in view.selected]")
    expect(note).to_contain_text(f"DistilBERT {two:.3f}")
    page.locator("[data-key=square-2]").press("Enter")
    expect(page.locator(".pw-compare tbody tr")).to_have_count(len(names))
    eventually(lab, "view.word", 2)
    ends = page.locator(".pw-end").all_text_contents()
    winner = lab.value("one.prediction.label")
    shown = lab.value(
        f"[float(t.prediction.probabilities[t.prediction.labels.index({winner!r})])"
        " for t in (one, two)]"
    )
    assert ends == [f"RoBERTa {shown[0]:.2f}", f"DistilBERT {shown[1]:.2f}"]
    assert axe_violations(page, ".pw") == []
    lab.screenshot("compare-light-1200", ".pw-compare")
    lab.change_theme("dark")
    page.set_viewport_size({"width": 600, "height": 2600})
    expect(page.locator(".pw-compare")).to_have_attribute("data-dark", "true")
    assert axe_violations(page, ".pw") == []
    lab.screenshot("compare-dark-600", ".pw-compare")


def test_the_map_moves_from_layer_to_layer_with_its_cosines(notebook, axe_violations):
    show = (
        "others = [roberta.trace(s.text) for s in pw.sentences('train')[:12]]\n"
        "view = pw.EmbeddingView(one, sentences=others, token=2)\nview"
    )
    lab = notebook([START, show], wait_for=".pw-map[data-step]", height=1400)
    page = lab.page
    before = page.locator(".pw-dot").nth(3).get_attribute("style")
    page.locator("[data-key=step-1]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pw-map")).to_have_attribute("data-step", "3")
    assert page.locator(".pw-dot").nth(3).get_attribute("style") != before
    eventually(lab, "view.step", 3)
    similar = lab.value("[float(c) for c in view.similarities]")
    shown = page.locator(".pw-dot-value").all_text_contents()
    assert [float(text.replace("−", "-")) for text in shown] == pytest.approx(similar, abs=0.01)
    share = lab.value("int(100 * view._result['panels'][0]['map']['shares'][3][0] + 0.5)")
    expect(page.locator(".pw-map-axis").first).to_have_text(f"PC 1: {share} % of the variance")
    page.locator("[data-key=set-sentences]").click()
    expect(page.locator(".pw-dot")).to_have_count(12)
    assert axe_violations(page, ".pw") == []
    lab.screenshot("map-light", ".pw-stages")
    lab.change_theme("dark")
    expect(page.locator(".pw-stages")).to_have_attribute("data-dark", "true")
    assert axe_violations(page, ".pw") == []
    lab.screenshot("map-dark", ".pw-stages")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every kind of view, exported."""
    folder = tmp_path_factory.mktemp("pages")
    models = roberta, distilbert = pw.load("roberta"), pw.load("distilbert")
    one, two = roberta.trace(TEXT), distilbert.trace(TEXT)
    views = {
        "attention": pw.AttentionView(one, pipeline=roberta, opened=["heads", "options"]),
        "compare": pw.CompareView(one, two, pipelines=models),
        "explorer": pw.PipelineExplorer(TEXT, models=models, show="both"),
        "flow": pw.FlowView(roberta.flow([TEXT, "Never again."])),
    }
    return views, {name: view.to_html(folder / f"{name}.html") for name, view in views.items()}


@pytest.fixture
def offline(chromium, pages):
    """Open an exported page from the disk; it may ask for nothing and throw nothing."""
    opened = []

    def show(name):
        page = chromium.new_page(viewport={"width": 1000, "height": 1200})
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(pages[1][name].as_uri())
        opened.append((page, asked, said))
        return page

    yield show
    for page, asked, said in opened:
        page.close()
        assert len(asked) == 1
        assert said == []


def test_an_exported_attention_page_chooses_heads_and_derives_weights(offline, pages):
    page = offline("attention")
    page.locator("[data-key=head-3-7]").click()
    expect(page.locator(".pw-title")).to_have_text("Layer 3 · Head 7")
    page.locator("[data-key=square]").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    weight = pages[0]["attention"].trace.layers.attention[3, 7, 1, 1]
    expect(page.locator(".pw-derived")).to_have_text(f"= {weight:.3f}")
    page.get_by_role("button", name="Rollout").click()
    expect(page.locator(".pw-kind")).to_contain_text("Abnar & Zuidema")
    expect(page.get_by_role("button", name="Measure effects")).not_to_be_visible()


def test_an_exported_comparison_and_explorer_are_steered(offline, pages):
    page = offline("compare")
    page.locator("[data-key=layers-1]").select_option("2")
    page.locator("[data-key=heads-1]").select_option("5")
    point(page, "square-1", 1, 1)
    view = pages[0]["compare"]
    view.layers, view.heads = [0, 2], [0, 5]
    expect(page.locator(".pw-cell-note")).to_contain_text(
        f"DistilBERT {view.selected[1][1, 1]:.3f}"
    )
    page = offline("explorer")
    page.locator("[data-key='layer-0-3']").click()
    expect(page.locator("[data-key='layer-0-3']")).to_have_attribute("aria-checked", "true")
    page.locator("[data-key='toggle-embedding']").click()
    expect(page.locator(".pw-position").first).to_have_text("2")
    page = offline("flow")
    expect(page.locator(".pw-flow-shape").last).to_have_text("2 × 2")
