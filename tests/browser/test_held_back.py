"""A view that waited for a guess is, once it is drawn, a new one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fresh_view import Pair
from tests.browser.view_gallery import VIEWS

SAME_EACH_TIME = (
    *("attention", "attention-unfolded", "explorer", "tokens", "embedding", "prediction"),
    *("training", "metrics", "fill", "windows", "difference", "cards"),
)


@pytest.mark.parametrize("name", SAME_EACH_TIME)
def test_it_is_drawn_when_it_may_be_and_equals_a_new_one(page: Page, name: str) -> None:
    view = VIEWS[name]()
    release = view.withhold()
    pair = Pair(page, view, lambda _: VIEWS[name](), unlike=("[aria-live]", ".pw-ms"))
    pair.bridge.settle()
    expect(page.locator(".walked > *")).to_have_count(0)
    release()
    assert pair.differences() == []
    expect(page.locator(".walked > *")).not_to_have_count(0)
    page.set_viewport_size({"width": 336, "height": 900})
    pair.bridge.change_theme("dark")
    assert pair.differences() == []
