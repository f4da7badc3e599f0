"""A text with gaps: each field stands where its gap is, whatever the text is made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

import pipeline_widgets as pw
from pipeline_widgets.quizzes.kinds import Gap, GapAnswer, Gaps
from tests.browser.bridge import Bridge

TEXTS = {  # and how each gap's line reads, fields as they are named
    "The [[1]] sat on the [[2]].": ["The Gap 1 sat on the Gap 2."],
    "pre[[1]]fix, *or [[2]]*": ["preGap 1fix, or Gap 2"],
    "One **[[1]]**:\n\n- a\n- b [[2]]": ["One Gap 1:", "b Gap 2"],
    "```\nfor [[1]] in [[2]]:\n```": ["for Gap 1 in Gap 2:"],
    '<p dir="ltr">A <b>[[1]]</b><br>then</p><pre>x = [[2]]</pre>': ["A Gap 1", "x = Gap 2"],
    "<table><tr><td>[[1]]</td><td>= [[2]]</td></tr></table>": ["Gap 1", "= Gap 2"],
    "[[2]] before [[1]], (1)": ["Gap 2 before Gap 1, (1)"],
}
READ = """
text => [...text.querySelectorAll("p, li, pre, td")].map(line => {
  const copy = line.cloneNode(true);
  for (const gap of copy.querySelectorAll(".pw-gap"))
    gap.replaceWith(gap.querySelector("[aria-label]").getAttribute("aria-label"));
  for (const end of copy.querySelectorAll("br")) end.replaceWith("\\n");
  return copy.textContent.trim();
})
"""


@pytest.fixture
def bridge(chromium: Browser) -> Iterator[Bridge]:
    bridge = Bridge(chromium.new_page())
    yield bridge
    bridge.page.close()
    assert bridge.errors == []


def question(prompt: str) -> Gaps:
    floor = (GapAnswer("mat"), GapAnswer("floor", share=0.0))
    return Gaps(prompt, gaps=(Gap((GapAnswer("cat"),)), Gap(floor, kind="choice")))


def test_each_field_stands_in_its_place_in_the_text(bridge: Bridge) -> None:
    for prompt, lines in TEXTS.items():
        root = bridge.show(pw.Quiz([question(prompt)], title="T", save=False))
        read = "\n".join(root.locator(".pw-gap-text").evaluate(READ)).split("\n")
        assert [line for line in read if "Gap" in line] == lines, prompt
        assert "…" not in "".join(read)
        expect(root.locator(".pw-gaps > *")).to_have_count(0)


def test_gaps_are_filled_by_keys_marked_in_place_and_there_again(bridge: Bridge) -> None:
    quiz = pw.Quiz([question(next(iter(TEXTS)))], title="T", save=False, attempts=1)
    root = bridge.show(quiz)
    expect(root.get_by_role("group", name="Fill in the gaps")).to_be_visible()
    root.get_by_role("textbox", name="Gap 1").focus()
    for key in ("d", "o", "g", "Tab", "m", "Tab", "Enter"):
        bridge.page.keyboard.press(key)
    bridge.settle()
    assert quiz.responses == {"q1": ["dog", "mat"]}
    text = root.locator(".pw-gap-text")
    expect(text.locator(".pw-gap").nth(0)).to_contain_text("→ cat")
    expect(text.locator(".pw-gap").nth(1)).to_contain_text("✓")
    again = bridge.show(quiz)
    expect(again.get_by_role("textbox", name="Gap 1")).to_have_value("dog")
    expect(again.get_by_role("combobox", name="Gap 2")).to_have_value("mat")
