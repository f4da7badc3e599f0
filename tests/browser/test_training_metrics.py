"""MetricsView and CostView in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.eventually import eventually

METRICS = """
import numpy as np
import pipeline_widgets as pw
some = pw.sentences("held-out")
noise = np.random.default_rng(0)
labels = np.array([one.label for one in some])
spread = [noise.normal(0, s, len(labels)) for s in (0.16, 0.26)]
made = [np.clip(labels * 0.5 + 0.25 + one, 0.01, 0.99) for one in spread]
view = pw.MetricsView(("RoBERTa mini", made[0]), ("DistilBERT mini", made[1]), sentences=some)
view
"""
COST = """
import pipeline_widgets as pw
view = pw.CostView(sentences=pw.sentences("held-out")[:20])
view
"""


@pytest.fixture
def shown(notebook):
    def show(**options):
        return notebook([METRICS], wait_for=".pw-metrics[data-painted]", **options)

    return show


def test_the_threshold_moves_precision_and_recall_as_python_says(shown):
    lab = shown()
    slider = lab.page.get_by_role("slider", name="Threshold")
    seen = set()
    for value in ("0.3", "0.5", "0.8"):
        slider.fill(value)
        expect(lab.page.locator(".pw-metrics-value")).to_have_text(f"{float(value):.2f}")
        eventually(lab, "view.threshold", float(value))
        expected = lab.value("[f'{m[k]:.3f}' for m in view.measures for k in m]")
        cells = lab.page.locator(".pw-metrics-rates td").all_inner_texts()
        assert cells == expected
        seen.add(tuple(cells))
    assert len(seen) == 3
    slider.focus()
    lab.page.keyboard.press("ArrowLeft")
    expect(lab.page.locator(".pw-metrics-value")).to_have_text("0.79")


def test_a_cell_lists_the_sentences_that_python_has(shown):
    lab = shown()
    for truth, said in ((0, 1), (1, 0), (1, 1)):
        lab.page.locator(f"[data-key='cell-{truth}-{said}']").click()
        eventually(lab, "view.cell", [truth, said])
        columns = lab.page.locator(".pw-metrics-list th").all_inner_texts()
        assert columns[1:] == lab.value("view.names")
        listed = lab.value("view.selected")
        expect(lab.page.locator(".pw-metrics-text")).to_have_text(listed)
        count = lab.page.locator(f"[data-key='cell-{truth}-{said}'] .pw-metrics-count")
        expect(count).to_have_text(str(len(listed)))
    lab.page.locator("[data-key='shared']").click()
    eventually(lab, "view.cell", [-1, -1])
    shared = lab.value("view.shared_errors")
    expect(lab.page.locator(".pw-metrics-text")).to_have_text(shared)
    lab.page.get_by_role("radio", name="DistilBERT mini").click()
    lab.page.get_by_role("radio", name="Calibration").click()
    eventually(lab, "(view.panel, view.curve)", (1, "calibration"))


def looks(lab, selector, axe_violations, name):
    """Take pictures in both themes and two widths; nothing sticks out, axe finds nothing."""
    root = lab.page.locator(selector)
    for theme, width in (("light", 1200), ("dark", 600)):
        lab.change_theme(theme)
        lab.page.set_viewport_size({"width": width, "height": 1400})
        expect(root).to_have_attribute("data-dark", str(theme == "dark").lower())
        expect(lab.page.locator("#jupyterlab-splash")).to_have_count(0)  # it lies on the picture
        assert root.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
        lab.screenshot(f"{name}-{theme}-{width}", selector)
        assert axe_violations(lab.page, selector) == []


def test_metrics_read_well_and_axe_finds_no_violation(shown, axe_violations):
    looks(shown(), ".pw-metrics", axe_violations, "metrics")


def test_cost_is_measured_in_the_background_and_shown(notebook, axe_violations):
    lab = notebook([COST], wait_for=".pw-cost")
    lab.page.wait_for_selector(".pw-cost[data-measured='6']", timeout=120_000)
    figures = lab.value("view.wait()")
    first = lab.page.locator(".pw-cost tbody tr").first
    expect(first).to_contain_text(f"{figures['parameters'][1]:.1f} million")
    expect(lab.page.locator(".pw-cost")).to_contain_text("No paper times it against RoBERTa")
    looks(lab, ".pw-cost", axe_violations, "cost")
