"""FillView in a real browser: by keyboard, in every width, as a new one after any edits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

import pipeline_widgets as pw
from tests.browser import view_gallery as gallery
from tests.browser.bridge import Bridge
from tests.browser.eventually import eventually
from tests.browser.fresh_view import (
    Pair,
    Step,
    change_theme,
    press_anything,
    resize,
    set_traits,
    walk,
)

SHOW = "import pipeline_widgets as pw\nview = pw.FillView('The film was good.')\nview"
NUMBER = re.compile(r"\d\.\d{3}")


def pieces(root: Locator, panel: int) -> list[str]:
    return root.locator(".pw-guesses").nth(panel).locator("bdi").all_inner_texts()


def test_a_word_is_hidden_read_and_put_back_by_keyboard(notebook: Any, axe_violations: Any) -> None:
    lab = notebook([SHOW], wait_for=".pw-filling")
    root = lab.page.locator(".pw-filling")
    expect(root).to_contain_text("Nothing is hidden yet")
    root.get_by_role("textbox", name="Your sentence").focus()
    lab.page.keyboard.press("Tab")  # into the words, at the first
    expect(root.get_by_role("button", name="Hide “The”")).to_be_focused()
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Enter")
    blank = root.get_by_role("button", name="Blank: put “good” back")
    expect(blank).to_be_focused()
    expect(root.get_by_role("textbox")).to_have_value("The film was <mask>.")
    expect(root.locator(".pw-guesses")).to_have_count(2)
    expect(root.locator(".pw-hidden-word").first).to_contain_text("“good”, which was hidden")
    eventually(lab, "(view.text, view.hidden)", ("The film was <mask>.", ["good"]))
    told = lab.value("[[c.text.strip() for c in one.candidates[0]] for one in view.fills]")
    assert [pieces(root, panel) for panel in (0, 1)] == told
    expect(root.locator(".pw-said")).to_have_text(re.compile("RoBERTa: .+DistilBERT: .+"))
    rows = lab.value("[len(one.after_layers) for one in view.fills]")
    for panel in (0, 1):
        expect(root.locator(".pw-after").nth(panel).locator("tbody tr")).to_have_count(rows[panel])
    for theme, width in (("light", 1100), ("dark", 700)):
        lab.change_theme(theme)
        lab.page.set_viewport_size({"width": width, "height": 1000})
        expect(root).to_have_attribute("data-dark", str(theme == "dark").lower())
        assert axe_violations(lab.page, ".pw") == []
        lab.screenshot(f"fill-{theme}-{width}", ".pw-filling")
    blank.press("Enter")  # with another theme JupyterLab may have taken the focus
    expect(root.get_by_role("textbox")).to_have_value("The film was good.")

    box = root.get_by_role("textbox")
    box.fill("")
    box.press_sequentially("It is a [MASK] of time <mask>")  # each letter is read
    expect(root.get_by_role("button", name="Blank 2").last).to_be_visible()
    eventually(lab, "len(view.fills[0].blanks)", 2)
    root.locator("[data-key=blank-1]").press("Enter")
    told = lab.value("[c.text.strip() for c in view.fills[1].candidates[1]]")
    expect(root.locator(".pw-guesses").nth(1).locator("bdi")).to_have_text(told)


def type_something(pair: Pair, chance: Any) -> str:
    """A text typed into the box."""
    texts = ["", "A <mask>", "The <mask> was [MASK], oh <mask>!", "😀 <mask>中文", "no blank, dear"]
    text = chance.choice([*texts, "a very <mask> " * 60])
    pair.root.locator("textarea").fill(text)
    return f"typed {text[:30]!r}"


def anew(view: pw.FillView) -> pw.FillView:
    other = gallery.fill(view.text)
    other.hidden, other.blank = view.hidden, view.blank
    return other


def test_after_any_edits_it_is_a_new_one(page: Any) -> None:
    pair = Pair(page, gallery.fill(), anew)
    steps: list[Step] = [press_anything(but="[data-key^=save]")] * 3
    traits = set_traits(text=["The <mask> ended.", "Good."], blank=[0])
    walk(pair, [*steps, type_something, traits, resize(1280, 700, 320), change_theme])
    assert pair.bridge.errors == []


@pytest.mark.parametrize("text", ["The <mask> was good.", "Unbelievable" * 20 + " <mask> " * 3])
def test_nothing_runs_out_of_it_in_any_width(page: Any, text: str) -> None:
    bridge = Bridge(page)
    root = bridge.show(gallery.fill(text))
    for width in (1280, 700, 320):
        page.set_viewport_size({"width": width, "height": 1000})
        bridge.settle()
        wide = root.evaluate("root => root.scrollWidth - root.clientWidth")
        assert wide <= 0, f"{wide} pixels at {width}"


def test_bars_are_as_long_as_their_numbers_in_both_models(page: Any) -> None:
    root = Bridge(page).show(gallery.fill())
    rows = root.locator(".pw-guess-row").evaluate_all(
        "all => all.map(row => [row.querySelector('.pw-fill').offsetWidth"
        " / row.querySelector('.pw-track').offsetWidth, +row.lastChild.textContent])"
    )
    assert len(rows) == 10
    most = float(re.search(r"full bar is a probability of ([\d.]+)\.", root.inner_text())[1])  # type: ignore[index]
    for length, number in rows:
        assert length == pytest.approx(number / most, abs=0.02)
    assert 0.3 < max(length for length, _ in rows) <= 1


def test_a_page_without_python_shows_each_blank(page: Any, tmp_path: Path) -> None:
    view = gallery.fill()
    page.goto(view.to_html(tmp_path / "fill.html").as_uri())
    root = page.locator(".pw-filling")
    for blank in (1, 0):
        root.locator(f"[data-key=blank-{blank}]").click()
        for panel, found in enumerate(view.fills):
            assert found is not None
            told = [one.text.strip() for one in found.candidates[blank]]
            expect(root.locator(".pw-guesses").nth(panel).locator("bdi")).to_have_text(told)
    expect(root.get_by_role("button", name="Hide “good”")).to_be_disabled()
