"""DifferenceView in a real browser: what is drawn is read back against Patching's numbers."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.eventually import eventually

START = """
import pipeline_widgets as pw
roberta = pw.load("roberta")
def runs(*texts):
    return [roberta.trace(text) for text in texts]
pair = runs("The waiter was not friendly.", "The waiter was very friendly.")"""
SHOW = "view = pw.DifferenceView(*pair, pipeline=roberta)\nview"
FILLED = ".pw-difference-panel[data-done=all]"
# The colour in the lower left of each cell, where no number stands: [row][column] of [r, g, b].
PIXELS = """node => {
  const place = JSON.parse(node.dataset.place), context = node.getContext("2d");
  const ratio = node.width / parseFloat(node.style.width);
  const rows = Math.round((parseFloat(node.style.height) - place.top - 3) / place.high);
  const count = Math.round((parseFloat(node.style.width) - place.left - place.spare) / place.side);
  const at = (row, column) => [...context.getImageData(
    Math.round(ratio * (place.left + place.side * column + 4)),
    Math.round(ratio * (place.top + place.high * row + place.high - 5)), 1, 1).data].slice(0, 3);
  return Array.from({length: rows}, (_, row) =>
    Array.from({length: count}, (_, column) => at(row, column)));
}"""


def cells(square: Locator) -> list[list[list[int]]]:
    """The colours of a square's cells."""
    return square.evaluate(PIXELS)


def square(page: Page, name: str) -> Locator:
    return page.locator(f"canvas[data-key=difference-0-{name}]")


def click_cell(canvas: Locator, row: int, column: int) -> None:
    place = json.loads(canvas.get_attribute("data-place") or "")
    x = place["left"] + (column + 0.5) * place["side"]
    canvas.click(position={"x": x, "y": place["top"] + (row + 0.5) * place["high"]})


def darkness(colors: list[list[list[int]]]) -> list[list[int]]:
    return [[765 - sum(color) for color in row] for row in colors]


def assert_as_dark_as(drawn: list[list[list[int]]], numbers: list[list[float | None]]) -> None:
    """Of any two cells whose numbers differ, the one with the larger number is darker."""
    found = darkness(drawn)
    flat = [
        (value, found[row][column])
        for row, line in enumerate(numbers)
        for column, value in enumerate(line)
        if value is not None and value >= 0
    ]
    assert len({dark for _, dark in flat}) > 3
    flat.sort()
    for (low, lighter), (high, darker) in pairwise(flat):
        assert lighter <= darker + 3, (low, high)
        assert high - low < 0.05 or lighter < darker


NUMBERS = "[[None if n != n else round(float(n), 4) for n in row] for row in {}]"


@pytest.fixture
def shown(notebook: Any) -> Any:
    return notebook([START, SHOW], wait_for=FILLED, height=1700)


def test_both_squares_are_as_dark_as_their_numbers(shown: Any) -> None:
    page = shown.page
    shares = shown.value(NUMBERS.format("roberta.patch(*pair).share"))
    assert_as_dark_as(cells(square(page, "acts")), shares)
    apart = shown.value(NUMBERS.format("view.comparison.spread"))
    assert_as_dark_as(cells(square(page, "spread")), apart)


def test_a_cell_is_chosen_by_keyboard_and_said_in_words(shown: Any) -> None:
    page, said = shown.page, shown.page.locator(".pw-cell-said").first
    expect(said).to_contain_text("Put “not” back after layer 3: 0.62 of the change returns")
    square(page, "acts").focus()
    page.keyboard.press("ArrowDown")
    eventually(shown, "(view.layer, view.token)", (4, 4))
    words = shown.value("view.describe(4, 4)")
    expect(said).to_contain_text(words)
    expect(said).to_have_attribute("aria-live", "polite")
    page.keyboard.press("Home")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    eventually(shown, "(view.layer, view.token)", (5, 0))
    expect(said).to_contain_text(shown.value("view.describe(5, 0)"))
    click_cell(square(page, "spread"), 0, 5)
    eventually(shown, "(view.layer, view.token)", (-1, 5))
    expect(said).to_contain_text("Put “friendly” back before the layers: 0.00")
    shown.run_cell("view.layer, view.token = 2, 4")
    expect(said).to_contain_text("after layer 2: 0.94")


def test_paths_step_and_parts_follow_the_layer(shown: Any) -> None:
    page = shown.page
    page.locator("[data-key=difference-0-step_on]").click()
    eventually(shown, "view.layer", 4)
    one, two = shown.value(
        "[round(view._difference['paths'][s][5][0], 2) for s in ('pinned','new')]"
    )
    stepper = page.locator(".pw-stepper")
    expect(stepper).to_contain_text(
        f"after layer 4: pinned {one:.2f}, new {two:.2f}".replace("-", "−")
    )
    expect(page.get_by_role("button", name="Attention heads and halves of layer 4")).to_be_visible()
    eventually(shown, "view._parts.get('layer')", 4)
    halves = shown.value(
        "[[round(float(n), 4) for n in row] for row in view.part_patching(4).share[-2:]]"
    )
    expect(page.locator(".pw-section-parts")).not_to_contain_text("Not read yet")
    drawn = darkness(cells(square(page, "parts-square")))
    strongest = max(range(8), key=lambda token: halves[1][token])
    assert max(range(8), key=lambda token: drawn[1][token]) == strongest
    page.get_by_role("button", name="Two paths to the decision").click()
    eventually(shown, "view.opened", ["answers", "attention", "parts"])
    expect(page.locator(".pw-paths-plot")).to_be_hidden()


def test_another_pair_with_a_token_that_has_no_partner(shown: Any) -> None:
    shown.run_cell("view.show(*runs('The film was good.', 'The film was not good.'))")
    page = shown.page
    expect(page.locator(".pw-put_in .pw-of-new .pw-word-text")).to_have_text("not")
    expect(page.locator(".pw-texts-note")).to_contain_text("1 put in")
    expect(page.locator(FILLED)).to_be_visible()
    assert shown.value("view.trace.tokens.shown.index('not')") == 4
    click_cell(square(page, "acts"), 2, 4)
    said = page.locator(".pw-cell-said").first
    expect(said).to_have_text("“not” has no partner in the pinned sentence: nothing to put back.")
    shares = shown.value(NUMBERS.format("view.measure().share"))
    assert [row[4] for row in shares] == [None] * 7
    assert_as_dark_as(cells(square(page, "acts")), shares)
    shown.run_cell("view.show(*runs('The same.', 'The same.'))")
    expect(page.locator(".pw-texts-note")).to_have_text("The two sentences are the same.")
    expect(page.locator(".pw-square-of-acts")).to_contain_text("no change to bring back")


def test_light_dark_wide_and_narrow(shown: Any, axe_violations: Any) -> None:
    page = shown.page
    assert axe_violations(page, ".pw") == []
    shown.screenshot("difference-light-1200", ".pw-difference")
    shown.change_theme("dark")
    page.set_viewport_size({"width": 600, "height": 2600})
    expect(page.locator(".pw-difference")).to_have_attribute("data-dark", "true")
    page.locator("[data-key=difference-0-section-table]").click()
    expect(page.locator(".pw-section-table")).to_contain_text("1.45 · 0.62")
    assert axe_violations(page, ".pw") == []
    shown.screenshot("difference-dark-600", ".pw-difference")


def test_the_exported_page_needs_no_kernel(shown: Any, tmp_path: Any) -> None:
    path = tmp_path / "difference.html"
    shown.run_cell(f"view.to_html({str(path)!r})")
    with shown.page.context.browser.new_page() as page:
        page.goto(path.as_uri())
        page.wait_for_selector(FILLED)
        said = page.locator(".pw-cell-said").first
        expect(said).to_contain_text("after layer 3: 0.62")
        square(page, "acts").focus()
        page.keyboard.press("ArrowUp")
        expect(said).to_contain_text("after layer 2: 0.94")
        expect(
            page.get_by_role("button", name="Attention heads and halves of layer 2")
        ).to_be_visible()
        expect(page.locator(".pw-section-parts")).not_to_contain_text("Not read yet")
