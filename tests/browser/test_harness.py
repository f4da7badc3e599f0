"""The harness itself, on a widget of ten lines: what is typed in the browser reaches Python."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.echo import ECHO
from tests.browser.lab import reuse_notebook


def test_what_is_typed_reaches_python_and_comes_back(notebook):
    lab = notebook([ECHO], wait_for=".echo")
    lab.page.get_by_role("textbox", name="Say").press_sequentially("a cat 中😀")
    expect(lab.page.get_by_text("Python heard a cat 中😀")).to_be_visible()
    assert lab.value("echo.said") == "a cat 中😀"
    assert lab.run_cell("print(echo.heard)\n6 * 7") == "Python heard a cat 中😀\n42"
    assert lab.kernel_frames


def test_the_theme_is_jupyterlabs_own_and_each_notebook_starts_as_asked(notebook):
    def background(lab):
        return lab.page.locator(".echo").evaluate("e => getComputedStyle(e).backgroundColor")

    lab = notebook([ECHO], wait_for=".echo", theme="dark", width=700)
    assert background(lab) == "rgb(17, 17, 17)"
    assert lab.page.evaluate("innerWidth") == 700
    assert lab.screenshot("harness-dark", ".echo").read_bytes().startswith(b"\x89PNG")
    lab.change_theme("light")
    assert background(lab) == "rgb(255, 255, 255)"


def test_an_error_in_a_cell_is_an_error_of_the_test(notebook):
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook(["1 / 0"])
    lab = notebook(["1"])
    with pytest.raises(AssertionError, match="NameError"):
        lab.run_cell("nothing_of_that_name")
    with pytest.raises(AssertionError, match="NameError"):
        lab.value("nothing_of_that_name")


def test_a_request_that_leaves_the_machine_and_a_console_error_are_seen(notebook):
    lab = notebook(["1"])
    lab.page.evaluate("fetch('http://example.org/font.woff').catch(() => console.error('no'))")
    assert lab.outside_requests == ["http://example.org/font.woff"]
    assert any(error.startswith("no ") for error in lab.console_errors)
    lab.outside_requests.clear()
    lab.console_errors.clear()


def test_a_page_that_was_loaded_again_is_not_the_next_tests(notebook):
    lab = notebook(["1"])
    assert reuse_notebook(lab, ["2"])
    lab.page.reload()
    assert not reuse_notebook(lab, ["3"])
