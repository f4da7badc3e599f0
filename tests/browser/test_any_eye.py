"""Every view in both themes, three widths and forced colours: measured, looked at by axe, kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.bridge import Bridge
from tests.browser.lab import ARTEFACTS
from tests.browser.view_gallery import VIEWS

# What is cut off although nothing can be scrolled to show it, and what is too small for a finger.
CUT = """
root => [...root.querySelectorAll("button, select, input, table, canvas, svg, h3, h4, p")]
  .filter(one => one.getClientRects().length && !one.closest(".pw-sr"))
  .filter(one => {
    const box = one.getBoundingClientRect();
    for (let up = one.parentElement; up && root.contains(up); up = up.parentElement) {
      const { overflowX } = getComputedStyle(up), edge = up.getBoundingClientRect();
      if (overflowX === "auto" || overflowX === "scroll") return false;
      if (overflowX === "hidden" && box.right > edge.right + 2) return true;
    }
    return box.right > document.documentElement.clientWidth + 1;
  }).map(one => one.outerHTML.slice(0, 90))
"""
SMALL = """
root => [...root.querySelectorAll("button, select, [role=radio], input[type=range]")]
  .filter(one => one.getClientRects().length)
  .filter(one => one.offsetWidth < 24 || one.offsetHeight < 24)
  .map(one => `${one.offsetWidth} x ${one.offsetHeight} ${one.outerHTML.slice(0, 90)}`)
"""
# How the chosen one of a group and one that is not are drawn: any two must differ.
MARKS = """
root => [...root.querySelectorAll(
  "[aria-pressed], [aria-checked], [aria-selected], label:has(input)")]
  .filter(one => one.getClientRects().length)
  .map(one => {
    const style = getComputedStyle(one);
    const chosen = ["aria-pressed", "aria-checked", "aria-selected"]
      .some(name => one.getAttribute(name) === "true") || Boolean(one.querySelector(":checked"));
    const look = [style.backgroundColor, style.color, style.outlineStyle, style.outlineWidth,
      style.outlineColor].join(" ");
    return [chosen, look];
  })
"""


@pytest.fixture
def bridge(page: Page) -> Bridge:
    return Bridge(page)


def show(bridge: Bridge, view: Any) -> Locator:
    root = bridge.show(view)
    bridge.settle()
    assert bridge.errors == []
    return root


def keep(root: Locator, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    root.screenshot(path=Path(ARTEFACTS) / f"eye-{name}.png")


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_in_either_theme_and_nothing_is_cut_or_too_small(
    bridge: Bridge, axe_violations: Callable[[Page, str], list[str]], name: str
) -> None:
    root = show(bridge, VIEWS[name]())
    for width in (1280, 700, 336):
        bridge.page.set_viewport_size({"width": width, "height": 1000})
        for theme in ("light", "dark"):
            bridge.change_theme(theme)
            bridge.settle()
            if (width, theme) in {(1280, "light"), (336, "dark")}:
                assert axe_violations(bridge.page, ".pw") == []
            assert root.evaluate(CUT) == []
            keep(root, f"{name}-{theme}-{width}")
        assert root.evaluate(SMALL) == []


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_chosen_is_seen_in_forced_colours(bridge: Bridge, name: str) -> None:
    bridge.page.emulate_media(forced_colors="active")
    root = show(bridge, VIEWS[name]())
    marks = root.evaluate(MARKS)
    chosen = {look for is_chosen, look in marks if is_chosen}
    others = {look for is_chosen, look in marks if not is_chosen}
    assert chosen & others == set()
    keep(root, f"{name}-forced")
    for bar in root.locator("[class*=track]").filter(visible=True).all()[:4]:
        track, filled = bar.evaluate(
            "one => [one, one.firstElementChild].map(it => getComputedStyle(it).backgroundColor)"
        )
        assert track != filled


GRADIENTS = """
root => [...root.querySelectorAll("*")].filter(one => one.getClientRects().length
  && !one.matches(".pw-scrolls, .pw-scroll")
  && getComputedStyle(one).backgroundImage.includes("gradient")).map(one => one.className)
"""


@pytest.mark.parametrize("name", ["explorer", "difference"])
def test_what_shows_numbers_by_its_colours_keeps_them_when_colours_are_forced(
    bridge: Bridge, name: str
) -> None:
    root = show(bridge, VIEWS[name]())
    before = root.evaluate(GRADIENTS)
    assert before
    bridge.page.emulate_media(forced_colors="active")
    bridge.settle()
    assert root.evaluate(GRADIENTS) == before


# Where each element of a view stands, and how its words are set.
LAYOUT = """
root => { const origin = root.getBoundingClientRect();
  return [...root.querySelectorAll("*")].filter(one => one.getClientRects().length).map(one => {
    const { left, top, width, height } = one.getBoundingClientRect(), style = getComputedStyle(one);
    return [one.localName, Math.round(left - origin.left), Math.round(top - origin.top),
      Math.round(width), Math.round(height), style.fontSize, style.color].join(" ");
  }) }
"""


@pytest.mark.parametrize(
    "name", ["quiz", "cards", "challenge", *("attention", "compare", "metrics")]
)
def test_a_view_looks_the_same_beside_all_others(bridge: Bridge, name: str) -> None:
    root = bridge.show(VIEWS[name](), "alone")
    bridge.settle()
    alone = root.evaluate(LAYOUT)
    if name == "quiz":
        assert root.evaluate("one => one.offsetWidth") == 760
    for other in ("quiz", "cards", "attention", "compare", "flow", "metrics"):
        bridge.show(VIEWS[other](), f"beside-{other}")
    bridge.settle()
    assert root.evaluate(LAYOUT) == alone
