"""What a screen reader is given of each view: its tree, its names, and what is said of changes.

The trees are kept in ``spoken/``; ``SPOKEN=write`` writes them anew, to be read before they are
committed.
"""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import pipeline_widgets as pw
from tests.browser import view_gallery as gallery
from tests.browser.bridge import Bridge
from tests.browser.view_gallery import VIEWS

KEPT = Path(__file__).parent / "spoken"
# Times, memory and shares of time differ from run to run.
PASSING = re.compile(r"\b\d+(\.\d+)? (ms|s|MB|%)(?! smaller)")
NUMBER = re.compile(r"(?<=[ (“\[+−])\d+\.\d{2,}")
ANNOUNCED = re.compile(r"(?m)^( *- status): .*$")  # said a moment later, then taken back
NAMELESS = """
root => [...root.querySelectorAll(
  "[role=img], [role=application], [role=radiogroup], [role=group], [role=region], table, section, "
  + "input, select, textarea, nav, [role=meter], [role=progressbar]")]
  .filter(one => one.getClientRects().length && !one.closest("[aria-hidden=true]"))
  .filter(one => !one.ariaLabel && !(one.labels?.length) && !one.closest("label")
    && !one.closest("fieldset") && !one.caption)
  .map(one => one.outerHTML.slice(0, 120))
"""
# What can be pressed and no key gets to: a control out of the order of Tab in whose group no other
# one is in it, and what a hand shows for but no control is or stands around. A measured effect
# chooses its head, as the row of heads does by key, and a dot of the map its token, as chips do.
UNREACHED = """
root => {
  const controls = "button, select, input, textarea, a[href], canvas, [tabindex], label";
  const group = "[role=radiogroup], [role=tablist], [role=grid], [role=group], [role=listbox]";
  const shown = one => one.getClientRects().length && !one.closest("[inert]");
  const hand = one => getComputedStyle(one).cursor === "pointer";
  const lost = [...root.querySelectorAll("button, select, input, textarea")]
    .filter(one => shown(one) && !one.disabled && one.tabIndex < 0
      && !one.parentElement.closest(group)?.querySelector("[tabindex='0']"));
  const hands = [...root.querySelectorAll("*")]
    .filter(one => shown(one) && hand(one) && !hand(one.parentElement)
      && !one.closest(`${controls}, .pw-effect, .pw-dot`));
  return [...lost, ...hands].map(one => one.outerHTML.slice(0, 120));
}
"""
CHANGES = """
root => {
  globalThis.listening?.disconnect();
  globalThis.said = [];
  const regions = [...root.querySelectorAll("[aria-live], [role=status], [role=alert]")];
  const known = regions.map((one) => one.textContent);
  globalThis.listening = new MutationObserver(() => regions.forEach((one, k) => {
    if (one.textContent === known[k]) return;
    known[k] = one.textContent;
    if (known[k].trim()) said.push(known[k].trim());
  }));
  listening.observe(root, { subtree: true, childList: true, characterData: true });
}
"""


@pytest.fixture
def bridge(page: Page) -> Bridge:
    return Bridge(page)


def show(bridge: Bridge, view: Any) -> Locator:
    root = bridge.show(view)
    bridge.settle()
    return root


def steady(tree: str) -> str:
    """The tree without what no two runs have in common, and its numbers in one digit less."""
    tree = ANNOUNCED.sub(r"\1", PASSING.sub(r"# \2", tree).replace("# ms", "# s"))
    return NUMBER.sub(lambda found: found[0][:-1], tree) + "\n"


@pytest.mark.parametrize("name", VIEWS)
def test_the_tree_is_the_one_that_was_read_and_kept(bridge: Bridge, name: str) -> None:
    tree = steady(show(bridge, VIEWS[name]()).aria_snapshot())
    path = KEPT / f"{name}.yaml"
    if os.environ.get("SPOKEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(tree, "utf-8")
    assert path.exists(), f"no tree is kept of {path.stem}: look at this one\n{tree}"
    assert tree == path.read_text("utf-8"), "read it, then keep it with SPOKEN=write"


@pytest.mark.parametrize("name", VIEWS)
def test_everything_that_is_met_has_a_name_and_a_key_and_each_view_a_heading(
    bridge: Bridge, name: str
) -> None:
    root = show(bridge, VIEWS[name]())
    assert root.evaluate(NAMELESS) == []
    assert root.evaluate(UNREACHED) == []
    assert root.get_attribute("role") == "group"
    assert root.get_attribute("aria-label")
    levels = root.locator("h3, h4, h5").evaluate_all("all => all.map(one => +one.localName[1])")
    assert levels[0] == 3
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


SUMMED_UP = ["attention", "compare", "metrics", "cost", "training", "difference"]
SUMMED_UP += ["explorer", "tokens", "embedding", "prediction"]


@pytest.mark.parametrize("name", SUMMED_UP)
def test_a_browser_calls_a_view_what_python_calls_it_to_the_last_digit(
    bridge: Bridge, name: str
) -> None:
    view = VIEWS[name]()
    said = show(bridge, view).get_attribute("aria-label")
    assert said
    assert view.summary().startswith(said)
    assert re.search(r"\d", said)


@pytest.mark.parametrize("name", [*SUMMED_UP, "flow", "fill"])
def test_every_view_saves_its_picture_and_its_numbers(bridge: Bridge, name: str) -> None:
    root = show(bridge, VIEWS[name]())
    root.locator("[data-key=save]").click()
    for kind, start in (("svg", b"<svg"), ("csv", b"\xef\xbb\xbf"), ("png", b"\x89PNG")):
        with bridge.page.expect_download() as waiting:
            root.locator(f"[data-key=save-{kind}]").click()
        data = waiting.value.path().read_bytes()
        assert data.startswith(start)
        assert len(data) > 100


POINTED = ["attention-unfolded", "compare", "flow", "metrics"]
POINTED += ["explorer", "embedding", "prediction", "training", "difference"]


@pytest.mark.parametrize("name", POINTED)
def test_each_picture_is_called_by_its_own_numbers(bridge: Bridge, name: str) -> None:
    root = show(bridge, VIEWS[name]())
    names = root.locator("[role=img], [role=application], [role=slider]").filter(visible=True)
    found = names.evaluate_all("all => all.map(one => one.ariaLabel)")
    found = [one for one in found if not one.startswith("cut ")]  # two words for two signs
    assert len(found) == len(set(found)) > 0
    for one in found:
        assert re.search(r"\d\.\d|−\d", one), one


def test_what_wants_arrow_keys_is_no_image(bridge: Bridge) -> None:
    for name in VIEWS:
        root = show(bridge, VIEWS[name]())
        focusable = root.locator("canvas[tabindex]")
        roles = focusable.evaluate_all("all => all.map(one => one.getAttribute('role'))")
        assert set(roles) <= {"application", "slider"}


def said_after(bridge: Bridge, root: Locator, act: Any) -> str:
    """The one sentence that is said of what ``act`` does; nothing else may be said."""
    root.evaluate(CHANGES)
    act()
    bridge.settle()
    bridge.page.wait_for_function("globalThis.said.length > 0")
    bridge.page.wait_for_timeout(350)
    said = bridge.page.evaluate("globalThis.said")
    assert len(said) == 1, said
    assert len(said[0]) < 300
    return said[0]


def test_attention_says_the_head_the_row_and_the_change(bridge: Bridge) -> None:
    view = gallery.attention(opened=["what_if"])
    root = show(bridge, view)
    said = said_after(bridge, root, lambda: root.locator("[data-key=row-2]").click())
    assert said.startswith("Layer 1 · Head 2. ")
    assert view.describe(1, 2) in said
    root.locator("[data-key=square]").focus()
    said = said_after(bridge, root, lambda: bridge.page.keyboard.press("ArrowDown"))
    weight = view.selected[0].max()
    assert f"“{view.labels[0]}” looks most at" in said
    assert f"{weight:.2f}" in said
    said = said_after(bridge, root, lambda: root.locator("[data-key=word-2]").click())
    before, after = view._answer["probabilities"]
    winner = max(range(2), key=lambda k: before[k])
    assert said == (
        f"without “not”: “{view._answer['labels'][winner]}” from {before[winner]:.3f} "
        f"to {after[winner]:.3f}."
    )
    said = said_after(bridge, root, lambda: root.locator("[data-key=row-5]").click())
    assert said.startswith("Layer 1 · Head 5. ")


def test_metrics_say_a_sentence_and_no_list(bridge: Bridge) -> None:
    view = gallery.metrics()
    root = show(bridge, view)
    said = said_after(bridge, root, lambda: root.locator("[data-key=cell-1-1]").click())
    assert said == f"RoBERTa mini: {len(view.selected)} sentences truly positive, said positive."
    slider = root.get_by_role("slider")
    slider.focus()
    said = said_after(bridge, root, lambda: bridge.page.keyboard.press("ArrowRight"))
    assert said == view.summary()
    said = said_after(bridge, root, lambda: root.locator("[data-key=curve-calibration]").click())
    assert said.startswith("Calibration. RoBERTa mini: error 0.")


def test_compare_says_the_head_and_the_cell(bridge: Bridge) -> None:
    view = gallery.compare()
    root = show(bridge, view)
    menu = root.locator("[data-key=heads-1]")
    said = said_after(bridge, root, lambda: menu.select_option("3"))
    assert said.startswith("DistilBERT, layer ")
    assert "head 3" in said
    root.locator("[data-key=square-0]").focus()
    said = said_after(bridge, root, lambda: bridge.page.keyboard.press("ArrowDown"))
    one, two = (float(square[0, 0]) for square in view.selected)
    assert f"RoBERTa {one:.3f}, DistilBERT {two:.3f}" in said


def test_cards_say_each_side_that_comes_up_and_keep_the_focus(bridge: Bridge) -> None:
    view = pw.Flashcards([("front of one", "back of one"), ("front of two", "x")], save=False)
    root = show(bridge, view)
    front = root.locator(".pw-front").inner_text()
    button = root.get_by_role("button", name="Show the answer")
    button.focus()
    back = {"front of one": "back of one", "front of two": "x"}[front]
    said = said_after(bridge, root, lambda: bridge.page.keyboard.press("Enter"))
    assert said == f"2 cards left {back}"
    knew = root.get_by_role("button", name="I knew it")
    expect(knew).to_be_focused()
    said = said_after(bridge, root, lambda: bridge.page.keyboard.press("Enter"))
    assert said.startswith("1 card left front of ")
    assert front not in said
    expect(button).to_be_focused()


def test_a_challenge_that_begins_hands_the_focus_on_and_says_how_long(bridge: Bridge) -> None:
    view = pw.Challenge.lesson(seconds=12, save=False)
    root = show(bridge, view)
    root.get_by_role("button", name="Begin").focus()
    said = said_after(bridge, root, lambda: bridge.page.keyboard.press("Enter"))
    assert said == "The clock runs: 12 seconds for this problem."
    assert root.locator(".pw-stage").evaluate("node => node.contains(document.activeElement)")
    bridge.page.wait_for_function("globalThis.said.at(-1) === '10 s left'")


def test_a_flow_says_which_model_is_done_and_not_each_step(bridge: Bridge) -> None:
    texts = [one.text for one in pw.sentences("train")[:30]]
    view = pw.FlowView.live(texts, models=gallery.models())
    root = show(bridge, view)
    root.evaluate(CHANGES)
    view.wait()
    bridge.settle()
    bridge.page.wait_for_function("/DistilBERT is done/.test(globalThis.said.at(-1))")
    assert len(bridge.page.evaluate("globalThis.said")) <= 2
