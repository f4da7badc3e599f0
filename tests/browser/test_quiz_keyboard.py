"""A whole quiz in JupyterLab by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.lab import OpenNotebook
from tests.browser.quiz_page import QUIZ, go
from tests.unit.quiz_samples import POINTS, RIGHT


def test_a_whole_quiz_by_keyboard_alone(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook(["def double(x):\n    return 2 * x", QUIZ], wait_for=".pw-quiz")
    page, key = lab.page, lab.page.keyboard
    page.locator(".pw-dot").last.focus()
    key.press("Tab")
    _choose_radio(page, "DistilBERT")
    key.press("Enter")
    _next(page, 2)
    _tick(page, {"byte-level BPE pieces", "'Ġworld'"})
    key.press("Enter")
    _next(page, 3)
    for number, typed in ((4, "64"), (5, "<s>")):
        key.type(typed)
        key.press("Enter")
        _next(page, number)
    for place, item in enumerate(RIGHT["order"]):
        _tab_to(page, f"Move {item} up")
        for _ in range(10):
            if page.locator(".pw-order-row").nth(place).inner_text().find(item) >= 0:
                break
            key.press("Enter")
    _tab_to(page, "Submit")
    key.press("Enter")
    _next(page, 6)
    for right in RIGHT["match"].values():
        for _ in range(9):
            if page.evaluate("document.activeElement.selectedOptions[0].text") == right:
                break
            key.press("ArrowDown")
        key.press("Tab")
    key.press("Enter")
    _next(page, 7)
    key.type("1000x50 x 768")
    key.press("Enter")
    _next(page, 8)
    _tick(page, {"<s>", "</s>"})
    key.press("Enter")
    _next(page, 9)
    key.press("ArrowRight")
    key.press("Space")
    _tab_to(page, "Submit")
    key.press("Enter")
    _next(page, 10)
    key.type("6")
    key.press("Enter")  # a new line, not a submit
    key.type("a")
    key.press("Control+Enter")
    _next(page, 11)
    _tab_to(page, "Check my function")
    key.press("Enter")
    expect(page.locator(".pw-result.pw-is-right")).to_be_visible()
    key.press("Enter")
    expect(page.get_by_role("heading", name=f"{POINTS:g} / {POINTS:g} points")).to_be_focused()
    assert lab.value("quiz.score") == POINTS
    assert lab.value("quiz.finished") is True


def _next(page: Page, number: int) -> None:
    """The answer was right, the focus is on Next, Enter goes on."""
    expect(page.locator(".pw-result.pw-is-right")).to_be_visible()
    focused = page.locator("button.pw-primary:focus")
    if focused.count() == 0:
        _tab_to(page, "Next")
    page.keyboard.press("Enter")
    expect(page.locator(".pw-dot[aria-current]")).to_contain_text(str(number))


def _choose_radio(page: Page, label: str) -> None:
    page.keyboard.press("Space")
    for _ in range(6):
        if page.locator(".pw-option:has(:checked)").inner_text().strip() == label:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no radio button {label}")


def _tick(page: Page, labels: set[str]) -> None:
    for index in range(page.locator("fieldset input").count()):
        box = page.locator("fieldset label").nth(index)
        assert page.evaluate("document.activeElement.type") == "checkbox"
        if box.inner_text().strip() in labels:
            page.keyboard.press("Space")
        if index < page.locator("fieldset input").count() - 1:
            page.keyboard.press("Tab")


_NAME = "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent)"


def _tab_to(page: Page, name: str) -> None:
    """Go by Tab, then back by Shift+Tab, until the control of this name has the focus."""
    for press in ["Tab"] * 40 + ["Shift+Tab"] * 60:
        if page.evaluate(_NAME) == name:
            return
        if page.evaluate("!document.activeElement.closest('.pw-quiz')"):
            page.keyboard.press("Shift+Tab" if press == "Tab" else "Tab")
            if press == "Tab":
                break
        page.keyboard.press(press)
    for _ in range(60):
        if page.evaluate(_NAME) == name:
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"{name!r} can't be reached by Tab")


def test_the_notebooks_own_keys_do_nothing_while_one_types(
    notebook: Callable[..., OpenNotebook], quiz_file: Path
) -> None:
    lab = notebook(["1", QUIZ], wait_for=".pw-quiz")
    go(lab.page, 3)
    field = lab.page.get_by_role("textbox", name="Your answer")
    field.click()
    lab.page.keyboard.type("ddaabbxx00")
    expect(field).to_have_value("ddaabbxx00")
    cells = lab.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")
    assert cells == 2
