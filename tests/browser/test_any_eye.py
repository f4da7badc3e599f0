"""Every view in both themes, three widths and forced colours: measured, looked at by axe, kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

import pipeline_widgets as pw
from pipeline_widgets.views.shared import linker
from tests.browser.bridge import Bridge
from tests.browser.lab import ARTEFACTS
from tests.browser.view_gallery import VIEWS
from tests.unit.quiz_samples import FURTHER, MORE, RIGHT, SAMPLES, WRONG

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


# Words that have the very colour of what lies behind them.
UNREAD = """
root => [...root.querySelectorAll("*")]
  .filter(one => one.getClientRects().length && !one.closest("svg, .pw-sr, canvas, option")
    && [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .filter(one => {
    let behind = one;
    const paper = node => getComputedStyle(node).backgroundColor;
    const clear = node => /^rgba.*, 0\\)$/.test(paper(node));
    while (behind.parentElement && clear(behind)) behind = behind.parentElement;
    return paper(behind) === getComputedStyle(one).color;
  }).map(one => one.outerHTML.slice(0, 90))
"""
# The colours of a bar's track and of what fills it.
BARS = """
root => [...root.querySelectorAll("[class*=track]")]
  .filter(one => one.getClientRects().length && one.firstElementChild)
  .map(one => [one, one.firstElementChild].map(it => getComputedStyle(it).backgroundColor))
"""


@pytest.fixture
def bridge(page: Page) -> Bridge:
    return Bridge(page)


def show(bridge: Bridge, view: Any) -> Locator:
    root = bridge.show(view)
    bridge.settle()
    assert bridge.errors == []
    return root


WIDTHS = (1280, 700, 336)  # of the window; a view's is sixteen less
EYES = ("light", "dark", "forced")


def looks(
    bridge: Bridge, root: Locator, name: str, widths: Iterable[int] = WIDTHS
) -> Iterator[tuple[int, str]]:
    """Each width and theme, forced colours last; a picture is kept of each."""
    for eye in EYES:
        forced = eye == "forced"
        bridge.page.emulate_media(forced_colors="active" if forced else "none")
        bridge.change_theme("light" if forced else eye)
        for width in widths:
            bridge.page.set_viewport_size({"width": width, "height": 1000})
            bridge.settle()
            yield width, eye
            root.screenshot(path=Path(ARTEFACTS) / f"eye-{name}-{eye}-{width}.png")


def assert_chosen_is_seen(root: Locator) -> None:
    """What is chosen, how long a bar is, and each word can be seen in the reader's own colours."""
    marks = root.evaluate(MARKS)
    chosen = {look for is_chosen, look in marks if is_chosen}
    others = {look for is_chosen, look in marks if not is_chosen}
    assert chosen & others == set()
    assert [bar for bar in root.evaluate(BARS) if bar[0] == bar[1]] == []
    assert root.evaluate(UNREAD) == []


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_and_nothing_is_cut_too_small_or_unseen(
    bridge: Bridge, axe_violations: Callable[[Page, str], list[str]], name: str
) -> None:
    root = show(bridge, VIEWS[name]())
    for width, eye in looks(bridge, root, name):
        assert root.evaluate(CUT) == []
        if (width, eye) in {(1280, "light"), (336, "dark")}:
            assert axe_violations(bridge.page, ".pw") == []
            assert not re.search(r"\[object|undefined|NaN|\{\w+\}", root.inner_text())
        if eye == "light":
            assert root.evaluate(SMALL) == []
        if (width, eye) == (1280, "forced"):
            assert_chosen_is_seen(root)


def test_so_it_is_with_every_kind_of_question_asked_and_answered(
    bridge: Bridge, axe_violations: Callable[[Page, str], list[str]]
) -> None:
    for question in (*SAMPLES, *MORE, *FURTHER):
        bridge.show(pw.Quiz([question], title=question.id, save=False), f"asked-{question.id}")
    for question in SAMPLES:
        quiz = pw.Quiz([question], title=question.id, save=False)
        quiz.submit(question.id, WRONG[question.id])
        bridge.show(quiz, f"answered-{question.id}")
    quiz = pw.Quiz(list(SAMPLES), title="All kinds", save=False)
    for name in RIGHT:
        quiz.submit(name, RIGHT[name] if len(name) > 5 else WRONG[name])
    quiz._hear(None, {"act": "finish"}, [])
    bridge.show(quiz, "reviewed")
    root = bridge.page.locator("body")
    for width, eye in looks(bridge, root, "kinds", (1280, 336)):
        assert root.evaluate(CUT) == []
        if (width, eye) in {(1280, "light"), (336, "dark")}:
            assert axe_violations(bridge.page, ".pw") == []
        if (width, eye) == (336, "light"):
            assert root.evaluate(SMALL) == []
        if (width, eye) == (1280, "forced"):
            assert_chosen_is_seen(root)
    assert bridge.errors == []


# What a browser makes of a style sheet, rule by rule.
RULES = """
text => {
  const all = rule => [rule.selectorText ?? rule.conditionText ?? "",
    rule.style?.cssText.replaceAll(/\\s/g, ""), ...[...(rule.cssRules ?? [])].map(all)];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return JSON.stringify([...sheet.cssRules].map(all)).replaceAll(" *:", " :");
}
"""


def test_a_squeezed_style_sheet_says_what_was_written(page: Page) -> None:
    for path in sorted(linker.VIEWS.rglob("*.css")):
        written, squeezed = path.read_text("utf-8"), linker._sheet(str(path))
        assert len(squeezed) < len(written)
        assert page.evaluate(RULES, squeezed) == page.evaluate(RULES, written), path.name


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
