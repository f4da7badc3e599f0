"""A long text in windows, in a real browser: each at its place, read by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

import pipeline_widgets as pw
from pipeline_widgets.rounding import scores
from tests.browser.bridge import Bridge
from tests.models.checkpoints import make

LONG = "The café was not dull, but the film 😀 untokenizable went on and on. " * 9 + "The end."


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 700)])
def test_each_window_stands_at_its_place_and_is_read_by_keyboard(
    page: Any, tmp_path: Any, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    names = {0: "no", 1: "perhaps", 2: "yes"}
    found = pw.load(make(tmp_path, id2label=names)).windows(LONG, overlap=12)
    assert len(found.traces) > 3
    bridge, view = Bridge(page), pw.WindowsView(found)
    bridge.change_theme(theme)
    root = bridge.show(view)
    rows = root.get_by_role("radio")
    expect(rows).to_have_count(len(found.traces))
    rail = root.locator(".pw-window-rail").first.bounding_box()
    for row, (start, end), trace in zip(rows.all(), found.spans, found.traces, strict=True):
        part = row.locator(".pw-window-part").bounding_box()
        assert part["x"] - rail["x"] == pytest.approx(rail["width"] * start / len(LONG), abs=1)
        assert part["width"] == pytest.approx(rail["width"] * (end - start) / len(LONG), abs=1)
        answer = trace.prediction
        best = int(answer.scores.argmax())
        said = f"{answer.labels[best]} {scores(answer.scores, 'softmax')[best]}"
        expect(row).to_contain_text(said)
    expect(root.locator(".pw-windows-all")).to_contain_text("the mean of the windows’ scores")
    expect(root.locator(".pw-windows-all")).to_contain_text(found.prediction.label)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(2)).to_be_focused()
    bridge.settle()
    assert view.window == 2
    start, end = found.spans[2]
    assert root.locator(".pw-window-text").evaluate("node => node.textContent") == LONG[start:end]
    shared = root.locator(".pw-window-text mark").evaluate_all("all => all.map(n => n.textContent)")
    assert shared == [LONG[start : found.spans[1][1]], LONG[found.spans[3][0] : end]]
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert bridge.errors == []
    root.screenshot(path=f"test-artefacts/windows-{theme}-{width}.png")
    again = pw.WindowsView(found).open_link(view.link())
    assert again.window == 2
